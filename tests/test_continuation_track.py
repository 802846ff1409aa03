"""The tape machine and the path tracker against plain Python and against known root counts."""

import operator
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold import _core
from neuromanifold.continuation._paths._track import PathStatus, TrackerOptions, track
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Circuit, PolynomialMap
from tapes import Op, Recorder, cyclic, katsura, n_distinct, noon, total_degree

FUSED_WIDTHS = [w for w in _core.lane_widths() if w >= 4]


@dataclass(frozen=True)
class Series:
    """A power series truncated after order 3, as a plain list of coefficients."""

    c: np.ndarray

    def __add__(self, other):
        return Series(self.c + other.c)

    def __sub__(self, other):
        return Series(self.c - other.c)

    def __neg__(self):
        return Series(-self.c)

    def __mul__(self, other):
        return Series(np.convolve(self.c, other.c)[:4])

    def __truediv__(self, other):
        quotient = np.zeros(4, complex)
        for k in range(4):
            quotient[k] = (self.c[k] - quotient[:k] @ other.c[k:0:-1]) / other.c[0]
        return Series(quotient)


def constant_like(value: complex, ring: type):
    return Series(np.array([value, 0, 0, 0], complex)) if ring is Series else complex(value)


def power(a, exponent):
    one = constant_like(1, type(a))
    result = one
    for _ in range(abs(exponent)):
        result = result * a
    return result if exponent >= 0 else one / result


BINARY: dict[Op, Callable] = {
    Op.ADD: operator.add,
    Op.SUB: operator.sub,
    Op.MUL: operator.mul,
    Op.DIV: operator.truediv,
}


def interpret(inputs: list, rows: list[tuple[int, int, int, int]]) -> list:
    values = list(inputs)
    for opcode, a, b, immediate in rows:
        op = Op(opcode)
        if op in BINARY:
            values.append(BINARY[op](values[a], values[b]))
        elif op == Op.NEG:
            values.append(-values[a])
        elif op == Op.SQUARE:
            values.append(values[a] * values[a])
        else:
            values.append(power(values[a], immediate))
    return values


def name_of(value) -> str | None:
    return getattr(value, "name", None)


N, M, CONSTANTS = 3, 2, [2.0, -1.5 + 0.5j]
N_INPUTS = N + M + len(CONSTANTS)


@st.composite
def programs(draw) -> tuple[list[tuple[int, int, int, int]], list[int]]:
    rows = []
    for i in range(draw(st.integers(1, 25))):
        operand = st.integers(0, N_INPUTS + i - 1)
        op = draw(st.sampled_from(list(Op)))
        rows.append((int(op), draw(operand), draw(operand), draw(st.integers(-3, 5))))
    outputs = draw(st.lists(st.integers(0, N_INPUTS + len(rows) - 1), min_size=1, max_size=4))
    return rows, outputs


def tape_of(rows, outputs) -> _core.Tape:
    # The "Jacobian" repeats the outputs: here it is only a second set of values to evaluate.
    return _core.Tape(N, M, CONSTANTS, rows, outputs, [[v] * N for v in outputs])


def is_tame(values: list) -> bool:
    """No number so large or small that rounding differences could show."""
    sizes = np.abs([v.c if isinstance(v, Series) else v for v in values])
    return bool(np.all(np.isfinite(sizes)) and sizes.max() < 1e6)


RNG = np.random.default_rng(1)
POINT = RNG.standard_normal((N, 3)) + 1j * RNG.standard_normal((N, 3))
PARAMETERS = RNG.standard_normal((2, M)) + 1j * RNG.standard_normal((2, M))


@given(programs())
@settings(deadline=None, max_examples=150)
def test_machine_agrees_with_plain_python(program):
    rows, outputs = program
    try:
        values = interpret(
            [*map(complex, POINT[:, 0]), *map(complex, PARAMETERS[0]), *CONSTANTS], rows
        )
    except (ZeroDivisionError, OverflowError):
        return
    if not is_tame(values):
        return
    expected = np.array([values[v] for v in outputs])
    scale = 1e-12 * (1 + max(map(abs, values))) ** 2
    F, J = _core.evaluate(tape_of(rows, outputs), POINT[:, 0][None], PARAMETERS[0])
    np.testing.assert_allclose(F[0], expected, atol=scale)
    np.testing.assert_allclose(J[0], np.tile(expected[:, None], N), atol=scale)


