"""Where rays leave a Voronoi cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._subset import AbstractSubset, IntervalEnd

_STEPS = 60
_FAR = 1e4
_CONVERGED = 1e-12


@dataclass(frozen=True, eq=False)
class RayExits:
    """The ends of rays u₀ + r·d in a cell.

    Attributes:
        start: u₀, shape (n,).
        directions: d, shape (B, n).
        lengths: r at the end, (B,); infinite for rays that were not seen to leave the cell.
        competitors: a point of S as close to the end as p, (B, n); NaN for infinite rays.
    """

    start: np.ndarray
    directions: np.ndarray
    lengths: np.ndarray
    competitors: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """The ends, (B, n), of finite rays."""
        finite = np.isfinite(self.lengths)
        return self.start + self.lengths[finite, None] * self.directions[finite]


def ray_exits(
    subset: AbstractSubset,
    point: np.ndarray,
    metric: Metric,
    start: np.ndarray,
    directions: np.ndarray,
    seed: int,
) -> RayExits:
    """The ends of rays from a point u₀ of the cell of p, by cutting off.

    The half-space of a point q that is closer to u₀ + r·d than p cuts the ray at
    r′ = (‖q − p‖² − 2⟨u₀ − p, q − p⟩)/(2⟨d, q − p⟩) < r. The nearest q is taken until none is closer;
    the lengths decrease to the end, at the rate of Newton's method for convex functions.
    """
    size = 1.0 + float(np.abs(point).max()) + float(np.abs(start).max())
    scale = np.sqrt(metric.squared_norms(directions))
    lengths = _FAR * size / np.where(scale > 0, scale, 1.0)
    competitors = np.full(directions.shape, np.nan)
    active = np.arange(len(directions))
    for _ in range(_STEPS):
        if not len(active):
            break
        u = start + lengths[active, None] * directions[active]
        q = subset.nearest(u, metric, seed)
        step = (q - point) @ metric.array
        square = np.sum(step * (q - point), axis=1)
        slope = 2 * np.sum(step * directions[active], axis=1)
        with np.errstate(all="ignore"):
            cut = (square - 2 * step @ (start - point)) / slope
        closer = (
            (slope > 0)
            & (square > _CONVERGED * size**2)
            & (cut < lengths[active] * (1 - _CONVERGED))
        )
        active, cut, q = active[closer], np.maximum(cut[closer], 0.0), q[closer]
        lengths[active] = cut
        competitors[active] = q
    unbounded = np.isnan(competitors[:, 0])
    return RayExits(start, directions, np.where(unbounded, np.inf, lengths), competitors)


def ray_interval(
    subset: AbstractSubset, point: np.ndarray, normal: np.ndarray, metric: Metric, seed: int
) -> tuple[IntervalEnd, IntervalEnd]:
    """Where the line p + s·ν leaves the cell, by cutting off from p."""
    found = ray_exits(subset, point, metric, point, np.stack([-normal, normal]), seed)
    first, second = (
        IntervalEnd(sign * float(r), np.nan, q if np.isfinite(r) else None, "numerical")
        for sign, r, q in zip((-1, 1), found.lengths, found.competitors, strict=True)
    )
    return first, second
