"""The part of M that a picture shows: a section of M, or M projected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from scipy.spatial import KDTree

from neuromanifold.landscapes._result import Landscape
from neuromanifold.report._implicit import implicit_equation, moved_onto
from neuromanifold.report._marching import zero_set
from neuromanifold.report._newton import gauss_newton
from neuromanifold.report._projection import Projection, real_coefficients

_STARTS = 1500
_SPREADS = (0.1, 0.3, 0.6, 1.2)
_SPACING = 1.0 / 24.0
_GRID = 80
_REACH = 2.2
_ROUNDS = 16
_MAX_JACOBIAN_ENTRIES = 5_000

_NO_TRIANGLES = np.zeros((0, 3), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Section:
    """A part of M near the target.

    Attributes:
        points: in the picture's coordinates, shape (n, 3).
        losses: the loss of each, shape (n,).
        triangles: indices into `points` where they form a surface, shape (T, 3).
        is_section: the points lie on the section of M by the picture's 3-space, so their distances
            are exact; otherwise they are points of M projected there.
    """

    points: np.ndarray
    losses: np.ndarray
    triangles: np.ndarray
    is_section: bool


def section(landscape: Landscape, projection: Projection) -> Section | None:
    """The part of M to draw, where the model is known and a picture can show it.

    If M has codimension 1 in V, its section by a 3-space is a surface: Gauss–Newton moves random
    parameters onto the N − 3 conditions that the hidden part of Q^½(μ(θ) − u) vanishes, an equation
    is fitted to the points found, and its zero set is drawn wherever real parameters reach it. In
    higher codimension such a section is a curve or empty, and μ(θ) is projected instead.
    """
    m, N = landscape.dimension, landscape.ambient_dimension
    reachable = [p for p in landscape.real_points if p.has_real_parameters]
    if landscape.model is None or not reachable or m == N:
        return None
    from neuromanifold.functions import FunctionSpace

    space = FunctionSpace.of(landscape.model)
    bases = np.array([np.real(point.parameters) for point in reachable])
    sampler = _Sampler(
        lambda theta: np.real(np.asarray(space.coefficients(theta))).astype(np.float64),
        projection,
        view_radius(landscape, projection),
        np.random.default_rng(landscape.seed),
    )
    if m == N - 1 and N >= 3 and bases.shape[1] * N <= _MAX_JACOBIAN_ENTRIES:
        surface = sampler.surface(*sampler.on_section(bases))
        if surface is not None:
            points, triangles = surface
            losses = np.sum(points**2, axis=1) + landscape.constant
            return Section(points, losses, triangles, is_section=True)
    theta = sampler.projected(bases)
    whitened = projection.whiten(sampler.mu(theta))
    losses = np.sum(whitened**2, axis=1) + landscape.constant
    return Section(whitened @ projection.basis_3d, losses, _NO_TRIANGLES, is_section=False)


def view_radius(landscape: Landscape, projection: Projection) -> float:
    """Radius of the ball about the target that the picture shows."""
    drawn = np.linalg.norm(projection(real_coefficients(landscape)), axis=1)
    origin = float(np.linalg.norm(projection(np.zeros((1, len(landscape.target))))))
    return 1.3 * max(float(drawn.max(initial=0.0)), 1e-3 * origin) or 1.0


@dataclass(frozen=True, eq=False)
class _Sampler:
    mu: Callable[[np.ndarray], np.ndarray]
    projection: Projection
    radius: float
    rng: np.random.Generator

    @property
    def spacing(self) -> float:
        return self.radius * _SPACING

    def projected(self, bases: np.ndarray) -> np.ndarray:
        """Parameters whose functions are drawn in the ball, evenly spaced there."""
        theta = self._starts(bases)
        return theta[self._chosen(self._draw(theta))]

    def on_section(self, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Parameters and drawn points of functions on the section, evenly spaced."""
        theta = self._starts(bases)
        if not self.projection.is_faithful:
            theta, _ = gauss_newton(
                lambda theta, _: self.projection.hidden(self.mu(theta)), theta, 1e-10 * self.radius
            )
        drawn = self._draw(theta)
        chosen = self._chosen(drawn)
        return theta[chosen], drawn[chosen]

    def surface(self, theta: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """The zero set of the drawn points' equation, where real parameters reach it."""
        equation = implicit_equation(drawn / self.radius)
        if equation is None:
            return None
        axis = np.linspace(-1.0, 1.0, _GRID)
        vertices, triangles = zero_set(chebyshev.chebgrid3d(axis, axis, axis, equation), axis)
        vertices = self.radius * moved_onto(vertices, equation, 0.4 / _GRID)
        reached = self._reached(theta, drawn, vertices)
        kept = KDTree(reached).query(vertices)[0] <= _REACH * self.spacing
        distance = np.linalg.norm(vertices, axis=1)
        inside = distance <= self.radius
        # The rim: triangles across the sphere are kept and their outer corners pulled back onto it.
        triangles = triangles[kept[triangles].all(axis=1) & inside[triangles].any(axis=1)]
        vertices = vertices * np.minimum(1.0, self.radius / np.maximum(distance, 1e-300))[:, None]
        used, index = np.unique(triangles, return_inverse=True)
        return vertices[used], index.reshape(-1, 3)

    def _reached(self, theta: np.ndarray, drawn: np.ndarray, vertices: np.ndarray) -> np.ndarray:
        """Points of the surface that real parameters reach, spreading from known ones."""
        vertices = vertices[np.linalg.norm(vertices, axis=1) <= self.radius * 1.02]
        vertices = vertices[evenly_spaced(vertices, 0.8 * self.spacing)]
        for _ in range(_ROUNDS):
            distance, nearest = map(np.asarray, KDTree(drawn).query(vertices))
            near = (distance > self.spacing) & (distance <= 3.0 * self.spacing)
            aims = vertices[near] @ self.projection.basis_3d.T
            found, rows = gauss_newton(
                lambda theta, rows, aims=aims: self.projection.whiten(self.mu(theta)) - aims[rows],
                theta[nearest[near]],
                0.2 * self.spacing,
            )
            if not len(found):
                break
            theta = np.concatenate([theta, found])
            drawn = np.concatenate([drawn, vertices[near][rows]])
        return drawn

    def _starts(self, bases: np.ndarray) -> np.ndarray:
        spread = np.repeat(_SPREADS, _STARTS)[:, None]
        chosen = bases[self.rng.integers(len(bases), size=len(spread))]
        scale = np.sqrt(np.mean(chosen**2, axis=1, keepdims=True))
        return chosen + spread * scale * self.rng.standard_normal(chosen.shape)

    def _draw(self, theta: np.ndarray) -> np.ndarray:
        return self.projection(self.mu(theta))

    def _chosen(self, drawn: np.ndarray) -> np.ndarray:
        inside = np.flatnonzero(np.linalg.norm(drawn, axis=1) <= self.radius)
        return inside[evenly_spaced(drawn[inside], 0.8 * self.spacing)]


def evenly_spaced(points: np.ndarray, spacing: float) -> np.ndarray:
    """Indices of a subset whose points are at least `spacing` apart, greedily in order."""
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    close = KDTree(points).query_ball_point(points, spacing)
    free = np.ones(len(points), dtype=bool)
    kept = []
    for i, neighbours in enumerate(close):
        if free[i]:
            kept.append(i)
            free[neighbours] = False
    return np.array(kept, dtype=np.int64)
