"""Degrees of Veronese and determinantal varieties, against path tracking and residue formulas."""

from fractions import Fraction
from itertools import combinations, product
from math import comb, factorial, prod

import numpy as np
import pytest
import sympy

import neuromanifold as nm
from neuromanifold import theory
from neuromanifold.errors import InvalidInputError


def multinomial(exponents):
    return factorial(sum(exponents)) // prod(map(factorial, exponents))


def monomials(n, d):
    return [a for a in product(range(d, -1, -1), repeat=n) if sum(a) == d]


def critical_points(n, d, gram):
    """Critical points ≠ 0 of (μ − u)ᵀ·gram·(μ − u) for μ(w) = coefficients of (w·x)ᵈ, modulo the
    d-th roots of unity, by tracking paths."""
    w = sympy.symbols(f"w:{n}")
    exponents = monomials(n, d)
    rng = np.random.default_rng(5)
    target = rng.integers(-9, 10, len(exponents))
    mu = [multinomial(a) * sympy.prod([v**i for v, i in zip(w, a, strict=True)]) for a in exponents]
    gap = sympy.Matrix(mu) - sympy.Matrix(target.tolist())
    loss = sympy.expand((gap.T * sympy.Matrix(gram) * gap)[0])
    result = nm.solve([sympy.diff(loss, v) for v in w], w, certify=False)
    assert result.n_failed == 0
    points = [s for s in result.distinct if not s.is_singular and np.abs(s.x).max() > 1e-6]
    assert len(points) % d == 0
    return len(points) // d


def positive_gram(size, rank):
    A = np.random.default_rng(7).integers(-5, 6, (rank, size))
    return (A.T @ A).tolist()


