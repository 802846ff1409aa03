"""Checks of the numbers that describe an architecture."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

from neuromanifold.errors import InvalidInputError


def positive_integer(field: str, value: Any) -> int:
    """The value as an `int`.

    Raises:
        InvalidInputError: If it is not an integer of at least 1.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise InvalidInputError(f"{field} is {value!r}; give an integer of at least 1")
    return int(value)


def positive_integers(field: str, values: Any, *, at_least: int = 1) -> tuple[int, ...]:
    """The values as a tuple of `int`.

    Raises:
        InvalidInputError: If there are fewer than `at_least`, or one is not an integer ≥ 1.
    """
    if not isinstance(values, Iterable) or isinstance(values, str | bytes):
        raise InvalidInputError(f"{field} is {values!r}; give a sequence of integers")
    result = tuple(positive_integer(f"{field}[{i}]", value) for i, value in enumerate(values))
    if len(result) < at_least:
        raise InvalidInputError(f"{field} is {result}; give at least {at_least} integers")
    return result
