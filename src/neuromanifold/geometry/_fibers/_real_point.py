"""Real points on the orbits of complex parameters."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from neuromanifold.geometry._symmetries._continuous import LinearSymmetries

_STARTS = 16
_STEPS = 60
_LONGEST = 1.0


def real_point(
    continuous: LinearSymmetries, theta: np.ndarray, accuracy: float, rng: np.random.Generator
) -> np.ndarray | None:
    """A real point exp(X)·θ of the orbit of θ under the complex connected group, if one is found.

    Gauss–Newton steps solve Im(exp(Σ τ_k X_k)·θ) = 0 for complex τ, first from θ and then from random
    points of its orbit. None is no proof that the orbit has no real point.

    Args:
        continuous: The fields X_k.
        theta: A point, (P,).
        accuracy: The relative size of imaginary parts that are taken for rounding errors.
        rng: Of the starts.
    """
    if _is_real(theta, accuracy):
        return np.real(theta).copy()
    n = len(continuous.fields)
    if not n:
        return None
    for attempt in range(_STARTS):
        point = theta
        if attempt:
            tau = rng.standard_normal(n) + 1j * rng.standard_normal(n)
            point = _moved(continuous, theta, tau)
        for _ in range(_STEPS):
            velocities = continuous.at(point)
            system = np.vstack([np.imag(velocities), np.real(velocities)]).T
            step = np.linalg.lstsq(system, -np.imag(point), rcond=1e-10)[0]
            tau = step[:n] + 1j * step[n:]
            # without a real point nearby the steps do not shrink
            tau *= min(1.0, _LONGEST / max(float(np.abs(tau).max()), 1e-300))
            point = _moved(continuous, point, tau)
            if not np.isfinite(point).all() or np.abs(point).max() > 1e8:
                break
            if _is_real(point, accuracy):
                return np.real(point).copy()
    return None


def _moved(continuous: LinearSymmetries, theta: np.ndarray, tau: np.ndarray) -> np.ndarray:
    P = continuous.n_parameters
    generator = np.zeros((P + 1, P + 1), np.complex128)
    generator[:P] = np.tensordot(tau, continuous.matrices, 1)
    return (scipy.linalg.expm(generator) @ np.append(theta, 1.0))[:P]


def _is_real(theta: np.ndarray, accuracy: float) -> bool:
    return bool(np.abs(np.imag(theta)).max() <= accuracy * np.abs(theta).max())
