"""Trace tests on cuts by some of the coordinates: they close for complete sets and for no others."""

import numpy as np
import pytest

from monodromy_families import conics_tangent_to_five, lines_tangent_to_spheres
from neuromanifold.continuation import (
    Evidence,
    MonodromyOptions,
    PointSet,
    System,
    TraceTest,
    TrackerOptions,
    monodromy,
)
from neuromanifold.continuation._monodromy._family_trace import FamilyTrace
from neuromanifold.continuation._monodromy._identification import Identification
from neuromanifold.continuation._monodromy._linear_family import LinearFamily
from neuromanifold.continuation._monodromy._partial_trace import PartialTraceTest
from neuromanifold.continuation._monodromy._search import Search
from neuromanifold.rings import PolynomialMap

PRODUCT = System(["x^2 - a", "y^5 + b*y + c"], ["x", "y"], [*"abc"])
FAMILIES = {
    "two conics": System(
        ["a*x^2 + b*x*y + c*y^2 + d*x + e", "f*x^2 + g*x*y + h*y + k"], ["x", "y"], [*"abcdefghk"]
    ),
    "even": System(
        ["a*x^4 + b*x^2*y^2 + c*y^4 + d", "e*x^2 + f*x*y + g*y^2 + h"], ["x", "y"], [*"abcdefgh"]
    ),
    "signs": System(["x^2 - a*y - b", "y^5 + c*y + d"], ["x", "y"], [*"abcd"]),
    "product": PRODUCT,
    "spheres": lines_tangent_to_spheres(),
}


def linear_family(system, p, moving=None):
    """All parameters move, or some."""
    own = system.map
    h = np.arange(len(p)) if moving is None else np.array(moving)
    q = np.setdiff1d(np.arange(len(p)), h)
    nodes = tuple(own.parameters[k] for k in (*h, *q))

    def sample(rng):
        return rng.standard_normal(len(h)) + 1j * rng.standard_normal(len(h))

    def no_pair(rng):
        raise AssertionError("a cut by few coordinates starts from the solutions")

    image = PolynomialMap(own.variables, own.variables, nodes)
    frame = np.eye(len(own.variables))
    square = PolynomialMap(own.outputs, own.variables, nodes)
    return LinearFamily(square, image, frame, p[q], sample, no_pair), p[h]


def point_set(points):
    known = PointSet(points.shape[1], points.shape[1])
    known.add(points, points)
    return known


def cut_test(name, coordinates, kept, seed, quiet_loops=2):
    system = FAMILIES[name]
    result = monodromy(system, certify=False)
    family, h = linear_family(system, result.system.values)
    return PartialTraceTest(family, np.array(coordinates)).run(
        point_set(result.points[kept(result.points)]),
        h,
        rng=np.random.default_rng(seed),
        options=MonodromyOptions(quiet_loops=quiet_loops, max_solutions=2000),
    )


CUTS = [
    (name, coordinates)
    for name, n in [("two conics", 2), ("even", 2), ("signs", 2), ("product", 2), ("spheres", 5)]
    for coordinates in [list(range(n)), *([k] for k in range(n))]
]


@pytest.mark.parametrize(("name", "coordinates"), CUTS)
def test_no_cut_closes_for_an_incomplete_set(name, coordinates):
    for seed, missing in enumerate([1, 2, 0.5, -1]):

        def kept(points, seed=seed, missing=missing):
            n = len(points)
            drop = missing if isinstance(missing, int) else int(missing * n)
            return np.random.default_rng(seed).permutation(n)[drop % n :]

        trace = cut_test(name, coordinates, kept, seed)
        assert not trace.is_closed
        assert trace.residual > 1e-3


@pytest.mark.parametrize(
    ("name", "coordinate"),
    [("two conics", 0), ("two conics", 1), ("even", 0), ("even", 1), ("signs", 0), ("spheres", 3)],
)
def test_a_cut_by_one_coordinate_closes_for_all_solutions(name, coordinate):
    trace = cut_test(name, [coordinate], lambda points: np.arange(len(points)), 0)
    assert trace.is_closed
    assert trace.residual < 1e-11


@pytest.mark.parametrize(
    ("name", "coordinate"), [("signs", 1), ("product", 0), ("product", 1)], ids=str
)
def test_a_coordinate_that_does_not_separate_is_given_up(name, coordinate):
    trace = cut_test(name, [coordinate], lambda points: np.arange(len(points)), 0)
    assert trace.is_abandoned


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("system", "half"), [(PRODUCT, 5), (FAMILIES["signs"], 5)], ids=str)
def test_half_of_the_solutions_is_not_taken_for_all(system, half, seed):
    """One of x and −x for each y: y separates what is known, but random loops leave it."""
    result = monodromy(system, certify=False)
    _, chosen = np.unique(np.round(result.points[:, 1], 6), return_index=True)
    points = result.points[chosen]
    assert len(points) == half
    search = Search(
        family=system,
        identification=Identification(system),
        stop=TraceTest(),
        max_loops=100,
        seed=seed,
        threads=1,
        tracker=TrackerOptions.normal(),
        on_progress=None,
    )
    parameters = dict(zip(system.parameters, result.parameters, strict=True))
    search.begin((points[0], parameters), None)
    search.known.add(points, points)
    assert len(search.known) == half
    assert not search._has_majority()
    assert len(search.known) > half


def test_the_estimate_of_the_cut():
    system = FAMILIES["spheres"]
    result = monodromy(system, certify=False)
    family, h = linear_family(system, result.system.values)
    known = point_set(result.points)
    for coordinates in ([0], [3]):
        test = PartialTraceTest(family, np.array(coordinates))
        estimate = test.estimate(
            known, h, 12, rng=np.random.default_rng(0), options=MonodromyOptions()
        )
        trace = test.run(
            known, h, rng=np.random.default_rng(0), options=MonodromyOptions(quiet_loops=3)
        )
        assert trace.n_cut_points / 4 < estimate < 8 * trace.n_cut_points


def test_the_smallest_cuts_are_tried_first():
    system = FAMILIES["spheres"]
    result = monodromy(system, certify=False)
    family, h = linear_family(system, result.system.values)
    trace = FamilyTrace(family, h, np.random.default_rng(0), MonodromyOptions())
    assert not trace.needs_majority
    chosen = trace._choose(point_set(result.points))
    assert len(chosen) == 3
    assert chosen[0].estimate <= chosen[-1].estimate < np.inf


@pytest.mark.parametrize("size", [1e20, 1e50, 1e140])
def test_start_values_of_any_size(size):
    square = System(["x^2 - a"], parameters=["a"])
    result = monodromy(square, start=([size], {"a": size * size}))
    assert sorted(np.sign(result.points[:, 0].real)) == [-1, 1]
    assert np.allclose(np.abs(result.points) / size, 1)


def test_paths_that_are_all_lost_are_reported():
    cubic = System(["x^3 + a*x + b"], parameters=["a", "b"])
    with pytest.warns(UserWarning, match="No path arrived"):
        result = monodromy(cubic, start=([1e50], {"a": 1.0, "b": -1e150}))
    assert result.completeness.evidence is Evidence.PATHS_LOST
    assert not result.is_complete


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_the_3264_conics_are_complete(seed):
    shown = []
    result = monodromy(
        conics_tangent_to_five(),
        seed=seed,
        threads=2,
        on_progress=lambda loops, known: shown.append(known),
    )
    assert len(result) == result.n_certified_distinct == 3264
    assert result.completeness.evidence is Evidence.TRACE_TEST
    assert shown.count(3264) > 5
    assert result.seconds < 120
