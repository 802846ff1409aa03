"""Monodromy finds all solutions, and the trace test knows whether it did."""

import numpy as np
import pytest

from neuromanifold.continuation import (
    BilinearTraceTest,
    LinearFamily,
    MonodromyOptions,
    PointSet,
    walk_loops,
)
from neuromanifold.rings import Circuit, PolynomialMap


def conic_family():
    """Two plane conics with all twelve coefficients as parameters: four common points."""
    circuit = Circuit()
    x, y = circuit.inputs(2)
    coefficients = circuit.inputs(12)
    monomials = [x * x, x * y, y * y, x, y, circuit.constant(1)]
    equations = [
        sum((c * m for c, m in zip(coefficients[k : k + 6], monomials, strict=True)), x * 0)
        for k in (0, 6)
    ]
    system = PolynomialMap.build(equations, [x, y], coefficients)
    return system, PolynomialMap.build([x, y], [x, y], coefficients)


def gaussian(rng, n):
    return rng.standard_normal(n) + 1j * rng.standard_normal(n)


def start_pair(rng):
    """A random point, and conics through it."""
    x, y = gaussian(rng, 2)
    conics = gaussian(rng, 12)
    for k in (0, 6):
        conics[k + 5] -= conics[k : k + 6] @ np.array([x * x, x * y, y * y, x, y, 1])
    return np.array([x, y]), conics


def walk(seed):
    system, image = conic_family()
    rng = np.random.default_rng(seed)
    point, base = start_pair(rng)
    known = PointSet(2, 2)
    known.add(point[None], point[None])
    result = walk_loops(
        system,
        known,
        base,
        image=image,
        sample=lambda generator: gaussian(generator, 12),
        rng=rng,
        options=MonodromyOptions(quiet_loops=8),
    )
    return system, image, rng, result


@pytest.mark.parametrize("seed", range(5))
def test_four_common_points_of_two_conics(seed):
    system, _, _, result = walk(seed)
    assert len(result.solutions) == 4
    values, _ = system.linearize(result.solutions.points, result.parameters)
    assert np.abs(values).max() < 1e-9


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_the_trace_closes_exactly_when_nothing_is_missing(missing):
    system, image, rng, result = walk(7)
    kept = PointSet(2, 2)
    kept.add(result.solutions.points[missing:], result.solutions.images[missing:])
    family = LinearFamily(
        system=system,
        image=image,
        frame=np.eye(2),
        held=np.zeros(0, complex),
        sample=lambda generator: gaussian(generator, 12),
        start_pair=start_pair,
    )
    options = MonodromyOptions(quiet_loops=8)
    trace = BilinearTraceTest(family).run(kept, result.parameters, rng=rng, options=options)
    assert trace.is_closed == (missing == 0)
    if missing:
        assert trace.residual > 1e-3


def test_points_with_one_image_are_one():
    points = PointSet(1, 1)
    assert points.add(np.array([[1.0], [-1.0], [2.0]]), np.array([[1.0], [1.0], [4.0]])) == 2
    assert points.add(np.array([[3.0], [-2.0]]), np.array([[9.0], [4.0 + 1e-13]])) == 1
    assert points.positions(np.array([[4.0], [5.0]])).tolist() == [1, -1]


@pytest.mark.parametrize(
    ("n_images", "n_points", "n_orbit"), [(5, 20, 1), (400, 300, 1), (60, 200, 3)]
)
def test_points_are_numbered_as_they_come(n_images, n_points, n_orbit):
    rng = np.random.default_rng(0)
    orbits = gaussian(rng, (n_images, n_orbit, 3)) * 10.0 ** rng.integers(-3, 4, (n_images, 1, 1))
    points = PointSet(1, 3)
    numbers: dict[int, int] = {}
    for which in rng.integers(n_images, size=(4, n_points)):
        moved = [np.roll(orbits[k], rng.integers(n_orbit), axis=0) for k in which]
        images = np.array(moved) * (1 + 1e-12 * rng.standard_normal((n_points, n_orbit, 1)))
        images[0] = np.nan
        where = points.place(which[:, None], images)
        expected = [numbers.setdefault(k, len(numbers)) for k in which[1:].tolist()]
        assert where.tolist() == [-1, *expected]
    assert points.points[:, 0].real.tolist() == list(numbers)
