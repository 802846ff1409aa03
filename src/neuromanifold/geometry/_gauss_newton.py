"""Zeros of overdetermined polynomial equations near many starting points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Linearize = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

_ACCEPTED = 1e-9
_FLOOR = 1e-24
_NEAR = 1e-3
_UNDAMPED = 60
_RANK = 1e-13
_ESCAPED = 1e8


def gauss_newton(
    linearize: Linearize,
    points: np.ndarray,
    target: np.ndarray,
    *,
    steps: int = 80,
    converged: float = 1e-12,
    farthest: float = 1e6,
) -> tuple[np.ndarray, np.ndarray]:
    """Levenberg and Marquardt's method for F(x) = b, from every point by itself.

    Args:
        linearize: x ↦ (F, ∂F/∂x) for a batch, shapes (B, M) and (B, M, n).
        points: Where to start, (B, n), real or complex; real ones stay real.
        target: b, (M,).
        steps: The most steps that are taken.
        converged: The relative error at which a point is left alone; at multiple zeros as small as
            rounding permits.
        farthest: No coordinate becomes larger.

    Returns:
        The last points, and which of them solve the equations: relative error at most 10⁻⁹.
    """
    x = points.copy()
    is_real = not np.iscomplexobj(x)
    size = float(np.abs(target).max(initial=0.0)) or 1.0
    damping = np.full(len(x), 1e-2)
    value, J = _evaluated(linearize, x, is_real)
    error = np.linalg.norm(value - target, axis=1)
    for _ in range(steps):
        active = np.flatnonzero(error > converged * size)
        if not len(active):
            break
        A, r = J[active], (value[active] - target)
        # singular values, not normal equations: multiple zeros need all digits
        left, sigma, right = np.linalg.svd(A, full_matrices=False)
        shift = np.maximum(damping[active, None], _FLOOR) * (sigma**2).mean(axis=1, keepdims=True)
        along = np.einsum("bmi,bm->bi", left.conj(), r) * sigma / (sigma**2 + shift + 1e-200)
        trial = x[active] - np.einsum("bij,bi->bj", right.conj(), along)
        trial_value, trial_J = _evaluated(linearize, trial, is_real)
        trial_error = np.linalg.norm(trial_value - target, axis=1)
        better = trial_error < error[active]
        better &= np.abs(trial).max(axis=1) < farthest
        kept = active[better]
        x[kept], value[kept], J[kept] = trial[better], trial_value[better], trial_J[better]
        error[kept] = trial_error[better]
        damping[active] = np.clip(
            np.where(better, damping[active] * 0.1, damping[active] * 5), 1e-24, 1e8
        )
    near = np.flatnonzero((error <= _NEAR * size) & (error > converged * size))
    if len(near):
        x[near], error[near] = _undamped(linearize, x[near], error[near], target, is_real)
    return x, error <= _ACCEPTED * size


def _undamped(
    linearize: Linearize,
    points: np.ndarray,
    errors: np.ndarray,
    target: np.ndarray,
    is_real: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Plain Gauss–Newton steps: to multiple zeros they lead linearly, where damped ones creep."""
    best, least, x = points, errors, points
    for _ in range(_UNDAMPED):
        value, J = _evaluated(linearize, x, is_real)
        residual = value - target
        error = np.linalg.norm(residual, axis=1)
        better = error < least
        best = np.where(better[:, None], x, best)
        least = np.where(better, error, least)
        if not np.isfinite(J).all() or np.abs(x).max() > _ESCAPED:
            break
        x = x - np.einsum("bim,bm->bi", np.linalg.pinv(J, rcond=_RANK), residual)
    return best, least


def _evaluated(linearize: Linearize, x: np.ndarray, is_real: bool) -> tuple[np.ndarray, np.ndarray]:
    value, J = linearize(x)
    return (np.real(value), np.real(J)) if is_real else (value, J)
