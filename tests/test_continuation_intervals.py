"""Interval arithmetic in doubles encloses what exact arithmetic gives."""

import numpy as np
import pytest
from flint import fmpq
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gaussian_rationals import GaussianRational, exactly
from neuromanifold import _core
from neuromanifold.continuation._certificates._exact_doubles import ExactDoubles
from neuromanifold.rings import Circuit, Evaluator, lower, tape_constants

N_VARIABLES, N_PARAMETERS = 2, 2


def rationals(digits=40, decades=120):
    """Fractions of many digits, some tiny and some huge."""
    parts = st.integers(-(10**digits), 10**digits), st.integers(1, 10**digits)
    scale = st.sampled_from([0, 0, 0, 1, -1]).flatmap(
        lambda sign: st.just(0) if sign == 0 else st.integers(1, decades).map(lambda k: sign * k)
    )
    return st.builds(
        lambda p, q, k: fmpq(p, q) * (fmpq(10**k) if k >= 0 else fmpq(1, 10**-k)), *parts, scale
    )


small = st.integers(-3, 3).map(fmpq)
leaves = st.one_of(
    st.tuples(st.just("input"), st.integers(0, N_VARIABLES + N_PARAMETERS - 1)),
    st.tuples(st.just("constant"), st.one_of(rationals(), small)),
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*/"), inner, inner),
        st.tuples(st.just("power"), inner, st.sampled_from([-2, -1, 2, 3, 5])),
    ),
    max_leaves=12,
)
doubles = st.one_of(
    st.floats(-4, 4),
    st.floats(-1e90, 1e90),
    st.floats(-1e-90, 1e-90),
)
points = st.builds(complex, doubles, doubles)
# Where in its box each coordinate lies, in units of the radius.
places = st.builds(complex, *[st.sampled_from([-1.0, -0.5, 0.0, 1.0])] * 2)
radii = st.sampled_from([0.0, 2.0**-60, 2.0**-40, 2.0**-10, 1.0])


def build(expression, inputs, circuit):
    match expression:
        case ("input", k):
            return inputs[k]
        case ("constant", value):
            return circuit.constant(value)
        case ("power", base, exponent):
            return build(base, inputs, circuit) ** exponent
        case (operation, left, right):
            a, b = build(left, inputs, circuit), build(right, inputs, circuit)
            return {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}[operation](
                b
            )


@given(
    expression=expressions,
    x=st.tuples(points, points),
    place=st.tuples(places, places),
    radius=st.tuples(radii, radii),
    p=st.tuples(rationals(), rationals()),
    extended=st.booleans(),
)
@example(("/", ("input", 0), ("input", 1)), (1 + 1j, 3), (1, -1), (1.0, 1.0), (fmpq(1),) * 2, True)
@example(("*", ("input", 2), ("input", 3)), (0, 0), (0, 0), (0.0, 0.0), (fmpq(1, 3),) * 2, True)
@example(("*", ("input", 0), ("input", 0)), (1e-170, 0), (0, 0), (0.0, 0.0), (fmpq(0),) * 2, True)
@settings(deadline=None, max_examples=300)
def test_every_value_lies_in_its_enclosure(expression, x, place, radius, p, extended):
    circuit = Circuit()
    inputs = circuit.inputs(N_VARIABLES + N_PARAMETERS)
    try:
        output = build(expression, inputs, circuit)
    except ZeroDivisionError:
        assume(False)
    variables, parameters = inputs[:N_VARIABLES], inputs[N_VARIABLES:]
    try:
        constants = ExactDoubles.of(tape_constants([output]))
    except OverflowError:
        assume(False)
    tape = lower([output], variables, parameters)
    exact = ExactDoubles.of(p)
    arguments = (
        tape,
        np.array([x]),
        np.array([radius]),
        exact.leading[None],
        exact.trailing[None],
        exact.radius[None],
        constants.rows,
        extended,
    )
    by_width = [_core.enclose(*arguments, lanes) for lanes in _core.lane_widths()]
    values = [
        GaussianRational.of(z) + GaussianRational.of(t) * GaussianRational(exactly(r))
        for z, t, r in zip(x, place, radius, strict=True)
    ]
    values += [GaussianRational(q) for q in p]
    try:
        (value,) = Evaluator([output])(dict(zip(inputs, values, strict=True)), GaussianRational)
    except ZeroDivisionError:
        assert not any(np.isfinite(found["radius"].real).all() for found in by_width)
        return
    for found in by_width:
        for part, true in (("real", value.re), ("imag", value.im)):
            leading, trailing, bound = (
                float(getattr(found[key][0, 0], part)) for key in ("leading", "trailing", "radius")
            )
            if np.isfinite(bound):
                assert abs(true - exactly(leading) - exactly(trailing)) <= exactly(bound)


def test_double_double_enclosures_are_tight():
    circuit = Circuit()
    x, y, p, q = circuit.inputs(4)
    output = (x + p) ** 3 * q - y / 3
    tape = lower([output], [x, y], [p, q])
    exact = ExactDoubles.of([fmpq(1, 3), fmpq(1, 7)])
    rows = ExactDoubles.of(tape_constants([output])).rows
    widths = {}
    for extended in (False, True):
        found = _core.enclose(
            tape,
            np.array([[1.0 + 2j, 0.25]]),
            np.zeros((1, 2)),
            exact.leading[None],
            exact.trailing[None],
            exact.radius[None],
            rows,
            extended,
        )
        widths[extended] = np.abs(found["radius"]).max()
    assert 0 < widths[True] < 1e-29
    assert 1e-17 < widths[False] < 1e-13


@given(rationals(digits=60, decades=200))
@settings(deadline=None)
def test_exact_numbers_split_into_doubles(value):
    split = ExactDoubles.of([value])
    leading, trailing, radius = (exactly(part) for part in split.rows[0])
    assert abs(value - leading - trailing) <= radius
    assert split.rows[0][0] + split.rows[0][1] == split.rows[0][0]
    assert radius <= abs(value) * fmpq(1, 2**104) + fmpq(1, 2**1000)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0.25, 0.0, 0.0]], "is not a constant of this tape"),
        ([[0.5, 0.125, 0.0]], "not split"),
        ([[0.5, 0.0, -1e-20]], "radius"),
        ([[0.5, 0.0, float("nan")]], "radius"),
        ([[0.5, 0.0, 0.0]] * 2, "one row"),
    ],
)
def test_wrong_enclosures_of_constants_are_refused(rows, message):
    circuit = Circuit()
    (x,) = circuit.inputs(1)
    tape = lower([x - fmpq(1, 2)], [x], [])
    assert len(tape_constants([x - fmpq(1, 2)])) == 1
    table = np.array(rows)
    empty = np.zeros((1, 0))
    with pytest.raises(ValueError, match=message):
        _core.enclose(
            tape, np.ones((1, 1), complex), np.zeros((1, 1)), empty + 0j, empty, empty, table, True
        )
