"""Where double precision is exhausted on the way to t = 0."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from neuromanifold.continuation._paths._ends import FarPoints
from neuromanifold.continuation._paths._infinity import InfinityTest
from neuromanifold.continuation._paths._path_parameters import path_parameters
from neuromanifold.continuation._paths._segment import Segment
from neuromanifold.continuation._paths._track import TrackerOptions, track
from neuromanifold.continuation._starts._start_system import Begun

_DEEP = replace(
    TrackerOptions.tight(),
    endgame_start=0.0,
    min_step=1e-30,
    max_steps=400,
    divergence_bound=1e140,
)
_LEG = replace(_DEEP, min_step=1e-4, max_steps=40)
_MOST_LEGS, _DEEPEST = 12, 1e-38
_STALLED, _LATE = 0.1, 1e-3
_MOST_DOUBTFUL = 24


def from_start(begun: Begun, numbers: np.ndarray, threads: int) -> tuple[np.ndarray, np.ndarray]:
    """How far lost paths come, (B, n), without those that arrive; and their numbers."""
    x = np.array(begun.points(numbers), np.complex128)
    t = np.zeros(len(numbers))
    legs = [begun.start_parameters, *begun.stops, begun.target_parameters]
    for start, target in pairwise(legs):
        arrived = t == 0
        numbers, x = numbers[arrived], x[arrived]
        here, there = (path_parameters(p, numbers, begun.n_paths) for p in (start, target))
        batch = track(begun.homotopy.tape, x, here, there, options=_DEEP, threads=threads)
        x, t = batch.solutions, batch.t_reached
    kept = (t < 1) & np.isfinite(x).all(axis=1)
    return numbers[kept], x[kept]


def from_far(begun: Begun, far: FarPoints, threads: int) -> FarPoints:
    """How far paths come that are said to run to infinity: those that may not, the slowest first.

    They are followed in legs of a few decades in t, and left where one of them is hardly shorter: there
    is nothing but rounding errors.
    """
    infinity = InfinityTest(begun.homotopy, 1.0, threads)
    far = far.at(~_run_to_infinity(begun, far, infinity))
    segment = Segment.last_of(begun, far.numbers)
    x, t = far.points.copy(), far.t.copy()
    rows = np.arange(len(t))
    for _ in range(_MOST_LEGS):
        if not len(rows):
            break
        left = segment.of(rows)
        here, there = left(t[rows]), left.target
        batch = track(begun.homotopy.tape, x[rows], here, there, options=_LEG, threads=threads)
        x[rows], t[rows] = batch.solutions, t[rows] * batch.t_reached
        rows = rows[(t[rows] > _DEEPEST) & (batch.t_reached < _STALLED)]
    kept = (t < far.t) & (t <= _LATE) & np.isfinite(x).all(axis=1)
    farther = FarPoints(far.numbers, x, t, far.is_known).at(kept)
    return farther.at(~_run_to_infinity(begun, farther, infinity)).in_order(_MOST_DOUBTFUL)


def _run_to_infinity(begun: Begun, far: FarPoints, infinity: InfinityTest) -> np.ndarray:
    """Which paths have exponents below 0 that initial forms determine.

    Where the terms of lowest order are all without t, they vanish at a solution at infinity, or nearly
    vanish on the way to a large finite one: that needs more digits.
    """
    runs = np.zeros(len(far.numbers), bool)
    target = np.atleast_2d(begun.target_parameters)
    problems = far.numbers * len(target) // begun.n_paths
    for problem in sorted(set(problems.tolist())):
        rows = np.flatnonzero(problems == problem)
        w, m, is_determined = infinity.valuations(
            far.points[rows], far.t[rows], Segment(begun.last_stop, target[problem])
        )
        runs[rows] = (m > 0) & is_determined & (w.min(axis=1) < 0)
    return runs