@given(programs(), st.integers(1, 3))
@settings(deadline=None, max_examples=150)
def test_taylor_coefficients_agree_with_series_arithmetic(program, order):
    rows, outputs = program
    x = np.zeros((N, 4), complex)
    x[:, :order] = POINT[:, :order]
    p = np.pad(PARAMETERS.T, ((0, 0), (0, 2)))
    inputs = [Series(c) for c in [*x, *p]] + [constant_like(c, Series) for c in CONSTANTS]
    with np.errstate(all="ignore"):
        values = interpret(inputs, rows)
    if not is_tame(values):
        return
    scale = 1e-12 * (1 + max(np.abs(v.c).max() for v in values)) ** 2
    actual = _core.taylor(tape_of(rows, outputs), POINT[None, :, :order], PARAMETERS, order)
    np.testing.assert_allclose(actual[0], [values[v].c[order] for v in outputs], atol=scale)


def test_jacobian_is_the_derivative():
    tape, starts = total_degree(cyclic(5), 0)
    x, dx = starts[7] + 0.1, RNG.standard_normal(5) + 0j
    _, J = _core.evaluate(tape, x[None], [0.3])
    slope = _core.taylor(tape, np.stack([x, dx], axis=1)[None], [[0.3], [0]], 2)
    first = _core.taylor(tape, x[None, :, None], [[0.3], [0]], 1)
    assert np.all(first == 0)
    h = 1e-6
    F, _ = _core.evaluate(tape, np.stack([x + h * dx, x - h * dx]), [0.3])
    np.testing.assert_allclose(J[0] @ dx, (F[0] - F[1]) / (2 * h), rtol=1e-7)
    second = (F[0] + F[1] - 2 * _core.evaluate(tape, x[None], [0.3])[0][0]) / (2 * h**2)
    np.testing.assert_allclose(slope[0], second, atol=5e-2)


@pytest.mark.parametrize(
    ("system", "gammas"),
    [(katsura(6), 20), (noon(5), 20), (cyclic(5), 20), (katsura(8), 3)],
    ids=name_of,
)
def test_every_solution_is_found_once(system, gammas):
    for seed in range(gammas):
        tape, starts = total_degree(system, seed)
        batch = track(tape, starts, [1], [0])
        solutions = batch.solutions[batch.success]
        assert batch.n_success == n_distinct(solutions) == system.n_solutions
        F, _ = _core.evaluate(tape, solutions, [0])
        assert np.abs(F).max() < 1e-10
        assert not batch.has_status(PathStatus.INVALID_START).any()


@pytest.mark.long
@pytest.mark.parametrize("system", [katsura(10), noon(7), cyclic(7)], ids=name_of)
@pytest.mark.parametrize(
    "options", [TrackerOptions.tight(), TrackerOptions.normal()], ids=["tight", "normal"]
)
def test_large_systems(system, options):
    tape, starts = total_degree(system, 0)
    batch = track(tape, starts, [1], [0], options=options)
    assert batch.n_success == n_distinct(batch.solutions[batch.success]) == system.n_solutions


def test_long_sums():
    length = 50_000  # -x² - 3x - x² - 3x - …, with the values 0: x, 1: the constant 3
    op = _core.Opcode
    rows = [(op.SQUARE, 0, 0, 0), (op.MUL, 1, 0, 0), (op.NEG, 2, 0, 0)]
    rows += [(op.SUB, k + 3, 2 + k % 2, 0) for k in range(1, length)]
    tape = _core.Tape(1, 0, [3], rows, [len(rows) + 1], [[-1]])
    values, _ = _core.evaluate(tape, [[2.0], [1j]], [])
    np.testing.assert_allclose(values[:, 0], [-length / 2 * 10, -length / 2 * (3j - 1)], rtol=1e-12)
    assert tape.n_value_instructions <= 3


def same(a: dict, b: dict) -> bool:
    return all(np.array_equal(a[key], b[key], equal_nan=True) for key in a)


@pytest.mark.skipif(len(FUSED_WIDTHS) < 2, reason="one lane width with fused multiply-add")
@pytest.mark.parametrize("system", [katsura(6), noon(4), cyclic(5)], ids=name_of)
def test_bits_do_not_depend_on_the_lane_width(system):
    tape, starts = total_degree(system, 3)
    results = [_core.track(tape, starts, [1], [0], lanes=width) for width in FUSED_WIDTHS]
    assert all(same(results[0], r) for r in results[1:])


