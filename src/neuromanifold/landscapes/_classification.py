"""Real or complex, minimum or saddle: what kind of critical point a function is."""

from __future__ import annotations

import numpy as np

from neuromanifold.continuation import Enclosure
from neuromanifold.landscapes._critical_system import CriticalSystem


def may_be_real(enclosure: Enclosure) -> bool:
    """Whether the enclosed coefficient vector could be real: no imaginary part excludes 0.

    A function that fails this is proved non-real. The critical points of a real loss come in
    conjugate pairs, so one whose enclosure meets its own conjugate but no other point's is real.
    """
    return bool(np.all(np.abs(np.imag(enclosure.midpoints)) <= enclosure.radii))


def hessian_eigenvalues(
    critical: CriticalSystem,
    y: np.ndarray,
    parameters: np.ndarray,
    factor: np.ndarray,
) -> np.ndarray:
    """Eigenvalues of the Hessian of ½L on M at a real critical point f = μ(y).

    They are taken in a basis of the tangent space T_fM that is orthonormal for Q = LLᵀ, so a flat M
    would have all eigenvalues 1. With R = Lᵀ·∂c/∂y and U a real orthonormal basis of the columns
    of R, the Hessian in y is carried over by y = R⁺U: this also holds when y is complex while f is
    real.

    Args:
        critical: the critical equations.
        y: free parameters of the point.
        parameters: the system's parameters there.
        factor: L.
    """
    _, hessian = critical.system.linearize(y[None, :], parameters)
    _, J = critical.image.linearize(y[None, :], parameters)
    R = factor.T @ J[0]
    left, _, _ = np.linalg.svd(np.hstack([R.real, R.imag]), full_matrices=False)
    basis = np.linalg.pinv(R) @ left[:, : R.shape[1]]
    transported = (basis.T @ hessian[0] @ basis).real
    return np.linalg.eigvalsh((transported + transported.T) / 2)
