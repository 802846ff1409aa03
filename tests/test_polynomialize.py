"""Polynomial copies of networks: bounds hold, errors are the classical ones, the verbs accept them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold.errors import InvalidInputError, NotPolynomialError
from neuromanifold.functions import Dataset, FunctionSpace
from neuromanifold.geometry import dimension, equations, polynomialize
from neuromanifold.geometry._polynomialize._minimax import best_approximation
from neuromanifold.models import MLP, FunctionModel, Model, monomial

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "gelu": jax.nn.gelu,
    "exact gelu": lambda z: jax.nn.gelu(z, approximate=False),
    "sigmoid": jax.nn.sigmoid,
    "softplus": jax.nn.softplus,
    "silu": jax.nn.silu,
    "elu": jax.nn.elu,
    "leaky relu": jax.nn.leaky_relu,
    "by hand": lambda z: jnp.where(z > 0, jnp.sin(z), 0.1 * z),
    "absolute value": abs,
    "squared relu": lambda z: jax.nn.relu(z) ** 2,
}


DEEP = (3, 4, 3, 1)


@cache
def network(name: str, widths: tuple[int, ...] = DEEP, seed: int = 0):
    """A model, trained parameters, and inputs."""
    activation = ACTIVATIONS[name]

    def mlp(params: list[Any], x: Any) -> Any:
        for W, b in params[:-1]:
            x = activation(W @ x + b)
        W, b = params[-1]
        return W @ x + b

    rng = np.random.default_rng(seed)
    params = [
        (rng.standard_normal((m, n)) / np.sqrt(n), rng.standard_normal(m) / 2)
        for n, m in pairwise(widths)
    ]
    return (
        Model.from_function(mlp, params, (widths[0],)),
        params,
        rng.standard_normal((40, widths[0])),
    )


def values(model: Model, params: Any, X: np.ndarray) -> np.ndarray:
    """The network without its copy's machinery."""
    return model(params, X)


LONG = {"exact gelu", "sigmoid", "elu", "leaky relu"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.long if n in LONG else ()) for n in ACTIVATIONS]
)
def test_the_bound_holds_and_one_activation_is_one_site(name: str):
    model, params, X = network(name)
    result = polynomialize(model, X, parameters=params, degree=6)
    difference = np.abs(values(model, params, X) - values(result.model, params, X))
    assert difference.max() <= result.error_bound
    assert result.measured_error == pytest.approx(difference.max(), rel=1e-6, abs=1e-12)
    assert len(result.layers) == len(DEEP) - 2
    assert result.error_bound < 30 * max(layer.sup_error for layer in result.layers) + 1e-9
    first = X @ params[0][0].T + params[0][1]
    assert result.layers[0].low == pytest.approx(first.min())
    assert result.layers[0].high == pytest.approx(first.max())


@pytest.mark.parametrize("name", ["tanh", "gelu"])
def test_errors_of_analytic_activations_go_to_zero(name: str):
    model, params, X = network(name)
    bounds = [polynomialize(model, X, parameters=params, degree=d).error_bound for d in (2, 6, 12)]
    assert bounds[0] > 5 * bounds[1] > 25 * bounds[2]


@settings(max_examples=4, deadline=None)
@given(
    name=st.sampled_from(sorted(ACTIVATIONS)),
    widths=st.sampled_from([DEEP, (2, 2, 1)]),  # few shapes: JAX compiles for each
    degree=st.integers(1, 7),
    seed=st.integers(0, 1000),
)
def test_bounds_are_bounds(name: str, widths: tuple[int, ...], degree: int, seed: int):
    model, params, X = network(name, widths, seed)
    result = polynomialize(model, X, parameters=params, degree=degree)
    assert result.measured_error <= result.error_bound * (1 + 1e-9) + 1e-12


def test_best_approximations_of_the_absolute_value():
    """On [−1, 1]: 1/2 in degrees 0 and 1, then z² + 1/8; Bernstein's constant 0.2801… for large d."""
    assert best_approximation(np.abs, -1, 1, 1).coefficients == pytest.approx((0.5, 0), abs=1e-9)
    z = np.linspace(-1, 1, 2001)
    two, three = (best_approximation(np.abs, -1, 1, d) for d in (2, 3))
    np.testing.assert_allclose(two(z), z**2 + 1 / 8, atol=1e-5)
    np.testing.assert_allclose(three(z), z**2 + 1 / 8, atol=1e-5)
    large = best_approximation(np.abs, -1, 1, 20)
    assert np.abs(large(z) - np.abs(z)).max() * 20 == pytest.approx(0.2801694990, rel=5e-3)


@pytest.mark.parametrize("degree", [1, 2, 3, 5, 8])
def test_chebyshev_alternation(degree: int):
    """xᵈ⁺¹ is 2⁻ᵈ from the polynomials of degree ≤ d, by the Chebyshev polynomial."""
    z = np.linspace(-1, 1, 4001)
    p = best_approximation(lambda t: t ** (degree + 1), -1, 1, degree)
    assert np.abs(p(z) - z ** (degree + 1)).max() == pytest.approx(2.0**-degree, rel=2e-3)
    low, high = -0.3, 0.9
    slope = np.abs(np.gradient(p(np.linspace(low, high, 200_001)), (high - low) / 200_000)).max()
    assert p.lipschitz(low, high) == pytest.approx(slope, rel=1e-3)


