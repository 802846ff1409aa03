"""Witness sets: degrees known from classical geometry, membership, moving, and the trace test."""

from dataclasses import replace
from itertools import combinations
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold.continuation import (
    LinearSlice,
    Parametrization,
    System,
    WitnessSet,
    witness_set,
)
from neuromanifold.errors import InvalidInputError, NeuromanifoldError
from neuromanifold.rings import Circuit, PolynomialMap


def hankel_minors(n: int) -> list[str]:
    """The 2 × 2 minors of (x0 … x(n−1); x1 … xn): the cone over the rational normal curve."""
    return [f"x{i}*x{j + 1} - x{j}*x{i + 1}" for i, j in combinations(range(n), 2)]


SEGRE = [f"x{i}*y{j} - x{j}*y{i}" for i, j in combinations(range(3), 2)]
UNION = ["(x + y + z - 5)*(y - x^2)", "(x + y + z - 5)*(z - x*y)"]  # a plane and a twisted cubic

BY_EQUATIONS = {
    "twisted cubic": (["y - x^2", "z - x*y"], 1, 3),
    "twisted cubic by three quadrics": (["y - x^2", "z - x*y", "x*z - y^2"], 1, 3),
    "cone over the twisted cubic": (hankel_minors(3), 2, 3),
    "cone over the rational normal quintic": (hankel_minors(5), 2, 5),
    "plane cubic": (["y^2 - x^3 - x - 1"], 1, 3),
    "two quadrics": (["x^2 + y^2 + z^2 - 1", "x*y + z^2 - 3"], 1, 4),
    "sphere": (["x^2 + y^2 + z^2 - 1"], 2, 2),
    "Segre P1 x P2": (SEGRE, 4, 3),
    "line": (["x + 2*y - 1"], 1, 1),
    "complex conic": (["x^2 + 2j*y^2 - 1"], 1, 2),
    "points": (["x^2 - 2", "y - x"], 0, 1),
}


@pytest.mark.parametrize("name", BY_EQUATIONS)
def test_degrees_of_varieties_by_equations(name: str):
    equations, dimension, degree = BY_EQUATIONS[name]
    w = witness_set(equations)
    assert (w.dimension, w.degree, w.is_complete) == (dimension, degree, True)
    assert w.trace_residual < 1e-10
    system = System(equations)
    assert np.abs(system.map(w.points, system.values)).max() < 1e-9
    assert w.slice.residual(w.points).max() < 1e-9


BY_PARAMETERS = {
    "rational normal quintic": (["t", "t^2", "t^3", "t^4", "t^5"], 1, 5),
    "cusp": (["t^2", "t^3"], 1, 3),
    "node": (["t^2 - 1", "t^3 - t"], 1, 3),
    "even functions, two to one": (["t^2", "t^4", "t^6"], 1, 3),
    "Veronese surface, affine": (["s", "t", "s^2", "s*t", "t^2"], 2, 4),
    "Veronese cone with signs": (["r^2", "s^2", "t^2", "r*s", "r*t", "s*t"], 3, 4),
    "rank-one 2 x 3 matrices": (["a*u", "a*v", "a*w", "b*u", "b*v", "b*w"], 4, 3),
    "Whitney umbrella": (["s*t", "t", "s^2"], 2, 3),
    "plane, by a map of degree 4": (["s^2 + t", "t^2 - s"], 2, 1),
    "line": (["t^3", "2*t^3 + 1"], 1, 1),
}


@pytest.mark.parametrize("name", BY_PARAMETERS)
def test_degrees_of_parametrized_varieties(name: str):
    coordinates, dimension, degree = BY_PARAMETERS[name]
    parametrization = Parametrization.of(coordinates)
    w = witness_set(parametrization)
    assert (w.dimension, w.degree, w.is_complete) == (dimension, degree, True)
    assert parametrization.dimension == dimension
    assert w.points.shape == (degree, len(coordinates))
    assert w.slice.residual(w.points).max() < 1e-9


