"""The arithmetic of each ring, by itself."""

from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import (
    BallField,
    ComplexField,
    DegreeRing,
    FractionDegreeRing,
    ObjectRing,
    PrimeField,
)

PRIME = 2147483629
FIELD = PrimeField(PRIME)


def residue(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, PRIME) % PRIME


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5))
def test_a_float_is_embedded_as_the_dyadic_rational_it_is(values: list[float]):
    assert FIELD.array(np.array(values, float)).tolist() == [residue(Fraction(v)) for v in values]


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_integer_is_embedded_as_its_residue(value: int):
    assert FIELD.array(np.array(value)) == value % PRIME


@given(st.integers(0, PRIME - 1), st.integers(0, PRIME - 1))
def test_the_operations_of_a_prime_field(a: int, b: int):
    x, y = np.array([a, 0]), np.array([b, 1])
    assert FIELD.add(x, y).tolist() == [(a + b) % PRIME, 1]
    assert FIELD.subtract(x, y).tolist() == [(a - b) % PRIME, PRIME - 1]
    assert FIELD.negate(x).tolist() == [-a % PRIME, 0]
    assert FIELD.multiply(x, y)[0] == a * b % PRIME
    assert FIELD.power(x, 5)[0] == pow(a, 5, PRIME)
    if b:
        assert FIELD.multiply(FIELD.divide(x, y), y)[0] == a


@pytest.mark.parametrize("terms", [0, 1, 2, 255, 256, 257, 1000])
@pytest.mark.parametrize("extreme", [PRIME - 1, PRIME // 2, PRIME // 2 + 1, 2**30, 2**16 - 1, None])
def test_products_of_residues_are_exact(terms: int, extreme: int | None):
    generator = np.random.default_rng(terms)
    a, b = FIELD.random(generator, (2, 3, terms)), FIELD.random(generator, (terms, 4))
    if extreme is not None:
        a, b = np.full_like(a, extreme), np.full_like(b, extreme)
    expected = np.matmul(a.astype(object), b.astype(object)) % PRIME if terms else 0
    assert (FIELD.dot(a, b) == expected).all()
    assert FIELD.dot(a, b).shape == (2, 3, 4)


def test_many_inverses_at_once():
    values = FIELD.random(np.random.default_rng(0), (1000,))
    assert (FIELD.multiply(FIELD.divide(FIELD.array(1), values), values) == 1).all()


@pytest.mark.parametrize(("size", "rank"), [(1, 0), (5, 3), (40, 39), (700, 611), (700, 700)])
def test_ranks(size: int, rank: int):
    generator = np.random.default_rng(size)
    left, right = FIELD.random(generator, (size, rank)), FIELD.random(generator, (rank, size + 7))
    # zero columns and repeated rows make pivots hard to find
    right[:, 3 : size // 3] = 0
    matrix = FIELD.dot(left, right)
    matrix[0] = matrix[-1]
    before = matrix.copy()
    expected = flint.nmod_mat(size, size + 7, matrix.ravel().tolist(), PRIME).rank()
    assert FIELD.rank(matrix) == expected
    assert (matrix == before).all()


@pytest.mark.parametrize("prime", [1, 2, 9, 2**31 - 3, 2**31 + 11])
def test_a_prime_field_needs_an_odd_prime_of_31_bits(prime: int):
    with pytest.raises(InvalidInputError, match="prime"):
        PrimeField(prime)


@pytest.mark.parametrize(
    "ring", [ComplexField(), FIELD, BallField(), ObjectRing(Fraction)], ids=lambda r: str(type(r))
)
def test_constants_must_be_finite(ring):
    with pytest.raises(InvalidInputError):
        ring.array(np.array([1.0, np.inf]))


def test_balls_are_as_precise_as_they_say_and_leave_the_global_precision_alone():
    before = flint.ctx.prec
    field = BallField(300)
    third = field.divide(field.array(1.0), field.array(3))[()]
    assert 1e-95 < third.rad() < 1e-85
    assert flint.ctx.prec == before
    with pytest.raises(InvalidInputError, match="precision"):
        BallField(0)


def test_complex_and_real_balls_mix():
    field = BallField(100)
    a = field.array(np.array([[1.0, 2j], [0.5, 1.0]]))
    b = field.array(np.array([[3.0, 1.0], [1.0, 1.0]]))
    assert type(b[0, 0]) is flint.arb
    big = field.dot(np.tile(a, (4, 4)), np.tile(b, (4, 4)))
    expected = np.tile(a.astype(complex), (4, 4)) @ np.tile(b.astype(complex), (4, 4))
    assert np.allclose(big.astype(complex), expected)
    assert np.allclose(field.dot(a, b).astype(complex), expected[:2, :2] / 4)


def test_a_zero_spoils_no_degree():
    ring = DegreeRing()
    x = ring.variables((1,))
    assert ring.add(ring.power(x, 4), ring.zeros((1,))).tolist() == [(4, 4)]
    assert ring.multiply(x, ring.zeros((1,))) == ring.zeros((1,))
    assert ring.dot(x[None], ring.array(np.array([[1.0, 0.0]])))[0, 0].tolist() == (1, 1)
    assert ring.add(ring.power(x, 4), ring.array(2)).tolist() == [(0, 4)]


def test_degrees_of_fractions():
    ring = FractionDegreeRing()
    x = ring.variables((3,))
    assert ring.sum(ring.power(x, -1), (0,)).item() == (2, 3)  # Σ 1/xᵢ
    assert ring.multiply(x, ring.zeros((3,)))[0].item() == (-np.inf, 0)
    with pytest.raises(ZeroDivisionError):
        ring.divide(x, ring.zeros((3,)))
