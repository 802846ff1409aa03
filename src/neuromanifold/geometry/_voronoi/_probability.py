"""The probability that random targets have given nearest points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rationals import floats
from neuromanifold.geometry._voronoi._subset import AbstractSubset
from neuromanifold.geometry._voronoi._targets import AbstractTargets

_SAME = 1e-6


@dataclass(frozen=True, eq=False)
class NearestProbability:
    """How often a random target's nearest point is one of some points, by simulation.

    Attributes:
        points: the points, (k, n).
        counts: how many targets had each as nearest point, (k,).
        samples: targets drawn.
        seed: of the targets.
        seconds: wall time.
    """

    points: np.ndarray
    counts: np.ndarray
    samples: int
    seed: int
    seconds: float
    kind: str = "estimated"

    @property
    def value(self) -> float:
        """The estimated probability that it is any of the points."""
        return float(self.counts.sum()) / self.samples

    @property
    def error(self) -> float:
        """The standard error of `value`, √(v(1 − v)/samples) with v = (hits + 1)/(samples + 2)."""
        v = (float(self.counts.sum()) + 1) / (self.samples + 2)
        return float(np.sqrt(v * (1 - v) / self.samples))

    def __str__(self) -> str:
        title = f"Probability {self.value:.4g} ± {self.error:.1g} ({self.kind})"
        lines = [title, "=" * len(title)]
        for point, hits in zip(self.points, self.counts, strict=True):
            place = ", ".join(f"{x:.6g}" for x in point)
            lines.append(f"• nearest to ({place}): {hits / self.samples:.4g}")
        lines.append(f"• {self.samples} random targets, seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)


def nearest_probability(
    subset: AbstractSubset,
    targets: AbstractTargets,
    points: Sequence[Any] | None = None,
    metric: Metric | Any = None,
    *,
    samples: int = 10_000,
    seed: int = 0,
) -> NearestProbability:
    """P(the nearest point of S to u is one of p₁, …, p_k) for random u, from independent samples.

    All critical points of the distance are computed for each target. A point whose cell has a
    dimension below n has probability 0, unless the distribution is singular.

    Args:
        subset: S.
        targets: the distribution of u.
        points: p₁, …, p_k; by default the singular and boundary points of S that are isolated.
        metric: Q, by default Euclidean.
        samples: how many targets are drawn.
        seed: of the targets.

    Raises:
        InvalidInputError: the targets have another number of coordinates, there are no points or no
            samples, or Q is not a metric.

    Examples:
        >>> from neuromanifold.geometry import AlgebraicSet, BallTargets
        >>> half = AlgebraicSet("x^2 + y^2 = 1", ["y >= 0"])
        >>> found = nearest_probability(half, BallTargets([0, 0]), samples=2000)
        >>> abs(found.value - 1 / 2) < 5 * found.error
        True
    """
    began = perf_counter()
    if samples < 1:
        raise InvalidInputError(f"samples is {samples}; draw at least 1.")
    Q = metric if isinstance(metric, Metric) else Metric.of(metric, len(subset))
    sites = subset.special_sites() if points is None else [subset.site(p) for p in points]
    if not sites:
        raise InvalidInputError("The set has no isolated singular or boundary points; name points.")
    places = np.array([floats(site.exact) for site in sites])
    u = targets.sample(samples, np.random.default_rng(seed))
    if u.shape[1] != len(subset):
        raise InvalidInputError(
            f"The targets have {u.shape[1]} coordinates; the set lies in {len(subset)} dimensions."
        )
    nearest = subset.nearest(u, Q, seed)
    apart = np.abs(nearest[:, None, :] - places).max(axis=2)
    size = 1.0 + np.abs(places).max()
    hits = apart.argmin(axis=1)[apart.min(axis=1) <= _SAME * size]
    return NearestProbability(
        places, np.bincount(hits, minlength=len(places)), samples, seed, perf_counter() - began
    )
