"""Following the paths of a homotopy block by block, and again where something went wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from neuromanifold.continuation._ends import Ends, Tracked
from neuromanifold.continuation._infinity import InfinityTest
from neuromanifold.continuation._regularity import has_regular_zero
from neuromanifold.continuation._start_system import Begun
from neuromanifold.continuation._track import PathStatus, TrackerOptions, track

_BLOCK = 2**15
_LATE = 0.1
_LOST = [
    PathStatus.STEP_TOO_SMALL.code,
    PathStatus.MAX_STEPS.code,
    PathStatus.ACCURACY_LIMIT.code,
]
_TIGHT = TrackerOptions.tight()
_DEEP = replace(TrackerOptions.tight(), endgame_start=1e-30, min_step=1e-60)

OnProgress = Callable[[int, int], object]


def follow(
    begun: Begun, options: TrackerOptions, threads: int, on_progress: OnProgress | None = None
) -> Ends:
    """Track all paths, and again, more carefully, those that fail or may have been judged too early.

    Paths that are said to run to infinity are tested for large finite ends. Paths that fail, and
    regular ends that two paths share, are tracked again with tight options. What still fails, and
    what is said to be singular, is then followed to where t is tiny: solutions that are close part
    only there.
    """
    follower = _Follower(begun, threads)
    ends = Ends(begun.n_paths, len(begun.homotopy.variables))
    n_problems = len(np.atleast_2d(begun.target_parameters))
    for numbers in _blocks(np.arange(begun.n_paths)):
        report = None
        if on_progress is not None:
            report = _shifted(on_progress, int(numbers[0]), begun.n_paths)
        tracked = follower.track(numbers, options, report)
        ends.record(numbers, tracked)
        if tracked.is_interrupted:
            ends.is_interrupted = True
            return ends
    follower.settle_coincident(ends, n_problems)
    for again in (_TIGHT, _DEEP):
        has_failed = np.zeros(begun.n_paths, np.bool_)
        has_failed[ends.failed()] = has_failed[ends.coincident(n_problems)] = True
        doubted = has_failed.copy()
        if again is _DEEP:
            doubted[ends.singular()] = True
        for numbers in _blocks(np.flatnonzero(doubted)):
            tracked = follower.track(numbers, again, None)
            if tracked.is_interrupted:
                ends.is_interrupted = True
                return ends
            # A judgement is given up only for a regular solution.
            better = has_failed[numbers] | follower.is_regular(tracked, numbers)
            ends.attempts[numbers[~better]] += 1
            ends.record(numbers[better], tracked.at(better))
        follower.settle_coincident(ends, n_problems)
    return ends


class _Follower:
    def __init__(self, begun: Begun, threads: int) -> None:
        self._begun = begun
        self._threads = threads
        self._infinity = InfinityTest(
            begun.homotopy, 1.0 if begun.sizes is None else begun.sizes, threads
        )

    def track(
        self, numbers: np.ndarray, options: TrackerOptions, on_progress: OnProgress | None
    ) -> Tracked:
        """Along all segments; a path that does not arrive at a stop has failed there."""
        begun = self._begun
        here = _rows(begun.start_parameters, numbers, begun.n_paths)
        target = _rows(begun.target_parameters, numbers, begun.n_paths)
        count = len(numbers)
        result = Tracked(
            np.array(begun.points(numbers), np.complex128),
            np.full(count, PathStatus.SUCCESS.code, np.int8),
            np.zeros(count),
            np.zeros(count),
        )
        alive = np.arange(count)
        legs = (*begun.stops, target)
        for k, there in enumerate(legs):
            is_last = k == len(legs) - 1
            batch = track(
                begun.homotopy.tape,
                result.points[alive],
                here[alive] if here.ndim == 2 else here,
                there[alive] if there.ndim == 2 else there,
                options=options,
                threads=self._threads,
                on_progress=on_progress if is_last else None,
            )
            status = batch.status.copy()
            if not is_last:
                lost = np.isin(status, [PathStatus.DIVERGED.code, PathStatus.SINGULAR.code])
                status[lost] = PathStatus.STEP_TOO_SMALL.code
            result.points[alive] = batch.solutions
            result.status[alive] = status
            result.accuracy[alive] = batch.accuracy
            result.condition[alive] = batch.condition
            result.is_interrupted = batch.is_interrupted
            t = np.zeros(count)
            t[alive] = batch.t_reached
            alive = alive[status == PathStatus.SUCCESS.code]
            if batch.is_interrupted:
                if not is_last:
                    result.status[alive] = PathStatus.INTERRUPTED.code
                break
            if is_last:
                self._test_infinity(result, t, here, there)
            here = there
        return result

    def _test_infinity(
        self, tracked: Tracked, t: np.ndarray, start: np.ndarray, target: np.ndarray
    ) -> None:
        lost = np.isin(tracked.status, _LOST) & (t > 0) & (t <= _LATE)
        diverged = (tracked.status == PathStatus.DIVERGED.code) & (t > 0)
        for mask, test in ((lost, self._infinity.recognize), (diverged, self._infinity.correct)):
            rows = np.flatnonzero(mask)
            if len(rows):
                here, there = (p[rows] if p.ndim == 2 else p for p in (start, target))
                test(tracked, rows, t[rows], here, there)

    def is_regular(self, tracked: Tracked, numbers: np.ndarray) -> np.ndarray:
        """Which of some paths came to a regular zero."""
        success = tracked.status == PathStatus.SUCCESS.code
        target = _rows(self._begun.target_parameters, numbers, self._begun.n_paths)
        if success.any():
            p = target[success] if target.ndim == 2 else target
            success[success] = has_regular_zero(self._begun.homotopy, tracked.points[success], p)
        return success

    def settle_coincident(self, ends: Ends, n_problems: int) -> None:
        """Regular ends that coincide are one singular end, if there is no regular zero.

        A coordinate or a gradient that vanishes at the end can hide that from the tracker, which
        measures each by its own size.
        """
        numbers = ends.coincident(n_problems)
        if len(numbers):
            target = _rows(self._begun.target_parameters, numbers, self._begun.n_paths)
            x = ends.points[np.searchsorted(ends.numbers, numbers)]
            singular = ~has_regular_zero(self._begun.homotopy, x, target)
            ends.call_singular(numbers[singular])


def _rows(parameters: np.ndarray, numbers: np.ndarray, n_paths: int) -> np.ndarray:
    """The parameters of each path, if they differ; K rows serve n_paths/K consecutive paths each."""
    return parameters if parameters.ndim == 1 else parameters[numbers * len(parameters) // n_paths]


def _blocks(numbers: np.ndarray) -> list[np.ndarray]:
    return [numbers[k : k + _BLOCK] for k in range(0, len(numbers), _BLOCK)]


def _shifted(on_progress: OnProgress, first: int, total: int) -> OnProgress:
    return lambda done, _: on_progress(first + done, total)
