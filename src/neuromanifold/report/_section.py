"""Points of M to draw around the critical points: a section of M, or M projected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from scipy.spatial import cKDTree

from neuromanifold.landscapes._result import Landscape
from neuromanifold.report._implicit import implicit_equation
from neuromanifold.report._marching import zero_set
from neuromanifold.report._projection import Projection, real_coefficients

_STARTS = 2500
_SPREADS = (0.15, 0.5, 1.2)
_GROWTHS = 5
_GROWTH_SPREAD = 0.12
_NEWTON_STEPS = 10
_SPACING = 1.0 / 26.0
_GRID = 56
_REACH = 1.6
_MAX_JACOBIAN_ENTRIES = 20_000
_MAX_PARAMETERS = 1e6

_Map = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Section:
    """Points of M near the target.

    Attributes:
        points: in the picture's coordinates, shape (n, 3).
        losses: the loss of each, shape (n,).
        triangles: a triangulation of the points where they form a surface, shape (T, 3).
        is_section: the points lie on the section of M by the picture's 3-space, so their distances
            are exact; otherwise they are points of M projected there.
    """

    points: np.ndarray
    losses: np.ndarray
    triangles: np.ndarray
    is_section: bool


def section(landscape: Landscape, projection: Projection) -> Section | None:
    """Sample M for real parameters, where the model is known and a picture can show it.

    If M has codimension 1 in V, its section by a 3-space is a surface: Gauss–Newton moves random
    parameters onto the N − 3 conditions that the hidden part of Q^½(μ(θ) − u) vanishes. In higher
    codimension such a section is a curve or empty, and μ(θ) is projected instead.
    """
    m, N = landscape.dimension, landscape.ambient_dimension
    reachable = [p for p in landscape.real_points if p.has_real_parameters]
    if landscape.model is None or not reachable or m == N:
        return None
    from neuromanifold.functions import FunctionSpace

    space = FunctionSpace.of(landscape.model)
    bases = np.array([np.real(point.parameters) for point in reachable])
    is_section = m == N - 1 and bases.shape[1] * N <= _MAX_JACOBIAN_ENTRIES
    sampler = _Sampler(
        lambda theta: np.real(np.asarray(space.coefficients(theta))).astype(np.float64),
        projection,
        view_radius(landscape, projection),
        is_section and N > 3,
        np.random.default_rng(landscape.seed),
    )
    coefficients = sampler.sample(bases)
    points = projection(coefficients)
    if is_section and N >= 3:
        surface = _surface(points, sampler.radius, sampler.spacing)
        if surface is not None:
            vertices, triangles = surface
            losses = np.sum(vertices**2, axis=1) + landscape.constant
            return Section(vertices, losses, triangles, is_section)
    losses = np.sum(projection.whiten(coefficients) ** 2, axis=1) + landscape.constant
    return Section(points, losses, np.zeros((0, 3), dtype=np.int64), is_section)


def view_radius(landscape: Landscape, projection: Projection) -> float:
    """Radius of the ball about the target that the picture shows."""
    drawn = np.linalg.norm(projection(real_coefficients(landscape)), axis=1)
    origin = float(np.linalg.norm(projection(np.zeros((1, len(landscape.target))))))
    return 1.3 * max(float(drawn.max(initial=0.0)), 1e-3 * origin) or 1.0


def _surface(
    points: np.ndarray, radius: float, spacing: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """The zero set of the points' equation, near the points: real parameters need not fill it."""
    equation = implicit_equation(points / radius)
    if equation is None:
        return None
    axis = np.linspace(-1.0, 1.0, _GRID)
    vertices, triangles = zero_set(chebyshev.chebgrid3d(axis, axis, axis, equation), axis)
    vertices = radius * vertices
    near = cKDTree(points).query(vertices)[0] <= _REACH * spacing
    near &= np.linalg.norm(vertices, axis=1) <= radius
    triangles = triangles[near[triangles].all(axis=1)]
    used, index = np.unique(triangles, return_inverse=True)
    return vertices[used], index.reshape(-1, 3)


@dataclass(frozen=True, eq=False)
class _Sampler:
    mu: _Map
    projection: Projection
    radius: float
    moves_onto_section: bool
    rng: np.random.Generator

    @property
    def spacing(self) -> float:
        return self.radius * _SPACING

    def sample(self, bases: np.ndarray) -> np.ndarray:
        """Coefficients of functions on M, evenly spaced in the picture, shape (n, N)."""
        starts = np.concatenate([self._around(bases, spread) for spread in _SPREADS])
        theta, coefficients = self._settle(starts)
        for _ in range(_GROWTHS):
            if not len(theta):
                break
            grown, more = self._settle(self._around(theta, _GROWTH_SPREAD))
            theta = np.concatenate([theta, grown])
            coefficients = np.concatenate([coefficients, more])
            kept = _evenly_spaced(self.projection(coefficients), self.spacing)
            theta, coefficients = theta[kept], coefficients[kept]
        return coefficients

    def _around(self, bases: np.ndarray, spread: float) -> np.ndarray:
        chosen = bases[self.rng.integers(len(bases), size=_STARTS)]
        scale = np.sqrt(np.mean(chosen**2, axis=1, keepdims=True))
        return chosen + spread * scale * self.rng.standard_normal(chosen.shape)

    def _settle(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.moves_onto_section:
            theta = _onto_section(theta, self.mu, self.projection)
        coefficients = self.mu(theta)
        near = np.isfinite(coefficients).all(axis=1)
        near[near] = np.linalg.norm(self.projection(coefficients[near]), axis=1) <= self.radius
        if self.moves_onto_section:
            hidden = self.projection.hidden(coefficients[near])
            near[near] = np.linalg.norm(hidden, axis=1) <= 1e-6 * self.radius
        theta, coefficients = theta[near], coefficients[near]
        kept = _evenly_spaced(self.projection(coefficients), self.spacing)
        return theta[kept], coefficients[kept]


def _onto_section(theta: np.ndarray, mu: _Map, projection: Projection) -> np.ndarray:
    for _ in range(_NEWTON_STEPS):
        residual = projection.hidden(mu(theta))
        step = 1e-6 * (1.0 + np.abs(theta).max(axis=1))[:, None]
        columns = [
            (projection.hidden(mu(theta + step * unit)) - projection.hidden(mu(theta - step * unit)))
            / (2.0 * step)
            for unit in np.eye(theta.shape[1])
        ]
        jacobian = np.stack(columns, axis=2)
        theta = theta - (np.linalg.pinv(jacobian, rcond=1e-8) @ residual[..., None])[..., 0]
        theta = theta[np.abs(theta).max(axis=1) <= _MAX_PARAMETERS]
    return theta


def _evenly_spaced(points: np.ndarray, spacing: float) -> np.ndarray:
    """Indices of a subset whose points are at least `spacing` apart, greedily in order."""
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    close = cKDTree(points).query_ball_point(points, spacing)
    free = np.ones(len(points), dtype=bool)
    kept = []
    for i, neighbours in enumerate(close):
        if free[i]:
            kept.append(i)
            free[neighbours] = False
    return np.array(kept, dtype=np.int64)
