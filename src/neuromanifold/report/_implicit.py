"""The equation of a surface in space, fitted to points on it."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.polynomial import chebyshev

_MAX_DEGREE = 8
_VANISHING = 1e-9
_MAX_POINTS = 4000
_POLISHING_STEPS = 2
_REFITS = 6
_TRUSTED = 0.8
_NEAR = 0.9


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
        if 2 * _n_monomials(degree) > len(points):
            return None
        coefficients, singular = _null_vector(points, degree)
        if singular[-1] <= _VANISHING * singular[0]:
            return coefficients
    return None


def approximate_equation(points: np.ndarray, distance: float) -> np.ndarray | None:
    """A polynomial of least degree whose zero set is near most of the points.

    For d = 1, …, 8 the coefficients with the least Σ F(x)² are computed, then again from the four
    fifths of the points with the smallest |F|/‖∇F‖, to first order their distance from {F = 0}. The
    first F is taken for which nine tenths of these have at most the given distance.

    Args:
        points: shape (n, 3), inside the cube [−1, 1]³; up to a fifth may be wrong.
        distance: what counts as near.

    Returns:
        c, shape (d + 1, d + 1, d + 1), or ``None`` if there is no such polynomial.
    """
    for degree in range(1, _MAX_DEGREE + 1):
        if 2 * _n_monomials(degree) > len(points):
            return None
        coefficients, _ = _null_vector(points, degree)
        away = _distances(points, coefficients)
        for _ in range(_REFITS):
            kept = points[away <= np.quantile(away, _TRUSTED)]
            coefficients, _ = _null_vector(kept, degree)
            away = _distances(points, coefficients)
        if np.quantile(away, _TRUSTED * _NEAR) <= distance:
            return coefficients
    return None


def moved_onto(points: np.ndarray, equation: np.ndarray, reach: float) -> np.ndarray:
    """Newton's steps x ← x − F(x)·∇F(x)/‖∇F(x)‖² from points near {F = 0}, none longer than `reach`.

    Args:
        points: shape (n, 3).
        equation: what `implicit_equation` gave.
        reach: the longest step, so that points near a singularity stay where they are.
    """
    for _ in range(_POLISHING_STEPS):
        value, slope = _jet(points, equation)
        step = slope * (value / np.maximum(np.sum(slope**2, axis=1), 1e-300))[:, None]
        length = np.linalg.norm(step, axis=1, keepdims=True)
        points = points - step * np.where(length <= reach, 1.0, 0.0)
    return points


def gradient(points: np.ndarray, equation: np.ndarray) -> np.ndarray:
    """∇F at points: (n, 3) → (n, 3)."""
    x, y, z = points.T
    parts = [chebyshev.chebder(equation, axis=axis) for axis in range(3)]
    return np.stack([chebyshev.chebval3d(x, y, z, part) for part in parts], axis=1)


def _jet(points: np.ndarray, equation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y, z = points.T
    return chebyshev.chebval3d(x, y, z, equation), gradient(points, equation)


def _distances(points: np.ndarray, equation: np.ndarray) -> np.ndarray:
    value, slope = _jet(points, equation)
    return np.abs(value) / np.maximum(np.linalg.norm(slope, axis=1), 1e-300)


def _n_monomials(degree: int) -> int:
    return comb(degree + 3, 3)


def _null_vector(points: np.ndarray, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """The coefficients of norm 1 with the least Σ F(x)², and all singular values."""
    low = np.indices((degree + 1,) * 3).sum(axis=0) <= degree
    x, y, z = points.T
    matrix = chebyshev.chebvander3d(x, y, z, (degree,) * 3)[:, low.ravel()]
    _, singular, rows = np.linalg.svd(matrix, full_matrices=False)
    coefficients = np.zeros(low.shape)
    coefficients[low] = rows[-1]
    return coefficients, singular
