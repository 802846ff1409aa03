"""Vectors over F_p with overloaded arithmetic, for evaluating circuits at many points at once."""

from __future__ import annotations

from math import isqrt

import numpy as np
from flint import fmpq, nmod_mat


class Residues:
    """An array of residues mod a prime p < 2³¹, added and multiplied entrywise.

    >>> import numpy as np
    >>> (Residues(np.array([3, 5]), 7) * Residues(np.array([4, 3]), 7)).values.tolist()
    [5, 1]
    """

    __slots__ = ("p", "values")

    def __init__(self, values: np.ndarray, p: int) -> None:
        self.values = values
        self.p = p

    @staticmethod
    def of_rational(value: fmpq, p: int) -> Residues:
        """The residue of a rational number whose denominator p does not divide."""
        residue = int(value.p) * pow(int(value.q), -1, p) % p
        return Residues(np.asarray(residue, dtype=np.int64), p)

    def __add__(self, other: Residues) -> Residues:
        return Residues((self.values + other.values) % self.p, self.p)

    def __sub__(self, other: Residues) -> Residues:
        return Residues((self.values - other.values) % self.p, self.p)

    def __mul__(self, other: Residues) -> Residues:
        return Residues(self.values * other.values % self.p, self.p)

    def __neg__(self) -> Residues:
        return Residues(-self.values % self.p, self.p)

    def __truediv__(self, other: Residues) -> Residues:
        return self * other ** (self.p - 2)

    def __pow__(self, exponent: int) -> Residues:
        if exponent < 0:
            return self ** ((self.p - 1 + exponent) % (self.p - 1))
        result, square = Residues(np.ones_like(self.values), self.p), self
        while exponent:
            if exponent & 1:
                result = result * square
            square = square * square
            exponent >>= 1
        return result


def reduced_row_echelon(matrix: np.ndarray, p: int) -> tuple[np.ndarray, list[int]]:
    """The nonzero rows of the reduced row echelon form mod p, and the pivot columns."""
    rows, columns = matrix.shape
    reduced, rank = nmod_mat(rows, columns, [int(v) for v in matrix.ravel()], p).rref()
    entries = np.array(
        [int(entry) for entry in reduced.entries()[: rank * columns]], dtype=np.int64
    )
    echelon = entries.reshape(rank, columns)
    return echelon, [int(np.flatnonzero(row)[0]) for row in echelon]


def rational_reconstruction(residue: int, p: int) -> fmpq | None:
    """The fraction a/b ≡ residue mod p with |a|, b ≤ √(p/2), if there is one (Wang 1981)."""
    bound = isqrt(p // 2)
    r0, r1, t0, t1 = p, residue % p, 0, 1
    while r1 > bound:
        quotient = r0 // r1
        r0, r1, t0, t1 = r1, r0 - quotient * r1, t1, t0 - quotient * t1
    if t1 == 0 or abs(t1) > bound:
        return None
    return fmpq(r1, t1) if t1 > 0 else fmpq(-r1, -t1)
