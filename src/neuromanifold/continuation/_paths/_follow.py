"""Following the paths of a homotopy block by block, and again where something went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from neuromanifold.continuation._paths._clusters import max_norms
from neuromanifold.continuation._paths._ends import Ends, Tracked
from neuromanifold.continuation._paths._infinity import InfinityTest
from neuromanifold.continuation._paths._path_parameters import path_parameters
from neuromanifold.continuation._paths._regularity import has_regular_zero
from neuromanifold.continuation._paths._segment import Segment, StoppedPaths
from neuromanifold.continuation._paths._track import PathStatus, TrackerOptions, track, with_status
from neuromanifold.continuation._starts._path_orbits import PathOrbits
from neuromanifold.continuation._starts._start_system import Begun

_SMALL = (1e-7, 1e-5)
_LATE = 0.1
_FARTHEST, _MOST_STEPS = 1e140, 2000
_LOST = (PathStatus.STEP_TOO_SMALL, PathStatus.MAX_STEPS, PathStatus.ACCURACY_LIMIT)
_BACK = TrackerOptions(endgame_start=0.0)
_TIGHT = TrackerOptions.tight()
_DEEP = replace(TrackerOptions.tight(), endgame_start=1e-30, min_step=1e-60)

OnProgress = Callable[[int, int], object]


def follow(
    begun: Begun, options: TrackerOptions, threads: int, on_progress: OnProgress | None = None
) -> Ends:
    """Track all paths, and again, more carefully, those that fail or may have been judged too early.

    Paths that come far out where t is not small yet go on. Those that are then said to run to infinity
    are tested for large finite ends. Paths that fail, and regular ends that two paths share, are
    tracked again with tight options. What still fails, and what is said to be singular, is then
    followed to where t is tiny: solutions that are close part only there. Of paths that a symmetry
    moves to each other one is tracked, and the others are its images.
    """
    follower = _Follower(begun, threads)
    ends = Ends(begun.n_paths, len(begun.homotopy.variables))
    n_problems = len(np.atleast_2d(begun.target_parameters))
    roots = np.arange(begun.n_paths) if begun.orbits is None else begun.orbits.roots
    n_done = 0
    for numbers in _blocks(roots, begun.block):
        report = None if on_progress is None else _shifted(on_progress, n_done, len(roots))
        tracked = follower.track(numbers, options, report)
        ends.attempts[numbers] += 1
        ends.record(*_with_images(begun.orbits, numbers, tracked))
        n_done += len(numbers)
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
        roots = np.flatnonzero(doubted)
        if begun.orbits is not None:
            roots = np.array(sorted(set(begun.orbits.root_of[roots].tolist())), np.int64)
        for numbers in _blocks(roots, begun.block):
            tracked = follower.track(numbers, again, None)
            if tracked.is_interrupted:
                ends.is_interrupted = True
                return ends
            ends.attempts[numbers] += 1
            members, tracked = _with_images(begun.orbits, numbers, tracked)
            # A judgement is given up only for a regular solution, or exponents below 0.
            better = has_failed[members] | (tracked.denominators > 0)
            better |= follower.is_regular(tracked, members)
            ends.record(members[better], tracked.at(better))
        follower.settle_coincident(ends, n_problems)
    follower.enter_zero_valuations(ends)
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
        here = path_parameters(begun.start_parameters, numbers, begun.n_paths)
        target = path_parameters(begun.target_parameters, numbers, begun.n_paths)
        count = len(numbers)
        try:
            result = Tracked.at_start(np.array(begun.points(numbers), np.complex128))
        except KeyboardInterrupt:
            result = Tracked.at_start(
                np.zeros((count, len(begun.homotopy.variables)), np.complex128)
            )
            result.status[:] = PathStatus.INTERRUPTED.code
            result.is_interrupted = True
            return result
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
            result.points[alive] = batch.solutions
            result.status[alive] = batch.status
            result.accuracy[alive] = batch.accuracy
            result.condition[alive] = batch.condition
            result.is_interrupted = batch.is_interrupted
            result.t[:] = 0
            result.t[alive] = batch.t_reached
            if not batch.is_interrupted:
                for paths in _stopped(result, _is_early(result), here, there):
                    self._go_on(paths, options)
            status = result.status[alive]
            if not is_last:
                lost = with_status(status, [PathStatus.DIVERGED, PathStatus.SINGULAR])
                result.status[alive[lost]] = PathStatus.STEP_TOO_SMALL.code
            alive = alive[status == PathStatus.SUCCESS.code]
            if result.is_interrupted:
                if not is_last:
                    result.status[alive] = PathStatus.INTERRUPTED.code
                break
            if is_last:
                self._test_infinity(result, here, there)
            here = there
        return result

    def _go_on(self, paths: StoppedPaths, options: TrackerOptions) -> None:
        """Paths beyond the divergence bound go on from there until they come back, or t is small.

        No path of a generic homotopy is at infinity for 0 < t ≤ 1, but there are complex s close to that
        segment with |x| ~ |t − s|^{−w}. One that gets lost far out stays where it was.
        """
        tracked, rows, t = paths.tracked, paths.rows, paths.t
        batch = track(
            self._begun.homotopy.tape,
            paths.points,
            paths.parameters,
            paths.segment.target,
            options=replace(
                options,
                divergence_bound=_FARTHEST,
                max_steps=min(options.max_steps, _MOST_STEPS),
            ),
            threads=self._threads,
        )
        tracked.is_interrupted |= batch.is_interrupted
        is_known = batch.success | batch.has_status(PathStatus.DIVERGED)
        is_known |= max_norms(batch.solutions) <= options.divergence_bound
        tracked.enter(rows, batch, is_known)
        tracked.t[rows[is_known]] = (t * batch.t_reached)[is_known]

    def _test_infinity(self, tracked: Tracked, start: np.ndarray, target: np.ndarray) -> None:
        t = tracked.t
        lost = with_status(tracked.status, _LOST) & (t > 0) & (t <= _LATE)
        diverged = (tracked.status == PathStatus.DIVERGED.code) & (t > 0)
        for mask, test in ((lost, self._infinity.recognize), (diverged, self._infinity.correct)):
            for paths in _stopped(tracked, mask, start, target):
                test(paths)

    def is_regular(self, tracked: Tracked, numbers: np.ndarray) -> np.ndarray:
        """Which of some paths came to a regular zero."""
        success = tracked.status == PathStatus.SUCCESS.code
        target = path_parameters(self._begun.target_parameters, numbers, self._begun.n_paths)
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
            target = path_parameters(self._begun.target_parameters, numbers, self._begun.n_paths)
            x = ends.points[np.searchsorted(ends.numbers, numbers)]
            singular = ~has_regular_zero(self._begun.homotopy, x, target)
            ends.call_singular(numbers[singular])

    def enter_zero_valuations(self, ends: Ends) -> None:
        """How fast coordinates vanish, read off where t is small but not 0.

        Where initial forms do not determine the exponents, they are those read off at two values of t.
        """
        begun = self._begun
        is_zero = ends.has_zeros
        rows = np.flatnonzero(is_zero.any(axis=1))
        segment = Segment(begun.last_stop, begun.target_parameters)
        before = np.zeros((len(rows), is_zero.shape[1] + 1), np.int32)
        for small in _SMALL if segment.is_shared else ():
            if not len(rows):
                break
            t = np.full(len(rows), small)
            points, arrived = self._on_the_way(ends, rows, segment(t[:1])[0])
            w, m, is_determined = self._infinity.valuations(points, t, segment)
            now = np.column_stack([w, m])
            known = (m > 0) & (is_determined | (now == before).all(axis=1))
            fits = arrived & known & (np.sign(w) == is_zero[rows]).all(axis=1)
            ends.valuations = ends.valuations.joined(ends.numbers[rows[fits]], w[fits], m[fits])
            rows, before = rows[~fits], now[~fits]
        ends.valuations = ends.valuations.joined(
            ends.numbers[rows],
            np.zeros((len(rows), is_zero.shape[1]), np.int32),
            np.zeros(len(rows), np.int32),
        )

    def _on_the_way(
        self, ends: Ends, rows: np.ndarray, p: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where paths are at the parameters p close to the target, and which of them came there.

        From a regular end there is a way back; to the others the whole path is followed again.
        """
        points, arrived = ends.points[rows], ends.is_regular[rows]
        begun = self._begun
        back = track(
            begun.homotopy.tape,
            points[arrived],
            begun.target_parameters,
            p,
            options=_BACK,
            threads=self._threads,
        )
        points[arrived] = back.solutions
        arrived[arrived] = back.success
        rest = np.flatnonzero(~arrived)
        if len(rest):
            follower = _Follower(replace(begun, target_parameters=p), self._threads)
            again = follower.track(ends.numbers[rows[rest]], _TIGHT, None)
            points[rest] = again.points
            arrived[rest] = again.status == PathStatus.SUCCESS.code
        return points, arrived


