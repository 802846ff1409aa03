"""Gauss–Newton for many small real systems at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_STEPS = 12
_LARGEST = 1e6


def gauss_newton(
    residual: Callable[[np.ndarray, np.ndarray], np.ndarray],
    theta: np.ndarray,
    tolerance: float,
    cutoff: float = 1e-8,
) -> tuple[np.ndarray, np.ndarray]:
    """Solve r_b(θ) = 0 near each row of `theta` by θ ← θ − J⁺r, J by central differences.

    Args:
        residual: takes parameters, shape (n, P), and the numbers b of the systems, shape (n,);
            gives r, shape (n, R).
        theta: the starts, shape (B, P).
        tolerance: ‖r‖ at which a system counts as solved.
        cutoff: singular values of J below this, relative to the largest, count as 0. Where J loses
            rank at the solutions, a larger one keeps the steps short.

    Returns:
        the solutions, shape (S, P), and the numbers of the systems they solve, shape (S,).
    """
    rows = np.arange(len(theta))
    solved_theta, solved_rows = [theta[:0]], [rows[:0]]
    for _ in range(_STEPS):
        value = residual(theta, rows)
        solved = np.linalg.norm(value, axis=1) <= tolerance
        solved_theta.append(theta[solved])
        solved_rows.append(rows[solved])
        theta, rows, value = theta[~solved], rows[~solved], value[~solved]
        if not len(theta):
            break
        step = 1e-6 * (1.0 + np.abs(theta).max(axis=1))[:, None]
        columns = [
            (residual(theta + step * unit, rows) - residual(theta - step * unit, rows)) / (2 * step)
            for unit in np.eye(theta.shape[1])
        ]
        inverse = np.linalg.pinv(np.stack(columns, axis=2), rcond=cutoff)
        theta = theta - (inverse @ value[..., None])[..., 0]
        bounded = np.abs(theta).max(axis=1) <= _LARGEST
        theta, rows = theta[bounded], rows[bounded]
    return np.concatenate(solved_theta), np.concatenate(solved_rows)
