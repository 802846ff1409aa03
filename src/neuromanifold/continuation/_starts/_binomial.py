"""Systems of binomial equations, solved exactly up to logarithms."""

from __future__ import annotations

import numpy as np
from flint import fmpz_mat
from numpy.typing import ArrayLike

from neuromanifold.errors import InvalidInputError

_TURN = 2**60


def binomial_logarithms(
    exponents: ArrayLike, constants: ArrayLike, numbers: np.ndarray | None = None
) -> np.ndarray:
    """Logarithms of all solutions x in (C∖0)ⁿ of Πⱼ xⱼ^(Aᵢⱼ) = bᵢ, i = 1, …, n.

    With y = log x the equations are A·y = log b + 2πi·k for any k in Zⁿ. For the Hermite normal form
    H = U·A with a unimodular U they are H·y = U·log b + 2πi·k, and k with 0 ≤ kᵢ < Hᵢᵢ gives every
    solution once: Πᵢ Hᵢᵢ = |det A| in all. The angles of U·log b are reduced modulo 2π in integers,
    so large entries of U cost no accuracy.

    Args:
        exponents: A, (n, n) integers of determinant ≠ 0.
        constants: b, (n,) complex numbers ≠ 0.
        numbers: which of the |det A| solutions, (B,); by default all.

    Returns:
        (B, n) complex numbers; the solutions are their exponentials.

    Raises:
        InvalidInputError: A is singular, or an entry of b is zero or not finite.

    >>> y = binomial_logarithms([[2, 0], [1, 1]], [4, 1])  # x² = 4, x·y = 1
    >>> x = np.exp(y)
    >>> bool(np.allclose(np.sort_complex(x[:, 0]), [-2, 2])), bool(np.allclose(x.prod(axis=1), 1))
    (True, True)
    """
    A = np.asarray(exponents)
    b = np.asarray(constants, np.complex128)
    n = len(A)
    if not np.isfinite(b).all() or (b == 0).any():
        raise InvalidInputError("A constant of a binomial system is 0 or not finite.")
    identity = np.eye(n, dtype=int).tolist()
    rows = [[*row, *unit] for row, unit in zip(A.tolist(), identity, strict=True)]
    form = np.array(fmpz_mat(rows).hnf().tolist(), dtype=object)
    diagonal = [int(form[i, i]) for i in range(n)]
    if 0 in diagonal:
        raise InvalidInputError("The exponents of a binomial system have determinant 0.")
    angles = _angles(form[:, n:], b)
    H = form[:, :n].astype(np.float64)
    if numbers is None:
        numbers = np.arange(int(np.prod(diagonal)))
    digits = np.stack(np.unravel_index(numbers, diagonal), axis=-1)
    turns = np.empty(digits.shape)
    for i in range(n - 1, -1, -1):
        rest = angles[i] + digits[:, i] - turns[:, i + 1 :] @ H[i, i + 1 :]
        turns[:, i] = np.mod(rest / diagonal[i], 1)
    moduli = np.linalg.solve(A.astype(np.float64), np.log(np.abs(b)))
    return moduli + 2j * np.pi * turns


def _angles(U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """U·arg(b)/2π modulo 1."""
    units = np.array([round(float(a) * _TURN) for a in np.angle(b) / (2 * np.pi)], dtype=object)
    return np.array([int(u) % _TURN / _TURN for u in U @ units])
