"""Exact complex numbers a + bi with rational a and b."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

ZERO = fmpq(0)


@dataclass(frozen=True)
class GaussianRational:
    re: fmpq
    im: fmpq = ZERO

    @staticmethod
    def of(z) -> GaussianRational:
        return GaussianRational(exactly(complex(z).real), exactly(complex(z).imag))

    def __add__(self, other):
        return GaussianRational(self.re + other.re, self.im + other.im)

    def __sub__(self, other):
        return GaussianRational(self.re - other.re, self.im - other.im)

    def __neg__(self):
        return GaussianRational(-self.re, -self.im)

    def __mul__(self, other):
        return GaussianRational(
            self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re
        )

    def __truediv__(self, other):
        norm = other.re * other.re + other.im * other.im
        return self * GaussianRational(other.re / norm, -other.im / norm)

    def __pow__(self, exponent):
        if exponent < 0:
            return GaussianRational(fmpq(1)) / self**-exponent
        result = GaussianRational(fmpq(1))
        for _ in range(exponent):
            result = result * self
        return result


def exactly(number: float) -> fmpq:
    return fmpq(*float(number).as_integer_ratio())
