"""Polynomial expressions with complex constants, built as circuits of exact rational ones."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from neuromanifold.errors import InvalidInputError, NotPolynomialError
from neuromanifold.rings import Circuit, Node

MOST_POWER = 10**6


@dataclass(slots=True)
class Gaussian:
    """A complex constant re + im·i with rational parts."""

    re: fmpq
    im: fmpq

    def __add__(self, other: Gaussian) -> Gaussian:
        return Gaussian(self.re + other.re, self.im + other.im)

    def __neg__(self) -> Gaussian:
        return Gaussian(-self.re, -self.im)

    def __mul__(self, other: Gaussian) -> Gaussian:
        return Gaussian(
            self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re
        )

    @property
    def is_zero(self) -> bool:
        """It is 0."""
        return self.re == 0 and self.im == 0

    @property
    def is_integer(self) -> bool:
        """It is an integer."""
        return self.im == 0 and self.re.q == 1

    def inverse(self) -> Gaussian:
        """1/self."""
        norm = self.re * self.re + self.im * self.im
        return Gaussian(self.re / norm, -self.im / norm)


Value = Node | Gaussian


class ExpressionBuilder:
    """Arithmetic with circuit nodes and Gaussian rationals.

    Constants stay Gaussian rationals until they meet a variable. The constants of a circuit are
    rational, so a + b·i then becomes a + b·ι with one extra input ι, a parameter whose value is
    always i.
    """

    def __init__(self) -> None:
        self.circuit = Circuit()
        self.iota: Node | None = None

    def node(self, value: Value) -> Node:
        """The value as a node."""
        if isinstance(value, Node):
            return value
        if value.im == 0:
            return self.circuit.constant(value.re)
        if self.iota is None:
            self.iota = self.circuit.inputs(1)[0]
        return self.circuit.constant(value.re) + self.circuit.constant(value.im) * self.iota

    def add(self, a: Value, b: Value) -> Value:
        """a + b."""
        if type(a) is type(b):
            return a + b  # type: ignore[operator]
        return self.node(a) + self.node(b)

    def subtract(self, a: Value, b: Value) -> Value:
        """a − b."""
        if isinstance(a, Gaussian) and isinstance(b, Gaussian):
            return a + -b
        return self.node(a) - self.node(b)

    def multiply(self, a: Value, b: Value) -> Value:
        """a · b."""
        if type(a) is type(b):
            return a * b  # type: ignore[operator]
        return self.node(a) * self.node(b)

    def divide(self, a: Value, b: Value) -> Value:
        """a / b.

        Raises:
            ZeroDivisionError: b is 0.
        """
        if b.is_zero:
            raise ZeroDivisionError("division by 0")
        if isinstance(b, Gaussian):
            return self.multiply(a, b.inverse())
        return self.node(a) / b

    def power(self, a: Value, exponent: Value) -> Value:
        """a^n for an integer constant n.

        Raises:
            NotPolynomialError: the exponent is not an integer.
            InvalidInputError: it is too large.
        """
        if not (isinstance(exponent, Gaussian) and exponent.is_integer):
            shown = "a variable" if isinstance(exponent, Node) else str(exponent.re)
            raise NotPolynomialError(
                f"An equation has the exponent {shown}; exponents must be integers."
            )
        n = int(exponent.re.p)
        if abs(n) > MOST_POWER:
            raise InvalidInputError(
                f"An equation has the exponent {n}; use exponents up to {MOST_POWER}."
            )
        if n < 0:
            return self.divide(Gaussian(fmpq(1), fmpq(0)), self.power(a, _integer(-n)))
        if isinstance(a, Node):
            return a**n
        result = _integer(1)
        for bit in bin(n)[2:]:
            result = result * result
            if bit == "1":
                result = result * a
        return result


def _integer(n: int) -> Gaussian:
    return Gaussian(fmpq(n), fmpq(0))
