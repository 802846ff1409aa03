"""Complex numbers in double precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings._ring import AbstractRing, power_by_squaring


@dataclass(frozen=True)
class ComplexField(AbstractRing):
    """C in double precision: arrays of type complex128.

    >>> ComplexField().multiply(ComplexField().array([1j, 2]), ComplexField().array([1j, 0.5]))
    array([-1.+0.j,  1.+0.j])
    """

    dtype = np.dtype(np.complex128)

    def array(self, constants: Any) -> np.ndarray:
        result = np.asarray(constants, dtype=self.dtype)
        if not np.isfinite(result).all():
            raise InvalidInputError("a constant of the program is not finite: it has no value in C")
        return result

    def zeros(self, shape: Sequence[int]) -> np.ndarray:
        return np.zeros(tuple(shape), self.dtype)

    def add(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.add(a, b)

    def subtract(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.subtract(a, b)

    def negate(self, a: np.ndarray) -> np.ndarray:
        return np.negative(a)

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.multiply(a, b)

    def divide(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(a, b)

    def power(self, a: np.ndarray, exponent: int) -> np.ndarray:
        return power_by_squaring(self, a, exponent)

    def sum(self, a: np.ndarray, axes: Sequence[int]) -> np.ndarray:
        return np.asarray(np.sum(a, axis=tuple(axes)))

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.matmul(a, b)