def test_the_copy_is_a_model_for_the_other_verbs():
    """One hidden layer of two neurons, degree two: symmetric 3 × 3 matrices of rank two."""
    model, params, X = network("tanh", (2, 2, 1))
    result = polynomialize(model, Dataset(X, X[:, :1]), parameters=params, degree=3)
    copy = result.model
    assert isinstance(copy, FunctionModel)
    assert copy.parameter_names == model.parameter_names
    space = FunctionSpace.of(copy)
    assert space.dimension == 10
    found = dimension(copy)
    assert (found.ambient, found.value) == (10, 9)
    theta = copy.flatten(params)
    np.testing.assert_allclose(
        space.design_matrix(X) @ space.coefficients(theta)[0], copy(params, X)[:, 0], rtol=1e-8
    )


def test_equations_of_a_copy():
    def relu_network(params: Any, x: Any) -> Any:
        return params["v"] @ jax.nn.relu(params["W"] @ x)

    trained = {"W": np.eye(3)[:2], "v": np.ones((1, 2))}
    X = np.array([[-1.0, -1, -1], [1, 1, 1]])
    model = Model.from_function(relu_network, trained, (3,))
    copy = polynomialize(model, X, parameters=trained, degree=2).model
    size = dimension(copy)
    assert (size.value, size.ambient) == (7, 10)  # rank two: 4 + 3
    found = equations(copy, degree=3)
    assert len(found) == 10  # the 3 × 3 minors of a symmetric 4 × 4 matrix
    assert len(found.generators) == 10


def test_a_polynomial_network_is_left_as_it_is():
    model = MLP([2, 3, 1], monomial(2))
    params = model.random_parameters(0)
    X = np.random.default_rng(0).standard_normal((5, 2))
    result = polynomialize(model, X, parameters=params, degree=4)
    assert result.layers == ()
    assert result.error_bound == 0
    np.testing.assert_allclose(result.model(params, X), model(params, X))
    assert "nothing to replace" in str(result)


def test_quotients_maxima_and_loops():
    def attention(params: dict[str, Any], x: Any) -> Any:
        scores = jnp.exp(x @ params["A"] @ x.T / 4)
        return jnp.maximum((scores / scores.sum(axis=1, keepdims=True)) @ x, params["b"])

    def recurrent(params: dict[str, Any], x: Any) -> Any:
        def step(h: Any, token: Any) -> Any:
            h = jnp.tanh(params["A"] @ h + token)
            return h, h

        return jax.lax.scan(step, jnp.zeros(2), x)[1] + params["b"]

    params = {"A": np.array([[0.5, 0.2], [-0.3, 0.4]]), "b": np.array([0.1, -0.1])}
    X = np.random.default_rng(0).standard_normal((20, 3, 2)) / 2
    for function, sites in ((attention, 3), (recurrent, 3)):
        model = Model.from_function(function, params, (3, 2))
        result = polynomialize(model, X, parameters=params, degree=7)
        assert len(result.layers) == sites
        assert not result.model.program.divides
        difference = np.abs(model(params, X) - result.model(params, X)).max()
        assert difference <= result.error_bound < 2
        assert difference < 0.2


def test_the_printed_form():
    model, params, X = network("relu", (2, 2, 1))
    text = str(polynomialize(model, X, parameters=params, degree=4))
    assert text.startswith("Polynomial copy: mlp, activations of degree 4 (9 parameters)")
    assert "• error at most" in text
    assert "• activation 1: degree 4 on [" in text


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"degree": 0}, InvalidInputError, "degree is 0"),
        ({"degree": 2.0}, InvalidInputError, "degree is 2.0"),
        ({"data": np.ones((4, 3))}, InvalidInputError, "takes inputs of shape"),
        ({"data": np.full((4, 2), np.nan)}, InvalidInputError, "not finite"),
        ({"data": []}, InvalidInputError, "samples along the first axis"),
        ({"parameters": np.ones(3)}, InvalidInputError, "the parameters have structure"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_mistakes(change: dict[str, Any], error: type[Exception], words: str):
    model, params, X = network("tanh", (2, 2, 1))
    arguments = {"data": X, "parameters": params, "degree": 3} | change
    data = arguments.pop("data")
    with pytest.raises(error, match=words):
        polynomialize(model, data, **arguments)


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (lambda w, x: jnp.max(w * x), NotPolynomialError, "reduce_max"),
        (lambda w, x: jnp.arctan2(w[0], x), NotPolynomialError, "atan2"),
        (lambda w, x: (w @ x) ** -1, InvalidInputError, "has a pole"),
        (lambda w, x: jnp.log(w @ x), InvalidInputError, "not finite|has a pole"),
    ],
)
def test_what_no_polynomial_can_do(function: Any, error: type[Exception], words: str):
    model = Model.from_function(function, np.ones(2), (2,))
    X = np.array([[-1.0, -1], [1, 1]])
    with pytest.raises(error, match=words):
        polynomialize(model, X, parameters=np.ones(2), degree=3)
