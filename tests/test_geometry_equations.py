"""Equations of neuromanifolds, against determinants, resultants, Hilbert functions and SymPy."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb, prod

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold.errors import InvalidInputError, NotPolynomialError, TooLargeError
from neuromanifold.functions import FunctionSpace
from neuromanifold.geometry import Equations, dimension, equations
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    identity,
    monomial,
    polynomial,
)


def cnn(filters: list[int], r: int, strides: list[int] | None = None) -> Convolution:
    activation = identity() if r == 1 else monomial(r)
    return Convolution(filters, strides or [1] * len(filters), activation)


def curve(w, x):
    """The twisted parabola 0.1 wx + 0.3 w²x²: not a cone, with long dyadic coefficients."""
    return 0.1 * (w @ x) + 0.3 * (w @ x) ** 2


def is_multiple(form: sympy.Expr, other: sympy.Expr) -> bool:
    """Whether two polynomials agree up to a number."""
    return sympy.cancel(form / other).is_number


def by_name(found: Equations, *names: str) -> list[sympy.Symbol]:
    symbols = {name: symbol for symbol, name in found.coordinates.items()}
    return [symbols[name] for name in names]


def test_the_quartic_of_a_lightning_attention_layer():
    """It is Res(y₁s² + y₂st + y₃t², y₄s² + y₅st + y₆t²), for y linear in the coordinates."""
    found = equations(LightningAttention(d=2, a=2, d_out=1, tokens=2), degree=4)
    # f₁ = (v₁s + v₂t)(a₁₁s + a₂₁t) at the terms x₁x₂x₄, …; only its sum with the other quadric
    # is seen at x₁²x₃ and x₁x₃²
    c = by_name(
        found, "y1: x1^3", "y1: x1^2*x3", "y1: x1*x2*x4", "y1: x1*x3^2", "y1: x1*x4^2", "y1: x3^3"
    )
    y1, y2, y3, y4, y5, y6 = c[0], c[2], c[4], c[1] - c[2], c[3] - c[4], c[5]
    quartic = (y1 * y6 - y3 * y4) ** 2 - (y1 * y5 - y2 * y4) * (y2 * y6 - y3 * y5)
    assert len(found) == len(found.generators) == 1
    assert is_multiple(found[0], quartic)
    s = sympy.Symbol("s")
    first, second = y1 * s**2 + y2 * s + y3, y4 * s**2 + y5 * s + y6
    assert is_multiple(found[0], sympy.resultant(first, second, s))
    assert found.is_cone
    assert found.seconds < 5
    assert all(
        len(equations(LightningAttention(d=2, a=2, d_out=1, tokens=2), degree=k)) == 0
        for k in (1, 2, 3)
    )


def test_the_cubic_of_a_linear_convolutional_network():
    found = equations(cnn([3, 2], 1, [2, 1]), degree=3)
    A, B, C, D, E = found.symbols
    assert is_multiple(found[0], A * D**2 + B**2 * E - B * C * D)
    assert found.dimension == 1


@pytest.mark.parametrize(
    ("model", "degree"),
    [
        (MLP([3, 2, 3], identity()), 3),
        (MLP([2, 2, 3], monomial(2)), 3),
        (MLP([4, 3, 4], identity()), 4),
    ],
    ids=str,
)
def test_hypersurfaces_that_are_determinants(model: Model, degree: int):
    found = equations(model, degree=degree)
    matrix = sympy.Matrix(degree, degree, found.symbols)
    assert len(found) == 1
    assert sympy.expand(found[0] - matrix.det(method="berkowitz")) == 0


def test_symmetric_determinants_have_halved_off_diagonal_entries():
    found = equations(MLP([3, 2, 1], monomial(2)), degree=3)
    c = dict(zip(found.coordinates.values(), found.symbols, strict=True))
    names = [["x1^2", "x1*x2", "x1*x3"], ["x1*x2", "x2^2", "x2*x3"], ["x1*x3", "x2*x3", "x3^2"]]
    gram = sympy.Matrix(3, 3, lambda i, j: c[names[i][j]] / (1 if i == j else 2))
    assert len(found) == 1
    assert is_multiple(found[0], gram.det())


def test_the_catalecticant_of_binary_quartics():
    found = equations(MLP([2, 2, 1], monomial(4)), degree=3)
    a = [c / comb(4, i) for i, c in enumerate(found.symbols)]
    assert is_multiple(found[0], sympy.Matrix(3, 3, lambda i, j: a[i + j]).det())


def schur_dimension(partition: tuple[int, ...], n: int) -> int:
    """dim S_λ(Cⁿ) by Weyl's formula."""
    parts = [*partition, *[0] * (n - len(partition))]
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    top = prod(parts[i] - parts[j] + j - i for i, j in pairs)
    return top // prod(j - i for i, j in pairs)


