"""Models as ordinary functions: values, symmetries, parameters, and what is rejected."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.flatten_util import ravel_pytree

from neuromanifold.errors import InvalidInputError
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    Polynomial,
    identity,
    monomial,
    polynomial,
)
from neuromanifold.rings import ComplexField, double_precision

MODELS = [
    MLP((2, 3, 2), monomial(3)),
    MLP((2, 3, 1), polynomial([1, -2, 0.5]), bias=True),
    Convolution((3, 2), (2, 1)),
    Convolution((3, 2, 2), (1, 2, 1), monomial(2), outputs=2),
    LightningAttention(d=3, a=2, d_out=1, tokens=2),
    LightningAttention(d=2, a=1, d_out=3, tokens=2, layers=2),
    Model.from_function(
        lambda p, x: p["a"] @ x / p["b"], {"a": np.ones((2, 2)), "b": 3.0 * np.ones(())}, (2, 3)
    ),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_one_description_many_ways_to_evaluate(model: Model):
    params = model.random_parameters(seed=1)
    theta = model.flatten(params)
    batch = np.random.default_rng(0).standard_normal((4, 5, *model.input_shape))
    values = model(params, batch)
    assert values.shape == (4, 5, *model.output_shape)
    np.testing.assert_allclose(values[1, 2], model(theta, batch[1, 2]))
    exact = model.program.run(ComplexField(), theta, batch[1, 2])
    np.testing.assert_allclose(exact, values[1, 2], atol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_parameters_are_flattened_as_jax_flattens_them(model: Model):
    params = model.random_parameters(seed=2)
    with double_precision():
        expected, _ = ravel_pytree(params)
        restored, _ = ravel_pytree(model.unflatten(np.asarray(expected)))
    np.testing.assert_array_equal(model.flatten(params), expected)
    np.testing.assert_array_equal(restored, expected)
    assert len(model.parameter_names) == len(set(model.parameter_names)) == model.n_parameters
    assert len(expected) == model.n_parameters
    np.testing.assert_array_equal(
        model.flatten(model.random_parameters(seed=2)), model.flatten(params)
    )


def test_names():
    assert [str(model) for model in MODELS[:6]] == [
        "MLP((2, 3, 2), x^3)",
        "MLP((2, 3, 1), 0.5 x^2 - 2 x + 1, bias)",
        "Convolution((3, 2), (2, 1), x)",
        "Convolution((3, 2, 2), (1, 2, 1), x^2, outputs=2)",
        "LightningAttention(d=3, a=2, d_out=1, tokens=2)",
        "LightningAttention(d=2, a=1, d_out=3, tokens=2, layers=2)",
    ]
    assert MODELS[1].parameter_names[-3:] == ("b1[1]", "b1[2]", "b2[0]")
    deep = MLP((1,) * 12, identity())
    assert deep.parameter_names == tuple(f"W{i:02d}[0,0]" for i in range(1, 12))


def test_models_are_values():
    assert MLP([2, 2, 1], monomial(2)) == MLP((np.int64(2), 2, 1), polynomial([0, 0, 1]))
    assert hash(Convolution([2], [1])) == hash(Convolution((2,), (1,), identity()))
    assert MLP((2, 2, 1), monomial(2)) != MLP((2, 2, 1), monomial(2), bias=True)

    def function(w, x):
        return w * x

    first, second, other = (Model.from_function(function, np.ones(n), (3,)) for n in (3, 3, 1))
    assert first == second
    assert hash(first) == hash(second)
    assert first != other


@pytest.mark.parametrize(
    ("activation", "text", "degree"),
    [
        (identity(), "x", 1),
        (monomial(4), "x^4", 4),
        (polynomial([0, 0, 1, 1]), "x^3 + x^2", 3),
        (polynomial([-1, 2.5, -1, 0]), "-x^2 + 2.5 x - 1", 2),
        (polynomial([0, 0, 3]), "3 x^2", 2),
    ],
)
def test_activations(activation, text, degree):
    assert repr(activation) == text
    assert activation.degree == degree
    x = np.linspace(-2, 2, 7)
    if isinstance(activation, Polynomial):
        np.testing.assert_allclose(activation(x), np.polyval(activation.coefficients[::-1], x))
    else:
        np.testing.assert_allclose(activation(x), x**degree)


@settings(max_examples=20, deadline=None)
@given(
    widths=st.lists(st.integers(1, 4), min_size=3, max_size=4),
    exponent=st.integers(1, 4),
    seed=st.integers(0, 100),
)
def test_rescaled_and_permuted_hidden_neurons_give_the_same_function(widths, exponent, seed):
    # W_i → P_i D_i W_i D_{i−1}^{−r} P_{i−1}ᵀ
    model = MLP(widths, monomial(exponent))
    generator = np.random.default_rng(seed)
    params = model.random_parameters(seed)
    x = generator.standard_normal((3, widths[0]))
    changed, undo = {}, np.eye(widths[0])
    for i, width in enumerate(widths[1:], start=1):
        is_hidden = i < len(widths) - 1
        scales = generator.uniform(0.5, 2, width) if is_hidden else np.ones(width)
        order = generator.permutation(width) if is_hidden else np.arange(width)
        change = np.diag(scales)[order]
        changed[f"W{i}"] = change @ params[f"W{i}"] @ undo
        undo = np.diag(scales**-exponent)[order].T
    np.testing.assert_allclose(model(changed, x), model(params, x), rtol=1e-8, atol=1e-8)


def test_a_linear_convolution_is_a_convolution():
    model = Convolution((3, 2), (2, 1), outputs=3)
    first, second = np.array([1.0, 2.0, -1.0]), np.array([3.0, -2.0])
    x = np.random.default_rng(0).standard_normal(model.input_shape)
    hidden = np.correlate(x, first, "valid")[::2]
    np.testing.assert_allclose(model([*first, *second], x), np.correlate(hidden, second, "valid"))
    # one filter: the product of the polynomials of the filters, with x² for the stride
    wide = np.convolve(first, [3.0, 0.0, -2.0])
    np.testing.assert_allclose(model([*first, *second], x), np.correlate(x, wide, "valid")[::2])


def test_lightning_attention_is_its_formula():
    model = LightningAttention(d=3, a=2, d_out=2, tokens=4)
    params = model.random_parameters(seed=0)
    k, q, v = params["K1"], params["Q1"], params["V1"]
    x = np.random.default_rng(0).standard_normal((3, 4))
    np.testing.assert_allclose(model(params, x), v @ x @ x.T @ k.T @ q @ x)


def test_an_equinox_module_in_single_precision():
    module = eqx.nn.MLP(2, 1, 4, 1, activation=jnp.square, key=jax.random.key(0))
    params, static = eqx.partition(module, eqx.is_inexact_array)
    model = Model.from_function(lambda p, x: eqx.combine(p, static)(x), params, (2,))
    assert model.n_parameters == 17
    assert model.parameter_names[0] == "layers.0.weight[0,0]"
    x = np.array([0.3, -1.2])
    w1, b1 = np.asarray(params.layers[0].weight, float), np.asarray(params.layers[0].bias, float)
    w2, b2 = np.asarray(params.layers[1].weight, float), np.asarray(params.layers[1].bias, float)
    np.testing.assert_allclose(model(params, x), w2 @ (w1 @ x + b1) ** 2 + b2, rtol=1e-14)
    assert model.program.run(ComplexField(), model.flatten(params), x).shape == (1,)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP((2, 0, 1), identity()), r"widths\[1\] is 0"),
        (lambda: MLP((2,), identity()), "widths"),
        (lambda: MLP((2.5, 1), identity()), r"widths\[0\] is 2.5"),
        (lambda: MLP((True, 1), identity()), r"widths\[0\]"),
        (lambda: MLP(3, identity()), "widths is 3"),  # pyright: ignore[reportArgumentType]
        (lambda: MLP((2, 1), jnp.tanh), "activation"),  # pyright: ignore[reportArgumentType]
        (lambda: Convolution((3, 2), (1,)), "one stride for each filter"),
        (lambda: Convolution((3,), (0,)), r"strides\[0\] is 0"),
        (lambda: Convolution((), ()), "filters"),
        (lambda: Convolution((3,), (1,), identity(), 0), "outputs is 0"),
        (lambda: LightningAttention(d=2, a=0, d_out=1, tokens=2), "a is 0"),
        (lambda: monomial(0), "exponent"),
        (lambda: polynomial([1, np.nan]), "nan"),
        (lambda: polynomial([3, 0]), "must not be zero"),
        (lambda: Model.from_function(lambda p, x: x, {}, (2,)), "at least one parameter"),
        (lambda: Model.from_function(lambda p, x: x, {"a": 1.0}, (2,)), "leaf 1.0"),
        (lambda: Model.from_function(lambda p, x: x, np.arange(2), (2,)), "floating-point"),
        (lambda: Model.from_function(lambda p, x: (p, x), np.ones(2), (2,)), "one array"),
        (lambda: Model.from_function(lambda p, x: x, np.ones(2), (0,)), r"input_shape\[0\]"),
        (lambda: MODELS[0]([1.0, 2.0], np.ones(2)), "structure"),
        (lambda: MODELS[0](np.ones(12), np.ones(3)), r"x has shape \(3,\)"),
        (lambda: MODELS[0].unflatten(np.ones(11)), "theta has shape"),
    ],
)
def test_unusable_input_is_explained(make, message):
    with pytest.raises(InvalidInputError, match=message):
        make()
