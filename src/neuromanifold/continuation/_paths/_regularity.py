"""Whether a polynomial system has a regular zero right here."""

from __future__ import annotations

import numpy as np

from neuromanifold.rings import PolynomialMap

_REACH = 1e-7
_FLOOR = 1e-2


def has_regular_zero(system: PolynomialMap, x: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Which of the points (B, n) are as close to a regular zero as double precision can tell: (B,).

    With the weights w_j = 10⁻⁷·max(|x_j|, ‖x‖/100), the Jacobian J at x and J′ a step w away:
    ‖J⁻¹(J′ − J)‖ ≤ 1/2 and ‖J⁻¹F‖ ≤ 1/4 in the norm weighted by w, the conditions under which
    Newton's method converges within w (Kantorovich). At a multiple zero J is so close to
    singular that one small step changes it altogether.

    Args:
        system: F, square.
        x: (B, n).
        p: (m,) or (B, m), the parameters.

    >>> from neuromanifold.rings import Circuit
    >>> (x,) = Circuit().inputs(1)
    >>> F = PolynomialMap(((x - 2) ** 2 * (x - 1),), (x,))
    >>> has_regular_zero(F, np.array([[2 + 1e-12], [1 + 1e-12], [1.5]]), np.zeros(0))
    array([False,  True, False])
    """
    size = np.max(np.abs(x), axis=1, keepdims=True, initial=0.0)
    w = _REACH * np.maximum(np.abs(x), _FLOOR * np.maximum(size, _FLOOR))
    turns = np.exp(1j * np.arange(1, x.shape[1] + 1))
    F, J = system.linearize(x, p)
    _, nearby = system.linearize(x + w * turns, p)
    J, nearby = J * w[:, None, :], nearby * w[:, None, :]
    rows = np.max(np.abs(nearby), axis=2)
    rows = np.where(rows > 0, rows, 1.0)
    J, change, F = J / rows[:, :, None], (nearby - J) / rows[:, :, None], F / rows
    finite = np.isfinite(np.sum(np.abs(J), axis=(1, 2)) + np.sum(np.abs(change), axis=(1, 2)))
    finite = np.logical_and(finite, np.isfinite(np.sum(np.abs(F), axis=1)))
    U, s, V = np.linalg.svd(np.where(np.reshape(finite, (-1, 1, 1)), J, 0))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inverse = (V.conj().swapaxes(1, 2) / s[:, None, :]) @ U.conj().swapaxes(1, 2)
        moved = np.max(np.sum(np.abs(inverse @ change), axis=2), axis=1)
        step = np.max(np.abs(inverse @ F[:, :, None]), axis=(1, 2))
    return np.logical_and(finite, (moved <= 0.5) & (step <= 0.25))
