"""From a critical system to all its solutions at the given target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation import (
    BilinearTraceTest,
    LinearFamily,
    PointSet,
    TrackerOptions,
    track,
    walk_loops,
)
from neuromanifold.landscapes._critical_system import CriticalSystem
from neuromanifold.landscapes._options import LandscapeOptions, OnProgress, Progress
from neuromanifold.landscapes._result import Completeness, CompletenessStatus
from neuromanifold.landscapes._start import StartPairs

_TARGET_ATTEMPTS = 4


@dataclass(frozen=True, eq=False)
class Solution:
    """Points y of the gauge slice that solve the critical equations at the target.

    Attributes:
        points: shape (n, dim M).
        completeness: the evidence for n.
    """

    points: np.ndarray
    completeness: Completeness


class GenericSolver:
    """All critical points for a random target by monodromy, then for the given one by homotopy.

    Args:
        critical: the equations.
        starts: draws random targets and start pairs.
        held: values of the parameters that the slice holds.
        options: when to stop.
        rng: the source of all randomness.
        on_progress: told what is going on.
    """

    def __init__(
        self,
        critical: CriticalSystem,
        starts: StartPairs,
        held: np.ndarray,
        options: LandscapeOptions,
        rng: np.random.Generator,
        on_progress: OnProgress | None,
    ) -> None:
        self._critical = critical
        self._starts = starts
        self._held = held
        self._options = options
        self._rng = rng
        self._report = on_progress or (lambda progress: None)
        point, self._moment = starts.pair(rng)
        self._base = critical.parameters(self._moment, held, 0.0)
        self._known = PointSet(critical.slice.dimension, critical.space.dimension)
        self._known.add(point[None, :], self._image(point[None, :], self._base))
        self._loops = 0
        self._trace_residual = np.inf
        self._n_cut = 0
        self._interrupted = False

    def solve(self, target: np.ndarray) -> Solution:
        """Find everything at a generic target, then follow it to the parameters `target`.

        An interrupt stops the search; what is known by then is still followed to the target.
        """
        try:
            self._find_generic()
        except KeyboardInterrupt:
            self._interrupted = True
        return self._follow(target)

    def _find_generic(self) -> None:
        trace_test = BilinearTraceTest(
            LinearFamily(
                system=self._critical.system,
                image=self._critical.image,
                frame=self._starts.factor,
                held=self._base[len(self._moment) :],
                sample=self._starts.moment,
                start_pair=self._starts.pair,
            )
        )
        for _ in range(self._options.max_rounds):
            self._walk()
            if self._interrupted:
                return
            trace = trace_test.run(
                self._known,
                self._moment,
                rng=self._rng,
                options=self._options.monodromy,
                on_progress=lambda loops, cut: self._report(
                    Progress("trace test", loops, None, len(self._known))
                ),
            )
            self._trace_residual, self._n_cut = trace.residual, trace.n_cut_points
            if trace.is_interrupted:
                self._interrupted = True
            if trace.is_closed or self._interrupted:
                return

    def _walk(self) -> None:
        loops_before = self._loops
        result = walk_loops(
            self._critical.system,
            self._known,
            self._base,
            image=self._image,
            sample=lambda rng: self._critical.parameters(self._starts.moment(rng), self._held, 0.0),
            rng=self._rng,
            options=self._options.monodromy,
            on_progress=lambda loops, found: self._report(
                Progress("monodromy", loops_before + loops, None, found)
            ),
        )
        self._loops += result.n_loops
        self._interrupted = self._interrupted or result.is_interrupted

    def _follow(self, target: np.ndarray) -> Solution:
        """Track the generic solutions to the target; lost ones again, on a detour."""
        n = len(self._known)
        arrived = PointSet(self._critical.slice.dimension, self._critical.space.dimension)
        options = self._options.tracker
        for attempt in range(_TARGET_ATTEMPTS):
            self._report(Progress("target", attempt, _TARGET_ATTEMPTS, n))
            points, at = self._known.points, self._base
            if attempt:
                options = TrackerOptions.tight()
                detour = self._critical.parameters(
                    self._starts.moment(self._rng), self._held, float(self._rng.uniform(0.2, 0.8))
                )
                points, at = self._leg(points, at, detour, options), detour
            ends = self._leg(points, at, target, options)
            if len(ends):
                arrived.add(ends, self._image(ends, target))
            if len(arrived) == n or self._interrupted:
                break
        return Solution(arrived.points, self._completeness(len(arrived)))

    def _image(self, points: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        return self._critical.image(points, parameters) @ self._starts.factor

    def _leg(
        self, points: np.ndarray, start: np.ndarray, end: np.ndarray, options: TrackerOptions
    ) -> np.ndarray:
        batch = track(
            self._critical.system.tape,
            points,
            start,
            end,
            options=options,
            threads=self._options.threads,
        )
        self._interrupted = self._interrupted or batch.is_interrupted
        return batch.solutions[batch.success]

    def _completeness(self, n_arrived: int) -> Completeness:
        if self._interrupted:
            status = CompletenessStatus.INTERRUPTED
        elif not self._trace_residual < 1e-7:
            status = CompletenessStatus.TRACE_OPEN
        elif n_arrived < len(self._known):
            status = CompletenessStatus.PATHS_LOST
        else:
            status = CompletenessStatus.COMPLETE
        return Completeness(
            status,
            n_generic=len(self._known),
            n_arrived=n_arrived,
            n_trace_points=self._n_cut,
            trace_residual=self._trace_residual,
            n_loops=self._loops,
        )
