"""Ball arithmetic: numbers with rigorous error bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
from flint import acb, acb_mat, arb, arb_mat

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings._object_ring import ObjectRing
from neuromanifold.rings._ring import AbstractRing


@dataclass(frozen=True)
class BallField(AbstractRing):
    """Real and complex balls: object arrays of `flint.arb` and `flint.acb`.

    Every operation returns balls that contain the exact result for all points of its operands.
    Real balls stay real, and become complex when they meet complex ones.

    Attributes:
        precision: Bits of the midpoints, at least 2.

    >>> field = BallField(100)
    >>> third = field.divide(field.array(1), field.array(3))
    >>> (3 * third[()]).contains(1)
    True
    """

    precision: int = 128
    dtype = np.dtype(object)

    def __post_init__(self) -> None:
        if not (isinstance(self.precision, int) and self.precision >= 2):
            raise InvalidInputError(
                f"precision is {self.precision}; give a number of bits, an integer of at least 2"
            )

    def array(self, constants: Any) -> np.ndarray:
        return _BALLS.array(constants)

    def zeros(self, shape: Sequence[int]) -> np.ndarray:
        return _BALLS.zeros(shape)

    def add(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self._at_precision(_BALLS.add, a, b)

    def subtract(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self._at_precision(_BALLS.subtract, a, b)

    def negate(self, a: np.ndarray) -> np.ndarray:
        return self._at_precision(_BALLS.negate, a)

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self._at_precision(_BALLS.multiply, a, b)

    def divide(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self._at_precision(_BALLS.divide, a, b)

    def power(self, a: np.ndarray, exponent: int) -> np.ndarray:
        # The balls' own power, unlike repeated products, knows that a square is not negative.
        return self._at_precision(np.frompyfunc(lambda x: x**exponent, 1, 1), a)

    def sum(self, a: np.ndarray, axes: Sequence[int]) -> np.ndarray:
        return self._at_precision(_BALLS.sum, a, axes)

    def dot(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        rows, terms = a.shape[-2:]
        columns = b.shape[-1]
        n_products = rows * terms * columns
        n_entries = rows * terms + terms * columns + rows * columns
        if n_products < 2 * n_entries:  # where building flint matrices costs more than it saves
            return self._at_precision(_BALLS.dot, a, b)
        return self._at_precision(_matrix_products, a, b)

    def _at_precision(self, operation: Callable[..., Any], *operands: Any) -> np.ndarray:
        with flint.ctx.workprec(self.precision):
            result = operation(*operands)
        if isinstance(result, np.ndarray):
            return result
        wrapped = np.empty((), self.dtype)
        wrapped.fill(result)
        return wrapped


def _ball(value: Any) -> arb | acb:
    if isinstance(value, complex) and value.imag:
        return acb(value.real, value.imag)
    return arb(value.real)


_BALLS = ObjectRing(_ball)


def _matrix_products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    result = np.empty((*batch, a.shape[-2], b.shape[-1]), dtype=object)
    a = np.broadcast_to(a, (*batch, *a.shape[-2:]))
    b = np.broadcast_to(b, (*batch, *b.shape[-2:]))
    is_real = all(isinstance(x, arb) for x in (*a.flat, *b.flat))
    matrix = arb_mat if is_real else acb_mat
    for i in np.ndindex(*batch):
        product = matrix(a[i].tolist()) * matrix(b[i].tolist())
        result[i] = np.array(product.entries(), dtype=object).reshape(result.shape[-2:])
    return result
