"""Exponents of paths to infinity and to zero coordinates, against Newton polygons and mixed areas."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import mpmath
import numpy as np
import pytest

from neuromanifold import _core
from neuromanifold.continuation import (
    Ledger,
    ParameterHomotopy,
    PathEnd,
    System,
    TotalDegree,
    solve,
)
from neuromanifold.continuation._paths._initial_forms import InitialForms
from neuromanifold.continuation._systems._sparse import SparsePolynomial, expanded_segment

SUPPORTS = {
    "hyperbolas": ([(0, 0), (1, 0), (1, 1)], [(0, 0), (0, 1), (1, 1)]),
    "binomials": ([(2, 1), (0, 0)], [(1, 2), (1, 0)]),
    "zero root": ([(2, 0), (1, 1)], [(1, 0), (0, 1), (0, 2)]),
    "curves": ([(3, 0), (1, 1), (0, 1)], [(0, 2), (2, 1), (1, 0)]),
    "trinomials": ([(0, 0), (3, 1), (1, 2)], [(0, 0), (1, 3), (2, 0)]),
}

NONE = np.zeros(0, complex)


def newton_polygon(heights: list[int]) -> list[Fraction]:
    """The valuations of the n roots of Σ c_k·t^{heights[k]}·x^k: minus the slopes of the lower hull."""
    found, k = [], 0
    while k < len(heights) - 1:
        slope, m = min(
            (Fraction(heights[m] - heights[k], m - k), -m) for m in range(k + 1, len(heights))
        )
        found += [-slope] * (-m - k)
        k = -m
    return sorted(found)


@pytest.mark.parametrize("seed", range(10))
def test_newton_polygon(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    heights = rng.integers(0, 6, n + 1).tolist()
    c = np.exp(2j * np.pi * rng.uniform(size=n + 1))
    t = 1e-12
    with mpmath.workdps(60):
        a = [mpmath.mpc(z) * mpmath.mpf(t) ** h for z, h in zip(c, heights, strict=True)]
        roots = [complex(x) for x in mpmath.polyroots(a[::-1], maxsteps=500, extraprec=500)]
    exponents = np.column_stack([np.arange(n + 1), heights])
    forms = InitialForms([SparsePolynomial(exponents, c)])
    w, m, is_determined = forms.valuations(np.array(roots)[:, None], np.full(n, t))
    assert is_determined.all()
    found = sorted(Fraction(int(p), int(q)) for p, q in zip(w[:, 0], m, strict=True))
    assert found == newton_polygon(heights)


def area(points: set[tuple[int, int]]) -> Fraction:
    """Of the convex hull, by a sweep along the upper and the lower chain."""

    def chain(ordered):
        hull = []
        for p in ordered:
            while len(hull) > 1 and cross(hull[-2], hull[-1], p) <= 0:
                hull.pop()
            hull.append(p)
        return hull[:-1]

    ordered = sorted(points)
    hull = chain(ordered) + chain(ordered[::-1])
    return Fraction(
        sum(p[0] * q[1] - p[1] * q[0] for p, q in zip(hull, hull[1:] + hull[:1], strict=True)), 2
    )


def cross(o, p, q):
    return (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0])


def expected_exponents(supports) -> Counter:
    """How many paths of the total degree homotopy have which w ≠ 0, if all coefficients are generic.

    At each w where an edge of one equation's terms meets one of the other's, as many as the mixed
    area of the faces (Bernstein's theorem).
    """
    lifted = []
    for i, A in enumerate(supports):
        d = max(map(sum, A))
        start = {(0, 0): 1, ((d, 0), (0, d))[i]: 1}
        lifted.append({**start, **dict.fromkeys(A, 0)})
    counts = Counter()
    edges = [list(combinations(points.items(), 2)) for points in lifted]
    for ((a, h), (b, k)), ((c, p), (d, q)) in product(*edges):
        u, v = (a[0] - b[0], a[1] - b[1]), (c[0] - d[0], c[1] - d[1])
        det = u[0] * v[1] - u[1] * v[0]
        if det:
            w = (
                Fraction((k - h) * v[1] - u[1] * (q - p), det),
                Fraction(u[0] * (q - p) - (k - h) * v[0], det),
            )
            faces = [face(points, w) for points in lifted]
            both = {(x[0] + y[0], x[1] + y[1]) for x in faces[0] for y in faces[1]}
            counts[w] = int(area(both) - area(faces[0]) - area(faces[1]))
    return Counter({w: n for w, n in counts.items() if n and w != (0, 0)})


def face(points, w):
    order = {a: a[0] * w[0] + a[1] * w[1] + h for a, h in points.items()}
    return {a for a in points if order[a] == min(order.values())}


@pytest.mark.parametrize("name", SUPPORTS)
def test_mixed_areas_of_two_curves(name):
    supports = SUPPORTS[name]
    rng = np.random.default_rng(5)
    equations = [
        " + ".join(f"({rng.normal():.6f} + {rng.normal():.6f}*I)*x^{a}*y^{b}" for a, b in A)
        for A in supports
    ]
    result = solve(equations, ["x", "y"], start=TotalDegree())
    valuations = result.ledger.valuations
    assert valuations.is_known.all()
    found = Counter(known(valuations))
    assert found == expected_exponents(supports)
    to_infinity = [w for w in found.elements() if min(w) < 0]
    assert len(to_infinity) == result.n_at_infinity


def known(valuations):
    found = map(valuations.of, valuations.paths.tolist())
    return [w for w in found if w is not None]


def test_multiple_zeros():
    """x³ = γ·t·… and y² = x − …: x ~ t^{1/3}, y ~ t^{1/6}."""
    result = solve(["x^3", "y^2 - x"], start=TotalDegree())
    valuations = result.ledger.valuations
    assert {valuations.of(k) for k in range(6)} == {(Fraction(1, 3), Fraction(1, 6))}
    assert (result.ledger.solutions[valuations.paths] == 0).all()


def noon(n):
    x = [f"x{i}" for i in range(n)]
    others = [" + ".join(f"{y}^2" for y in x if y != z) for z in x]
    return [f"{z}*({s}) - 1.1*{z} + 1" for z, s in zip(x, others, strict=True)]


def test_neural_network_paths_to_infinity():
    """x_j ~ t^{−1/2}, twice for each j, and the others like t."""
    result = solve(noon(5), start=TotalDegree(), certify=False)
    rays = {tuple(-1 if i == j else 2 for i in range(5)): 2 for j in range(5)}
    assert result.ledger.directions(PathEnd.AT_INFINITY) == rays
    assert set(result.ledger.valuations.denominators) == {2}
    assert "infinity is reached in 5 directions, such as (−1, 2, 2, 2, 2)" in str(result.ledger)
    document = result.ledger.to_json()
    assert Ledger.from_json(document) == result.ledger
    del document["valuations"]
    with pytest.raises(KeyError):
        Ledger.from_json(document)


def test_cycles_of_paths_have_one_exponent():
    """Branches that t ↦ e^{2πi}·t permutes come in multiples of the denominator."""
    x = "abcde"
    sums = [
        "+".join("*".join(x[(i + k) % 5] for k in range(d)) for i in range(5)) for d in range(1, 5)
    ]
    result = solve([*sums, f"{'*'.join(x)} - 1"], list(x), start=TotalDegree(), certify=False)
    valuations = result.ledger.valuations
    assert len(valuations) == result.n_at_infinity == 50
    counts = Counter(known(valuations))
    assert counts.total() >= 40
    for w, count in counts.items():
        assert count % np.lcm.reduce([f.denominator for f in w]) == 0


def test_nothing_is_known_of_a_coordinate_that_is_always_zero():
    family = System(["x*(x - a)", "y^2 - a"], parameters=["a"])
    start = ParameterHomotopy([[0, 1], [0, -1], [1, 1], [1, -1]], [1])
    result = solve(family.bound([4]), start=start)
    assert result.n_regular == 4
    assert not result.ledger.valuations.is_known.any()
    assert np.isnan(result.ledger.valuations.exponents).all()
    assert len(result.ledger.valuations) == 2


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_matter(threads):
    rng = np.random.default_rng(0)
    exponents = rng.integers(0, 3, (8, 3))
    polynomials = [SparsePolynomial(exponents, rng.normal(size=8) + 0j) for _ in range(2)]
    forms = InitialForms(polynomials)
    points, t = np.exp(rng.normal(size=(500, 2)) * 5 + 1j), np.exp(-10 * rng.uniform(size=500))
    for one, many in zip(
        forms.valuations(points, t), forms.valuations(points, t, threads), strict=True
    ):
        np.testing.assert_array_equal(one, many)


@pytest.mark.parametrize(
    "equation",
    ["(x + a*y)^3 - x^3 - b*y/3", "x*(y - 1)*(y + 1) - x*y^2", "a*b*x^2*y - (x + 2)^4"],
)
def test_expansion_agrees_with_exact_arithmetic(equation):
    polynomials = System([equation], ["x", "y"], parameters=["a", "b"]).map
    start, target = np.array([0.3 + 1j, 2]), np.array([-1.7 + 0j, 0.1j])
    sizes, exponents, coefficients = _core.expanded_segment(polynomials.tape, start, target, 100)
    (exact,) = expanded_segment(polynomials, start.tolist(), target.tolist(), 100)
    found = dict(zip(map(tuple, exponents.tolist()), coefficients, strict=True))
    wanted = dict(zip(map(tuple, exact.exponents.tolist()), exact.coefficients, strict=True))
    assert sizes.tolist() == [len(wanted)]
    assert found.keys() == wanted.keys()
    for monomial, c in wanted.items():
        assert found[monomial] == pytest.approx(c, rel=1e-12)


def test_expansion_leaves_doubtful_cancellation_to_exact_arithmetic():
    polynomials = System(["(x + 0.1*y)^2 - x^2 - 0.01*y^2 + z"], ["x", "y", "z"]).map
    with pytest.raises(_core.LossOfPrecision):
        _core.expanded_segment(polynomials.tape, NONE, NONE, 100)
    with pytest.raises(_core.TooManyTerms):
        _core.expanded_segment(System(["(x + y + 1)^9"]).map.tape, NONE, NONE, 50)


def test_exponents_that_the_initial_forms_leave_open_are_read_off_twice():
    # At (1, 0) the initial forms are x − 1 and x² − x: they say nothing of y.
    for seed in range(20):
        result = solve(["x + y - 1", "x^2 + y^2 - x"], start=TotalDegree(), seed=seed)
        assert result.ledger.valuations.directions == {(0, 1): 1}
