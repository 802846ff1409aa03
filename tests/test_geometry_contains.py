"""Membership of functions, against real-root counts and discriminants."""

import numpy as np
import pytest
import sympy

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import COMPLEX
from neuromanifold.geometry import BoundaryType, FiberFinder, contains
from neuromanifold.models import MLP, Convolution, Model, identity, monomial

X1, X2 = sympy.symbols("x1 x2")
CUBIC = MLP([2, 2, 1], monomial(3))
SPLIT = Convolution([2, 2], [1, 1])  # products of two linear forms
GOLDEN = Convolution([3, 2], [2, 1])  # (a x₁² + b x₁x₂ + c x₂²)(d x₁² + e x₂²), as coefficients

INSIDE, OUTSIDE, LIMIT = (True, True), (False, True), (False, True)
APART = (False, False)


@pytest.mark.parametrize(
    ("model", "f", "where", "on_boundary"),
    [
        # A sum of two real cubes has one real root, or three equal ones; a sum of complex ones no
        # double root.
        (CUBIC, X1**3 + X1 * X2**2, INSIDE, False),
        (CUBIC, X1**3 - X1 * X2**2, OUTSIDE, False),
        (CUBIC, X1**3, INSIDE, True),
        (CUBIC, X1**2 * X2, LIMIT, True),
        (SPLIT, (1, 0, -1), INSIDE, False),
        (SPLIT, (1, 0, 1), OUTSIDE, False),
        (SPLIT, (1, 2, 1), INSIDE, True),
        # On x₁⁴ + C x₁²x₂² + E x₂⁴ both factors are quadrics in the squares, real if C² ≥ 4E.
        (GOLDEN, (1, 1, 3, 2, 2), INSIDE, False),
        (GOLDEN, (1, 0, 3, 0, 2), INSIDE, False),
        (GOLDEN, (1, 0, 2, 0, 1), INSIDE, True),
        (GOLDEN, (1, 0, 1, 0, 1), OUTSIDE, False),
        (GOLDEN, (1, 2, 3, 4, 5), APART, False),
    ],
    ids=str,
)
def test_known_functions(model, f, where, on_boundary):
    found = contains(model, f)
    assert (found.in_image, found.in_closure) == where
    assert found.on_boundary == on_boundary
    assert found.is_complete
    if found.in_image:
        assert np.isrealobj(found.witness)
        assert found.residual < 1e-9


@pytest.mark.parametrize(
    ("f", "in_image"), [(X1**3 - X1 * X2**2, True), (X1**2 * X2, False), (X1**3, True)]
)
def test_over_the_complex_numbers(f, in_image):
    found = contains(CUBIC, f, COMPLEX)
    assert found.in_image == in_image
    assert found.in_closure
    assert found.on_boundary == (not in_image)


# Kohn, Merkh, Montúfar, Trager: with stride 1, M is the forms with at least as many real roots, with
# multiplicity, as there are filters of even size.
STRIDE_ONE = [(2, 2), (3, 2), (2, 2, 2), (3, 2, 2)]


