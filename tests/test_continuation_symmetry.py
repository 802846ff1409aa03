"""Symmetries of systems, and total degree starts that use them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from math import comb, factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold.continuation import (
    System,
    TotalDegree,
    TrackerOptions,
    solve,
)
from neuromanifold.continuation._paths._follow import follow
from neuromanifold.continuation._starts._path_orbits import PathOrbits
from neuromanifold.continuation._starts._symmetry import permutation_symmetries
from neuromanifold.continuation._systems._sparse import SparsePolynomial, expanded

NOON_3 = ["x*y^2 + x*z^2 - 1.1*x + 1", "y*x^2 + y*z^2 - 1.1*y + 1", "z*x^2 + z*y^2 - 1.1*z + 1"]


def noon(n: int) -> list[str]:
    x = [f"x{i}" for i in range(n)]
    rest = [" + ".join(f"{x[i]}*{y}^2" for y in x if y != x[i]) for i in range(n)]
    return [f"{rest[i]} - 1.1*{x[i]} + 1" for i in range(n)]


def gradient_of_ring(n: int) -> list[str]:
    """∂/∂x_i of Σ x_i⁴/4 + x_i²·x_{i+1} + x_i, indices modulo n: the group is cyclic of order n."""
    x = [f"x{i}" for i in range(n)]
    return [f"{x[i]}^3 + 2*{x[i]}*{x[(i + 1) % n]} + {x[i - 1]}^2 + 1" for i in range(n)]


def neurons(n: int) -> list[str]:
    """Critical points of (Σ a_i·b_i² − 2)² + Σ (a_i² + b_i³)/2: neurons (a_i, b_i) change places."""
    total = " + ".join(f"a{i}*b{i}^2" for i in range(n))
    return [
        equation
        for i in range(n)
        for equation in (
            f"2*({total} - 2)*b{i}^2 + a{i}",
            f"4*({total} - 2)*a{i}*b{i} + 3/2*b{i}^2",
        )
    ]


def closure(generators: list[np.ndarray], n: int) -> set[tuple[int, ...]]:
    group = {tuple(range(n))}
    frontier = list(group)
    while frontier:
        frontier = [
            image
            for element in frontier
            for sigma in generators
            if (image := tuple(sigma[list(element)].tolist())) not in group
        ]
        group.update(frontier)
    return group


def all_symmetries(polynomials: list[SparsePolynomial]) -> set[tuple[int, ...]]:
    """By trying all permutations on the terms."""
    terms = [
        {tuple(a): c for a, c in zip(p.exponents.tolist(), p.coefficients.tolist(), strict=True)}
        for p in polynomials
    ]
    n = polynomials[0].exponents.shape[1]
    return {sigma for sigma in itertools.permutations(range(n)) if permutes(terms, sigma)}


def permutes(terms: list[dict[tuple[int, ...], complex]], sigma: tuple[int, ...]) -> bool:
    inverse = np.argsort(sigma).tolist()
    images = [{tuple(a[j] for j in inverse): c for a, c in p.items()} for p in terms]
    return all(images.count(p) == terms.count(p) for p in images)


def found_group(polynomials: list[SparsePolynomial]) -> set[tuple[int, ...]]:
    symmetries = permutation_symmetries(polynomials)
    n = polynomials[0].exponents.shape[1]
    for s in symmetries:
        assert sorted(s.equations.tolist()) == list(range(len(polynomials)))
        for i, image in enumerate(s.equations.tolist()):
            inverse = np.argsort(s.variables)
            moved = {tuple(row) for row in polynomials[i].exponents[:, inverse].tolist()}
            assert moved == {tuple(row) for row in polynomials[image].exponents.tolist()}
    return closure([s.variables for s in symmetries], n)


@pytest.mark.parametrize(
    ("equations", "order"),
    [
        (NOON_3, 6),
        ([*NOON_3[:2], NOON_3[2].replace("1.1", "1.2")], 2),
        (gradient_of_ring(5), 5),
        (gradient_of_ring(6), 6),
        (neurons(3), 6),
        (["x + y + z - 1", "x*y + y*z + x*z - 2", "x*y*z - 3"], 6),
        (["x + y + z - w", "x*y + y*z + x*z - 2", "x*y*z - 3"], 6),
        (["x + 2*y + 2*z - 1", "x^2 + 2*y^2 + 2*z^2 - x", "2*x*y + 2*y*z - y"], 1),
    ],
    ids=[
        "noon",
        "noon with one other",
        "ring of 5",
        "ring of 6",
        "neurons",
        "elementary",
        "fewer",
        "katsura",
    ],
)
def test_group_of_known_systems(equations, order):
    polynomials = expanded(System(equations))
    group = found_group(polynomials)
    assert len(group) == order
    assert group == all_symmetries(polynomials)


@st.composite
def symmetric_systems(draw):
    """Orbits of random polynomials under a random group of permutations of their variables."""
    n = draw(st.integers(2, 5))
    generators = [np.array(draw(st.permutations(range(n)))) for _ in range(draw(st.integers(0, 2)))]
    group = sorted(closure(generators, n))
    exponents = st.lists(st.integers(0, 2), min_size=n, max_size=n).map(tuple)
    polynomials = []
    for _ in range(draw(st.integers(1, 2))):
        terms = draw(st.dictionaries(exponents, st.integers(1, 2), min_size=1, max_size=4))
        orbit = {}
        for sigma in group:
            image = {tuple(a[j] for j in np.argsort(sigma)): c for a, c in terms.items()}
            orbit[frozenset(image.items())] = image
        polynomials += orbit.values()
    order = draw(st.permutations(range(len(polynomials))))
    return [
        SparsePolynomial(np.array(list(p)), np.array(list(p.values()), complex))
        for p in (polynomials[k] for k in order)
    ]


@given(symmetric_systems())
@settings(max_examples=60, deadline=None)
def test_group_is_found_whole(polynomials):
    assert found_group(polynomials) == all_symmetries(polynomials)


def test_matching_of_equations_with_variables():
    """Reordered equations keep their symmetric start; symmetric equations have none."""
    rng = np.random.default_rng(0)
    begun = TotalDegree().begin(System([*neurons(3)[1::2], *neurons(3)[::2]]), rng)
    assert begun.orbits is not None
    elementary = ["x + y + z + w - 1", "x*y + x*z + x*w + y*z + y*w + z*w - 2"]
    elementary += ["x^3 + y^3 + z^3 + w^3 - 5", "x^4 + y^4 + z^4 + w^4 - x*y*z*w - 3"]
    system = System([*elementary, "5*v - x*y*z*w + x + y + z + w"])
    assert len(found_group(expanded(system))) == factorial(4)
    assert TotalDegree().begin(system, rng).orbits is None


@pytest.mark.parametrize(
    ("degrees", "generators", "count"),
    [
        ((3,) * 5, [[1, 2, 3, 4, 0], [1, 0, 2, 3, 4]], comb(7, 2)),
        ((3,) * 4, [[1, 0, 2, 3], [0, 2, 1, 3], [0, 1, 3, 2]], comb(6, 2)),
        ((2,) * 6, [[1, 2, 3, 4, 5, 0]], 14),  # necklaces
        ((2,) * 6, [[1, 2, 3, 4, 5, 0], [5, 4, 3, 2, 1, 0]], 13),  # bracelets
        ((2, 3, 2, 3), [[2, 3, 0, 1]], 21),
    ],
)
def test_orbits_of_paths(degrees, generators, count):
    n = len(degrees)
    orbits = PathOrbits.of_digits(degrees, [np.array(g) for g in generators])
    assert len(orbits.roots) == count
    digits = np.array(list(itertools.product(*map(range, degrees))))
    np.testing.assert_array_equal(
        np.take_along_axis(digits[orbits.root_of], orbits.places.astype(int), 1), digits
    )
    group = closure([np.array(g) for g in generators], n)
    assert {tuple(np.argsort(row).tolist()) for row in orbits.places} <= group
    numbers, rows = orbits.members(orbits.roots)
    np.testing.assert_array_equal(numbers, np.arange(prod(degrees)))
    np.testing.assert_array_equal(orbits.roots[rows], orbits.root_of)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "equations", [gradient_of_ring(5), neurons(2), noon(5)], ids=["ring", "neurons", "noon"]
)
def test_images_end_where_their_own_paths_end(equations, seed):
    """Every path is tracked for itself too, with the same homotopy."""
    begun = TotalDegree().begin(System(equations), np.random.default_rng(seed))
    assert begun.orbits is not None
    by_symmetry = follow(begun, TrackerOptions.normal(), 1)
    one_by_one = follow(replace(begun, orbits=None), TrackerOptions.normal(), 1)
    np.testing.assert_array_equal(by_symmetry.status, one_by_one.status)
    both = by_symmetry.is_regular
    np.testing.assert_allclose(
        by_symmetry.points[both], one_by_one.points[both], rtol=1e-9, atol=1e-9
    )
    assert np.sum(by_symmetry.attempts > 0) < 0.6 * len(by_symmetry.attempts)


def test_all_solutions_of_a_symmetric_system():
    result = solve(noon(5), start=TotalDegree())
    assert (result.n_distinct, result.n_certified, result.n_at_infinity) == (233, 233, 10)
    assert result.ledger.n_images == 3**5 - comb(7, 2)
    assert f"• {result.ledger.n_images} not tracked" in str(result.ledger)
    points = {tuple(np.round(s.x, 8).tolist()) for s in result.distinct}
    for sigma in itertools.permutations(range(5)):
        assert {tuple(x[j] for j in sigma) for x in points} == points


def test_multiplicities_of_symmetric_systems():
    """x_i² = x_1·x_2·x_3·x_4: ±1 with an even number of −1, ±i with an odd one, and 0 for 2⁴ paths."""
    x = [f"x{i}" for i in range(4)]
    result = solve([f"{y}^2 - {'*'.join(x)}" for y in x], start=TotalDegree())
    assert result.ledger.n_images > 0
    assert (result.n_regular, result.n_singular, result.n_failed) == (16, 16, 0)
    assert [s.multiplicity for s in result.distinct if s.is_singular] == [16]


def test_no_search_for_few_paths():
    assert TotalDegree().begin(System(NOON_3), np.random.default_rng(0)).orbits is None


def test_noon_counts_start_points():
    begun = TotalDegree().begin(System(noon(6)), np.random.default_rng(0))
    assert begun.orbits is not None
    assert len(begun.orbits.roots) == factorial(8) // (factorial(6) * factorial(2))


def test_nearly_equal_coefficients_are_no_symmetry():
    """One coefficient differs by 10⁻²⁰: the same double, another number."""
    equations = noon(5)
    equations[0] = equations[0].replace("1.1", "1.10000000000000000001")
    begun = TotalDegree().begin(System(equations), np.random.default_rng(0))
    assert begun.orbits is not None
    assert len(begun.orbits.roots) == 3 * comb(6, 2)  # the other four are interchangeable
