"""All points of a slice over one point of a random projection of M, by monodromy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np

from neuromanifold.continuation import (
    BilinearTraceTest,
    Evidence,
    LinearFamily,
    MonodromyOptions,
    PointSet,
    Trace,
    complex_gaussian,
    walk_loops,
)
from neuromanifold.geometry._fibers._slice import FiberSlice

MOST_POINTS = 600
FEWEST_ARRIVALS = 40
QUIET_LOOPS = 7
_MOST_TRACED = 30
_TRACES = 3

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class ProjectedFiber:
    """The points of a slice over one w ∈ ℂᵐ, up to the permutations that keep the slice.

    Attributes:
        base: θ₀, whose function has the projection w.
        points: y, coordinates on the slice: (n, m).
        images: normal forms of θ: (n, P).
        parameters: (w, h).
        evidence: why the search ended.
        confidence: 1 − (n/(n + 1))^N after N arrivals at known points.
        trace_residual: of the trace test, None without one.
    """

    base: np.ndarray
    points: np.ndarray
    images: np.ndarray
    parameters: np.ndarray
    evidence: Evidence
    confidence: float
    trace_residual: float | None

    @property
    def is_complete(self) -> bool:
        """The search was not cut short: the trace closed, or nothing new turned up."""
        return self.evidence in {Evidence.TRACE_TEST, Evidence.ESTIMATED}


def projected_fiber(cut: FiberSlice, on_progress: OnProgress | None = None) -> ProjectedFiber:
    """All points of the slice whose functions have the same projection as a random one.

    Search until the trace closes, or nothing new turns up.
    """
    y = cut.family.start(cut.heights, cut.rng)[None, :]
    base = cut.assemble(y)[0]
    begin = cut.parameters(base)
    known = PointSet(y.shape[1], len(base))
    known.add(y, cut.image(y, begin))
    evidence, residual, quiet = Evidence.ESTIMATED, None, QUIET_LOOPS
    for _ in range(_TRACES):
        stopped = _walk(cut, begin, known, quiet, on_progress)
        if stopped is not None:
            evidence = stopped
            break
        if len(known) * cut.arrangement.order > _MOST_TRACED:
            break
        trace = _trace(cut, known, base)
        if trace.is_abandoned:
            break
        residual = trace.residual
        if trace.is_closed:
            evidence = Evidence.TRACE_TEST
            break
        # an infinite residual comes from lost paths, and says nothing of missing points
        evidence = Evidence.TRACE_OPEN if residual < np.inf else Evidence.ESTIMATED
        quiet *= 2
    n_arrivals = max(quiet * len(known), FEWEST_ARRIVALS)
    confidence = 1 - (len(known) / (len(known) + 1)) ** n_arrivals
    return ProjectedFiber(base, known.points, known.images, begin, evidence, confidence, residual)


def _walk(
    cut: FiberSlice,
    begin: np.ndarray,
    known: PointSet,
    quiet: int,
    on_progress: OnProgress | None,
) -> Evidence | None:
    """Loops of w; returns why the search ended early, if it did."""

    def sample(rng: np.random.Generator) -> np.ndarray:
        return cut.parameters(complex_gaussian(rng, cut.family.model.n_parameters))

    while True:
        before = len(known)
        walk = walk_loops(
            cut.family.at_values,
            known,
            begin,
            image=cut.image,
            sample=sample,
            rng=cut.rng,
            options=MonodromyOptions(
                quiet_loops=max(quiet, ceil(FEWEST_ARRIVALS / before)),
                threads=cut.threads,
                max_solutions=MOST_POINTS,
            ),
            on_progress=on_progress,
        )
        if walk.is_interrupted:
            return Evidence.INTERRUPTED
        if len(known) >= MOST_POINTS:
            return Evidence.LOOPS_EXHAUSTED
        if before >= FEWEST_ARRIVALS or len(known) == before or before > 1:
            return None


def _trace(cut: FiberSlice, known: PointSet, base: np.ndarray) -> Trace:
    """The trace test of all points of the slice, permuted ones too."""
    theta = cut.gauge.assemble(known.points, cut.heights)
    everything = np.concatenate([cut.arrangement.orbit(point) for point in theta])
    points = everything[:, cut.gauge.free]
    solutions = PointSet(points.shape[1], points.shape[1])
    solutions.add(points, points)
    family = cut.family

    def sample(rng: np.random.Generator) -> np.ndarray:
        return cut.parameters(complex_gaussian(rng, len(base)))[: family.dimension]

    def start_pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        y = family.start(cut.heights, rng, draws=4)
        theta = cut.gauge.assemble(y[None, :], cut.heights)[0]
        return y, cut.parameters(theta)[: family.dimension]

    test = BilinearTraceTest(
        LinearFamily(
            system=family.at_values,
            image=family.coordinates,
            frame=np.eye(points.shape[1]),
            held=cut.heights,
            sample=sample,
            start_pair=start_pair,
        )
    )
    return test.run(
        solutions,
        cut.parameters(base)[: family.dimension],
        rng=cut.rng,
        options=MonodromyOptions(threads=cut.threads, max_solutions=3 * len(solutions) + 200),
    )
