"""Circuits agree with exact rational arithmetic, and their derivatives with polynomial calculus."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mpoly_ctx
from hypothesis import assume, given
from hypothesis import strategies as st

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Circuit, Evaluator, PolynomialMap, jacobian, pullback

_N = 3


@st.composite
def programs(draw):
    """A random straight-line program: pairs of an operation and operand positions."""
    steps = []
    for i in range(draw(st.integers(1, 12))):
        operation = draw(st.sampled_from(["+", "-", "*", "neg", "square", "cube", "scale"]))
        operands = draw(st.tuples(*[st.integers(0, _N + i - 1)] * 2))
        steps.append((operation, *operands, draw(st.integers(-3, 3))))
    return steps


def run(program, values):
    values = list(values)
    for operation, i, j, k in program:
        a, b = values[i], values[j]
        match operation:
            case "+":
                values.append(a + b)
            case "-":
                values.append(a - b)
            case "*":
                values.append(a * b)
            case "neg":
                values.append(-a)
            case "square":
                values.append(a**2)
            case "cube":
                values.append(a * a * a)
            case "scale":
                values.append(k * a)
    return values[-1]


rationals = st.fractions(min_value=-3, max_value=3, max_denominator=5)
points = st.tuples(*[rationals] * _N)


@given(programs(), points)
def test_values_are_those_of_rational_arithmetic(program, point):
    circuit = Circuit()
    inputs = circuit.inputs(_N)
    (value,) = Evaluator([run(program, inputs)])(
        dict(zip(inputs, point, strict=True)), lambda q: Fraction(int(q.p), int(q.q))
    )
    assert value == run(program, point)


@given(programs(), points)
def test_both_sweeps_give_the_derivative_of_the_polynomial(program, point):
    circuit = Circuit()
    inputs = circuit.inputs(_N)
    output = run(program, inputs)
    ring = fmpq_mpoly_ctx.get([f"x{i}" for i in range(_N)], "lex")
    polynomial = run(program, [ring.gen(i) for i in range(_N)])
    at = [fmpq(q.numerator, q.denominator) for q in point]
    expected = [polynomial.derivative(i)(*at) for i in range(_N)]
    values = dict(zip(inputs, at, strict=True))
    forward = Evaluator(jacobian([output], inputs)[0])(values, fmpq)
    backward = Evaluator(pullback([output], [circuit.constant(1)], inputs))(values, fmpq)
    assert forward == expected
    assert backward == expected


def test_derivative_of_a_quotient():
    circuit = Circuit()
    x, y = circuit.inputs(2)
    values = {x: Fraction(2), y: Fraction(3)}
    gradient = Evaluator(pullback([x / y], [circuit.constant(1)], [x, y]))(
        values, lambda q: Fraction(int(q.p), int(q.q))
    )
    assert gradient == [Fraction(1, 3), Fraction(-2, 9)]


@given(programs())
def test_running_a_program_twice_makes_no_new_nodes(program):
    circuit = Circuit()
    inputs = circuit.inputs(_N)
    first = run(program, inputs)
    size = len(circuit)
    assert run(program, inputs) is first
    assert len(circuit) == size


def test_constants_are_exact_and_finite():
    circuit = Circuit()
    assert circuit.constant(0.1).value == fmpq(*(0.1).as_integer_ratio())
    with pytest.raises(InvalidInputError, match="not finite"):
        circuit.constant(float("nan"))


def applied(operation, a, b, k):
    match operation:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b
        case "neg":
            return -a
        case "power":
            return a**k
        case _:
            return k * a


rational_steps = st.lists(
    st.tuples(
        st.sampled_from(["+", "-", "*", "/", "neg", "power", "scale"]),
        st.integers(0, 8),
        st.integers(0, 8),
        st.integers(-2, 5),
    ),
    min_size=1,
    max_size=6,
)


@given(rational_steps, points)
def test_the_native_jacobian_agrees_with_that_of_the_circuit(steps, point):
    circuit = Circuit()
    inputs = circuit.inputs(_N)
    values = [*inputs, circuit.constant(fmpq(2, 3))]
    try:
        for operation, i, j, k in steps:
            a, b = values[i % len(values)], values[j % len(values)]
            values.append(applied(operation, a, b, k))
        outputs = values[-2:]
        entries = [entry for row in jacobian(outputs, inputs) for entry in row]
        exact = Evaluator(entries)(
            dict(zip(inputs, point, strict=True)), lambda q: Fraction(int(q.p), int(q.q))
        )
    except ZeroDivisionError:
        assume(False)
    assume(max(map(abs, exact)) < 10**12)
    found = PolynomialMap.build(outputs, inputs).linearize(np.array([[*map(float, point)]]))[1]
    expected = np.array(exact, float).reshape(2, _N)
    np.testing.assert_allclose(found[0], expected, rtol=1e-7, atol=1e-7)


def test_the_native_jacobian_takes_no_more_operations():
    circuit = Circuit()
    x, y, z = circuit.inputs(3)
    outputs = [(x * y - z) ** 3 + x**5, 3 * x**2 * y - y / z, x - (y - z)]
    native = PolynomialMap.build(outputs, [x, y, z]).tape
    entries = [entry for row in jacobian(outputs, [x, y, z]) for entry in row]
    by_hand = PolynomialMap.build([*outputs, *entries], [x, y, z]).values_tape
    assert native.n_instructions <= by_hand.n_instructions