def partitions(k: int, parts: int, largest: int | None = None) -> list[tuple[int, ...]]:
    if k == 0:
        return [()]
    if parts == 0:
        return []
    top = k if largest is None else min(k, largest)
    return [(a, *rest) for a in range(top, 0, -1) for rest in partitions(k - a, parts - 1, a)]


def determinantal_forms(m: int, n: int, r: int, k: int) -> int:
    """Cauchy: the ring of m × n matrices of rank ≤ r is ⊕ S_λCᵐ ⊗ S_λCⁿ over λ with ≤ r parts."""
    functions = sum(schur_dimension(p, m) * schur_dimension(p, n) for p in partitions(k, r))
    return comb(m * n + k - 1, k) - functions


@pytest.mark.parametrize(
    ("m", "r", "n", "k", "generators"),
    [
        (3, 1, 3, 2, 9),
        (3, 1, 3, 3, 0),
        (4, 1, 2, 2, 6),
        (3, 2, 3, 3, 1),
        (3, 2, 3, 4, 0),
        (3, 2, 4, 3, 4),
        (4, 2, 4, 3, 16),
        (3, 3, 3, 3, 0),
    ],
)
def test_determinantal_varieties(m: int, r: int, n: int, k: int, generators: int):
    found = equations(MLP([m, r, n], identity()), degree=k)
    assert len(found) == determinantal_forms(m, n, r, k)
    assert len(found.generators) == generators
    assert found.is_filling == (r == min(m, n))


@pytest.mark.parametrize(
    ("n", "r", "k"), [(2, 3, 2), (2, 5, 3), (3, 2, 2), (3, 3, 2), (3, 2, 4), (4, 2, 2)]
)
def test_veronese_varieties(n: int, r: int, k: int):
    """Forms of degree k on the Veronese variety are forms of degree rk on projective space."""
    found = equations(MLP([n, 1, 1], monomial(r)), degree=k)
    ambient = comb(n + r - 1, r)
    assert len(found) == comb(ambient + k - 1, k) - comb(n + r * k - 1, r * k)
    assert len(found.generators) == (len(found) if k == 2 else 0), "quadrics generate the ideal"


@pytest.mark.parametrize(
    ("r", "k", "count"), [(4, 3, 1), (5, 3, 4), (6, 3, 10), (7, 3, 20), (6, 2, 0)]
)
def test_secants_of_rational_normal_curves(r: int, k: int, count: int):
    """The ideal is generated by the 3 × 3 minors of a 3 × (r − 1) Hankel matrix."""
    assert len(equations(MLP([2, 2, 1], monomial(r)), degree=k)) == count


def expanded_equations(model: Model, degree: int, homogeneous: bool) -> list[list[sympy.Rational]]:
    """The same by brute force: the linear relations between SymPy expansions of the monomials."""
    space = FunctionSpace.of(model)
    theta = sympy.symbols(f"t0:{model.n_parameters}")
    x = sympy.symbols(f"x1:{model.n_inputs + 1}")
    params = model.unflatten(np.array(theta, dtype=object))
    outputs = np.ravel(by_hand(model, params, np.array(x, dtype=object)))
    c = []
    for pivot in space.pivots:
        terms = sympy.Poly(outputs[space.expansion.outputs[pivot]], *x)
        c.append(terms.coeff_monomial(tuple(int(e) for e in space.expansion.exponents[pivot])))
    variables = c if homogeneous else [sympy.Integer(1), *c]
    powers = [
        sympy.Poly(prod(factors, start=sympy.Integer(1)), *theta).as_dict()
        for factors in combinations_with_replacement(variables, degree)
    ]
    rows = sorted({term for power in powers for term in power})
    matrix = sympy.Matrix([[power.get(term, 0) for power in powers] for term in rows])
    return [list(vector) for vector in matrix.nullspace()]


