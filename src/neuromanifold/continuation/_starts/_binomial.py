"""Systems of binomial equations, solved exactly up to logarithms."""

from __future__ import annotations

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from neuromanifold import _core
from neuromanifold.errors import InvalidInputError

_TURN = 2**60


class BinomialSystems:
    """K systems Πⱼ xⱼ^(Aᵢⱼ) = bᵢ, i = 1, …, n, in (C∖0)ⁿ.

    With y = log x the equations are A·y = log b + 2πi·k for any k in Zⁿ. For the Hermite normal form
    H = U·A with a unimodular U they are H·y = U·log b + 2πi·k, and k with 0 ≤ kᵢ < Hᵢᵢ gives every
    solution once: Πᵢ Hᵢᵢ = |det A| in all. The angles of U·log b are reduced modulo 2π in integers,
    so large entries of U cost no accuracy.

    Args:
        exponents: A, (K, n, n) integers of determinants ≠ 0.
        constants: b, (K, n) complex numbers ≠ 0.

    Raises:
        InvalidInputError: a matrix A is singular, or a constant is zero or not finite.

    >>> system = BinomialSystems(np.array([[[2, 0], [1, 1]]]), np.array([[4, 1]]))  # x² = 4, x·y = 1
    >>> x = np.exp(system.logarithms(np.zeros(2, int), np.arange(2)))
    >>> bool(np.allclose(np.sort_complex(x[:, 0]), [-2, 2])), bool(np.allclose(x.prod(axis=1), 1))
    (True, True)
    """

    def __init__(self, exponents: NDArray[np.int64], constants: NDArray[np.complex128]) -> None:
        A = np.ascontiguousarray(exponents, np.int64)
        b = np.asarray(constants, np.complex128)
        if not np.isfinite(b).all() or (b == 0).any():
            raise InvalidInputError("A constant of a binomial system is 0 or not finite.")
        H, U, is_known = _core.hermite_forms(A)
        for k in np.flatnonzero(is_known == 0).tolist():
            H[k], U[k] = _in_big_integers(A[k])
        self._diagonals = np.diagonal(H, axis1=1, axis2=2)
        self._forms = H.astype(np.float64)
        self._angles = _angles(U, b)
        self._moduli = np.linalg.solve(A.astype(np.float64), np.log(np.abs(b))[:, :, None])[:, :, 0]

    def logarithms(
        self, systems: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> NDArray[np.complex128]:
        """(B, n): log x for the solutions number 0 ≤ numbers[k] < |det A| of systems[k]."""
        n = self._diagonals.shape[1]
        diagonals, rest = self._diagonals[systems], np.asarray(numbers, np.int64)
        turns = np.empty((len(rest), n))
        for i in range(n - 1, -1, -1):
            rest, digit = np.divmod(rest, diagonals[:, i])
            later = np.einsum("kj,kj->k", turns[:, i + 1 :], self._forms[systems, i, i + 1 :])
            turns[:, i] = np.mod((self._angles[systems, i] + digit - later) / diagonals[:, i], 1)
        return self._moduli[systems] + 2j * np.pi * turns


def _in_big_integers(A: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """H, and U modulo 2⁶⁴."""
    n = len(A)
    rows = np.hstack([A, np.eye(n, dtype=np.int64)]).tolist()
    form = np.array(fmpz_mat(rows).hnf().tolist(), dtype=object).reshape(n, 2 * n)
    if any(form[i, i] == 0 for i in range(n)):
        raise InvalidInputError("The exponents of a binomial system have determinant 0.")
    low = [[int(u) % 2**64 for u in row] for row in form[:, n:]]
    return form[:, :n].astype(np.int64), np.array(low, np.uint64).reshape(n, n)


def _angles(U: NDArray[np.uint64], b: NDArray[np.complex128]) -> NDArray[np.float64]:
    """U·arg(b)/2π modulo 1."""
    units = np.rint(np.angle(b) / (2 * np.pi) * _TURN).astype(np.int64).astype(np.uint64)
    sums = np.asarray(np.sum(U * units[:, None, :], axis=2, dtype=np.uint64))
    return np.asarray(sums % np.uint64(_TURN), np.float64) / _TURN
