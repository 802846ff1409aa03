"""The generic fibre of a parametrization, in classes modulo symmetries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from neuromanifold.continuation import Evidence, PointSet, complex_gaussian, track
from neuromanifold.geometry._fibers._orbits import Arrangement, Partition
from neuromanifold.geometry._fibers._projected import (
    MOST_POINTS,
    QUIET_LOOPS,
    OnProgress,
    projected_fiber,
)
from neuromanifold.geometry._fibers._slice import FiberSlice
from neuromanifold.geometry._gauss_newton import gauss_newton
from neuromanifold.geometry._symmetries._finite import IndexPermutations, RootsOfUnity

_QUIET_MOVES = 4
_QUIET_WALKS = 12
_BATCH = 64
_BATCHES = 24
_FEWEST_HITS = 12
_SURE = 0.99


@dataclass(frozen=True, eq=False)
class GenericFiber:
    """Points of μ⁻¹(f) for a random f = f_θ₀ on a slice, in classes.

    Attributes:
        points: θ, one for each point of the slice up to the permutations of `arrangement`: (n, P).
        classes: the class of each point modulo all known symmetries.
        n_components: irreducible components of the fibre.
        arrangement: the permutations that keep the slice.
        evidence: why the search ended.
        confidence: 1 − (n/(n + 1))^N after N arrivals at known points.
        trace_residual: of the trace test, None without one.
        n_projected: points of the slice whose functions have the same random projection to ℂᵐ as f.
        n_hits: arrivals of Newton's method at known points, where there are too many such points
            for monodromy.
    """

    points: np.ndarray
    classes: np.ndarray
    n_components: int
    arrangement: Arrangement
    evidence: Evidence
    confidence: float
    trace_residual: float | None
    n_projected: int
    n_hits: int

    @property
    def size(self) -> int:
        """The number of classes."""
        return int(self.classes.max()) + 1

    @property
    def is_complete(self) -> bool:
        """The search was not cut short: the trace closed, or nothing new turned up."""
        return self.evidence in {Evidence.TRACE_TEST, Evidence.ESTIMATED}


class GenericFiberSearch:
    """Finds the points of a generic fibre and which of them known symmetries identify.

    M is projected to w ∈ ℂᵐ, and as Θ is irreducible, loops of w connect all points of the slice over
    w; those with the function f are kept. Loops of the slice over f connect exactly the points of one
    component of the fibre. Finite symmetries connect components.

    Args:
        cut: The slice.
        indices: Permutations.
        roots: Roots of unity.
    """

    def __init__(
        self,
        cut: FiberSlice,
        indices: Sequence[IndexPermutations],
        roots: Sequence[RootsOfUnity],
    ) -> None:
        self._cut = cut
        self._moves: list[Callable[[np.ndarray], np.ndarray]] = [
            lambda theta, g=generator: theta[:, g]
            for index in indices
            if index not in cut.arrangement.indices
            for generator in index.generators
        ]
        self._moves += [
            lambda theta, g=generator: theta * g for root in roots for generator in root.generators
        ]

    def run(self, on_progress: OnProgress | None = None) -> GenericFiber:
        """The points with one function, and which of them symmetries identify."""
        cut = self._cut
        every = projected_fiber(self._cut, on_progress)
        base = every.base
        theta = cut.assemble(every.points)
        same = cut.family.same_function(theta, base)
        known = PointSet(every.points.shape[1], len(base))
        known.add(every.points[same], every.images[same])
        evidence, confidence, n_hits = every.evidence, every.confidence, 0
        if evidence is Evidence.LOOPS_EXHAUSTED:
            n_hits = self._sample(known, base)
            self._walk_on_image(known, base)
            confidence = 1 - (len(known) / (len(known) + 1)) ** n_hits
            evidence = Evidence.ESTIMATED if confidence > _SURE else evidence
        partition = self._partition(known, base)
        n_points = len(known) * cut.arrangement.order
        return GenericFiber(
            points=cut.assemble(known.points),
            classes=partition.labels,
            n_components=n_points // self._points_of_component(base),
            arrangement=cut.arrangement,
            evidence=evidence,
            confidence=confidence,
            trace_residual=every.trace_residual,
            n_projected=len(every.points),
            n_hits=n_hits,
        )

    def _sample(self, known: PointSet, base: np.ndarray) -> int:
        """Add points over the function of `base` that Newton's method finds from random ones.

        Returns:
            How many arrivals at known points there were after the last new one.
        """
        cut = self._cut
        target = cut.family.measurements(base[None, :])[0]
        n_hits = 0
        for _ in range(_BATCHES):
            starts = complex_gaussian(cut.rng, (_BATCH, cut.family.dimension))
            found, solved = gauss_newton(cut.measured, starts, target)
            found = found[solved]
            before = len(known)
            known.place(found, cut.image(found, cut.parameters(base)))
            n_hits = n_hits + len(found) if len(known) == before else 0
            if n_hits >= max(QUIET_LOOPS * len(known), _FEWEST_HITS):
                break
        return n_hits

    def _walk_on_image(self, known: PointSet, base: np.ndarray) -> None:
        """Loops of functions on M itself: images of paths in Θ between points with one function."""
        cut = self._cut
        quiet = 0
        tape = cut.family.at_function.tape if len(known) > 1 else None
        while tape is not None and quiet < _QUIET_WALKS and len(known) < MOST_POINTS:
            theta = cut.assemble(known.points)
            a, b = cut.rng.choice(len(known), 2, replace=False)
            middle = complex_gaussian(cut.rng, len(base))
            points = known.points
            for start, stop in pairwise([theta[a], middle, theta[b]]):
                batch = track(
                    tape,
                    points,
                    np.concatenate([start, cut.heights]),
                    np.concatenate([stop, cut.heights]),
                    threads=cut.threads,
                )
                points = batch.solutions[batch.success]
            new = known.add(points, cut.image(points, cut.parameters(base)))
            quiet = 0 if new else quiet + 1

    def _partition(self, known: PointSet, base: np.ndarray) -> Partition:
        """Join points that symmetries or loops of the slice identify; new points are added."""
        cut = self._cut
        partition = Partition(len(known))
        for move in self._moves:
            moved = move(cut.assemble(known.points))
            heights = cut.gauge.heights(moved)
            ends, success = cut.back(moved[:, cut.gauge.free], heights, base)
            self._join(partition, known, ends, success, base)
        quiet = 0
        while len(cut.heights) and quiet < _QUIET_MOVES and len(set(partition.labels)) > 1:
            ends, success = cut.around(known.points, base)
            joined = self._join(partition, known, ends, success, base)
            quiet = 0 if joined else quiet + 1
        return partition

    def _points_of_component(self, base: np.ndarray) -> int:
        """How many points of the slice lie on one component of the fibre; equally many on all."""
        cut = self._cut
        y = base[None, cut.gauge.free]
        found = PointSet(y.shape[1], y.shape[1])
        found.add(y, y)
        quiet = 0
        while len(cut.heights) and quiet < _QUIET_MOVES:
            ends, success = cut.around(found.points, base)
            quiet = 0 if found.add(ends[success], ends[success]) else quiet + 1
        return len(found)

    def _join(
        self,
        partition: Partition,
        known: PointSet,
        ends: np.ndarray,
        success: np.ndarray,
        base: np.ndarray,
    ) -> bool:
        cut = self._cut
        from_ = np.flatnonzero(success)
        images = cut.image(ends[from_], cut.parameters(base))
        where = known.place(ends[from_], images)
        partition.extend(len(known))
        joined = [partition.join(int(a), int(b)) for a, b in zip(from_, where, strict=True)]
        return any(joined)