@pytest.mark.parametrize("width", _core.lane_widths())
def test_bits_do_not_depend_on_threads_or_neighbours(width):
    tape, starts = total_degree(cyclic(5), 3)
    alone = _core.track(tape, starts, [1], [0], lanes=width)
    assert same(alone, _core.track(tape, starts, [1], [0], lanes=width, threads=3))
    order = np.random.default_rng(0).permutation(len(starts))
    mixed = _core.track(tape, starts[order], [1], [0], lanes=width)
    assert all(
        np.array_equal(alone[key][order], mixed[key]) for key in alone if key != "interrupted"
    )


def square_root() -> _core.Tape:
    """The equation x² = p."""
    recorder = Recorder(1, 1)
    (x,), (p,) = recorder.inputs()
    return recorder.tape([x.squared() - p])


def test_parameters_of_each_path():
    targets = 5 * np.exp(1j * np.linspace(-2.5, 2.5, 11))[:, None]
    batch = track(square_root(), np.ones((11, 1)), np.ones((11, 1)), targets)
    np.testing.assert_allclose(batch.solutions**2, targets)
    np.testing.assert_array_equal(
        track(square_root(), [[1]], [1], targets[2]).solutions, batch.solutions[2:3]
    )


def test_statuses():
    tape = square_root()

    def status(start, p_start, p_target, **options):
        batch = track(tape, [[start]], [p_start], [p_target], options=TrackerOptions(**options))
        return PathStatus.from_code(batch.status[0])

    assert status(1, 1, 4) is PathStatus.SUCCESS
    assert status(1.5, 1, 4) is PathStatus.INVALID_START
    assert status(0, 0, 4) is PathStatus.INVALID_START
    assert status(1, 1, 4, max_steps=2) is PathStatus.MAX_STEPS
    assert status(1, 1, 0) is PathStatus.SINGULAR
    # x² = p along the real line from 1 to -1 meets the branch point 0 at t = 1/2.
    assert status(1, 1, -1) in {PathStatus.STEP_TOO_SMALL, PathStatus.ACCURACY_LIMIT}


def test_starts_are_corrected_or_left_where_they_are():
    batch = track(square_root(), [[1], [1 + 1e-5], [1 + 1e-2], [np.nan]], [1], [4])
    np.testing.assert_array_equal(batch.success, [True, True, False, False])
    assert batch.has_status(PathStatus.INVALID_START)[2:].all()
    np.testing.assert_allclose(batch.solutions[:3, 0], [2, 2, 1 + 1e-2], rtol=1e-15)
    np.testing.assert_array_equal(batch.t_reached, [0, 0, 1, 1])


def test_starts_may_need_accurate_residuals():
    """(x − 1)² = p written so that its rounding errors shake the starts by more than they may be wrong."""
    recorder = Recorder(1, 1)
    (x,), (p,) = recorder.inputs()
    tape = recorder.tape([x.squared() + 2.0**20 - x * 2.0 - (2.0**20 - 1) - p])
    s = 2.0**-10
    batch = track(tape, [[1 + 1.25 * s], [1 - 0.75 * s]], [s**2], [1])
    assert batch.n_success == 2
    np.testing.assert_allclose(batch.solutions[:, 0], [2, 0], atol=1e-15)


def test_divergence():
    recorder = Recorder(1, 1)
    (x,), (p,) = recorder.inputs()
    batch = track(recorder.tape([x.squared() * p + x + 1j]), [[1], [-1.5 + 0.5j]], [-1 - 1j], [0])
    assert [PathStatus.from_code(s) for s in batch.status] == [
        PathStatus.DIVERGED,
        PathStatus.INVALID_START,
    ]
    assert "diverged: The path goes to infinity" in str(batch)


def test_newton():
    tape = square_root()
    refined = _core.newton(tape, [[1.4], [-1.3], [0.0]], [2])
    assert refined["converged"].tolist() == [True, True, False]
    np.testing.assert_allclose(refined["solutions"][:2, 0], [np.sqrt(2), -np.sqrt(2)], rtol=1e-15)
    assert np.all(refined["condition"][:2] < 3)