def test_a_rational_parametrization():
    # the circle (2t, 1 − t²)/(1 + t²)
    (t,) = (circuit := Circuit()).inputs(1)
    d = 1 + t**2
    w = witness_set(Parametrization(PolynomialMap.build([2 * t / d, (1 - t**2) / d], [t])))
    assert (w.degree, w.is_complete) == (2, True)
    assert np.allclose((w.points**2).sum(axis=1), 1)
    assert len(circuit) > 3


def test_of_a_union_one_component_is_found():
    plane, cubic = witness_set(UNION, 2), witness_set(UNION, 1)
    assert (plane.degree, plane.is_complete) == (1, True)
    assert (cubic.degree, cubic.is_complete) == (3, True)
    assert plane.contains([1, 1, 3])
    assert not cubic.contains([1, 1, 3])
    assert cubic.contains([1, 1, 1])
    assert not plane.contains([1, 1, 1])
    assert witness_set(UNION).dimension == 2
    for seed in range(4):  # one of two components of the same dimension, never both
        w = witness_set(["x*(x^2 + y^2 - 1)"], seed=seed)
        on_line, on_circle = w.contains([0, 7]), w.contains([0.6, 0.8])
        assert on_line != on_circle
        assert w.degree == (1 if on_line else 2)


def test_membership():
    cubic = witness_set(Parametrization.of(["t", "t^2", "t^3"]))
    assert all(cubic.contains([t, t**2, t**3]) for t in (0, 1, -2.5, 3j, 1e-4))
    point = witness_set(["x^2 - 2", "y - x"])
    assert point.contains(point.points[0])
    assert not point.contains(-point.points[0])
    assert not any(cubic.contains(p) for p in ([1, 1, 1.001], [0, 0, 1], [0.5, 0.25, 0.126]))


@pytest.mark.parametrize(
    ("coordinates", "inside", "outside"),
    [
        (["t^2", "t^3"], [0, 0], [0, 0.001]),  # the cusp itself
        (["t^2 - 1", "t^3 - t"], [0, 0], [0.001, 0]),  # the double point
        (["r^2", "r*s", "s^2"], [0, 0, 0], [0, 0.001, 0]),  # the apex of a cone
        (["a", "a*b", "a*b^2"], [0, 0, 1], [0, 1, 1]),  # in the closure of the image only
        (["s*t", "t", "s^2"], [0, 0, -4], [0, 1, -4]),  # on the handle of Whitney's umbrella
    ],
    ids=["cusp", "node", "apex", "closure", "handle"],
)
def test_membership_of_special_points(coordinates, inside, outside):
    w = witness_set(Parametrization.of(coordinates))
    assert w.contains(inside)
    assert not w.contains(outside)


def test_moving_the_slice():
    circle = witness_set(["x^2 + y^2 - 1"])
    half = circle.moved_to(LinearSlice.of([[2, 0]], [1]))
    assert half.is_complete
    assert np.allclose(half.points[:, 0], 0.5)
    assert np.allclose(np.sort(half.points[:, 1].real), [-np.sqrt(0.75), np.sqrt(0.75)])
    assert half.trace_test().is_closed
    # from one special slice to another, across the tangent
    other = half.moved_to(LinearSlice.of([[1, 0]], [-2]))
    assert other.is_complete
    assert np.allclose(np.sort(other.points[:, 1].imag), [-np.sqrt(3), np.sqrt(3)])
    tangent = circle.moved_to(LinearSlice.of([[1, 0]], [1]))
    assert not tangent.is_complete
    asymptotic = witness_set(["x*y - 1"]).moved_to(LinearSlice.of([[1, 0]], [3]))
    assert not asymptotic.is_complete
    assert np.allclose(asymptotic.points, [[3, 1 / 3]])


def without_last(w: WitnessSet) -> WitnessSet:
    return replace(w, points=w.points[:-1], solutions=w.solutions[:-1], is_complete=False)