@pytest.mark.parametrize(("n", "d"), [(2, 2), (2, 3), (2, 4), (3, 2), (3, 3)])
def test_veronese_varieties_by_path_tracking(n, d):
    size = comb(n - 1 + d, d)
    generic = theory.veronese_ed_degree(n, d)
    assert critical_points(n, d, positive_gram(size, size)) == generic.value
    assert generic.value == theory.SegreVeronese((n - 1,), (d,)).generic_ed_degree
    weights = [sympy.Rational(1, multinomial(a)) for a in monomials(n, d)]
    invariant = theory.bombieri_weyl_ed_degree(n, d).value
    if n > 2 or d > 2:  # eigenvectors of a tensor
        assert critical_points(n, d, sympy.diag(*weights).tolist()) == invariant
    assert invariant == (n if d == 2 else ((d - 1) ** n - 1) // (d - 2))


@pytest.mark.parametrize(
    ("n", "d", "corank"),
    [
        *((2, 3, corank) for corank in (1, 2, 3)),
        *((3, 2, corank) for corank in (2, 3, 4, 5)),
        (2, 2, 1),
    ],
)
def test_degenerate_metrics_by_path_tracking(n, d, corank):
    size = comb(n - 1 + d, d)
    polar = theory.SegreVeronese((n - 1,), (d,)).polar_degrees
    expected = theory.degenerate_metric_critical_points(polar, size - n, corank)
    assert critical_points(n, d, positive_gram(size, size - corank)) == expected.isolated


@pytest.mark.parametrize(
    ("corank", "isolated", "ramification", "zero_loss"),
    [
        (0, 14, 0, None),
        (1, 14, 10, 0),
        (2, 4, 4, 1),
        (3, 0, 0, 2),
        (4, 0, 0, 3),
        (5, 0, 0, 4),
    ],
)
def test_degenerate_metrics_on_lightning_attention(corank, isolated, ramification, zero_loss):
    # Marchetti, Connelly, Breiding, Kohn: these counts also by elimination over a finite field
    polar = theory.SegreVeronese((1, 3), (1, 1)).polar_degrees
    found = theory.degenerate_metric_critical_points(polar, 1, corank)
    assert found.isolated == isolated
    assert found.ramification == ramification
    assert found.zero_loss_dimension == zero_loss
    assert found.zero_loss_degree == (0 if zero_loss is None else 4)
    assert "isolated critical points" in str(found)


@pytest.mark.parametrize(("n", "d"), [(1, 3), (2, 2), (2, 3), (2, 4), (3, 2), (3, 3)])
def test_generic_hypersurfaces_by_path_tracking(n, d):
    rng = np.random.default_rng(3)
    x = sympy.symbols(f"x:{n}")
    t = sympy.Symbol("t")
    exponents = [a for a in product(range(d + 1), repeat=n) if sum(a) <= d]
    f = sum(
        int(c) * sympy.prod([v**i for v, i in zip(x, a, strict=True)])
        for c, a in zip(rng.integers(1, 50, len(exponents)), exponents, strict=True)
    )
    u = rng.integers(-9, 10, n)
    system = [f, *(v - int(c) - t * sympy.diff(f, v) for v, c in zip(x, u, strict=True))]
    result = nm.solve(system, (*x, t), certify=False)
    assert result.n_failed == 0
    assert result.n_regular == theory.hypersurface_ed_degree(n, d).value


FORMATS = [(m, n, r) for m in range(2, 6) for n in range(m, 6) for r in range(1, m)]


@pytest.mark.parametrize(("m", "n", "r"), FORMATS)
def test_determinantal_polar_degrees(m, n, r):
    polar = theory.determinantal_polar_degrees(m, n, r)
    codimension = (m - r) * (n - r)
    assert polar == theory.determinantal_polar_degrees(n, m, r)
    assert polar[0] == theory.determinantal_degree(m, n, r).value
    # with the vanishing ones: as many as dim X + 1
    full = polar + (0,) * (theory.determinantal_dimension(m, n, r).value - len(polar))
    dual = theory.determinantal_polar_degrees(m, n, m - r)
    assert theory.dual_polar_degrees(full, codimension)[: len(dual)] == dual
    if r == 1:
        assert full == theory.SegreVeronese((m - 1, n - 1), (1, 1)).polar_degrees
    if m == n:
        # Square matrices: K_X = −rn·h, and a curve section has 2g − 2 + 2 deg X tangents.
        assert polar[1] == r * (n - r) * polar[0]


def chern_mather_degrees(m, n, r):
    """deg(cᵢ(TZ)·h^{dim−i}) for Z = {(A, K) : K ⊂ ker A, dim K = n − r}, a small resolution if
    n ≤ m."""
    a, b = [5**i for i in range(m)], [-(7 ** (j + 1)) for j in range(n)]
    dim = r * (m + n - r) - 1
    totals = [Fraction(0)] * (dim + 1)
    for R in combinations(range(n), r):
        units = list(product(range(m), R))
        base = [b[q] - b[k] for q in R for k in range(n) if k not in R]
        for i, j in units:
            h = b[j] - a[i]
            fibre = [a[p] - b[q] + h for p, q in units if (p, q) != (i, j)]
            chern = [1] + [0] * dim
            for w in base + fibre:
                for k in range(dim, 0, -1):
                    chern[k] += w * chern[k - 1]
            for k in range(dim + 1):
                totals[k] += Fraction(chern[k] * h ** (dim - k), prod(base) * prod(fibre))
    return totals


@pytest.mark.parametrize(
    ("m", "n", "r"), [(3, 2, 1), (3, 3, 2), (4, 3, 2), (4, 4, 2), (5, 4, 2), (5, 5, 2)]
)
def test_determinantal_polar_degrees_from_chern_mather_classes(m, n, r):
    # δ_k = Σ (−1)ⁱ binom(dim + 1 − i, k − i) Cᵢ
    C = chern_mather_degrees(m, n, r)
    dim = len(C) - 1
    polar = [
        sum((-1) ** i * comb(dim + 1 - i, k - i) * C[i] for i in range(k + 1))
        for k in range(dim + 1)
    ]
    found = theory.determinantal_polar_degrees(m, n, r)
    assert tuple(polar) == found + (0,) * (dim + 1 - len(found))


@pytest.mark.parametrize(
    ("m", "n", "r", "value"), [(4, 4, 2, 1350), (4, 5, 2, 4806), (5, 5, 2, 55010), (6, 6, 6, 1)]
)
def test_generic_ed_degrees_of_rank_two(m, n, r, value):
    # 1350 and 4806: Ottaviani, Spaenlehauer, Sturmfels 2014; 55010: two formulas in this file
    assert theory.generic_determinantal_ed_degree(m, n, r).value == value


def symmetric_by_residues(n, r):
    """Σ ∫ s(S²E)·s(S²E^⊥) over the Grassmannian G(r, n), by the residue formula."""
    top = r * (n - r)
    totals = [Fraction(0)] * (top + 1)
    for E in combinations(range(n), r):
        rest = [i for i in range(n) if i not in E]
        weight = [3**i for i in range(n)]
        first, second = [1] + [0] * top, [1] + [0] * top
        pairs = [(first, -1, E), (second, 1, rest)]
        for series, sign, indices in pairs:
            for i, j in product(indices, repeat=2):
                if i <= j:
                    for k in range(1, top + 1):
                        series[k] += sign * (weight[i] + weight[j]) * series[k - 1]
        tangent = prod(weight[b] - weight[a] for a in E for b in rest)
        for k in range(top + 1):
            totals[k] += Fraction(first[top - k] * second[k], tangent)
    return tuple(totals)


@pytest.mark.parametrize(("n", "r"), [(n, r) for n in range(2, 7) for r in range(1, n)])
def test_symmetric_determinantal_varieties(n, r):
    polar = theory.symmetric_polar_degrees(n, r)
    assert polar == symmetric_by_residues(n, r)
    assert theory.symmetric_degree(n, r).value == polar[0]
    assert theory.symmetric_dimension(n, r).value == comb(n + 1, 2) - comb(n - r + 1, 2)
    assert theory.symmetric_frobenius_ed_degree(n, r).value == comb(n, r)


def test_two_quadratic_neurons():
    assert theory.two_neuron_critical_points(4).value == 122
    assert symmetric_by_residues(4, 2) == (10, 30, 42, 30, 10)
    for n in range(2, 7):
        count = theory.two_neuron_critical_points(n).value
        assert count == theory.monomial_mlp_critical_points((n, 2, 1), 2).value


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: theory.degenerate_metric_critical_points((2, 2), 1, 4), "corank is 4"),
        (lambda: theory.degenerate_metric_critical_points((), 1, 0), "polar_degrees is"),
        (lambda: theory.dual_polar_degrees((2, -1), 1), r"polar_degrees\[1\] is -1"),
        (lambda: theory.veronese_ed_degree(0, 2), "variables is 0"),
        (lambda: theory.symmetric_degree(2, 3), "r is 3"),
        (lambda: theory.two_neuron_critical_points(1), "n is 1"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InvalidInputError, match=words):
        call()
