"""Ends of paths that are not regular: multiple solutions, infinity, zero coordinates."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from neuromanifold import _core
from neuromanifold.continuation._paths._track import PathStatus, TrackerOptions, track
from tapes import Classical, Recorder, Value, cyclic, katsura, noon, product, total_degree

SUCCESS, SINGULAR, DIVERGED = PathStatus.SUCCESS, PathStatus.SINGULAR, PathStatus.DIVERGED


@dataclass(frozen=True)
class Case:
    """A system tracked from total degree, and how its paths end: (status, winding number, point)."""

    name: str
    degrees: tuple[int, ...]
    equations: Callable[[list[Value]], list[Value]]
    ends: dict

    @property
    def system(self) -> Classical:
        n = len(self.degrees)
        return Classical(self.name, n, self.degrees, 0, self.equations)


A = 0.3 + 0.4j
LOST = (DIVERGED, 0, None)


def multiple(d: int) -> Case:
    return Case(f"(x-a)^{d}", (d,), lambda x: [(x[0] - A) ** d], {(SINGULAR, d, (A,)): d})


def vanishing(d: int) -> Case:
    return Case(f"x^{d}", (d,), lambda x: [x[0] ** d], {(SINGULAR, d, (0,)): d})


CASES = [
    *map(multiple, range(2, 7)),
    *map(vanishing, (2, 3, 6)),
    Case(
        "x^2-4x+4",
        (2,),
        lambda x: [x[0].squared() - 4 * x[0] + 4],
        {(SINGULAR, 2, (2,)): 2},
    ),
    # The start solution 1 stays where it is; the other three come to it.
    Case(
        "(x-1)^4 expanded",
        (4,),
        lambda x: [x[0] ** 4 - 4 * x[0] ** 3 + 6 * x[0] ** 2 - 4 * x[0] + 1],
        {(SINGULAR, 1, (1,)): 1, (SINGULAR, 3, (1,)): 3},
    ),
    Case(
        "Griewank-Osborne",
        (3, 2),
        lambda x: [29 / 16 * x[0] ** 3 - 2 * x[0] * x[1], x[1] - x[0].squared()],
        {(SINGULAR, 3, (0, 0)): 3, LOST: 3},
    ),
    Case(
        "Ojika",
        (2, 2),
        lambda x: [x[0].squared() + x[1] - 3, x[0] + 0.125 * x[1].squared() - 1.5],
        {(SINGULAR, 3, (1, 2)): 3, (SUCCESS, 1, (-3, -6)): 1},
    ),
    Case(
        "multiplicity 4",
        (2, 2),
        lambda x: [x[0].squared(), x[1].squared()],
        {(SINGULAR, 2, (0, 0)): 4},
    ),
    Case(
        "y(x-y), x^2-x",
        (2, 2),
        lambda x: [x[1] * (x[0] - x[1]), x[0].squared() - x[0]],
        {(SINGULAR, 2, (0, 0)): 2, (SUCCESS, 1, (1, 0)): 1, (SUCCESS, 1, (1, 1)): 1},
    ),
    Case(
        "y(x-y), x+y^2",
        (2, 2),
        lambda x: [x[1] * (x[0] - x[1]), x[0] + x[1].squared()],
        {(SINGULAR, 2, (0, 0)): 2, (SUCCESS, 1, (-1, -1)): 1, LOST: 1},
    ),
    Case(
        "x^3-2x",
        (3,),
        lambda x: [x[0] ** 3 - 2 * x[0]],
        {(SUCCESS, 1, (v,)): 1 for v in (0, 2**0.5, -(2**0.5))},
    ),
    # A quintic whose leading coefficients are zero.
    Case(
        "x^3-2x in degree 5",
        (5,),
        lambda x: [x[0] ** 3 - 2 * x[0]],
        {**{(SUCCESS, 1, (v,)): 1 for v in (0, 2**0.5, -(2**0.5))}, LOST: 2},
    ),
    Case(
        "winding number 4",
        (4, 4),
        lambda x: [x[0] ** 4 - x[0] * x[1] ** 3, x[0] * x[1] ** 3 - x[1]],
        {
            (SINGULAR, 4, (0, 0)): 4,
            **{
                (SUCCESS, 1, (np.exp(-4j * np.pi * k / 9), np.exp(2j * np.pi * k / 9))): 1
                for k in range(9)
            },
            LOST: 3,
        },
    ),
    # Large and close solutions are solutions nevertheless.
    Case(
        "root of size 1e6",
        (2,),
        lambda x: [1e-6 * x[0].squared() + x[0] - 1],
        {
            (SUCCESS, 1, (2 / (1 + (1 + 4e-6) ** 0.5),)): 1,
            (SUCCESS, 1, (-0.5e6 * (1 + (1 + 4e-6) ** 0.5),)): 1,
        },
    ),
    Case(
        "roots 2e-5 apart",
        (2,),
        lambda x: [(x[0] - 1).squared() - 1e-10],
        {(SUCCESS, 1, (1 - 1e-5,)): 1, (SUCCESS, 1, (1 + 1e-5,)): 1},
    ),
    Case(
        "Wilkinson",
        (10,),
        lambda x: [product(x[0] - k for k in range(1, 11))],
        {(SUCCESS, 1, (k,)): 1 for k in range(1, 11)},
    ),
]


def nearest_end(case: Case, status: PathStatus, winding: int, x: np.ndarray):
    """The expected end with this status that the point agrees with to 1e-8, None if there is none."""
    for end in case.ends:
        is_there = end[2] is None or np.allclose(x, end[2], rtol=1e-8, atol=1e-8)
        if end[:2] == (status, winding) and is_there:
            return end
    return None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_path_ends_where_it_should(case):
    for seed in range(20):
        tape, starts = total_degree(case.system, seed)
        batch = track(tape, starts, [1], [0])
        found = Counter(
            nearest_end(case, PathStatus.from_code(s), w, x)
            for s, w, x in zip(batch.status, batch.winding_number, batch.solutions, strict=True)
        )
        assert found == case.ends, f"seed {seed}: {batch}"
        assert np.all(batch.t_reached[batch.winding_number > 0] == 0)
        assert np.all(batch.accuracy[batch.has_status(SINGULAR)] < 1e-8)


@pytest.mark.parametrize("system", [noon(5), cyclic(5), katsura(8)], ids=lambda s: s.name)
def test_the_rest_runs_to_infinity(system):
    for seed in range(20):
        tape, starts = total_degree(system, seed)
        batch = track(tape, starts, [1], [0])
        lost = len(starts) - system.n_solutions
        assert batch.counts == {SUCCESS: system.n_solutions} | ({DIVERGED: lost} if lost else {})
        assert np.all(batch.winding_number == batch.success)
        assert batch.steps_accepted.max() < 500


@pytest.mark.parametrize("width", _core.lane_widths())
def test_bits_do_not_depend_on_threads_or_neighbours(width):
    tape, starts = total_degree(CASES[13].system, 3)
    many = np.tile(starts, (200, 1))
    alone = _core.track(tape, starts, [1], [0], lanes=width)
    together = _core.track(tape, many, [1], [0], lanes=width, threads=2)
    for name in ("solutions", "status", "winding_number", "accuracy", "condition"):
        expected = np.tile(alone[name], (200,) + (1,) * (alone[name].ndim - 1))
        np.testing.assert_array_equal(together[name], expected)


def test_without_endgame_a_singular_end_is_only_named():
    tape, starts = total_degree(multiple(3).system, 0)
    batch = track(tape, starts, [1], [0], options=TrackerOptions(endgame_start=0))
    assert not batch.success.any()
    assert np.all(batch.winding_number == 0)


def test_turns_are_limited():
    tape, starts = total_degree(multiple(5).system, 0)
    batch = track(tape, starts, [1], [0], options=TrackerOptions(max_winding_number=4))
    assert not batch.success.any()
    assert np.all(batch.winding_number == 0)


def test_targets_of_each_path():
    recorder = Recorder(1, 1)
    (x,), (p,) = recorder.inputs()
    tape = recorder.tape([x.squared() - p])
    targets = np.array([[4], [0], [0], [9j]])
    batch = track(tape, [[1], [1], [-1j], [1]], [[1], [1], [-1], [1]], targets)
    assert batch.winding_number.tolist() == [1, 2, 2, 1]
    np.testing.assert_allclose(batch.solutions**2, targets, atol=1e-12)