def by_hand(model: Model, params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Networks on SymPy symbols, for the two shapes of network used here."""
    if isinstance(model, MLP):
        for i in range(1, len(model.widths)):
            x = params[f"W{i}"] @ x + (params[f"b{i}"] if model.bias else 0)
            x = np.array([model.activation(z) for z in x]) if i < len(model.widths) - 1 else x
        return x
    return model.function(params, x)


@pytest.mark.parametrize(
    ("model", "degree", "is_cone"),
    [
        (MLP([2, 1, 1], monomial(2)), 2, True),
        (MLP([2, 1, 1], monomial(2)), 3, True),
        (MLP([2, 1, 2], monomial(2)), 2, True),
        (MLP([2, 1, 1], monomial(2), bias=True), 2, True),
        (MLP([1, 2, 1], monomial(3)), 2, True),
        (MLP([1, 1, 1], polynomial([0, 1, 1, 1])), 2, True),
        (MLP([2, 2, 1], polynomial([0, 1, 3])), 2, True),
        (
            Model.from_function(lambda w, x: 3 * (w @ x) ** 2 + 5 * (w @ x) ** 3, np.ones(1), (1,)),
            2,
            False,
        ),
        (
            Model.from_function(lambda w, x: 3 * (w @ x) ** 2 + 5 * (w @ x) ** 3, np.ones(1), (1,)),
            4,
            False,
        ),
        (Model.from_function(lambda w, x: (w @ x) ** 2 + w @ x + 1, np.ones(2), (2,)), 1, False),
        (Model.from_function(lambda w, x: (w @ x) ** 2 + w @ x + 1, np.ones(2), (2,)), 2, False),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_brute_force_expansion(model: Model, degree: int, is_cone: bool):
    found = equations(model, degree=degree)
    assert found.is_cone == is_cone
    wanted = expanded_equations(model, degree, is_cone)
    variables = list(found.symbols) if is_cone else [sympy.Integer(1), *found.symbols]
    monomials = [
        prod(f, start=sympy.Integer(1)) for f in combinations_with_replacement(variables, degree)
    ]
    assert len(monomials) == found.n_monomials
    rows = [[sympy.Poly(f, *found.symbols).coeff_monomial(m) for m in monomials] for f in found]
    exact = [[sympy.nsimplify(entry, rational=True) for entry in row] for row in wanted]
    assert len(rows) == len(exact)
    # equal dimensions and equal span
    assert sympy.Matrix([*rows, *exact]).rank() == len(exact) if exact else not rows


@pytest.mark.parametrize(
    ("model", "degree"),
    [
        (cnn([2, 2], 2), 3),
        (cnn([3, 2], 2), 3),
        (LightningAttention(d=2, a=1, d_out=2, tokens=2), 2),
        (MLP([3, 2, 1], polynomial([0, 1, 1])), 3),
        (MLP([2, 1, 2], monomial(3)), 2),
    ],
    ids=str,
)
def test_functions_of_the_network_satisfy_the_equations(model: Model, degree: int):
    found = equations(model, degree=degree)
    assert len(found) > 0
    space = FunctionSpace.of(model)
    theta = np.random.default_rng(0).integers(-4, 5, size=(2, model.n_parameters))
    for c in space.coefficients(theta.astype(float)):
        values = dict(zip(found.symbols, (sympy.Integer(round(v)) for v in c), strict=True))
        assert all(form.xreplace(values) == 0 for form in found)
    noise = dict(zip(found.symbols, map(sympy.Integer, range(1, space.dimension + 1)), strict=True))
    assert any(form.xreplace(noise) != 0 for form in found)


@pytest.mark.parametrize(
    ("model", "degree"),
    [
        (cnn([2, 2], 2), 3),
        (cnn([2, 2], 3), 2),
        (MLP([3, 1, 3], identity()), 2),
        (cnn([3, 2], 2), 3),
    ],
    ids=str,
)
def test_differentials_at_a_generic_point_span_the_conormal_space(model: Model, degree: int):
    found, size = equations(model, degree=degree), dimension(model)
    theta = np.arange(1.0, model.n_parameters + 1)
    (c,) = FunctionSpace.of(model).coefficients(theta[None])
    values = dict(zip(found.symbols, (sympy.Integer(round(v)) for v in c), strict=True))
    rows = [[form.diff(s).xreplace(values) for s in found.symbols] for form in found]
    assert sympy.polys.matrices.DomainMatrix.from_Matrix(sympy.Matrix(rows)).rank() == (
        size.ambient - size.value
    )


def test_long_coefficients_need_several_primes():
    found = equations(Model.from_function(curve, np.ones(1), (1,)), degree=2)
    (form,) = found
    c1, c2 = found.symbols
    ratio = Fraction(0.3) / Fraction(0.1) ** 2
    wanted = c2 - sympy.Rational(ratio.numerator, ratio.denominator) * c1**2
    assert is_multiple(form, wanted)
    assert len(found.primes) > 4


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_basis_does_not_depend_on_the_seed(seed: int):
    model = cnn([2, 2], 2)
    assert list(equations(model, degree=3, seed=seed)) == list(equations(model, degree=3))


@pytest.mark.parametrize(
    "model", [cnn([3, 2], 2), LightningAttention(d=2, a=2, d_out=1, tokens=2)], ids=str
)
def test_forms_are_homogeneous_for_every_grading(model: Model):
    found = equations(model, degree=4)
    assert len(found.gradings) >= 2
    for form in found[:20]:
        exponents = np.array(sympy.Poly(form, *found.symbols).monoms())
        weights = exponents @ np.array(found.gradings).T
        assert (weights == weights[0]).all()


def test_it_is_a_sequence_with_a_readable_form():
    found = equations(MLP([3, 1, 3], identity()), degree=2, seed=5)
    assert found[0] in found
    assert found[-2:] == tuple(found)[-2:]
    text = str(found)
    assert text.startswith("Equations of MLP((3, 1, 3), x)\n====")
    assert "• forms of degree 2 that vanish on M: 9 of 45 (exact)" in text
    assert "• 9 of them not generated by equations of lower degree" in text
    assert "c1*c5 - c2*c4 = 0" in text
    assert "c1: y1: x1" in text
    assert found.kind == "exact"
    assert 0 < found.failure_probability < 1e-15
    assert "dense in V" in str(equations(MLP([2, 2, 2], identity()), degree=2))


@pytest.mark.parametrize(
    ("model", "degree", "error", "words"),
    [
        (MLP([3, 2, 3], identity()), 0, InvalidInputError, "degree is 0"),
        (MLP([3, 2, 3], identity()), 2.5, InvalidInputError, "degree is 2.5"),
        (MLP([3, 2, 3], identity()), True, InvalidInputError, "degree is True"),
        (MLP([3, 2, 3], identity()), 30, TooLargeError, r"48,903,492 monomials in 9 coordinates"),
        (
            LightningAttention(d=2, a=1, d_out=2, tokens=2, layers=2),
            4,
            TooLargeError,
            r"same weight",
        ),
        (
            Model.from_function(lambda w, x: w[0] / (1 + w[1] * x[0]), np.ones(2), (1,)),
            2,
            NotPolynomialError,
            "rational",
        ),
    ],
    ids=str,
)
def test_mistakes(model: Model, degree: int, error: type[Exception], words: str):
    with pytest.raises(error, match=words):
        equations(model, degree=degree)


def test_a_basis_may_be_too_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("neuromanifold.geometry._interpolation._forms.LARGEST_BASIS", 8)
    with pytest.raises(TooLargeError, match="45 monomials of degree 2, more than 8 depend"):
        equations(MLP([3, 1, 3], identity()), degree=2)


@pytest.mark.long
def test_the_defective_ternary_quartics():
    """Clebsch: sums of five fourth powers of ternary forms, det of the 6 × 6 catalecticant."""
    found = equations(MLP([3, 5, 1], monomial(4)), degree=6)
    assert len(found) == len(found.generators) == 1
    c = dict(zip(found.coordinates.values(), found.symbols, strict=True))
    exponents = [(a, b, 2 - a - b) for a in range(2, -1, -1) for b in range(2 - a, -1, -1)]

    def entry(i: int, j: int) -> sympy.Expr:
        total = [p + q for p, q in zip(exponents[i], exponents[j], strict=True)]
        name = "*".join(f"x{v + 1}" + (f"^{e}" if e > 1 else "") for v, e in enumerate(total) if e)
        return c[name] * sympy.Rational(prod(map(int, map(sympy.factorial, total))), 24)

    catalecticant = sympy.Matrix(6, 6, entry).det(method="berkowitz")
    assert is_multiple(found[0], sympy.expand(catalecticant))
