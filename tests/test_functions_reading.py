"""Functions given by users: coefficient vectors and SymPy polynomials."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import FunctionSpace, as_polynomials, read_function
from neuromanifold.models import MLP, Convolution, LightningAttention, Model, identity, monomial

x1, x2, x3 = sympy.symbols("x1 x2 x3")

BINARY = FunctionSpace.of(MLP([2, 2, 1], monomial(2)))
TWO_OUTPUTS = FunctionSpace.of(MLP([3, 2, 2], identity()))
RELATED = FunctionSpace.of(
    Model.from_function(
        lambda w, x: (w @ x) ** 2 / 3 * np.array([1, 2]) + (w @ x) * np.array([0, 5]),
        np.ones(2),
        (2,),
    )
)
SPACES = [
    BINARY,
    TWO_OUTPUTS,
    RELATED,
    FunctionSpace.of(LightningAttention(d=2, a=2, d_out=1, tokens=2)),
    FunctionSpace.of(Convolution([2, 2], [1, 1], monomial(2))),
    FunctionSpace.of(MLP([1, 2, 1], monomial(3), bias=True)),
]


@pytest.mark.parametrize("space", SPACES, ids=lambda s: s.model.name)
@pytest.mark.parametrize("seed", range(3))
def test_reading_undoes_writing(space: FunctionSpace, seed: int):
    rng = np.random.default_rng(seed)
    pairs = zip(
        rng.integers(-9, 9, space.dimension), rng.integers(1, 9, space.dimension), strict=True
    )
    exact = tuple(fmpq(int(p), int(q)) for p, q in pairs)
    assert read_function(space, as_polynomials(space, exact)).exact == exact
    real = rng.standard_normal(space.dimension)
    np.testing.assert_allclose(read_function(space, as_polynomials(space, real)).vector, real)
    turned = real * (1 + 2j)
    point = read_function(space, as_polynomials(space, turned))
    assert point.exact is None
    np.testing.assert_allclose(point.vector, turned)


@pytest.mark.parametrize("space", SPACES, ids=lambda s: s.model.name)
def test_polynomials_have_the_values_of_the_network(space: FunctionSpace):
    theta = np.random.default_rng(1).integers(-3, 4, space.model.n_parameters) / 2
    x = np.random.default_rng(2).integers(-3, 4, space.model.input_shape) / 4
    values = [
        f.subs({f"x{i + 1}": sympy.Rational(v) for i, v in enumerate(x.ravel())})
        for f in as_polynomials(space, space.coefficients(theta)[0])
    ]
    np.testing.assert_allclose(np.array(values, float), space.model(theta, x).ravel(), atol=1e-9)


@pytest.mark.parametrize(
    "f",
    [
        [1, Fraction(1, 2), 0.25],
        np.array([1, 0.5, 0.25]),
        [fmpq(1), sympy.Rational(1, 2), np.float64(0.25)],
        x1**2 + x1 * x2 / 2 + 0.25 * x2**2,
        sympy.Poly(x1**2 + x1 * x2 / 2 + x2**2 / 4),
        [sympy.Symbol("x1", real=True) ** 2 + x1 * x2 / 2 + x2**2 / 4],
        sympy.Matrix([1, sympy.Rational(1, 2), sympy.Rational(1, 4)]),
    ],
    ids=lambda f: type(f).__name__,
)
def test_ways_to_write_a_function(f: object):
    point = read_function(BINARY, f)
    assert point.exact == (fmpq(1), fmpq(1, 2), fmpq(1, 4))
    assert point.vector.dtype == np.float64
    assert read_function(BINARY, point).exact == point.exact


def test_numbers_that_are_not_rational():
    point = read_function(BINARY, sympy.sqrt(2) * x1**2 + sympy.I * x2**2)
    assert point.exact is None
    np.testing.assert_allclose(point.vector, [2**0.5, 0, 1j])
    assert read_function(BINARY, 0).exact == (0, 0, 0)
    assert read_function(TWO_OUTPUTS, [sympy.S(0), sympy.S(0)]).exact == (0,) * 6


@pytest.mark.parametrize(
    ("space", "f", "words"),
    [
        (BINARY, [1, 2], "f has 2 coefficients"),
        (BINARY, [1, 2, "a"], "must be numbers"),
        (BINARY, [1, 2, float("nan")], "must be finite"),
        (BINARY, x1**3, r"the term x1\^3"),
        (BINARY, 1 + x1**2, "the term 1,"),
        (BINARY, x1 * x3, "the variable x3"),
        (BINARY, sympy.Symbol("x0"), "the variable x0"),
        (BINARY, sympy.sin(x1), "not a polynomial"),
        (BINARY, x1**3 / x2, "not a polynomial"),
        (BINARY, "x1^2", "is the text"),
        (BINARY, [x1**2, x2**2], "f has 2 polynomials"),
        (TWO_OUTPUTS, x1, "1 polynomials, but"),
        (TWO_OUTPUTS, [x1, x2**2], "in output 2"),
        (RELATED, [x1**2, x1**2], "has 2 there"),
        (RELATED, [0.1 * x1**2, 0.3 * x1**2], r"has 0\.2.* there"),
    ],
)
def test_functions_of_other_spaces_are_refused(space: FunctionSpace, f: object, words: str):
    with pytest.raises(InvalidInputError, match=words):
        read_function(space, f)


def test_rounded_coefficients_may_break_relations_by_rounding():
    f = as_polynomials(RELATED, np.array([1 / 3, 0.7, 0.1, 0.9, 1.1]))
    assert read_function(RELATED, [sympy.N(g) for g in f]).exact is not None
