"""A part of the boundary of a Voronoi cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from flint import fmpq, fmpq_mpoly

from neuromanifold.geometry._voronoi._float_polynomial import FloatPolynomial

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True, eq=False)
class BoundaryPiece:
    """A hypersurface that bounds a cell.

    Attributes:
        polynomial: its equation, irreducible over ℚ, exact.
        kind: "envelope of bisectors", "bisector" or "normal line".
        share: of the random rays from inside the cell that leave the cell there.
    """

    polynomial: fmpq_mpoly
    kind: str
    share: float

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        """Values at points (B, n) of the polynomial divided by its largest coefficient, as floats."""
        return FloatPolynomial.of(self.polynomial)(points)

    def expression(self, symbols: Sequence[sympy.Symbol]) -> sympy.Expr:
        """The polynomial in SymPy."""
        import sympy

        terms = []
        for exponents, c in self.polynomial.to_dict().items():
            coefficient = sympy.Rational(int(fmpq(c).p), int(fmpq(c).q))
            powers = (x ** int(e) for x, e in zip(symbols, exponents, strict=True))
            terms.append(sympy.Mul(coefficient, *powers))
        return sympy.Add(*terms)

    def __str__(self) -> str:
        return f"{self.polynomial} = 0 ({self.kind})"
