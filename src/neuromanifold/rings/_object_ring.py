"""Rings whose elements are Python objects with overloaded operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings._ring import AbstractRing, power_by_squaring


@dataclass(frozen=True)
class ObjectRing(AbstractRing):
    """Object arrays whose entries overload + − * / (and unary −).

    Attributes:
        constant: Embeds one Python `int` or `float`, for example `Fraction`.

    >>> from fractions import Fraction
    >>> ring = ObjectRing(Fraction)
    >>> ring.divide(ring.array([1, 0.5]), ring.array(3)).tolist()
    [Fraction(1, 3), Fraction(1, 6)]
    """

    constant: Callable[[Any], Any]
    dtype = np.dtype(object)

    def array(self, constants: Any) -> np.ndarray:
        values = np.asarray(constants)
        if values.dtype == self.dtype:
            return values
        if not np.isfinite(values).all():
            raise InvalidInputError(
                "a constant of the program is not finite and no element of the ring"
            )
        result = np.empty(values.shape, self.dtype)
        flat = result.reshape(-1)
        embedded = {value: self.constant(value) for value in set(values.ravel().tolist())}
        for i, value in enumerate(values.ravel().tolist()):
            flat[i] = embedded[value]
        return result

    def zeros(self, shape: Sequence[int]) -> np.ndarray:
        return self.array(np.zeros(tuple(shape), np.int64))

    def add(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self._wrap(np.add(a, b))

    def subtract(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self._wrap(np.subtract(a, b))

    def negate(self, a: np.ndarray) -> np.ndarray:
        return self._wrap(np.negative(a))

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self._wrap(np.multiply(a, b))

    def divide(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self._wrap(np.true_divide(a, b))

    def power(self, a: np.ndarray, exponent: int) -> np.ndarray:
        return power_by_squaring(self, a, exponent)

    def sum(self, a: np.ndarray, axes: Sequence[int]) -> np.ndarray:
        if not a.size:
            return self.zeros([n for i, n in enumerate(a.shape) if i not in tuple(axes)])
        for axis in sorted(axes, reverse=True):
            a = self._wrap(np.add.reduce(a, axis=axis))
        return a

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if not a.shape[-1]:
            return self.zeros((*a.shape[:-1], b.shape[-1]))
        return np.matmul(a, b)

    def _wrap(self, a: Any) -> np.ndarray:
        # NumPy unwraps object arrays without axes.
        if isinstance(a, np.ndarray):
            return a
        result = np.empty((), self.dtype)
        result.fill(a)
        return result
