"""Real parameters of a real function."""

from __future__ import annotations

import numpy as np

from neuromanifold.rings import PolynomialMap

_STARTS = 48
_STEPS = 60


def real_parameters(
    coefficients: PolynomialMap, function: np.ndarray, near: np.ndarray, rng: np.random.Generator
) -> np.ndarray | None:
    """Search a real θ with c(θ) = `function` by damped Gauss–Newton from many real starts.

    Finding one is a proof once it is certified; finding none is not a proof that there is none.

    Args:
        coefficients: θ ↦ c(θ), for all P parameters.
        function: a real coefficient vector, shape (N,).
        near: a complex solution θ, shape (P,), around whose real part half of the starts lie.
        rng: for the starts.
    """
    P = len(near)
    spread = rng.standard_normal((_STARTS, P)) * max(float(np.abs(near).mean()), 0.1)
    spread[: _STARTS // 2] = np.real(near) + 0.5 * spread[: _STARTS // 2]
    theta = spread
    size = max(float(np.abs(function).max()), 1e-12)
    damping = np.full(_STARTS, 1e-2)
    value, J = _linearize(coefficients, theta)
    error = np.abs(value - function).max(axis=1)
    for _ in range(_STEPS):
        normal = np.einsum("bnp,bnq->bpq", J, J)
        trace = np.trace(normal, axis1=1, axis2=2)
        normal = normal + ((damping * trace / P + 1e-300)[:, None, None] * np.eye(P))
        gradient = np.einsum("bnp,bn->bp", J, value - function)
        trial = theta - np.linalg.solve(normal, gradient[:, :, None])[:, :, 0]
        trial_value, trial_J = _linearize(coefficients, trial)
        trial_error = np.abs(trial_value - function).max(axis=1)
        better = trial_error < error
        theta = np.where(better[:, None], trial, theta)
        value = np.where(better[:, None], trial_value, value)
        J = np.where(better[:, None, None], trial_J, J)
        error = np.where(better, trial_error, error)
        damping = np.clip(np.where(better, damping * 0.2, damping * 4), 1e-16, 1e6)
        if error.min() <= 1e-11 * size:
            break
    best = int(error.argmin())
    return theta[best] if error[best] <= 1e-9 * size else None


def _linearize(coefficients: PolynomialMap, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value, J = coefficients.linearize(theta)
    return np.real(value), np.real(J)
