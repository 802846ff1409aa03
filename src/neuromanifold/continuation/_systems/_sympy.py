"""SymPy expressions as circuits; SymPy is imported only by who gives one."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

from flint import fmpq

from neuromanifold.continuation._systems._expression import ExpressionBuilder, Gaussian, Value
from neuromanifold.errors import InvalidInputError, NotPolynomialError


def is_sympy(value: Any) -> bool:
    """Whether a value is a SymPy object, decided without importing SymPy."""
    return type(value).__module__.partition(".")[0] == "sympy" or any(
        base.__module__.partition(".")[0] == "sympy" for base in type(value).__mro__
    )


def sympy_names(expression: Any) -> set[str]:
    """The names of the free symbols.

    Raises:
        InvalidInputError: a coefficient is not finite.
    """
    _require_finite(expression)
    return {symbol.name for symbol in expression.free_symbols}


class SymPyReader:
    """Translates expression trees; shared subtrees become shared nodes.

    Rational numbers stay exact. A floating-point number is the dyadic number it stands for at double
    precision, and so is an irrational constant such as √2 or π.
    """

    def __init__(self, builder: ExpressionBuilder, lookup: Callable[[str], Value | None]) -> None:
        self._builder = builder
        self._lookup = lookup
        self._known: dict[Any, Value] = {}

    def read(self, expression: Any) -> Value:
        """The value of an expression, or left side minus right side of an equation `Eq`.

        Raises:
            NotPolynomialError: it is no rational function of its symbols.
            InvalidInputError: a coefficient is not finite, or a symbol is unknown.
        """
        if expression.is_Relational:
            if expression.rel_op != "==":
                raise InvalidInputError(
                    f"'{expression}' is an inequality; give equations, with Eq or as expressions."
                )
            return self._builder.subtract(self.read(expression.lhs), self.read(expression.rhs))
        stack = [expression]
        while stack:
            top = stack[-1]
            missing = (
                [a for a in top.args if a not in self._known] if top.is_Add or top.is_Mul else []
            )
            if top.is_Pow and not top.is_number and top.base not in self._known:
                missing = [top.base]
            if missing and top not in self._known:
                stack.extend(missing)
            else:
                if top not in self._known:
                    self._known[top] = self._value(top)
                stack.pop()
        return self._known[expression]

    def _value(self, e: Any) -> Value:
        if e.is_Symbol:
            value = self._lookup(e.name)
            if value is None:
                raise InvalidInputError(
                    f"The symbol {e.name} is neither a variable nor a parameter; name it as one."
                )
            return value
        if e.is_Rational:
            return Gaussian(fmpq(int(e.p), int(e.q)), fmpq(0))
        if e.is_Add:
            return reduce(self._builder.add, [self._known[a] for a in e.args])
        if e.is_Mul:
            return self._product(e)
        if e.is_number:
            return _number(e)
        if e.is_Pow:
            if not e.exp.is_Integer:
                raise NotPolynomialError(
                    f"'{e}' has the exponent {e.exp}; exponents must be integers."
                )
            return self._builder.power(self._known[e.base], Gaussian(fmpq(int(e.exp)), fmpq(0)))
        raise NotPolynomialError(f"'{e}' is not a rational function of its symbols.")

    def _product(self, e: Any) -> Value:
        """∏ aᵢ / ∏ bⱼ, with the factors of negative power collected in one denominator."""
        upper: Value = Gaussian(fmpq(1), fmpq(0))
        lower: Value = Gaussian(fmpq(1), fmpq(0))
        for a in e.args:
            if a.is_Pow and not a.is_number and a.exp.is_Integer and a.exp.is_negative:
                factor = self._builder.power(
                    self._known[a.base], Gaussian(fmpq(-int(a.exp)), fmpq(0))
                )
                lower = self._builder.multiply(lower, factor)
            else:
                upper = self._builder.multiply(upper, self._known[a])
        return self._builder.divide(upper, lower)


def _require_finite(expression: Any) -> None:
    from sympy import S

    for value in (S.NaN, S.Infinity, S.NegativeInfinity, S.ComplexInfinity):
        if expression.has(value):
            raise InvalidInputError(f"The coefficient '{value}' in '{expression}' is not finite.")


def _number(e: Any) -> Gaussian:
    try:
        value = complex(e.evalf(17))
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"'{e}' is no complex number; use finite coefficients.") from error
    if not (math.isfinite(value.real) and math.isfinite(value.imag)):
        raise InvalidInputError(f"The coefficient '{e}' is not finite.")
    return Gaussian(fmpq(*value.real.as_integer_ratio()), fmpq(*value.imag.as_integer_ratio()))
