"""Function spaces: exact spans, coefficients and least squares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neuromanifold as nm
from neuromanifold.errors import NotPolynomialError, TooLargeError
from neuromanifold.functions import FunctionSpace
from neuromanifold.models import MLP, Convolution, LightningAttention, Model, monomial, polynomial

MODELS = [
    (MLP((2, 2, 1), monomial(3)), 4),
    (MLP((3, 2, 2), monomial(2)), 12),
    (MLP((2, 2, 1), polynomial([0, 0, 1, 1])), 7),
    (MLP((2, 2, 1), monomial(2), bias=True), 6),
    (Convolution([2, 2], [1, 1], monomial(2)), 5),
    (Convolution([3, 2], [2, 1]), 5),
    (Convolution([2, 2], [1, 1], monomial(2), outputs=2), 5),
    (LightningAttention(d=2, a=2, d_out=1, tokens=2), 6),
    (LightningAttention(d=2, a=1, d_out=2, tokens=2), 12),
]


@pytest.mark.parametrize(("model", "dimension"), MODELS, ids=str)
def test_dimension_of_the_span(model, dimension):
    assert FunctionSpace.of(model).dimension == dimension


@pytest.mark.parametrize(("model", "dimension"), MODELS, ids=str)
def test_coefficients_and_design_matrix_reproduce_the_network(model, dimension):
    space = FunctionSpace.of(model)
    rng = np.random.default_rng(0)
    theta = rng.standard_normal(model.n_parameters)
    X = rng.standard_normal((7, *model.input_shape))
    outputs = np.asarray(model(theta, X)).ravel()
    values = space.design_matrix(X) @ space.coefficients(theta)[0]
    assert values == pytest.approx(outputs)


@pytest.mark.parametrize(("model", "dimension"), MODELS, ids=str)
def test_the_loss_is_a_distance_plus_a_constant(model, dimension):
    space = FunctionSpace.of(model)
    data = nm.Dataset.random(model.input_shape, model.output_shape, samples=dimension + 3, seed=1)
    loss = space.least_squares(data)
    theta = np.random.default_rng(1).standard_normal(model.n_parameters)
    residual = np.sum((np.asarray(model(theta, data.X)) - data.Y) ** 2)
    assert loss.loss(space.coefficients(theta)[0]) == pytest.approx(residual)
    A = space.design_matrix(data.X)
    assert loss.metric == pytest.approx(A.T @ A)
    assert loss.target == pytest.approx(np.linalg.lstsq(A, data.Y.ravel(), rcond=None)[0])
    assert loss.rank == dimension


@given(st.integers(0, 10**6), st.integers(1, 3))
@settings(deadline=None, max_examples=20)
def test_one_input_gives_a_hankel_metric(seed, r):
    """For d₀ = 1 the entries of AᵀA are power sums of the inputs."""
    model = MLP((1, 2, 1), polynomial([1] * (r + 1)), bias=True)
    space = FunctionSpace.of(model)
    data = nm.Dataset.random((1,), (1,), samples=5, seed=seed)
    order = np.argsort([sum(e) for e in space.expansion.exponents[list(space.pivots)]])
    Q = space.least_squares(data).metric[np.ix_(order, order)]
    sums = np.array([np.sum(data.X**k) for k in range(2 * r + 1)])
    assert pytest.approx(np.array([[sums[i + j] for j in range(r + 1)] for i in range(r + 1)])) == Q


def test_too_large_says_how_large():
    with pytest.raises(TooLargeError, match="GiB"):
        FunctionSpace.of(MLP((30, 5, 5, 5, 1), monomial(3)))


def test_division_by_the_input_is_not_polynomial():
    model = Model.from_function(lambda w, x: w / x, np.ones(1), (1,))
    with pytest.raises(NotPolynomialError):
        FunctionSpace.of(model)
