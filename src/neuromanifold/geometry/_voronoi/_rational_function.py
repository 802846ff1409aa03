"""Rational functions of one variable over ℚ, and their real roots as balls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq, fmpq_poly

from neuromanifold.errors import NotPolynomialError


@dataclass(frozen=True, eq=False)
class RationalFunction:
    """upper/lower in lowest terms, with the arithmetic that circuits are evaluated in."""

    upper: fmpq_poly
    lower: fmpq_poly

    @staticmethod
    def constant(value: fmpq) -> RationalFunction:
        """A rational number."""
        return RationalFunction(fmpq_poly([value]), fmpq_poly([1]))

    def __add__(self, other: RationalFunction) -> RationalFunction:
        upper = self.upper * other.lower + other.upper * self.lower
        return _reduced(upper, self.lower * other.lower)

    def __sub__(self, other: RationalFunction) -> RationalFunction:
        return self + (-other)

    def __neg__(self) -> RationalFunction:
        return RationalFunction(-self.upper, self.lower)

    def __mul__(self, other: RationalFunction) -> RationalFunction:
        return _reduced(self.upper * other.upper, self.lower * other.lower)

    def __truediv__(self, other: RationalFunction) -> RationalFunction:
        if other.upper == 0:
            raise NotPolynomialError("A coordinate divides by 0; remove the division.")
        return _reduced(self.upper * other.lower, self.lower * other.upper)

    def __pow__(self, n: int) -> RationalFunction:
        if n < 0:
            return RationalFunction.constant(fmpq(1)) / self**-n
        return RationalFunction(self.upper**n, self.lower**n)


def _reduced(upper: fmpq_poly, lower: fmpq_poly) -> RationalFunction:
    common = upper.gcd(lower)
    return RationalFunction(upper // common, lower // common)


def real_roots(f: fmpq_poly) -> list[tuple[arb, int]]:
    """Disjoint balls around the real roots of f ≠ 0, with multiplicities, in increasing order."""
    if f.degree() < 1:
        return []
    found: Any = f.numer().complex_roots()
    # Real roots have the exact imaginary part 0.
    roots = [(z.real, m) for z, m in found if z.imag == 0]
    return sorted(roots, key=lambda root: float(root[0].mid()))


def at_ball(f: fmpq_poly, t: arb) -> arb:
    """f(t) for a ball t."""
    value = arb(0)
    for coefficient in reversed(f.coeffs()):
        value = value * t + arb(coefficient)
    return value


def order_at(f: fmpq_poly, t: fmpq) -> int:
    """The multiplicity of the root t of f ≠ 0."""
    order, linear = 0, fmpq_poly([-t, 1])
    while f(t) == 0:
        f, order = f // linear, order + 1
    return order
