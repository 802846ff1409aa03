"""Polynomial activation functions."""

from __future__ import annotations

import abc
import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from neuromanifold.errors import InvalidInputError


class AbstractActivation(abc.ABC):
    """σ: R → R, applied entry by entry."""

    @property
    @abc.abstractmethod
    def degree(self) -> int:
        """The degree of σ."""

    @abc.abstractmethod
    def __call__(self, x: Any) -> Any:
        """σ(x)."""


@dataclass(frozen=True, repr=False)
class Monomial(AbstractActivation):
    """σ(x) = x^exponent, with exponent ≥ 1."""

    exponent: int

    def __post_init__(self) -> None:
        if not isinstance(self.exponent, Integral) or self.exponent < 1:
            raise InvalidInputError(
                f"the exponent of the activation is {self.exponent}; give an integer of at least 1"
            )
        object.__setattr__(self, "exponent", int(self.exponent))

    @property
    def degree(self) -> int:
        return self.exponent

    def __call__(self, x: Any) -> Any:
        return x if self.exponent == 1 else x**self.exponent

    def __repr__(self) -> str:
        return _power(self.exponent)


@dataclass(frozen=True, repr=False)
class Polynomial(AbstractActivation):
    """σ(x) = Σ cᵢ xⁱ, of degree at least 1, evaluated by Horner's rule."""

    coefficients: tuple[float, ...]

    def __post_init__(self) -> None:
        values = list(self.coefficients)
        for value in values:
            if not isinstance(value, Real) or not math.isfinite(value):
                raise InvalidInputError(
                    f"the activation has the coefficient {value}; give finite real numbers"
                )
        while values and values[-1] == 0:
            values.pop()
        if len(values) < 2:
            raise InvalidInputError(
                f"the activation has the coefficients {list(self.coefficients)}; at least one of "
                "c₁, c₂, … must not be zero"
            )
        object.__setattr__(self, "coefficients", tuple(float(value) for value in values))

    @property
    def degree(self) -> int:
        return len(self.coefficients) - 1

    def __call__(self, x: Any) -> Any:
        if not any(self.coefficients[:-1]):
            return self.coefficients[-1] * x**self.degree
        if self.coefficients[-1] == 1:
            result = x + self.coefficients[-2]
        else:
            result = self.coefficients[-1] * x + self.coefficients[-2]
        for coefficient in reversed(self.coefficients[:-2]):
            result = result * x + coefficient if coefficient else result * x
        return result

    def __repr__(self) -> str:
        text = ""
        for power, c in reversed(list(enumerate(self.coefficients))):
            if c:
                sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
                size = f"{abs(c):.15g}"
                factor = size if power == 0 else ("" if size == "1" else f"{size} ") + _power(power)
                text += sign + factor
        return text


def identity() -> Monomial:
    """σ(x) = x, for linear networks."""
    return Monomial(1)


def monomial(exponent: int) -> Monomial:
    """σ(x) = x^exponent.

    Raises:
        InvalidInputError: If the exponent is not an integer of at least 1.

    >>> monomial(3)
    x^3
    """
    return Monomial(exponent)


def polynomial(coefficients: Sequence[float]) -> AbstractActivation:
    """σ(x) = c₀ + c₁x + c₂x² + ….

    Raises:
        InvalidInputError: If a coefficient is not finite, or if σ is constant.

    >>> polynomial([0, 0, 1, 1])
    x^3 + x^2
    >>> polynomial([0, 0, 1]) == monomial(2)
    True
    """
    result = Polynomial(tuple(coefficients))
    *lower, leading = result.coefficients
    return Monomial(result.degree) if leading == 1 and not any(lower) else result


def _power(exponent: int) -> str:
    return "x" if exponent == 1 else f"x^{exponent}"
