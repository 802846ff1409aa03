"""Polynomials in the network's input, with coefficients in any ring."""

from __future__ import annotations

from typing import Any

from neuromanifold.errors import NotPolynomialError


class PolynomialRing:
    """R[x₁, …, xₙ] up to a total degree, with R given by its elements' own arithmetic.

    A monomial x^e is packed into the integer Σᵢ eᵢ·Bⁱ with B above the total degree, so
    multiplying monomials is adding integers.
    """

    def __init__(self, n_variables: int, max_degree: int) -> None:
        self.n_variables = n_variables
        self.base = max_degree + 1

    def variables(self, one: Any) -> list[Polynomial]:
        """x₁, …, xₙ, given the coefficient 1."""
        return [Polynomial({self.base**i: one}) for i in range(self.n_variables)]

    def exponents(self, monomial: int) -> tuple[int, ...]:
        """The exponent vector of a packed monomial."""
        digits = []
        for _ in range(self.n_variables):
            monomial, digit = divmod(monomial, self.base)
            digits.append(digit)
        return tuple(digits)


class Polynomial:
    """Σ coefficient·monomial as a map from packed monomials; supports + − * and integer powers."""

    __slots__ = ("terms",)

    def __init__(self, terms: dict[int, Any]) -> None:
        self.terms = terms

    def __add__(self, other: Polynomial) -> Polynomial:
        if len(self.terms) < len(other.terms):
            self, other = other, self  # noqa: PLW0642
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            known = terms.get(monomial)
            terms[monomial] = coefficient if known is None else known + coefficient
        return Polynomial(terms)

    def __neg__(self) -> Polynomial:
        return Polynomial({monomial: -c for monomial, c in self.terms.items()})

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + (-other)

    def __mul__(self, other: Polynomial) -> Polynomial:
        terms: dict[int, Any] = {}
        for m, a in self.terms.items():
            for n, b in other.terms.items():
                known = terms.get(m + n)
                terms[m + n] = a * b if known is None else known + a * b
        return Polynomial(terms)

    def __pow__(self, exponent: int) -> Polynomial:
        if exponent < 1:
            raise NotPolynomialError(
                f"The model raises its input to the power {exponent}; use positive powers only."
            )
        result, square = None, self
        while True:
            if exponent & 1:
                result = square if result is None else result * square
            exponent >>= 1
            if not exponent:
                return result  # type: ignore[return-value]
            square = square * square

    def __truediv__(self, other: Polynomial) -> Polynomial:
        if set(other.terms) != {0}:
            raise NotPolynomialError(
                "The model divides by an expression in its input, so its functions are rational "
                "and have no coefficient vector; use a polynomial model."
            )
        divisor = other.terms[0]
        return Polynomial({monomial: c / divisor for monomial, c in self.terms.items()})
