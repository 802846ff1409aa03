"""Exact numbers as sums of doubles, for interval arithmetic in doubles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from neuromanifold.rings import to_float


@dataclass(frozen=True)
class ExactDoubles:
    """Numbers with |exact − (leading + trailing)| ≤ radius; imaginary parts are exact.

    Attributes:
        leading: the nearest doubles, (k,) complex.
        trailing: what rounding to them lost, as doubles, (k,).
        radius: what that still misses, (k,).
    """

    leading: NDArray[np.complex128]
    trailing: NDArray[np.float64]
    radius: NDArray[np.float64]

    @staticmethod
    def of(values: Sequence[fmpq | complex]) -> ExactDoubles:
        """Split numbers; a float or a complex number is the exact number it stands for.

        Raises:
            OverflowError: a number is beyond the range of doubles.
        """
        rows = [_split(value) for value in values]
        return ExactDoubles(
            np.array([row[0] for row in rows], np.complex128),
            np.array([row[1] for row in rows], np.float64),
            np.array([row[2] for row in rows], np.float64),
        )

    @property
    def rows(self) -> np.ndarray:
        """Real numbers as rows (leading, trailing, radius)."""
        return np.stack([self.leading.real, self.trailing, self.radius], axis=1)


def _split(value: fmpq | complex) -> tuple[complex, float, float]:
    if isinstance(value, int):
        value = fmpq(value)
    if not isinstance(value, fmpq):
        number = complex(value)
        if not np.isfinite(number):
            raise OverflowError(f"{value} is not finite")
        return number, 0.0, 0.0
    leading = to_float(value)
    rest = value - _exactly(leading)
    trailing = to_float(rest)
    missing = rest - _exactly(trailing)
    radius = float(np.nextafter(abs(to_float(missing)), np.inf)) if missing != 0 else 0.0
    return complex(leading), trailing, radius


def _exactly(number: float) -> fmpq:
    return fmpq(*number.as_integer_ratio())
