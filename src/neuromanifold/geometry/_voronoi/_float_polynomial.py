"""Polynomials with rational coefficients in double precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpq_mpoly

from neuromanifold.geometry._voronoi._rationals import to_float


@dataclass(frozen=True, eq=False)
class FloatPolynomial:
    """Σ_t a_t·x^{e_t}: a polynomial f divided by its largest coefficient, so with the zeros of f.

    The coefficients of f may have more than 308 digits.

    Attributes:
        exponents: e, shape (T, n).
        coefficients: a, shape (T,).
    """

    exponents: np.ndarray
    coefficients: np.ndarray

    @staticmethod
    def of(f: fmpq_mpoly) -> FloatPolynomial:
        """Divide and round f ≠ 0."""
        terms = {tuple(map(int, e)): fmpq(c) for e, c in f.to_dict().items()}
        height = max(abs(c) for c in terms.values())
        coefficients = [to_float(c / height) for c in terms.values()]
        return FloatPolynomial(np.array(list(terms), int), np.array(coefficients))

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Values at points (B, n), shape (B,)."""
        value = np.zeros(len(points))
        for exponents, a in zip(self.exponents, self.coefficients, strict=True):
            value += a * np.prod(points**exponents, axis=1)
        return value

    def derivative(self, i: int) -> FloatPolynomial:
        """The partial derivative with respect to variable i."""
        kept = self.exponents[:, i] > 0
        exponents = self.exponents[kept]
        coefficients = self.coefficients[kept] * exponents[:, i]
        return FloatPolynomial(exponents - np.eye(exponents.shape[1], dtype=int)[i], coefficients)

    def distances(self, points: np.ndarray) -> np.ndarray:
        """|f|/‖∇f‖ at points (B, n): their distances from f = 0 to first order."""
        value = np.abs(self(points))
        slopes = [self.derivative(i)(points) for i in range(points.shape[1])]
        length = np.linalg.norm(slopes, axis=0)
        return np.where(value == 0, 0.0, value / np.maximum(length, np.finfo(float).tiny))
