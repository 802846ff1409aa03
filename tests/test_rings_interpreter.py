"""Programs over every ring, against JAX itself and against exact rational arithmetic."""

import inspect
from fractions import Fraction
from pathlib import Path
from typing import Any

import flint
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import fmpq_poly

from neuromanifold.errors import InvalidInputError, NotPolynomialError
from neuromanifold.rings import (
    BallField,
    ComplexField,
    DegreeRing,
    FractionDegreeRing,
    ObjectRing,
    PrimeField,
    double_precision,
    trace,
)
from ring_programs import POLYNOMIAL, RATIONAL, integers

FILE = Path(__file__).name
PRIME = 2147483629
FRACTIONS = ObjectRing(Fraction)
CASES = [pytest.param(*case, id=name) for name, case in (POLYNOMIAL | RATIONAL).items()]
POLYNOMIAL_CASES = [pytest.param(*case, id=name) for name, case in POLYNOMIAL.items()]


def leaves(tree: Any) -> list[Any]:
    return jax.tree_util.tree_leaves(tree)


def in_jax(function: Any, arguments: list[np.ndarray]) -> list[np.ndarray]:
    with double_precision():
        return [np.asarray(leaf) for leaf in leaves(jax.jit(function)(*arguments))]


def pullback(function: Any) -> Any:
    """All derivatives of the sum of squares of a function's results."""

    def differentiated(*arguments: Any) -> Any:
        outputs, back = jax.vjp(function, *arguments)
        return back(jax.tree_util.tree_map(lambda leaf: 2 * leaf, outputs))

    return differentiated