def test_a_missing_point_opens_the_trace():
    w = witness_set(["x^3 + y^3 + z^3 + x*y*z - 1"])
    assert w.trace_test().residual < 1e-10
    part = without_last(w)
    assert part.trace_test().residual > 1e-3
    assert not part.trace_test().is_closed
    with pytest.raises(NeuromanifoldError, match="not complete"):
        part.contains([1, 1, 1])


def test_the_printed_form():
    w = witness_set(["x^2 + y^2 + z^2 - 1"], seed=3)
    lines = str(w).splitlines()
    assert lines[0] == "Witness set of degree 2"
    assert lines[1] == "=" * len(lines[0])
    assert lines[2:4] == [
        "• an irreducible variety of dimension 2 in ℂ^3",
        "• 2 points on a linear slice of codimension 2",
    ]
    assert lines[4].startswith("• complete: the trace is affine up to")
    assert lines[5] == "• seed 3"
    assert "at least 1" in str(without_last(w))


def test_results_depend_on_the_seed_only():
    first, second = (witness_set(hankel_minors(4), seed=5, threads=n) for n in (1, 2))
    assert np.array_equal(first.points, second.points)
    assert not np.array_equal(first.points, witness_set(hankel_minors(4), seed=6).points)


def polynomial(circuit: Circuit, x: list, degree: int, rng: np.random.Generator):
    """A dense polynomial with random integer coefficients, none zero."""
    total = circuit.constant(0)
    for exponents in np.ndindex(*[degree + 1] * len(x)):
        if sum(exponents) <= degree:
            term = circuit.constant(int(rng.integers(1, 10) * rng.choice([-1, 1])))
            for variable, e in zip(x, exponents, strict=True):
                term = term * variable**e
            total = total + term
    return total


@settings(max_examples=15, deadline=None)
@given(
    degrees=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    dimension=st.integers(1, 2),
    seed=st.integers(0, 10**6),
)
def test_complete_intersections_have_the_degree_of_bezout(degrees, dimension, seed):
    rng = np.random.default_rng(seed)
    circuit = Circuit()
    x = circuit.inputs(len(degrees) + dimension)
    equations = [polynomial(circuit, x, d, rng) for d in degrees]
    w = witness_set(PolynomialMap.build(equations, x), seed=seed)
    assert (w.dimension, w.degree, w.is_complete) == (dimension, prod(degrees), True)


@settings(max_examples=15, deadline=None)
@given(name=st.sampled_from(sorted(BY_PARAMETERS)), seed=st.integers(0, 10**6))
def test_the_degree_is_invariant_under_linear_changes(name: str, seed: int):
    coordinates, dimension, degree = BY_PARAMETERS[name]
    F = Parametrization.of(coordinates).map
    n = len(coordinates)
    rng = np.random.default_rng(seed)
    # unimodular: a product of unit triangular matrices
    M = np.tril(rng.integers(-3, 4, (n, n)), -1) + np.eye(n, dtype=int)
    M = M @ (np.triu(rng.integers(-3, 4, (n, n)), 1) + np.eye(n, dtype=int))
    zero = F.outputs[0].circuit.constant(0)
    mixed = [sum((int(m) * f for m, f in zip(row, F.outputs, strict=True)), zero) for row in M]
    w = witness_set(Parametrization(PolynomialMap.build(mixed, F.variables)), seed=seed)
    assert (w.dimension, w.degree, w.is_complete) == (dimension, degree, True)


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 6), data=st.data(), seed=st.integers(0, 10**6))
def test_slices(n: int, data, seed: int):
    k = data.draw(st.integers(0, n))
    rng = np.random.default_rng(seed)
    point = rng.standard_normal(n)
    through = LinearSlice.through(point, k, rng)
    rows = rng.standard_normal((k, k)) @ through.matrix
    same = LinearSlice.of(rows, rows @ point)
    for cut in (through, same, through.mixed(rng), LinearSlice.random(n, k, rng)):
        assert (cut.ambient, cut.codimension) == (n, k)
        assert np.allclose(cut.matrix @ cut.matrix.conj().T, np.eye(k))
    for cut in (through, same, through.mixed(rng)):
        assert cut.residual(point[None, :])[0] < 1e-7
    offset = rng.standard_normal(k)
    moved = through.translated(offset).residual(point[None, :])[0]
    assert np.isclose(moved, np.linalg.norm(offset))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: witness_set(["(x^2 + y^2 - 1)^2"]), "higher order"),
        (lambda: witness_set(["x^2 - y", "x^2 - y - 1"]), "No point"),
        (lambda: witness_set(["x^2 + y^2 - 1"], 0), "dimension is 0"),
        (lambda: witness_set(["x^2 + y^2 - 1"], 2), "between 0 and 1"),
        (lambda: witness_set(["x/y - 1"]), "divides"),
        (lambda: witness_set(Parametrization.of(["t", "t^2"]), 2), "has dimension 1"),
        (lambda: Parametrization.of(["1/t + t", "t"]), "divides"),
        (lambda: Parametrization.of(["t + 1j", "t"]), "rational constants"),
        (lambda: witness_set(["x^2 + y^2 - 1"], threads=0), "threads"),
        (lambda: witness_set(["x - y"]).contains([1, 2, 3]), "2 finite"),
        (lambda: witness_set(["x - y"]).contains([1, np.nan]), "2 finite"),
        (lambda: witness_set(["x - y"]).moved_to(LinearSlice.of([[1, 2, 3]], [1])), "codimension"),
        (lambda: LinearSlice.of([[1, 2], [2, 4]], [1, 2]), "dependent"),
        (lambda: LinearSlice.of([[1], [2]], [1, 2]), "dependent"),
        (lambda: LinearSlice.of([[1, 2]], [1, 2]), "shape"),
        (lambda: LinearSlice.of([[1, np.inf]], [1]), "finite"),
    ],
)
def test_mistakes(make, message: str):
    with pytest.raises(InvalidInputError, match=message):
        make()