def _with_images(
    orbits: PathOrbits | None, numbers: np.ndarray, tracked: Tracked
) -> tuple[np.ndarray, Tracked]:
    """Tracked paths, ascending, and all images of them."""
    if orbits is None:
        return numbers, tracked
    members, rows = orbits.members(numbers)
    return members, tracked.moved(rows, orbits.places[members])


def _is_early(tracked: Tracked) -> np.ndarray:
    """Which paths are said to run to infinity although t is not small yet."""
    return (tracked.status == PathStatus.DIVERGED.code) & (tracked.t > _LATE)


def _stopped(
    tracked: Tracked, mask: np.ndarray, start: np.ndarray, target: np.ndarray
) -> Iterator[StoppedPaths]:
    """Some of the paths from `start` to `target`, those with the same target together."""
    rows = np.flatnonzero(mask)
    for part in _by_problem(rows, target):
        here = start[part] if start.ndim == 2 else start
        there = target[part[0]] if target.ndim == 2 else target
        yield StoppedPaths(tracked, part, Segment(here, there))


def _by_problem(rows: np.ndarray, target: np.ndarray) -> list[np.ndarray]:
    """Rows with the same target together."""
    if target.ndim == 1 or not len(rows):
        return [rows] if len(rows) else []
    _, problem = np.unique(target[rows], axis=0, return_inverse=True)
    problem = problem.reshape(-1)
    order = np.argsort(problem, kind="stable")
    return np.split(rows[order], np.cumsum(np.bincount(problem))[:-1])


def _blocks(numbers: np.ndarray, size: int) -> list[np.ndarray]:
    return [numbers[k : k + size] for k in range(0, len(numbers), size)]


def _shifted(on_progress: OnProgress, first: int, total: int) -> OnProgress:
    """Counts that begin with `first` and never fall: the tracker counts its paths again in the endgame."""
    most = 0

    def report(done: int, _: int) -> None:
        nonlocal most
        most = max(most, done)
        on_progress(first + most, total)

    return report
