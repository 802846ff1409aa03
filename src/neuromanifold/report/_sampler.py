"""Functions of M in a view of V, found from parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.spatial import KDTree

from neuromanifold.geometry._gauss_newton import gauss_newton as levenberg_marquardt
from neuromanifold.report._newton import gauss_newton

_STARTS = 1500
_SPREADS = (0.1, 0.3, 0.6, 1.2)
_ROUNDS = 16
_STEP = 1e-6
_LONG = 40


class View(Protocol):
    """Three linear coordinates of V, and linear conditions on what is drawn."""

    def __call__(self, coefficients: np.ndarray, /) -> np.ndarray:
        """Points of V, shape (B, N), as points of the picture, shape (B, 3)."""
        ...

    def hidden(self, coefficients: np.ndarray, /) -> np.ndarray:
        """What vanishes where a point of V lies in the view, shape (B, k)."""
        ...


@dataclass(frozen=True, eq=False)
class Sampler:
    """Parameters whose functions lie in a ball of a view.

    Attributes:
        mu: θ ↦ c(θ) for real parameters, (B, P) → (B, N).
        view: of V.
        radius: of the ball about the origin of the view.
        rng: of the starts.
        fineness: how many neighbours fit into the radius.
    """

    mu: Callable[[np.ndarray], np.ndarray]
    view: View
    radius: float
    rng: np.random.Generator
    fineness: float = 24.0

    @property
    def spacing(self) -> float:
        """The distance between neighbours."""
        return self.radius / self.fineness

    def projected(self, bases: np.ndarray) -> np.ndarray:
        """Parameters whose functions are drawn in the ball, evenly spaced there."""
        theta = self._starts(bases)
        return theta[self._chosen(self.view(self.mu(theta)))]

    def on_section(self, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Parameters and drawn points of functions that the view contains, evenly spaced."""
        theta = self._starts(bases)
        if self.view.hidden(self.mu(theta[:1])).shape[1]:
            theta, _ = gauss_newton(
                lambda theta, _: self.view.hidden(self.mu(theta)), theta, 1e-10 * self.radius
            )
        drawn = self.view(self.mu(theta))
        chosen = self._chosen(drawn)
        return theta[chosen], drawn[chosen]

    def moved_to(
        self, theta: np.ndarray, aims: np.ndarray, tolerance: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Parameters near `theta`, (B, P), whose functions are drawn at `aims`, (B, 3).

        Returns:
            those that were found, shape (S, P), and their rows, shape (S,).
        """

        def residual(theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
            c = self.mu(theta)
            return np.concatenate([self.view.hidden(c), self.view(c) - aims[rows]], axis=1)

        return gauss_newton(residual, theta, tolerance)

    def pulled_to(
        self, theta: np.ndarray, aims: np.ndarray, tolerance: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The same as `moved_to`, by Levenberg and Marquardt's method.

        It takes longer, and also arrives where the Jacobian of θ ↦ y(θ) nearly loses rank.
        """
        P, size = theta.shape[1], np.abs(theta).max(axis=1, initial=1e-300)[:, None]

        # The variables are θ in units of its size, that size, and the aim; the last two stay.
        def residual(x: np.ndarray) -> np.ndarray:
            c = self.mu(x[:, :P] * x[:, P : P + 1])
            aimed = self.view(c) - x[:, P + 1 :]
            return np.concatenate([self.view.hidden(c), aimed], axis=1) / self.radius

        def linearize(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            value = residual(x)
            jacobian = np.zeros((*value.shape, x.shape[1]))
            for j, shift in enumerate(_STEP * np.eye(P, x.shape[1])):
                jacobian[..., j] = (residual(x + shift) - residual(x - shift)) / (2 * _STEP)
            return value, jacobian

        if not len(theta):
            return theta, np.zeros(0, np.int64)
        start = np.concatenate([theta / size, size, aims], axis=1)
        least = tolerance / self.radius
        n_equations = residual(start[:1]).shape[1]
        x, _ = levenberg_marquardt(
            linearize, start, np.zeros(n_equations), steps=_LONG, converged=least
        )
        rows = np.flatnonzero(np.linalg.norm(residual(x), axis=1) <= least)
        return x[rows, :P] * x[rows, P : P + 1], rows

    def spread(
        self, theta: np.ndarray, drawn: np.ndarray, vertices: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """`theta` and `drawn` with those of the vertices added that real parameters reach.

        It spreads from known points to vertices near them, until no more are reached.
        """
        for _ in range(_ROUNDS):
            distance, nearest = map(np.asarray, KDTree(drawn).query(vertices))
            near = (distance > self.spacing) & (distance <= 3.0 * self.spacing)
            found, rows = self.moved_to(theta[nearest[near]], vertices[near], 0.2 * self.spacing)
            if not len(found):
                break
            theta = np.concatenate([theta, found])
            drawn = np.concatenate([drawn, vertices[near][rows]])
        return theta, drawn

    def _starts(self, bases: np.ndarray) -> np.ndarray:
        spread = np.repeat(_SPREADS, _STARTS)[:, None]
        chosen = bases[self.rng.integers(len(bases), size=len(spread))]
        scale = np.sqrt(np.mean(chosen**2, axis=1, keepdims=True))
        return chosen + spread * scale * self.rng.standard_normal(chosen.shape)

    def _chosen(self, drawn: np.ndarray) -> np.ndarray:
        inside = np.flatnonzero(np.linalg.norm(drawn, axis=1) <= self.radius)
        return inside[evenly_spaced(drawn[inside], 0.8 * self.spacing)]


def evenly_spaced(points: np.ndarray, spacing: float) -> np.ndarray:
    """Indices of a subset whose points are at least `spacing` apart, greedily in order."""
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    # One point of each cell first: a ball about each of many coinciding points would hold them all.
    cells = np.floor(points / (spacing / np.sqrt(3.0))).astype(np.int64)
    first = np.sort(np.unique(cells, axis=0, return_index=True)[1])
    close = KDTree(points[first]).query_ball_point(points[first], spacing)
    free = np.ones(len(first), dtype=bool)
    kept = []
    for i, neighbours in enumerate(close):
        if free[i]:
            kept.append(first[i])
            free[neighbours] = False
    return np.array(kept, dtype=np.int64)
