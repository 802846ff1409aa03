"""Following the paths of a homotopy block by block, and again where something went wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from neuromanifold.continuation._absolute import absolute_values
from neuromanifold.continuation._ends import Ends, Tracked
from neuromanifold.continuation._start_system import Begun
from neuromanifold.continuation._track import PathStatus, TrackerOptions, track
from neuromanifold.rings import PolynomialMap

_BLOCK = 2**15
_FAR = 1e3
_RESIDUE = 1e-11
_NEARBY = 1e-2
_SINGULAR = 1e5

OnProgress = Callable[[int, int], object]


def follow(
    begun: Begun,
    options: TrackerOptions,
    careful: tuple[TrackerOptions, ...],
    threads: int,
    on_progress: OnProgress | None = None,
) -> Ends:
    """Track all paths, and again with the careful options those that fail or have a dubious end."""
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
    for again in careful:
        failed = np.union1d(ends.failed(), ends.coincident(n_problems))
        dubious = np.setdiff1d(ends.dubious(n_problems), failed)
        for numbers in _blocks(np.union1d(failed, dubious)):
            tracked = follower.track(numbers, again, None)
            if tracked.is_interrupted:
                ends.is_interrupted = True
                return ends
            # An end is given up only for a regular one.
            better = ~np.isin(numbers, dubious) | (tracked.status == PathStatus.SUCCESS.code)
            ends.attempts[numbers[~better]] += 1
            ends.record(numbers[better], tracked.at(better))
        follower.settle_coincident(ends, n_problems)
    return ends


class _Follower:
    def __init__(self, begun: Begun, threads: int) -> None:
        self._begun = begun
        self._threads = threads

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
            np.zeros(count, bool),
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
            alive = alive[status == PathStatus.SUCCESS.code]
            here = there
            if batch.is_interrupted:
                if not is_last:
                    result.status[alive] = PathStatus.INTERRUPTED.code
                break
        result.doubt = self._near(result) | self._misses(result, target)
        return result

    def settle_coincident(self, ends: Ends, n_problems: int) -> None:
        """Regular ends that coincide are one singular end if the Jacobian is singular there.

        Coordinates and gradients that vanish at the end hide that from the tracker, which measures each
        by its own size. Here it is the size of nearby points.
        """
        numbers = ends.coincident(n_problems)
        if not len(numbers):
            return
        target = _rows(self._begun.target_parameters, numbers, self._begun.n_paths)
        x = ends.points[np.searchsorted(ends.numbers, numbers)]
        size = np.max(np.abs(x), axis=1, keepdims=True, initial=0.0)
        reach = np.maximum(np.abs(x), _NEARBY * np.maximum(size, _NEARBY))
        turn = np.exp(1j * np.arange(1, x.shape[1] + 1))
        _, J = self._begun.homotopy.linearize(x, target)
        _, nearby = self._begun.homotopy.linearize(x + reach * turn, target)
        rows = np.max(np.abs(nearby * reach[:, None, :]), axis=2, keepdims=True)
        scaled = J * reach[:, None, :] / np.where(rows > 0, rows, 1.0)
        condition = np.linalg.cond(scaled)
        ends.status[numbers[~(condition < _SINGULAR)]] = PathStatus.SINGULAR.code

    def _near(self, tracked: Tracked) -> np.ndarray:
        """Paths said to run to infinity that have not come far."""
        sizes = 1.0 if self._begun.sizes is None else self._begun.sizes
        largest = np.max(np.abs(tracked.points) / sizes, axis=1, initial=0.0)
        return (tracked.status == PathStatus.DIVERGED.code) & (largest < _FAR)

    def _misses(self, tracked: Tracked, target: np.ndarray) -> np.ndarray:
        """Ends said to be singular at which the target system does not vanish."""
        misses = tracked.status == PathStatus.SINGULAR.code
        rows = np.flatnonzero(misses)
        if len(rows):
            x, p = tracked.points[rows], target[rows] if target.ndim == 2 else target
            values = np.abs(self._begun.homotopy(x, p))
            sizes = np.abs(self._absolute(np.abs(x), np.abs(p)))
            misses[rows] = (values > _RESIDUE * sizes).any(axis=1)
        return misses

    @cached_property
    def _absolute(self) -> PolynomialMap:
        homotopy = self._begun.homotopy
        outputs = tuple(absolute_values(homotopy.outputs))
        return PolynomialMap(outputs, homotopy.variables, homotopy.parameters)


def _rows(parameters: np.ndarray, numbers: np.ndarray, n_paths: int) -> np.ndarray:
    """The parameters of each path, if they differ; K rows serve n_paths/K consecutive paths each."""
    return parameters if parameters.ndim == 1 else parameters[numbers * len(parameters) // n_paths]


def _blocks(numbers: np.ndarray) -> list[np.ndarray]:
    return [numbers[k : k + _BLOCK] for k in range(0, len(numbers), _BLOCK)]


def _shifted(on_progress: OnProgress, first: int, total: int) -> OnProgress:
    return lambda done, _: on_progress(first + done, total)
