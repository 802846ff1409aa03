"""How large a polynomial may become when it is multiplied out."""

from __future__ import annotations

from math import comb


class TermBound:
    """Bounds of the number of terms and the degree of a polynomial in n variables."""

    def __init__(self, n: int, terms: int, degree: int) -> None:
        self.n, self.degree = n, degree
        self.terms = min(terms, comb(n + degree, n))

    def __add__(self, other: TermBound) -> TermBound:
        return TermBound(self.n, self.terms + other.terms, max(self.degree, other.degree))

    __sub__ = __add__

    def __neg__(self) -> TermBound:
        return self

    def __mul__(self, other: TermBound) -> TermBound:
        return TermBound(self.n, self.terms * other.terms, self.degree + other.degree)

    def __pow__(self, exponent: int) -> TermBound:
        terms = comb(self.terms + exponent - 1, exponent) if self.terms else 0
        return TermBound(self.n, terms, self.degree * exponent)
