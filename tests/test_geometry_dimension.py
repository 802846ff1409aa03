"""Exact dimensions, against the literature and against floating-point ranks."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zoo
from neuromanifold.errors import InvalidInputError, NotPolynomialError, TooLargeError
from neuromanifold.geometry import dimension
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    monomial,
    polynomial,
)
from neuromanifold.rings import double_precision


@pytest.mark.parametrize("known", zoo.ALL, ids=str)
def test_the_zoo(known: zoo.Known):
    result = dimension(known.model)
    assert result.value == known.value, known.source
    assert known.expected in (None, result.expected)
    assert known.ambient in (None, result.ambient)
    assert result.defect == result.expected - result.value >= 0
    assert result.fiber_dimension + result.value == known.model.n_parameters
    assert result.failure_probability < 1e-6


@pytest.mark.parametrize("known", zoo.MINIMAL_FILLING, ids=str)
def test_minimal_filling_architectures_fill_and_narrower_ones_do_not(known: zoo.Known):
    assert isinstance(known.model, MLP)
    widths = known.model.widths
    assert dimension(known.model).is_filling
    for i in range(1, len(widths) - 1):
        narrower = (*widths[:i], widths[i] - 1, *widths[i + 1 :])
        smaller = dimension(MLP(narrower, monomial(2)))
        assert smaller.value < known.value


def float_rank(model: Model) -> int:
    """The rank in double precision, at points and outputs enough for any model here."""
    generator = np.random.default_rng(1)
    theta = generator.standard_normal(model.n_parameters)
    x = generator.standard_normal((3 * model.n_parameters, *model.input_shape))
    with double_precision():
        jacobian = jax.vmap(jax.jacrev(model.apply_flat), (None, 0))(theta, x)
    matrix = np.asarray(jacobian).reshape(-1, model.n_parameters)
    matrix = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    return int(np.linalg.matrix_rank(matrix, rtol=1e-9))


@settings(max_examples=8, deadline=None)
@given(
    widths=st.lists(st.integers(1, 3), min_size=2, max_size=4),
    exponent=st.integers(1, 3),
    bias=st.booleans(),
)
def test_exact_and_floating_point_ranks_agree(widths: list[int], exponent: int, bias: bool):
    model = MLP(widths, monomial(exponent), bias=bias)
    assert dimension(model).value == float_rank(model)


@settings(max_examples=10, deadline=None)
@given(
    widths=st.lists(st.integers(1, 4), min_size=4, max_size=5),
    exponent=st.integers(2, 3),
    data=st.data(),
)
def test_cutting_a_network_bounds_its_dimension(widths, exponent, data):
    # dim(d₀..d_h) ≤ dim(d₀..d_k) + dim(d_k..d_h) − d_k
    cut = data.draw(st.integers(1, len(widths) - 2))
    sigma = monomial(exponent)
    whole, first, second = (
        dimension(MLP(part, sigma)).value for part in (widths, widths[: cut + 1], widths[cut:])
    )
    assert whole <= first + second - widths[cut]


def test_an_unused_output_costs_no_rows():
    # one of two outputs is constant: measurements by random covectors still see everything
    def function(w, x):
        value = (w @ x) ** 2
        return jax.numpy.stack([value, 0 * value])

    model = Model.from_function(function, np.ones(5), (5,))
    assert dimension(model).value == 5


def test_the_ambient_space_of_a_network_that_misses_monomials():
    # w₂·(w₁x)² on windows: x₀², x₀x₁, x₁², x₁x₂, x₂² but never x₀x₂
    result = dimension(Convolution((2, 2), (1, 1), monomial(2)))
    assert (result.ambient, result.ambient_bound) == (5, 6)
    assert result.is_filling is False


def test_a_large_ambient_space_is_only_bounded():
    result = dimension(MLP((12, 3, 3, 2), monomial(2)))
    assert result.ambient is None
    assert result.ambient_bound == 2 * 1365
    assert result.is_filling is None


def test_scaling_symmetry_returns_when_biases_absorb_a_translation():
    # x² + x = (x + 1/2)² − 1/4
    plain = MLP((3, 2, 2), polynomial([0, 1, 1]), bias=True)
    square = MLP((3, 2, 2), monomial(2), bias=True)
    assert dimension(plain).expected == dimension(square).expected
    assert dimension(plain).value == dimension(square).value


def test_the_seed_determines_everything_but_the_time():
    model = MLP((3, 2, 2, 1), monomial(2))
    first, second, other = (dimension(model, seed=seed) for seed in (3, 3, 4))
    assert first.primes == second.primes != other.primes
    assert first.value == other.value


def test_a_text_of_title_underline_and_bullets():
    lines = str(dimension(MLP((3, 2, 2, 1), monomial(2)))).split("\n")
    assert lines[0] == "Dimension of MLP((3, 2, 2, 1), x^2)"
    assert lines[1] == "=" * len(lines[0])
    assert lines[2:6] == [
        "• dimension 7 (exact)",
        "• defect 1: 8 expected",
        "• ambient function space of dimension 15: not filling",
        "• 12 parameters, generic fibers of dimension 5",
    ]


def test_errors_name_the_remedy():
    with pytest.raises(TooLargeError, match="60200 parameters"):
        dimension(MLP((100, 200, 200, 1), monomial(2)))
    with pytest.raises(NotPolynomialError, match="tanh"):
        dimension(Model.from_function(lambda w, x: jax.numpy.tanh(w @ x), np.ones(2), (2,)))
    with pytest.raises(InvalidInputError, match="divided by zero"):
        dimension(Model.from_function(lambda w, x: w @ x / (w @ x - x @ w), np.ones(2), (2,)))


def test_a_network_of_thousands_of_parameters():
    result = dimension(MLP((20, 24, 24, 7), monomial(2)))
    assert result.value == result.n_parameters - 48


def test_a_rank_that_meets_the_upper_bound_is_proved_by_one_prime():
    proved, defective = (dimension(MLP((3, k, 1), monomial(2))) for k in (3, 2))
    assert len(proved.primes) == 1
    assert proved.failure_probability == 0
    assert "proved" in str(proved)
    assert len(defective.primes) == 2
    assert defective.failure_probability > 0


def test_a_large_network_with_a_defect_needs_two_large_primes():
    # the second block is a quadric in 2 variables: 3 dimensions, not 2·2
    result = dimension(MLP((50, 20, 4, 2, 2, 1), monomial(2)))
    assert result.value == 50 * 20 + 20 * 4 + 4 * 2 + 3 - 20 - 4 - 2
    assert [p > 2**30 for p in result.primes] == [False, True, True]
    assert 0 < result.failure_probability < 1e-6


@pytest.mark.long
@pytest.mark.parametrize(
    ("model", "value"),
    [
        (MLP((40, 60, 60, 60, 4), monomial(2)), 9840 - 180),
        (LightningAttention(d=36, a=18, d_out=36, tokens=3, layers=4), 5180),
        (Convolution((5000, 5000), (1, 1), monomial(2)), 9999),
    ],
    ids=str,
)
def test_networks_of_ten_thousand_parameters(model: Model, value: int):
    result = dimension(model)
    assert result.value == value
    assert result.defect == 0
