"""The zero set of a polynomial in a cube, finer where it is nearly singular."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import chebyshev

from neuromanifold.report._implicit import gradient, moved_onto
from neuromanifold.report._marching import zero_set

_BLOCKS = 12
_FINER = 4
_FLAT = 0.12
_DEGENERATE = 1e-9
_POLISHED = 4
_RESOLVED = 0.05
_SPLIT = 0.01


def zero_surface(
    polynomial: np.ndarray, radius: float, grid: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Triangulate {F = 0} in the cube |y_i| ≤ r.

    The cube is cut into 12³ blocks. Where the gradient of F on the surface is small, two sheets may
    meet, and a grid cannot tell them apart: these blocks and their neighbours get a grid four times
    as fine. Triangles whose vertices are not on the surface after Newton's method are left out: there
    two sheets are closer to each other than that grid can tell.

    Args:
        polynomial: F in y/r, Chebyshev coefficients.
        radius: r.
        grid: intervals along each axis, rounded up to a multiple of 12.

    Returns:
        points, shape (P, 3), triangles as indices into them, (T, 3), and their unit normals ∇F/‖∇F‖.
    """
    cells = -(-grid // _BLOCKS)
    sample, _ = _block(polynomial, np.full(3, -1.0), 2.0, cells * _BLOCKS)
    is_fine = _nearly_singular(sample, polynomial)
    size = 2.0 / _BLOCKS
    parts = [
        _block(polynomial, -1.0 + size * np.array(place), size, cells * (_FINER if fine else 1))
        for place, fine in np.ndenumerate(is_fine)
    ]
    offsets = np.cumsum([0, *(len(part) for part, _ in parts)])
    points = np.concatenate([part for part, _ in parts])
    triangles = np.concatenate(
        [part + first for (_, part), first in zip(parts, offsets, strict=False)]
    )
    corners = points[triangles]
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    off = distance_to_zero(points, polynomial) > _RESOLVED * size / cells
    triangles = triangles[(area > _DEGENERATE * size**2) & ~off[triangles].any(axis=1)]
    normals = gradient(points[triangles].mean(axis=1), polynomial)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    return radius * points, triangles, normals


def _block(
    polynomial: np.ndarray, low: np.ndarray, size: float, cells: int
) -> tuple[np.ndarray, np.ndarray]:
    unit = np.linspace(0.0, 1.0, cells + 1)
    x, y, z = low[:, None] + size * unit
    values = chebyshev.chebgrid3d(x, y, z, polynomial)
    points, triangles = zero_set(values, unit)
    points = low + size * points
    for _ in range(_POLISHED):
        points = moved_onto(points, polynomial, 0.8 * size / cells)
    return np.clip(points, -1.0, 1.0), triangles


def distance_to_zero(points: np.ndarray, polynomial: np.ndarray) -> np.ndarray:
    """|F|/‖∇F‖, to first order the distance to {F = 0}: (n, 3) → (n,)."""
    x, y, z = points.T
    value = np.abs(chebyshev.chebval3d(x, y, z, polynomial))
    return value / np.maximum(np.linalg.norm(gradient(points, polynomial), axis=1), 1e-300)


def tangency(polynomial: np.ndarray, grid: int) -> float:
    """How much of {F = 0} in the cube [−1, 1]³ a grid cannot resolve, since two sheets almost touch.

    It is the share of the vertices on a regular grid that are not on the surface after one round of
    Newton's method; 1 if there are none.
    """
    unit = np.linspace(0.0, 1.0, grid + 1)
    axis = 2.0 * unit - 1.0
    points, _ = zero_set(chebyshev.chebgrid3d(axis, axis, axis, polynomial), unit)
    if not len(points):
        return 1.0
    points = moved_onto(2.0 * points - 1.0, polynomial, 1.6 / grid)
    return float(np.mean(distance_to_zero(points, polynomial) > _SPLIT / grid))


def _nearly_singular(points: np.ndarray, polynomial: np.ndarray) -> np.ndarray:
    """Which blocks hold points with a small gradient, or are next to such, (12, 12, 12)."""
    length = np.linalg.norm(gradient(points, polynomial), axis=1)
    flat = points[length <= _FLAT * np.median(length)] if len(points) else points
    place = np.clip(((flat + 1.0) * (_BLOCKS / 2)).astype(np.int64), 0, _BLOCKS - 1)
    found = np.zeros((_BLOCKS + 2,) * 3, bool)
    for shift in np.indices((3, 3, 3)).reshape(3, -1).T:
        found[tuple((place + shift).T)] = True
    return found[1:-1, 1:-1, 1:-1]