@pytest.mark.long
@pytest.mark.parametrize("name", [*BY_EQUATIONS, *BY_PARAMETERS])
def test_twenty_seeds(name: str):
    for seed in range(20):
        if name in BY_EQUATIONS and (known := BY_EQUATIONS[name]):
            w = witness_set(known[0], seed=seed)
        else:
            known = BY_PARAMETERS[name]
            w = witness_set(Parametrization.of(known[0]), seed=seed)
        assert (w.dimension, w.degree, w.is_complete) == (known[1], known[2], True)


# Plane curves: the multiplicity is the lowest degree of a term, after a translation to the point.
@pytest.mark.parametrize(
    ("equation", "point", "multiplicity"),
    [
        ("y^2 - x^3", (0, 0), 2),
        ("y^2 - x^3", (4, 8), 1),
        ("y^2 - x^2 - x^3", (0, 0), 2),
        ("y^3 - x^4", (0, 0), 3),
        ("y^2 - x^5", (0, 0), 2),
        ("(x^2 + y^2)^2 + 3*x^2*y - y^3", (0, 0), 3),
        ("(x^2 + y^2)^3 - 4*x^2*y^2", (0, 0), 4),
        ("x^2 + y^2 - 1", (0, 0), 0),
    ],
)
def test_multiplicity_of_plane_curves(equation, point, multiplicity):
    for seed in range(3):
        assert witness_set([equation], seed=seed).multiplicity(point) == multiplicity


def test_multiplicity_of_determinants():
    # the matrices of rank ≤ 2 in 3 × 3: multiplicity 3 − 1 at rank 1 … of degree 3 at 0
    parametrization = Parametrization.of(
        [f"a{i}*c{j} + b{i}*d{j}" for i in range(3) for j in range(3)],
        [f"{letter}{i}" for letter in "abcd" for i in range(3)],
    )
    found = witness_set(parametrization)
    rank_one = np.outer([1, 2, 3], [1, -1, 2]).ravel()
    rank_two = rank_one + np.outer([1, 0, 1], [2, 1, 0]).ravel()
    points = [rank_two, rank_one, np.zeros(9), np.eye(3).ravel()]
    assert [found.multiplicity(p) for p in points] == [1, 2, 3, 0]
