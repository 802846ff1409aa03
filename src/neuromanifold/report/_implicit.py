"""The equation of a surface in space, fitted to points on it."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import chebyshev

_MAX_DEGREE = 8
_VANISHING = 1e-9
_MAX_POINTS = 4000
_POLISHING_STEPS = 2


def implicit_equation(points: np.ndarray) -> np.ndarray | None:
    """A polynomial of least degree that vanishes on the points, as Chebyshev coefficients.

    F(x) = Σ c_{ijk} T_i(x₁) T_j(x₂) T_k(x₃), i + j + k ≤ d, is the null vector of the matrix of
    T_i T_j T_k at the points, for the least d ≤ 8 at which that matrix has one.

    Args:
        points: shape (n, 3), inside the cube [−1, 1]³.

    Returns:
        c, shape (d + 1, d + 1, d + 1), or ``None`` if no such polynomial was found.
    """
    points = points[:: max(1, len(points) // _MAX_POINTS)]
    for degree in range(1, _MAX_DEGREE + 1):
        grid = np.indices((degree + 1,) * 3)
        low = grid.sum(axis=0) <= degree
        if 2 * int(low.sum()) > len(points):
            return None
        x, y, z = points.T
        matrix = chebyshev.chebvander3d(x, y, z, (degree,) * 3)[:, low.ravel()]
        _, singular, rows = np.linalg.svd(matrix, full_matrices=False)
        if singular[-1] <= _VANISHING * singular[0]:
            coefficients = np.zeros(low.shape)
            coefficients[low] = rows[-1]
            return coefficients
    return None


def moved_onto(points: np.ndarray, equation: np.ndarray, reach: float) -> np.ndarray:
    """Newton's steps x ← x − F(x)·∇F(x)/‖∇F(x)‖² from points near {F = 0}, none longer than `reach`.

    Args:
        points: shape (n, 3).
        equation: what `implicit_equation` gave.
        reach: the longest step, so that points near a singularity stay where they are.
    """
    gradient = [chebyshev.chebder(equation, axis=axis) for axis in range(3)]
    for _ in range(_POLISHING_STEPS):
        x, y, z = points.T
        value = chebyshev.chebval3d(x, y, z, equation)
        slope = np.stack([chebyshev.chebval3d(x, y, z, part) for part in gradient], axis=1)
        step = slope * (value / np.maximum(np.sum(slope**2, axis=1), 1e-300))[:, None]
        length = np.linalg.norm(step, axis=1, keepdims=True)
        points = points - step * np.where(length <= reach, 1.0, 0.0)
    return points
