"""Points of M to draw around the critical points: a section of M, or M projected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from neuromanifold.landscapes._result import Landscape
from neuromanifold.report._projection import Projection, real_coefficients

if TYPE_CHECKING:
    from neuromanifold.functions import FunctionSpace

_STARTS = 3000
_ROUNDS = 4
_NEWTON_STEPS = 12
_CELLS = 44
_MAX_JACOBIAN_ENTRIES = 20_000


@dataclass(frozen=True, eq=False)
class Section:
    """Points of M near the target.

    Attributes:
        points: in the picture's coordinates, shape (n, 3).
        losses: the loss of each, shape (n,).
        is_section: the points lie on the section of M by the picture's 3-space, so their distances
            are exact; otherwise they are points of M projected there.
    """

    points: np.ndarray
    losses: np.ndarray
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
    mu = _real_map(space)
    bases = np.array([np.real(point.parameters) for point in reachable])
    is_section = m == N - 1
    if is_section and bases.shape[1] * N > _MAX_JACOBIAN_ENTRIES:
        is_section = False
    radius = view_radius(landscape, projection)
    rng = np.random.default_rng(landscape.seed)
    kept: list[np.ndarray] = []
    for spread in np.geomspace(0.15, 1.2, _ROUNDS):
        theta = _starts(bases, spread, rng)
        if is_section and N > 3:
            theta = _onto_section(theta, mu, projection)
        coefficients = mu(theta)
        coefficients = coefficients[np.isfinite(coefficients).all(axis=1)]
        near = np.linalg.norm(projection(coefficients), axis=1) <= radius
        if is_section and N > 3:
            hidden = np.linalg.norm(projection.hidden(coefficients), axis=1)
            near &= hidden <= 1e-6 * radius
        kept.append(coefficients[near])
    coefficients = np.concatenate(kept)
    points = projection(coefficients)
    chosen = _thinned(points, radius)
    losses = np.sum(projection.whiten(coefficients[chosen]) ** 2, axis=1) + landscape.constant
    return Section(points[chosen], losses, is_section)


def view_radius(landscape: Landscape, projection: Projection) -> float:
    """Radius of the ball about the target that the picture shows."""
    drawn = np.linalg.norm(projection(real_coefficients(landscape)), axis=1)
    origin = float(np.linalg.norm(projection(np.zeros((1, len(landscape.target))))))
    return 1.3 * max(float(drawn.max(initial=0.0)), 1e-3 * origin) or 1.0


def _real_map(space: FunctionSpace) -> Callable[[np.ndarray], np.ndarray]:
    return lambda theta: np.real(np.asarray(space.coefficients(theta))).astype(np.float64)


def _starts(bases: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    chosen = bases[rng.integers(len(bases), size=_STARTS)]
    scale = np.sqrt(np.mean(chosen**2, axis=1, keepdims=True))
    return chosen + spread * scale * rng.standard_normal(chosen.shape)


def _onto_section(
    theta: np.ndarray, mu: Callable[[np.ndarray], np.ndarray], projection: Projection
) -> np.ndarray:
    for _ in range(_NEWTON_STEPS):
        residual = projection.hidden(mu(theta))
        step = 1e-6 * (1.0 + np.abs(theta).max(axis=1))
        columns = [
            (projection.hidden(mu(theta + shift)) - projection.hidden(mu(theta - shift)))
            / (2.0 * step[:, None])
            for shift in (step[:, None] * unit for unit in np.eye(theta.shape[1]))
        ]
        jacobian = np.stack(columns, axis=2)
        theta = theta - (np.linalg.pinv(jacobian, rcond=1e-8) @ residual[..., None])[..., 0]
        theta = theta[np.isfinite(theta).all(axis=1)]
    return theta


def _thinned(points: np.ndarray, radius: float) -> np.ndarray:
    cells = np.floor(points * (_CELLS / (2.0 * radius))).astype(np.int64)
    return np.unique(cells, axis=0, return_index=True)[1]
