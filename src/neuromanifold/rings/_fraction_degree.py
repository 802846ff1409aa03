"""Degrees of rational functions, bounded without expanding them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.rings._ring import AbstractRing, power_by_squaring

_TYPE = np.dtype([("numerator", np.float64), ("denominator", np.float64)])


@dataclass(frozen=True)
class FractionDegreeRing(AbstractRing):
    """Upper bounds for the degrees of numerator and denominator of a rational function.

    Fractions are added over the product of their denominators, so the bounds hold but need not be
    sharp; for polynomials the denominator has degree 0. The numerator 0 has degree −∞. Arrays are
    structured, with the floating-point fields `numerator` and `denominator`.

    >>> ring = FractionDegreeRing()
    >>> x = ring.variables(())
    >>> ring.add(ring.power(x, 2), ring.power(x, -1)).item()  # (x³ + 1)/x
    (3.0, 1.0)
    """

    dtype = _TYPE

    def array(self, constants: Any) -> np.ndarray:
        values = np.asarray(constants)
        if values.dtype == self.dtype:
            return values
        return _fractions(np.where(values != 0, 0.0, -np.inf), np.zeros(values.shape))

    def variables(self, shape: Sequence[int]) -> np.ndarray:
        """An array of indeterminates of degree 1."""
        return _fractions(np.ones(tuple(shape)), np.zeros(tuple(shape)))

    def zeros(self, shape: Sequence[int]) -> np.ndarray:
        return self.array(np.zeros(tuple(shape)))

    def add(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self.sum(np.stack(np.broadcast_arrays(a, b)), (0,))

    def subtract(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self.add(a, b)

    def negate(self, a: np.ndarray) -> np.ndarray:
        return a

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return _fractions(
            a["numerator"] + b["numerator"],
            # a zero needs no denominator
            np.where(
                np.isneginf(a["numerator"] + b["numerator"]),
                0.0,
                a["denominator"] + b["denominator"],
            ),
        )

    def divide(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if np.any(np.isneginf(b["numerator"])):
            raise ZeroDivisionError("division by the zero polynomial")
        return self.multiply(a, _fractions(b["denominator"], b["numerator"]))

    def power(self, a: np.ndarray, exponent: int) -> np.ndarray:
        return power_by_squaring(self, a, exponent)

    def sum(self, a: np.ndarray, axes: Sequence[int]) -> np.ndarray:
        axis = tuple(axes)
        denominator = np.sum(a["denominator"], axis=axis)
        excess = np.max(a["numerator"] - a["denominator"], axis=axis, initial=-np.inf)
        return _fractions(excess + denominator, denominator)

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self.sum(self.multiply(a[..., :, :, None], b[..., None, :, :]), (a.ndim - 1,))


def _fractions(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    result = np.empty(np.shape(numerator), _TYPE)
    result["numerator"], result["denominator"] = numerator, denominator
    return result
