"""Is a point on a variety? Decided by moving a slice through it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._slice import LinearSlice
from neuromanifold.continuation._sliced_variety import SlicedVariety
from neuromanifold.continuation._track import TrackerOptions, track
from neuromanifold.errors import NeuromanifoldError

_TIMES = (1e-3, 1e-5, 1e-7)
_SAME = 1e-6
_SLOWEST = 0.05
_ATTEMPTS = 4
# Close to p the Jacobian may be as singular as X or its parametrization is there.
_BRAVE = {"max_condition": np.inf, "max_accuracy": 1e-6, "divergence_bound": 1e15}


def is_member(
    variety: SlicedVariety,
    cut: LinearSlice,
    solutions: NDArray[np.complex128],
    point: NDArray[np.complex128],
    is_complete: bool,
    rng: np.random.Generator,
    threads: int,
) -> bool:
    """Whether p ∈ X, from all points of X on a slice.

    On the segment of slices with p on its end, t = 0, the distance d(t) of p from the nearest point
    of X behaves like t^{1/w} for a branch of winding number w through p, and tends to a positive
    number if p ∉ X. It is measured at t = 10⁻³, 10⁻⁵ and 10⁻⁷; w < 20 is assumed.

    Args:
        variety: X.
        cut: the slice.
        solutions: the points of X there.
        point: p.
        is_complete: no point is missing.
        rng: draws slices through p.
        threads: of the path tracker.

    Raises:
        NeuromanifoldError: nothing converges to p, but points are missing or paths were lost.
    """
    size = max(float(np.linalg.norm(point)), float(np.linalg.norm(variety.points(solutions)[0])))
    for attempt in range(_ATTEMPTS):
        options = TrackerOptions.tight() if attempt else TrackerOptions.normal()
        distances = _distances(
            variety,
            cut,
            LinearSlice.through(point, cut.codimension, rng),
            solutions,
            point,
            replace(options, **_BRAVE),
            threads,
        )
        arrived = np.isfinite(distances[-1])
        if _tend_to_zero(distances[:, arrived], size):
            return True
        if arrived.all():
            if is_complete:
                return False
            break
    raise NeuromanifoldError(
        "No point of the witness set converges to the given point, but "
        + ("paths were lost" if is_complete else "the set is not complete")
        + ", so that membership is undecided; compute the witness set with another seed."
    )


def _distances(
    variety: SlicedVariety,
    cut: LinearSlice,
    target: LinearSlice,
    solutions: NDArray[np.complex128],
    point: NDArray[np.complex128],
    options: TrackerOptions,
    threads: int,
) -> NDArray[np.float64]:
    """Distances of p from every point at every time, (times, points); infinite for lost paths."""
    begin, end = variety.parameters(cut), variety.parameters(target)
    at, ends = begin, solutions
    paths = np.arange(len(solutions))
    distances = np.full((len(_TIMES), len(solutions)), np.inf)
    for t, row in zip(_TIMES, distances, strict=True):
        then = end + t * (begin - end)
        batch = track(variety.system.tape, ends, at, then, options=options, threads=threads)
        at, ends, paths = then, batch.solutions[batch.success], paths[batch.success]
        row[paths] = np.linalg.norm(variety.points(ends) - point, axis=1)
    return distances


def _tend_to_zero(distances: NDArray[np.float64], size: float) -> bool:
    before, after = distances[-2], np.maximum(distances[-1], 1e-300)
    exponents = np.log(before / after) / np.log(_TIMES[-2] / _TIMES[-1])
    return bool(np.any((after <= _SAME * size) | (exponents > _SLOWEST)))
