"""Following the paths of a homotopy block by block, and again where something went wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation._clusters import cluster
from neuromanifold.continuation._start_system import Begun
from neuromanifold.continuation._track import PathStatus, TrackerOptions, track

_BLOCK = 2**15
_FAILED = (
    PathStatus.INVALID_START,
    PathStatus.STEP_TOO_SMALL,
    PathStatus.MAX_STEPS,
    PathStatus.ACCURACY_LIMIT,
)
_SINGULAR_RADIUS = 1e-5
_COARSEST = 1e-3
_ROUNDING = 1e-13  # error of a regular end, relative to its condition number

OnProgress = Callable[[int, int], object]


class Ends:
    """Where the paths of a homotopy end; only ends in finite space keep their coordinates.

    Attributes:
        status: (N,), codes of `PathStatus`.
        attempts: (N,), how often each path was tracked.
        numbers: (K,), paths with an end in finite space, ascending.
        points: (K, n), these ends.
        accuracy: (K,), estimated relative errors.
        condition: (K,), condition numbers of the Jacobian there.
    """

    def __init__(self, n_paths: int, n_variables: int) -> None:
        self.status = np.full(n_paths, PathStatus.INTERRUPTED.code, np.int8)
        self.attempts = np.zeros(n_paths, np.int8)
        self.numbers = np.zeros(0, np.int64)
        self.points = np.zeros((0, n_variables), np.complex128)
        self.accuracy = np.zeros(0)
        self.condition = np.zeros(0)
        self.is_interrupted = False

    @property
    def is_regular(self) -> np.ndarray:
        """Which of the K ends are regular solutions."""
        return self.status[self.numbers] == PathStatus.SUCCESS.code

    def record(self, numbers: np.ndarray, tracked: _Tracked) -> None:
        """Enter (new) ends for some paths."""
        self.attempts[numbers] += 1
        self.status[numbers] = tracked.status
        finite = np.isin(tracked.status, [PathStatus.SUCCESS.code, PathStatus.SINGULAR.code])
        finite &= np.isfinite(tracked.points).all(axis=1)
        keep = ~np.isin(self.numbers, numbers)
        joined = np.concatenate([self.numbers[keep], numbers[finite]])
        order = np.argsort(joined, kind="stable")
        self.numbers = joined[order]
        for name in ("points", "accuracy", "condition"):
            old, new = getattr(self, name)[keep], getattr(tracked, name)[finite]
            setattr(self, name, np.concatenate([old, new])[order])

    def radii(self) -> np.ndarray:
        """Within which distance two ends are the same point, for each of the K ends."""
        size = np.max(np.abs(self.points), axis=1, initial=0.0)
        regular = np.clip(_ROUNDING * self.condition, 1e-12, 1e-6) * np.maximum(size, 1e-3)
        singular = np.clip(10 * self.accuracy, _SINGULAR_RADIUS, _COARSEST) * np.maximum(size, 1.0)
        return np.where(self.is_regular, regular, singular)

    def failed(self) -> np.ndarray:
        """Numbers of the paths that were lost on the way."""
        return np.flatnonzero(np.isin(self.status, [status.code for status in _FAILED]))

    def coincident(self, n_problems: int = 1) -> np.ndarray:
        """Numbers of the regular ends that another path of the same problem has too.

        That is impossible for generic homotopies.
        """
        regular = np.flatnonzero(self.is_regular)
        if not len(regular):
            return regular
        points, radii = self.points[regular], self.radii()[regular]
        if n_problems > 1:
            problem = self.numbers[regular] * n_problems // len(self.status)
            points = np.column_stack([points, problem * (4 * radii.max() + 1.0)])
        labels = cluster(points, radii)
        return self.numbers[regular[np.bincount(labels)[labels] > 1]]


@dataclass
class _Tracked:
    points: np.ndarray
    status: np.ndarray
    accuracy: np.ndarray
    condition: np.ndarray
    is_interrupted: bool = False


def follow(
    begun: Begun,
    options: TrackerOptions,
    careful: tuple[TrackerOptions, ...],
    threads: int,
    on_progress: OnProgress | None = None,
) -> Ends:
    """Track all paths, and again with the careful options those that fail or coincide."""
    ends = Ends(begun.n_paths, len(begun.homotopy.variables))
    n_problems = len(np.atleast_2d(begun.target_parameters))
    for first in range(0, begun.n_paths, _BLOCK):
        numbers = np.arange(first, min(first + _BLOCK, begun.n_paths))
        report = None
        if on_progress is not None:
            report = _shifted(on_progress, first, begun.n_paths)
        tracked = _track(begun, numbers, options, threads, report)
        ends.record(numbers, tracked)
        if tracked.is_interrupted:
            ends.is_interrupted = True
            return ends
    for again in careful:
        numbers = np.union1d(ends.failed(), ends.coincident(n_problems))
        for first in range(0, len(numbers), _BLOCK):
            block = numbers[first : first + _BLOCK]
            tracked = _track(begun, block, again, threads, None)
            if tracked.is_interrupted:
                ends.is_interrupted = True
                return ends
            ends.record(block, tracked)
    return ends


def _track(
    begun: Begun,
    numbers: np.ndarray,
    options: TrackerOptions,
    threads: int,
    on_progress: OnProgress | None,
) -> _Tracked:
    """Along all segments; a path that does not arrive at a stop has failed there."""
    here = begun.start_parameters
    if here.ndim == 2:
        here = here[numbers]
    tape = begun.homotopy.tape
    points = begun.points(numbers)
    result = _Tracked(
        points.copy(),
        np.full(len(numbers), PathStatus.SUCCESS.code, np.int8),
        np.zeros(len(numbers)),
        np.zeros(len(numbers)),
    )
    alive = np.arange(len(numbers))
    target = begun.target_parameters
    if target.ndim == 2:
        target = target[numbers * len(target) // begun.n_paths]
    legs = (*begun.stops, target)
    for k, there in enumerate(legs):
        is_last = k == len(legs) - 1
        batch = track(
            tape,
            result.points[alive],
            here[alive] if here.ndim == 2 else here,
            there[alive] if there.ndim == 2 else there,
            options=options,
            threads=threads,
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
        alive = alive[status == PathStatus.SUCCESS.code]
        here = there
        if batch.is_interrupted:
            if not is_last:
                result.status[alive] = PathStatus.INTERRUPTED.code
            break
    return result


def _shifted(on_progress: OnProgress, first: int, total: int) -> OnProgress:
    return lambda done, _: on_progress(first + done, total)
