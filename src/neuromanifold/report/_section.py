"""The part of M that a picture shows: a section of M, or M projected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from scipy.spatial import KDTree

from neuromanifold.landscapes._result import Landscape
from neuromanifold.report._implicit import implicit_equation, moved_onto
from neuromanifold.report._marching import zero_set
from neuromanifold.report._projection import Projection, real_coefficients
from neuromanifold.report._sampler import Sampler, evenly_spaced

_GRID = 80
_REACH = 2.2
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
    sampler = Sampler(
        lambda theta: np.real(np.asarray(space.coefficients(theta))).astype(np.float64),
        projection,
        view_radius(landscape, projection),
        np.random.default_rng(landscape.seed),
    )
    if m == N - 1 and N >= 3 and bases.shape[1] * N <= _MAX_JACOBIAN_ENTRIES:
        surface = _surface(sampler, *sampler.on_section(bases))
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


def _surface(
    sampler: Sampler, theta: np.ndarray, drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """The zero set of the drawn points' equation, where real parameters reach it."""
    radius = sampler.radius
    equation = implicit_equation(drawn / radius)
    if equation is None:
        return None
    axis = np.linspace(-1.0, 1.0, _GRID)
    vertices, triangles = zero_set(chebyshev.chebgrid3d(axis, axis, axis, equation), axis)
    vertices = radius * moved_onto(vertices, equation, 0.4 / _GRID)
    distance = np.linalg.norm(vertices, axis=1)
    near = vertices[distance <= radius * 1.02]
    near = near[evenly_spaced(near, 0.8 * sampler.spacing)]
    _, reached = sampler.spread(theta, drawn, near)
    kept = KDTree(reached).query(vertices)[0] <= _REACH * sampler.spacing
    inside = distance <= radius
    # The rim: triangles across the sphere are kept and their outer corners pulled back onto it.
    triangles = triangles[kept[triangles].all(axis=1) & inside[triangles].any(axis=1)]
    vertices = vertices * np.minimum(1.0, radius / np.maximum(distance, 1e-300))[:, None]
    used, index = np.unique(triangles, return_inverse=True)
    return vertices[used], index.reshape(-1, 3)
