"""Prime fields with word-size arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpz, nmod_mat

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings._elimination import rank_overwriting
from neuromanifold.rings._ring import AbstractRing, power_by_squaring

_BOUND = 2**31
_HALF_BITS = 16
# A half lies in [-2¹⁵, 2¹⁵] and a centred residue in [-2³⁰, 2³⁰], so sums of 2⁸ products stay
# within the 2⁵³ up to which doubles are exact.
_EXACT_TERMS = 2**8
# Above this size our own elimination, made of BLAS products, is faster than FLINT's.
_LARGE = 300
# Up to this many, Euclid's algorithm on Python integers is faster than vectorised powers.
_FEW = 64


@dataclass(frozen=True)
class PrimeField(AbstractRing):
    """F_p for an odd prime p < 2³¹: int64 arrays of residues in [0, p).

    Matrix products are exact: one factor is split into 16-bit halves and both halves are
    multiplied in double precision.

    >>> field = PrimeField(101)
    >>> field.divide(field.array([1, -3]), field.array([2, 0.5]))
    array([51, 95])

    Raises:
        InvalidInputError: If p is not an odd prime below 2³¹.
    """

    prime: int
    dtype = np.dtype(np.int64)

    def __post_init__(self) -> None:
        if not (2 < self.prime < _BOUND and fmpz(self.prime).is_prime()):
            raise InvalidInputError(
                f"prime is {self.prime}; give an odd prime below 2³¹ such as 2147483647"
            )

    def array(self, constants: Any) -> np.ndarray:
        values = np.asarray(constants)
        if values.dtype.kind in "bi":
            return values.astype(np.int64) % self.prime
        if values.dtype.kind == "u":
            return (values.astype(np.uint64) % np.uint64(self.prime)).astype(np.int64)
        if values.dtype.kind != "f" or not np.isfinite(values).all():
            raise InvalidInputError(
                f"constants of type {values.dtype} that are complex or not finite have no "
                f"residue modulo {self.prime}; use finite real numbers"
            )
        mantissa, exponent = np.frexp(values.astype(np.float64))
        numerator = np.ldexp(mantissa, 53).astype(np.int64) % self.prime
        shift = (exponent.astype(np.int64) - 53) % (self.prime - 1)
        return numerator * self._powers_of_two(shift) % self.prime

    def zeros(self, shape: Sequence[int]) -> np.ndarray:
        return np.zeros(tuple(shape), self.dtype)

    def random(self, generator: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
        """Independent uniform elements."""
        return generator.integers(0, self.prime, tuple(shape), dtype=np.int64)

    def add(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        total = np.asarray(a + b)
        return total - self.prime * (total >= self.prime)

    def subtract(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        difference = np.asarray(a - b)
        return difference + self.prime * (difference < 0)

    def negate(self, a: np.ndarray) -> np.ndarray:
        return (self.prime - a) * (a != 0)

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(a * b) % self.prime

    def divide(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if not np.all(b):
            raise ZeroDivisionError(f"division by zero modulo {self.prime}")
        return self.multiply(a, self._inverse(b))

    def power(self, a: np.ndarray, exponent: int) -> np.ndarray:
        return power_by_squaring(self, a, exponent)

    def sum(self, a: np.ndarray, axes: Sequence[int]) -> np.ndarray:
        return np.asarray(np.sum(a, axis=tuple(axes))) % self.prime

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        n_terms = a.shape[-1]
        if n_terms == 1:
            return self.multiply(a, b)
        parts = [
            self._short_dot(a[..., k : k + _EXACT_TERMS], b[..., k : k + _EXACT_TERMS, :])
            for k in range(0, n_terms, _EXACT_TERMS)
        ]
        if not parts:
            return self.zeros(np.matmul(a, b).shape)
        return parts[0] if len(parts) == 1 else self.sum(np.stack(parts), (0,))

    def rank(self, matrix: np.ndarray) -> int:
        """The rank of a matrix of residues."""
        return self.rank_overwriting(matrix.copy())

    def rank_overwriting(self, matrix: np.ndarray) -> int:
        """The rank of a matrix of residues, in the memory of the matrix, which is lost."""
        rows, columns = matrix.shape
        if not matrix.size:
            return 0
        if min(rows, columns) > _LARGE:
            return rank_overwriting(matrix, self.prime)
        return nmod_mat(rows, columns, matrix.ravel().tolist(), self.prime).rank()

    def _inverse(self, a: np.ndarray) -> np.ndarray:
        if a.size > _FEW:
            return power_by_squaring(self, a, self.prime - 2)
        inverses = [pow(value, -1, self.prime) for value in np.ravel(a).tolist()]
        return np.array(inverses, np.int64).reshape(np.shape(a))

    def _short_dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if a.size > b.size:
            return self._short_dot(b.swapaxes(-1, -2), a.swapaxes(-1, -2)).swapaxes(-1, -2)
        a, b = self._centred(a), self._centred(b).astype(np.float64)
        high = (a + 2 ** (_HALF_BITS - 1)) >> _HALF_BITS
        low = a - (high << _HALF_BITS)
        upper = np.matmul(high.astype(np.float64), b).astype(np.int64) % self.prime
        lower = np.matmul(low.astype(np.float64), b).astype(np.int64)
        return ((upper << _HALF_BITS) + lower) % self.prime

    def _centred(self, a: np.ndarray) -> np.ndarray:
        return a - self.prime * (a > self.prime // 2)

    def _powers_of_two(self, exponents: np.ndarray) -> np.ndarray:
        distinct, positions = np.unique(exponents, return_inverse=True)
        powers = np.array([pow(2, int(e), self.prime) for e in distinct], dtype=np.int64)
        return powers[positions].reshape(exponents.shape)
