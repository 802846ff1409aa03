"""Polynomials written as text: a recursive-descent parser, no evaluation of code.

equation  = sum ["=" sum]
sum       = ["+" | "-"] product {("+" | "-") product}
product   = factor {("*" | "/") factor}
factor    = ("+" | "-") factor | atom [("^" | "**") factor]
atom      = number | name | "(" sum ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flint import fmpq

from neuromanifold.continuation._systems._expression import ExpressionBuilder, Gaussian, Value
from neuromanifold.errors import InvalidInputError, NotPolynomialError

_TOKEN = re.compile(
    r"\s*((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:[jJ](?!\w))?"
    r"|[^\W\d]\w*(?:\[\d+(?:,\d+)*\])?"
    r"|\*\*|\S)"
)
_SAME = {"**": "^", "−": "-", "·": "*"}
_SYMBOLS = frozenset("+-*/^()=")
_DEEPEST = 100
_LONGEST_EXPONENT = 400
_ZERO = fmpq(0)

IMAGINARY_UNIT = "I"
_NOT_FINITE = ("nan", "inf", "infinity", "oo")


def names_in(text: str) -> set[str]:
    """The names an equation mentions, without the imaginary unit.

    >>> sorted(names_in("x^2*y - 1.5e-3 + I"))
    ['x', 'y']
    """
    found = {token for token in _TOKEN.findall(text) if _is_name(token)}
    return {n for n in found if n != IMAGINARY_UNIT and n.lower() not in _NOT_FINITE}


def parse(text: str, builder: ExpressionBuilder, lookup: Callable[[str], Value | None]) -> Value:
    """The left side minus the right side of an equation, or the expression without "=".

    Args:
        text: for example "x^2*y - 1"; ** may be written for ^, decimals are exact, I and 1j are i.
        builder: where the nodes go.
        lookup: what a name stands for, None where it is unknown.

    Raises:
        InvalidInputError: the text cannot be read; the message says where.
        NotPolynomialError: an exponent is not an integer.
        ZeroDivisionError: it divides by 0.
    """
    try:
        return _Parser(text, builder, lookup).equation()
    except NotPolynomialError as error:
        raise NotPolynomialError(f"In '{_shortened(text)}': {error}") from error


class _Parser:
    def __init__(
        self, text: str, builder: ExpressionBuilder, lookup: Callable[[str], Value | None]
    ) -> None:
        self._text = text
        self._builder = builder
        self._lookup = lookup
        self._depth = 0
        tokens: list[str] = _TOKEN.findall(text)
        self._tokens = [*(_SAME.get(token, token) for token in tokens), ""]
        self._position = 0
        self._next = self._tokens[0]

    def equation(self) -> Value:
        left = self._sum()
        if self._next == "=":
            self._advance()
            left = self._builder.subtract(left, self._sum())
        if self._next:
            is_product = self._next == "(" or _is_number(self._next) or _is_name(self._next)
            raise self._error("an operator is missing before" if is_product else "unexpected")
        return left

    def _sum(self) -> Value:
        total = self._product()
        while (sign := self._next) == "+" or sign == "-":
            self._advance()
            if sign == "+":
                total = self._builder.add(total, self._product())
            else:
                total = self._builder.subtract(total, self._product())
        return total

    def _product(self) -> Value:
        total = self._factor()
        while (sign := self._next) == "*" or sign == "/":
            self._advance()
            if sign == "*":
                total = self._builder.multiply(total, self._factor())
            else:
                total = self._builder.divide(total, self._factor())
        return total

    def _factor(self) -> Value:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InvalidInputError(
                f"'{_shortened(self._text)}' is nested more than {_DEEPEST} levels deep; "
                "give it as a SymPy expression or a JAX function."
            )
        if (sign := self._next) == "+" or sign == "-":
            self._advance()
            value = self._factor()
            value = value if sign == "+" else -value
        else:
            value = self._atom()
            if self._next == "^":
                self._advance()
                value = self._builder.power(value, self._factor())
        self._depth -= 1
        return value

    def _atom(self) -> Value:
        token = self._next
        if _is_name(token):
            value = self._named(token)
        elif _is_number(token):
            value = self._number(token)
        elif token == "(":
            self._advance()
            value = self._sum()
            if self._next != ")":
                raise self._error("a closing parenthesis is missing before")
        else:
            raise self._error("a number, a name or '(' is missing before")
        self._advance()
        return value

    def _number(self, token: str) -> Gaussian:
        if token.isdigit():
            return Gaussian(fmpq(int(token)), _ZERO)
        is_imaginary = token[-1] in "jJ"
        mantissa, _, exponent = token.rstrip("jJ").lower().partition("e")
        whole, _, fraction = mantissa.partition(".")
        if exponent and abs(int(exponent)) > _LONGEST_EXPONENT:
            raise self._error("beyond the range of double precision is the number")
        value = fmpq(int(whole + fraction or "0"), 10 ** len(fraction))
        power = fmpq(10) ** abs(int(exponent or "0"))
        value = value / power if exponent.startswith("-") else value * power
        return Gaussian(fmpq(0), value) if is_imaginary else Gaussian(value, fmpq(0))

    def _named(self, name: str) -> Value:
        value = self._lookup(name)
        if value is not None:
            return value
        if name == IMAGINARY_UNIT:
            return Gaussian(fmpq(0), fmpq(1))
        if name.lower() in _NOT_FINITE:
            raise self._error("a coefficient must be finite, not")
        raise self._error("neither a variable nor a parameter is")

    def _advance(self) -> None:
        self._position += 1
        self._next = self._tokens[self._position]

    def _error(self, problem: str) -> InvalidInputError:
        token, text = self._next, self._text
        if not (token in _SYMBOLS or _is_name(token) or _is_number(token) or not token):
            problem = "no equation may contain"
        shown = f"'{token}'" if token else "the end"
        starts = [match.start(1) for match in _TOKEN.finditer(text)]
        position = [*starts, len(text)][self._position] + 1
        return InvalidInputError(
            f"Equation '{_shortened(text)}' cannot be read: {problem} {shown} at position "
            f"{position}; write it like 'x^2*y - 3/2'."
        )


def _is_name(token: str) -> bool:
    return token[:1].isalpha() or token[:1] == "_"


def _is_number(token: str) -> bool:
    return token[:1].isdecimal() or (token[:1] == "." and len(token) > 1)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
