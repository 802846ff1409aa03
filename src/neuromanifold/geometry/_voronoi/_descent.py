"""Least squares on a parametrized set, for many targets at once."""

from __future__ import annotations

import numpy as np

from neuromanifold.rings import PolynomialMap

_STEPS = 40
_CONVERGED = 1e-14


def descend(
    F: PolynomialMap, starts: np.ndarray, targets: np.ndarray, factor: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Decrease ‖Lᵀ(F(θ) − u)‖ over real θ, by damped Gauss–Newton steps (Levenberg, Marquardt).

    Unlike `gauss_newton`, which seeks zeros, it ends at minima that are not zero, each start with a
    target of its own.

    Args:
        F: θ ↦ F(θ).
        starts: (B, P).
        targets: u, (B, n).
        factor: L, (n, n).

    Returns:
        θ, (B, P), and F(θ), (B, n).
    """
    theta = np.array(starts, float)
    P = theta.shape[1]
    damping = np.full(len(theta), 1e-3)
    value, J = _linearized(F, theta)
    loss = np.sum(((value - targets) @ factor) ** 2, axis=1)
    for _ in range(_STEPS):
        weighted = np.einsum("nk,bnp->bkp", factor, J)
        normal = np.einsum("bkp,bkq->bpq", weighted, weighted)
        gradient = np.einsum("bkp,bk->bp", weighted, (value - targets) @ factor)
        trace = np.trace(normal, axis1=1, axis2=2) / P + 1e-12
        damped = normal + (damping * trace)[:, None, None] * np.eye(P)
        step = np.linalg.solve(damped, gradient[:, :, None])[:, :, 0]
        trial = theta - step
        trial_value, trial_J = _linearized(F, trial)
        trial_loss = np.sum(((trial_value - targets) @ factor) ** 2, axis=1)
        better = trial_loss < loss
        if not np.any(better & (loss - trial_loss > _CONVERGED * loss)) and np.all(damping > 1e3):
            break
        theta = np.where(better[:, None], trial, theta)
        value = np.where(better[:, None], trial_value, value)
        J = np.where(better[:, None, None], trial_J, J)
        loss = np.where(better, trial_loss, loss)
        damping = np.clip(np.where(better, damping * 0.2, damping * 5), 1e-12, 1e8)
    return theta, value


def _linearized(F: PolynomialMap, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value, J = F.linearize(theta)
    return np.real(value), np.real(J)
