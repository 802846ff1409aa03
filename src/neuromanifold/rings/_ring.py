"""The arithmetic that one run of a traced program needs."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any

import numpy as np


class AbstractRing(abc.ABC):
    """Arithmetic on NumPy arrays whose entries are elements of one commutative ring.

    Arrays broadcast as in NumPy. `array` embeds constants exactly: an integer n is n·1 and a float
    is the dyadic rational m·2ᵉ that it stands for (in floating-point rings: itself).
    """

    dtype: np.dtype
    """The NumPy type of the arrays."""

    @abc.abstractmethod
    def array(self, constants: Any) -> np.ndarray:
        """Embed numbers; elements of the ring are returned as they are.

        Raises:
            InvalidInputError: If a constant is not finite, or not an element of the ring.
        """

    @abc.abstractmethod
    def zeros(self, shape: Sequence[int]) -> np.ndarray:
        """An array of zeros."""

    @abc.abstractmethod
    def add(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """a + b."""

    @abc.abstractmethod
    def subtract(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """a − b."""

    @abc.abstractmethod
    def negate(self, a: np.ndarray) -> np.ndarray:
        """−a."""

    @abc.abstractmethod
    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """a · b, entry by entry."""

    @abc.abstractmethod
    def divide(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """a / b, entry by entry.

        Raises:
            ZeroDivisionError: If the ring is exact and an entry of b is zero.
            NotPolynomialError: If the ring cannot divide by an entry of b.
        """

    @abc.abstractmethod
    def power(self, a: np.ndarray, exponent: int) -> np.ndarray:
        """aⁿ, entry by entry, for an integer n (negative if the ring can divide)."""

    @abc.abstractmethod
    def sum(self, a: np.ndarray, axes: Sequence[int]) -> np.ndarray:
        """The sum over axes, which are removed."""

    @abc.abstractmethod
    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Batched matrix product (…, M, K) × (…, K, N) → (…, M, N)."""


def power_by_squaring(ring: AbstractRing, a: np.ndarray, exponent: int) -> np.ndarray:
    """aⁿ in at most 2·log₂|n| multiplications, and a division if n < 0."""
    if exponent < 0:
        return ring.divide(ring.array(1), power_by_squaring(ring, a, -exponent))
    if exponent == 0:
        return np.broadcast_to(ring.array(1), a.shape)
    result, square = None, a
    while True:
        if exponent & 1:
            result = square if result is None else ring.multiply(result, square)
        exponent >>= 1
        if not exponent:
            return square if result is None else result
        square = ring.multiply(square, square)
