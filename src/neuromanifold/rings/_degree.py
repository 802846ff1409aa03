"""Degrees of polynomials, bounded without expanding them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.errors import NotPolynomialError
from neuromanifold.rings._ring import AbstractRing, power_by_squaring

_EMPTY = 2**61  # the zero polynomial has no terms: its range of degrees is [_EMPTY, -_EMPTY]
_TYPE = np.dtype([("low", np.int64), ("high", np.int64)])


@dataclass(frozen=True)
class DegreeRing(AbstractRing):
    """Ranges [low, high] that contain the degrees of all terms of a polynomial.

    Sums take the union of ranges, products add them, and the zero polynomial has the empty range,
    so that adding it changes nothing. Cancellation is not seen: the range may be too wide, never
    too narrow. Arrays are structured, with the fields `low` and `high`.

    >>> ring = DegreeRing()
    >>> x = ring.variables((2,))
    >>> y = ring.add(ring.power(x, 3), ring.array([0, 1]))
    >>> y["low"], y["high"]
    (array([3, 0]), array([3, 3]))
    """

    dtype = _TYPE

    def array(self, constants: Any) -> np.ndarray:
        values = np.asarray(constants)
        if values.dtype == self.dtype:
            return values
        return _ranges(np.where(values != 0, 0, _EMPTY), np.where(values != 0, 0, -_EMPTY))

    def variables(self, shape: Sequence[int], degree: int = 1) -> np.ndarray:
        """An array of indeterminates of a given degree."""
        degrees = np.full(tuple(shape), degree, np.int64)
        return _ranges(degrees, degrees)

    def zeros(self, shape: Sequence[int]) -> np.ndarray:
        return self.array(np.zeros(tuple(shape), np.int64))

    def add(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return _ranges(np.minimum(a["low"], b["low"]), np.maximum(a["high"], b["high"]))

    def subtract(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self.add(a, b)

    def negate(self, a: np.ndarray) -> np.ndarray:
        return a

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        low, high = a["low"] + b["low"], a["high"] + b["high"]
        is_zero = _is_zero(a) | _is_zero(b)
        return _ranges(np.where(is_zero, _EMPTY, low), np.where(is_zero, -_EMPTY, high))

    def divide(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if np.any(_is_zero(b)):
            raise ZeroDivisionError("division by the zero polynomial")
        if np.any(b["high"] != 0):
            raise NotPolynomialError(
                "the program divides by its input, so its outputs are rational functions and have "
                "no degree as polynomials"
            )
        return self.multiply(a, b)

    def power(self, a: np.ndarray, exponent: int) -> np.ndarray:
        return power_by_squaring(self, a, exponent)

    def sum(self, a: np.ndarray, axes: Sequence[int]) -> np.ndarray:
        return _ranges(
            np.min(a["low"], axis=tuple(axes), initial=_EMPTY),
            np.max(a["high"], axis=tuple(axes), initial=-_EMPTY),
        )

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self.sum(self.multiply(a[..., :, :, None], b[..., None, :, :]), (a.ndim - 1,))


def _ranges(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    result = np.empty(np.shape(low), _TYPE)
    result["low"], result["high"] = low, high
    return result


def _is_zero(a: np.ndarray) -> np.ndarray:
    return np.asarray(a["low"] > a["high"])
