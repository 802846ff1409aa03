"""How a variety meets a point, seen by moving a slice through it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._paths._track import TrackerOptions, track
from neuromanifold.continuation._varieties._slice import LinearSlice
from neuromanifold.continuation._varieties._sliced_variety import SlicedVariety

_TIMES = (1e-3, 1e-5, 1e-7)
_SAME = 1e-6
_SLOWEST = 0.05
_EVIDENT = 0.3
_ATTEMPTS = 4
# Close to p the Jacobian may be as singular as X or its parametrization is there.
_BRAVE = {"max_condition": np.inf, "max_accuracy": 1e-6, "divergence_bound": 1e15}


@dataclass(frozen=True)
class Contact:
    """How the points of X on a slice behave when the slice is moved through a point p.

    Attributes:
        converging: how many of them converge to p; all of them, counted on a slice of generic
            direction, are the multiplicity of X at p.
        is_exact: every point was followed, and none was missing before.
    """

    converging: int
    is_exact: bool


def contact(
    variety: SlicedVariety,
    cut: LinearSlice,
    solutions: NDArray[np.complex128],
    point: NDArray[np.complex128],
    is_complete: bool,
    rng: np.random.Generator,
    threads: int,
) -> Contact:
    """How many points of X on a slice converge to p when the slice is moved through p.

    On the segment of slices with p on its end, t = 0, the distance d(t) of a point of X from p
    behaves like t^{1/w} on a branch of winding number w through p, and tends to a positive number
    otherwise. It is measured at t = 10⁻³, 10⁻⁵ and 10⁻⁷; w < 20 is assumed.

    Args:
        variety: X.
        cut: the slice.
        solutions: the points of X there.
        point: p.
        is_complete: no point is missing.
        rng: draws slices through p.
        threads: of the path tracker.
    """
    size = max(float(np.linalg.norm(point)), float(np.linalg.norm(variety.points(solutions)[0])))
    best = Contact(0, False)
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
        converges, is_decided = _tend_to_zero(distances, size)
        converging = int(converges.sum())
        if is_decided.all():
            return Contact(converging, is_complete)
        best = max(best, Contact(converging, False), key=lambda found: found.converging)
    return best


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


def _tend_to_zero(
    distances: NDArray[np.float64], size: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which points converge, and for which of them that is decided.

    Parameters that go to infinity may end a path after t = 10⁻⁵; the rate before tells then, if it is
    that of a branch with w ≤ 3.
    """
    arrived = np.isfinite(distances[-1])
    middle, after = np.maximum(distances[1:], 1e-300)
    arrives = arrived & ((after <= _SAME * size) | (_rate(middle, after, 1) > _SLOWEST))
    evident = np.isfinite(middle) & ~arrived & (_rate(distances[0], middle, 0) > _EVIDENT)
    return arrives | evident, arrived | evident


def _rate(before: NDArray, after: NDArray, step: int) -> NDArray:
    """The exponent e in d ~ t^e between two of the times; 0 for lost paths."""
    both = np.isfinite(before) & np.isfinite(after)
    exponents = np.zeros(len(before))
    ratio = np.maximum(before[both], 1e-300) / after[both]
    exponents[both] = np.log(ratio) / np.log(_TIMES[step] / _TIMES[step + 1])
    return exponents
