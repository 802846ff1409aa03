"""The dimension of a fibre at a point of it, numerically."""

from __future__ import annotations

import numpy as np

from neuromanifold.geometry._gauss_newton import gauss_newton
from neuromanifold.rings import PolynomialMap

_STEP = 1e-2
_RANK = 1e-7
_TANGENT = 0.05
_EXACT = 1e-13


def numerical_rank(coefficients: PolynomialMap, theta: np.ndarray) -> int:
    """The rank of ∂c/∂θ, singular values relative to the largest one.

    Columns are balanced first, as parameters of different sizes would hide directions.
    """
    _, J = coefficients.linearize(theta[None, :])
    sizes = np.maximum(np.abs(theta), 1e-3 * np.abs(theta).max(initial=1e-300))
    singular = np.linalg.svd(J[0] * sizes, compute_uv=False)
    return int(np.sum(singular > _RANK * max(float(singular.max(initial=0.0)), 1e-300)))


def local_dimension(
    coefficients: PolynomialMap, theta: np.ndarray, target: np.ndarray, rng: np.random.Generator
) -> int:
    """The dimension of {c(θ) = c} near θ: how many directions nearby solutions span.

    P − rank ∂c/∂θ is an upper bound, and equality holds where the fibre is smooth and reduced.
    Solutions of a fibre that is not are reached by Newton's method from points at distance ε, and
    their differences to θ have that many singular values of size ε.
    """
    P = len(theta)
    bound = P - numerical_rank(coefficients, theta)
    if bound == 0:
        return 0
    scale = _STEP * float(np.abs(theta).max())
    count = P + 4
    noise = rng.standard_normal((count, P)) + 1j * rng.standard_normal((count, P))
    found, solved = gauss_newton(
        coefficients.linearize,
        theta + scale * noise,
        target.astype(complex),
        converged=1e-15,
    )
    gaps = np.abs(coefficients(found) - target).max(axis=1)
    solved &= gaps <= _EXACT * (float(np.abs(target).max()) or 1.0)
    moves = found[solved] - theta
    if len(moves) < bound:
        return bound
    singular = np.linalg.svd(moves / (scale * np.sqrt(2 * count)), compute_uv=False)
    return min(bound, int(np.sum(singular > _TANGENT)))
