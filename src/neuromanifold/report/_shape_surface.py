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


def zero_surface(
    polynomial: np.ndarray, radius: float, grid: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Triangulate {F = 0} in the cube |y_i| ≤ r.

    The cube is cut into 12³ blocks. Where the gradient of F on the surface is small, two sheets may
    meet, and a grid cannot tell them apart: these blocks and their neighbours get a grid four times
    as fine.

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
    triangles = triangles[area > _DEGENERATE * size**2]
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
    points = moved_onto(low + size * points, polynomial, 0.8 * size / cells)
    return np.clip(points, -1.0, 1.0), triangles


def _nearly_singular(points: np.ndarray, polynomial: np.ndarray) -> np.ndarray:
    """Which blocks hold points with a small gradient, or are next to such, (12, 12, 12)."""
    length = np.linalg.norm(gradient(points, polynomial), axis=1)
    flat = points[length <= _FLAT * np.median(length)] if len(points) else points
    place = np.clip(((flat + 1.0) * (_BLOCKS / 2)).astype(np.int64), 0, _BLOCKS - 1)
    found = np.zeros((_BLOCKS + 2,) * 3, bool)
    for shift in np.indices((3, 3, 3)).reshape(3, -1).T:
        found[tuple((place + shift).T)] = True
    return found[1:-1, 1:-1, 1:-1]