def _forms(degree: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Real forms with random numbers of real roots, as coefficients."""
    forms = []
    for _ in range(count):
        n_pairs = rng.integers(0, degree // 2 + 1)
        factors = [rng.standard_normal(2) for _ in range(degree - 2 * n_pairs)]
        for _ in range(n_pairs):
            a, b = rng.standard_normal(2)
            factors.append(np.array([1.0, -2 * a, a**2 + b**2]))
        form = np.array([rng.standard_normal()])
        for factor in factors:
            form = np.convolve(form, factor)
        forms.append(form)
    return np.array(forms)


def _real_roots(form: np.ndarray) -> int:
    return int(np.sum(np.abs(np.roots(form).imag) < 1e-7))


def _agrees(filters: tuple[int, ...], count: int, seed: int) -> None:
    finder = FiberFinder(Convolution(filters, [1] * len(filters)), seed)
    even = sum(size % 2 == 0 for size in filters)
    for form in _forms(sum(filters) - len(filters), count, np.random.default_rng(seed)):
        assert bool(finder.fiber(form).real) == (_real_roots(form) >= even), form


def _agrees_cubic(count: int, seed: int) -> None:
    finder = FiberFinder(CUBIC, seed)
    scale = [float(sympy.binomial(3, i)) for i in range(4)]
    for form in np.random.default_rng(seed).standard_normal((count, 4)) * scale:
        # one real root: negative discriminant
        assert bool(finder.fiber(form).real) == (_real_roots(form) == 1), form


@pytest.mark.parametrize("filters", STRIDE_ONE, ids=str)
def test_products_of_filters(filters):
    _agrees(filters, 12, 0)


def test_sums_of_two_cubes():
    _agrees_cubic(15, 0)


@pytest.mark.long
@pytest.mark.parametrize("filters", STRIDE_ONE, ids=str)
def test_a_thousand_products_of_filters(filters):
    _agrees(filters, 1000, 1)


@pytest.mark.long
def test_a_thousand_sums_of_two_cubes():
    _agrees_cubic(1000, 1)


# A double root of merged layers, and equal factors of the reduced network.
@pytest.mark.parametrize(
    ("filters", "strides", "f", "kind"),
    [
        ((2, 2), (1, 1), (1, 2, 1), BoundaryType.STRIDE_ONE),
        ((3, 2), (2, 1), (1, 0, 2, 0, 1), BoundaryType.REDUCED),
        ((2, 2, 2), (1, 2, 1), np.convolve([1, 2, 1], [1, 0, 3]), BoundaryType.STRIDE_ONE),
    ],
    ids=str,
)
def test_kinds_of_boundary_points(filters, strides, f, kind):
    found = contains(Convolution(filters, strides), f)
    assert found.on_boundary
    assert found.boundary_type is kind
    assert kind.value in str(found)


# The nearest matrix of rank one drops a singular value; a limit has functions of M as near as you like.
def test_the_nearest_function():
    model = MLP([2, 1, 2], identity())
    found = contains(model, [3, 0, 0, 2])
    assert np.allclose(found.nearest, [3, 0, 0, 0], atol=1e-6)
    assert found.distance == pytest.approx(2)
    assert contains(model, [3, 0, 0, 0]).distance == 0
    assert contains(CUBIC, X1**2 * X2).distance < 1e-3
    assert contains(CUBIC, X1**3 - X1 * X2**2).distance > 0.1


def test_rank_decides_for_linear_networks():
    model = MLP([3, 1, 3], identity())
    low = np.outer([1.0, 2.0, -1.0], [3.0, 0.0, 1.0])
    assert contains(model, low.ravel()).in_image
    found = contains(model, (low + np.diag([1.0, 0.0, 0.0])).ravel())
    assert not found.in_closure


def test_many_functions_of_one_model():
    finder = FiberFinder(SPLIT, seed=3)
    answers = [contains(finder, (1, b, 1)) for b in (-3, -1, 0, 1, 3)]
    assert [answer.in_image for answer in answers] == [True, False, False, False, True]
    assert {answer.seed for answer in answers} == {3}


def test_user_models():
    model = Model.from_function(lambda w, x: (w[0] * x[0]) ** 2 + w[1] * x[1], np.ones(2), (2,))
    assert contains(model, 4 * X1**2 - 3 * X2).in_image
    assert not contains(model, -4 * X1**2 - 3 * X2).in_image
    assert contains(model, -4 * X1**2 - 3 * X2, COMPLEX).in_image


def test_text():
    text = str(contains(SPLIT, (1, 2, 1)))
    assert "in M: real parameters have this function" in text
    assert "on the boundary of M (estimated, from" in text
    assert "not in the closure of M" in str(contains(GOLDEN, (1, 2, 3, 4, 5)))


def test_bad_input():
    with pytest.raises(InvalidInputError, match=r"use nm\.REAL or nm\.COMPLEX"):
        contains(SPLIT, (1, 2, 1), "real")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="complex coefficients"):
        contains(SPLIT, (1, 2j, 1))
    with pytest.raises(InvalidInputError, match="coefficients"):
        contains(SPLIT, (1, 2))
