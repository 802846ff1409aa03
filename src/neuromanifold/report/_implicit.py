"""The equation of a surface in space, fitted to points on it."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import chebyshev

_MAX_DEGREE = 8
_VANISHING = 1e-9
_MAX_POINTS = 4000


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
