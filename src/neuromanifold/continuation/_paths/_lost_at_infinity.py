"""Lost paths that end at infinity, which projective coordinates show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neuromanifold.continuation._paths._clusters import max_norms
from neuromanifold.continuation._paths._ends import Ends, Tracked
from neuromanifold.continuation._paths._projective import ProjectivePatch
from neuromanifold.continuation._paths._segment import Segment
from neuromanifold.continuation._paths._track import PathStatus, TrackerOptions
from neuromanifold.continuation._starts._start_system import Begun

_MOST_LOST = 256
_OPTIONS = replace(TrackerOptions.tight(), max_steps=1000)
_ZERO = 1e-14


def find_lost_at_infinity(begun: Begun, ends: Ends, threads: int) -> None:
    """Enter which of the paths that failed run to infinity.

    In coordinates y₀, …, y_n with x_j = y_j/y₀ they are the same paths, and all ends are finite points,
    singular or not. One with |y₀| ≤ 10⁻¹⁴·max_j |y_j| counts as being at infinity: solutions that
    large must have been sought before.
    """
    numbers = ends.failed()[:_MOST_LOST]
    if ends.is_interrupted or begun.stops or not len(numbers):
        return
    patch = ProjectivePatch(begun.homotopy)
    if not patch.is_tight(begun.homotopy):
        return
    way = Segment.last_of(begun, numbers)
    batch, _ = patch.track(begun.points(numbers), way.start, way.target, _OPTIONS, threads)
    y = batch.solutions
    arrived = batch.success | batch.has_status(PathStatus.SINGULAR)
    arrived &= batch.accuracy <= _OPTIONS.max_accuracy
    is_infinite = np.flatnonzero(arrived & (np.abs(y[:, 0]) <= _ZERO * max_norms(y)))
    tracked = Tracked.at_start(y[is_infinite, 1:])
    tracked.status[:] = PathStatus.DIVERGED.code
    ends.is_interrupted = batch.is_interrupted
    ends.attempts[numbers] += 1
    ends.record(numbers[is_infinite], tracked)