@pytest.mark.parametrize(("function", "shapes"), CASES)
def test_complex_numbers_agree_with_jax(function, shapes):
    generator = np.random.default_rng(0)
    arguments = [
        generator.standard_normal(shape) + 1j * generator.standard_normal(shape) for shape in shapes
    ]
    if "float32" in inspect.getsource(function):
        arguments = [argument.real.astype(np.float32).astype(float) for argument in arguments]
    program = trace(function, *arguments)
    results = leaves(program.run(ComplexField(), *arguments))
    for result, expected in zip(results, in_jax(function, arguments), strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("derive", [pullback, jax.jacfwd])
@pytest.mark.parametrize(("function", "shapes"), CASES)
def test_derivatives_agree_with_jax(function, shapes, derive):
    arguments = [np.asarray(values, float) for values in integers(shapes)]
    if function is POLYNOMIAL["custom vjp"][0] and derive is jax.jacfwd:
        pytest.skip("JAX has no forward derivative of a custom_vjp")
    if isinstance(jax.eval_shape(function, *arguments), tuple) and derive is pullback:
        pytest.skip("some of its results are integers")
    derivative = derive(function)
    results = leaves(trace(derivative, *arguments).run(ComplexField(), *arguments))
    for result, expected in zip(results, in_jax(derivative, arguments), strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("function", "shapes"), CASES)
def test_batches_agree_with_single_samples(function, shapes):
    batches = [integers(shapes, seed) for seed in range(3)]
    stacked = [np.stack(arrays) for arrays in zip(*batches, strict=True)]
    field = PrimeField(PRIME)
    together = leaves(trace(jax.vmap(function), *stacked).run(field, *stacked))
    single = trace(function, *batches[0])
    for i, batch in enumerate(batches):
        for all_results, result in zip(together, leaves(single.run(field, *batch)), strict=True):
            np.testing.assert_array_equal(all_results[i], result)


@pytest.mark.parametrize("derive", [lambda function: function, pullback])
@pytest.mark.parametrize(("function", "shapes"), CASES)
def test_residues_and_balls_agree_with_fractions(function, shapes, derive):
    arguments = integers(shapes)
    if isinstance(jax.eval_shape(function, *map(np.float64, arguments)), tuple):
        derive = lambda function: function  # noqa: E731
    program = trace(derive(function), *arguments)
    exact = leaves(program.run(FRACTIONS, *arguments))
    residues = leaves(program.run(PrimeField(PRIME), *arguments))
    balls = leaves(program.run(BallField(80), *arguments))
    for fractions, mod_p, ball in zip(exact, residues, balls, strict=True):
        expected = [f.numerator * pow(f.denominator, -1, PRIME) % PRIME for f in fractions.flat]
        assert mod_p.ravel().tolist() == expected
        assert mod_p.shape == ball.shape == fractions.shape
        with flint.ctx.workprec(1000):
            for value, fraction in zip(ball.flat, fractions.flat, strict=True):
                assert value.contains(flint.fmpq(fraction.numerator, fraction.denominator))
                assert value.rad() <= 1e-15 * (1 + abs(fraction))


@pytest.mark.parametrize(("function", "shapes"), POLYNOMIAL_CASES)
def test_degree_ranges_contain_the_degrees_on_a_line(function, shapes):
    # along x = s·a the terms of degree k become c·sᵏ
    arguments = integers(shapes)
    program = trace(function, *arguments)
    polynomials = ObjectRing(lambda value: fmpq_poly([flint.fmpq(*value.as_integer_ratio())]))
    s = np.empty((), object)
    s.fill(fmpq_poly([0, 1]))
    lines = [polynomials.multiply(polynomials.array(a), s) for a in arguments]
    ring, fractions = DegreeRing(), FractionDegreeRing()
    ranges = leaves(program.run(ring, *map(ring.variables, shapes)))
    bounds = leaves(program.run(fractions, *map(fractions.variables, shapes)))
    results = leaves(program.run(polynomials, *lines))
    for values, degrees, bound in zip(results, ranges, bounds, strict=True):
        for value, degree, upper in zip(values.flat, degrees.flat, bound.flat, strict=True):
            present = [k for k, c in enumerate(value.coeffs()) if c]
            assert all(degree["low"] <= k <= degree["high"] for k in present)
            assert max(present, default=0) <= max(0, upper["numerator"])
            assert upper["denominator"] == 0


def test_constants_are_exact():
    third = trace(lambda x: x * (1.0 / jnp.float64(3)), np.ones(()))
    quotient = trace(lambda x: x * (jnp.ones(()) / 3), np.ones(()))
    tenth = trace(lambda x: x * 0.1, np.ones(()))
    root = trace(lambda x: x * jnp.power(jnp.full((), 4.0), 0.5), np.ones(()))
    assert root.run(FRACTIONS, np.array(3)) == 6
    assert quotient.run(FRACTIONS, np.array(1)) == Fraction(1, 3)
    assert third.run(FRACTIONS, np.array(1)) == Fraction(1, 3)
    assert tenth.run(FRACTIONS, np.array(1)) == Fraction(0.1) != Fraction(1, 10)


def test_only_divisions_by_inputs_make_a_program_rational():
    assert not trace(lambda x: x / 3, np.ones(2)).divides
    assert trace(lambda x: 3 / x, np.ones(2)).divides
    assert trace(lambda x: x**-1, np.ones(2)).divides
    ring = DegreeRing()
    with pytest.raises(NotPolynomialError, match="divides"):
        trace(lambda x: 3 / x, np.ones(2)).run(ring, ring.variables((2,)))
    with pytest.raises(ZeroDivisionError):
        trace(lambda x: 3 / x, np.ones(2)).run(PrimeField(101), np.array([1, 0]))


def hidden_layer(x):
    y = 2 * x
    return jnp.tanh(y)


def test_an_error_names_the_primitive_and_the_users_line():
    source, first = inspect.getsourcelines(hidden_layer)
    line = first + next(i for i, text in enumerate(source) if "tanh" in text)
    with pytest.raises(NotPolynomialError, match=rf"'tanh' at .*{FILE}:{line}"):
        trace(lambda x: jax.jit(hidden_layer)(x).sum() + 1, np.ones(3))


def test_an_error_names_this_call_of_a_helper_that_jax_remembers():
    def earlier(x):
        return jax.nn.sigmoid(x)

    def later(x):
        return jax.nn.sigmoid(x) + 1

    for function in (earlier, later):
        _, first = inspect.getsourcelines(function)
        with pytest.raises(NotPolynomialError, match=rf"{FILE}:{first + 1}:"):
            trace(function, np.ones(3))


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x: jnp.where(x > 0, x, 0), "gt"),
        (jnp.max, "reduce_max"),
        (lambda x: x**x, "pow"),
        (jnp.sqrt, "sqrt"),
        (lambda x: x ** jnp.array([1.0, 2.0, 3.0]), "pow"),
        (lambda x: jax.lax.while_loop(lambda y: y.sum() < 9, lambda y: 2 * y, x), "while"),
        (lambda x: x[x.astype(int)], "convert_element_type"),
    ],
)
def test_other_operations_are_not_polynomial(function, name):
    with pytest.raises(NotPolynomialError, match=f"'{name}'"):
        trace(function, np.ones(3))


def test_a_loop_that_stops_by_a_count_is_unrolled():
    def powers(x):
        return jax.lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] * x), (0, x))[1]

    assert trace(powers, np.ones(())).run(FRACTIONS, np.array(3)) == 81


def test_arguments_are_checked():
    program = trace(lambda x: x["a"] * 2, {"a": np.ones(3)})
    assert program.run(FRACTIONS, {"a": np.arange(3)})[2] == 4
    with pytest.raises(InvalidInputError, match="structure"):
        program.run(FRACTIONS, {"a": np.arange(4)})
    with pytest.raises(InvalidInputError, match="structure"):
        program.run(FRACTIONS, np.arange(3))
    with pytest.raises(InvalidInputError, match="finite"):
        program.run(FRACTIONS, {"a": np.array([1, np.nan, 1])})
    with pytest.raises(InvalidInputError, match="outside"):
        trace(lambda x: x.at[jnp.array([5])].get(mode="fill"), np.ones(3))


def test_tracing_leaves_the_precision_of_jax_alone():
    program = trace(lambda x: x * 2, np.ones(3, np.float32))
    assert program.jaxpr.in_avals[0].dtype == np.float64
    assert jnp.ones(1).dtype == np.float32
