"""The trace test for linear slices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._monodromy._walk import MonodromyOptions
from neuromanifold.continuation._paths._track import TrackerOptions, track
from neuromanifold.continuation._random import complex_gaussian
from neuromanifold.continuation._varieties._slice import LinearSlice
from neuromanifold.continuation._varieties._sliced_variety import SlicedVariety

_TRANSLATIONS = 3
_CLOSED = 1e-7


@dataclass(frozen=True)
class LinearTrace:
    """Whether the points of X on parallel slices move linearly together.

    S(t) is the sum of the points of X on the slice Ax = b + tv. It is affine in t, and for an
    irreducible X the sum over no proper part of the points is.

    Attributes:
        residual: ‖S(1) + S(−1) − 2S(0)‖ divided by how far the points moved; about 1e−13 when no
            point is missing, of order 1/n when one of n is. Infinite when paths were lost.
        is_interrupted: stopped from outside.

    Source: Sommese, Verschelde, Wampler, Symmetric functions applied to decomposing solution sets of
    polynomial systems, 2002.
    """

    residual: float
    is_interrupted: bool

    @property
    def is_closed(self) -> bool:
        """The trace is affine: no point is missing."""
        return self.residual < _CLOSED


def linear_trace(
    variety: SlicedVariety,
    cut: LinearSlice,
    solutions: NDArray[np.complex128],
    rng: np.random.Generator,
    options: MonodromyOptions,
) -> LinearTrace:
    """Move a slice forth and back, and compare the sums of the points on it.

    A path that is lost or jumps opens the trace without a point missing, so an open trace is tried
    again along other translations.

    Args:
        variety: X.
        cut: the slice Ax = b.
        solutions: y with x(y) on X and on the slice, one for each point of X known there.
        rng: draws v.
        options: how to track.
    """
    if not cut.codimension:  # X is a point
        return LinearTrace(0.0, False)
    start = variety.parameters(cut)
    centre = variety.points(solutions)
    size = max(float(np.sqrt(np.mean(np.sum(np.abs(centre) ** 2, axis=1)))), 1e-12)
    best = np.inf
    for attempt in range(_TRANSLATIONS):
        direction = complex_gaussian(rng, cut.codimension)
        offset = direction * (size / 2 / np.linalg.norm(direction))
        ends = []
        for sign in (1, -1):
            batch = track(
                variety.system.tape,
                solutions,
                start,
                variety.parameters(cut.translated(sign * offset)),
                options=TrackerOptions.tight() if attempt else options.tracker,
                threads=options.threads,
            )
            if batch.is_interrupted:
                return LinearTrace(best, True)
            if not batch.success.all():
                break
            ends.append(variety.points(batch.solutions))
        if len(ends) < 2:
            continue
        second_difference = (ends[0] + ends[1] - 2 * centre).sum(axis=0)
        travel = sum(float(np.linalg.norm(end - centre, axis=1).sum()) for end in ends)
        best = min(best, float(np.linalg.norm(second_difference)) / travel)
        if best < _CLOSED:
            break
    return LinearTrace(best, False)