@pytest.mark.parametrize("threads", [1, 3])
def test_interruption_returns_what_is_done(threads):
    tape, starts = total_degree(katsura(9), 0)
    many = np.tile(starts, (40, 1))
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.15)
    try:
        batch = track(tape, many, [1], [0], threads=threads)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert batch.is_interrupted
    interrupted = batch.has_status(PathStatus.INTERRUPTED)
    assert interrupted[-1]
    assert np.all(batch.t_reached[~interrupted] == 0)


@pytest.mark.parametrize("threads", [1, 3])
def test_interruption_in_the_endgame_leaves_no_false_ends(threads):
    starts = np.tile([[1.0], [-1.0]], (100_000, 1))

    def interrupt(done, total):
        if done == total:
            raise KeyboardInterrupt

    batch = track(square_root(), starts, [1], [0], threads=threads, on_progress=interrupt)
    assert batch.is_interrupted
    ended = batch.has_status(PathStatus.SINGULAR)
    assert ended.sum() + batch.has_status(PathStatus.INTERRUPTED).sum() == len(starts)
    assert not ended.all()
    assert np.all(np.abs(batch.solutions[ended & (batch.winding_number > 0)]) < 1e-6)


@pytest.mark.parametrize("threads", [1, 3])
def test_progress_is_reported_and_may_fail(threads):
    tape, starts = total_degree(katsura(8), 0)
    many = np.tile(starts, (20, 1))
    seen = []
    track(
        tape,
        many,
        [1],
        [0],
        threads=threads,
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert len(seen) > 1
    assert seen[-1] == (len(many), len(many))
    assert seen == sorted(seen)

    def fail(done, total):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        track(tape, many, [1], [0], threads=threads, on_progress=fail)


def test_empty_batch():
    assert len(track(square_root(), np.empty((0, 1)), [1], [4])) == 0


def test_tape_survives_pickling():
    tape, starts = total_degree(katsura(4), 0)
    again = pickle.loads(pickle.dumps(tape))
    assert repr(again) == repr(tape)
    assert same(_core.track(tape, starts, [1], [0]), _core.track(again, starts, [1], [0]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_variables": 0}, "n_variables is 0"),
        ({"instructions": [(99, 0, 0, 0)]}, r"instructions\[0\] has opcode 99"),
        (
            {"instructions": [(0, 0, 7, 0)]},
            r"instructions\[0\] reads value 7; it may read values 0 to 2",
        ),
        ({"values": [9]}, r"values\[0\] is 9"),
        ({"jacobian": [[-2]]}, r"jacobian\[0, 0\] is -2"),
        ({"jacobian": [[1, 1]]}, "jacobian has shape"),
        ({"constants": [np.nan]}, r"constants\[0\] is not finite"),
        ({"values": [0.5]}, "values cannot be read as an array of int32"),
    ],
)
def test_tape_refuses_what_it_cannot_run(change, message):
    good = {
        "n_variables": 1,
        "n_parameters": 1,
        "constants": [2],
        "instructions": [(Op.MUL, 0, 1, 0)],
        "values": [3],
        "jacobian": [[1]],
    }
    _core.Tape(**good)
    with pytest.raises(ValueError, match=message):
        _core.Tape(**{**good, **change})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: track(t, [[1, 2]], [1], [0]), "starts has shape"),
        (lambda t: track(t, [[1]], [1, 2], [0]), "p_start has shape"),
        (lambda t: track(t, [[1]], [1], [[0], [1]]), "p_target has shape"),
        (lambda t: track(t, [[1]], [1], [0], threads=0), "threads is 0"),
        (lambda t: TrackerOptions(beta_tau=2), "beta_tau is 2"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call(square_root())


def test_unavailable_width_is_named():
    with pytest.raises(ValueError, match="lanes is 3"):
        _core.evaluate(square_root(), [[1]], [1], lanes=3)


def test_many_parameters_and_few_variables():
    """x² = Σ pᵢ for 500 parameters: the kernel's memory is measured for both."""
    circuit = Circuit()
    (x,) = circuit.inputs(1)
    parameters = circuit.inputs(500)
    total = sum(parameters[1:], parameters[0])
    system = PolynomialMap.build([x * x - total], [x], parameters)
    start = np.full(500, 1 / 500, complex)
    target = np.linspace(0, 1, 500) * (1 + 1j)
    batch = track(system.tape, np.array([[1.0], [-1.0]]), start, target)
    assert batch.success.all()
    assert batch.solutions[:, 0] ** 2 == pytest.approx(np.full(2, target.sum()))
