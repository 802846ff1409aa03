"""What a theorem says about an architecture, with its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import final

from neuromanifold.errors import InvalidInputError


@final
class Status(Enum):
    """How far a predicted value can be trusted; the value says it in words.

    Attributes:
        PROVED: the source proves the statement.
        CONJECTURED: the source conjectures it.
        UNCONFIRMED_SOURCE: our own derivation or memory of a source; independent computations agree.
    """

    PROVED = "proved in the source"
    CONJECTURED = "conjectured in the source"
    UNCONFIRMED_SOURCE = (
        "agrees with independent computations, not compared with a published statement"
    )


@final
@dataclass(frozen=True)
class Prediction:
    """A number given by a theorem, to be shown beside a computed one, never instead of it.

    Attributes:
        value: the predicted integer.
        statement: what is counted, and under which conditions.
        source: paper and theorem.
        status: whether the statement is proved.

    Examples:
        >>> print(Prediction(14, "number of critical points", "a paper", Status.PROVED))
        14: number of critical points (a paper; proved in the source)
    """

    value: int
    statement: str
    source: str
    status: Status

    def __str__(self) -> str:
        return f"{self.value}: {self.statement} ({self.source}; {self.status.value})"


def positive_integers(field: str, values: Iterable[int], *, least_count: int) -> tuple[int, ...]:
    """Check a list of sizes and return it as a tuple.

    Args:
        field: name used in the message.
        values: the sizes.
        least_count: how many there must be at least.

    Returns:
        the sizes as Python integers.

    Raises:
        InvalidInputError: if there are too few, or one is not an integer of at least 1.
    """
    sizes = tuple(values)
    if len(sizes) < least_count:
        raise InvalidInputError(
            f"{field} has {len(sizes)} entries; give at least {least_count} positive integers."
        )
    return tuple(integer(f"{field}[{i}]", size, least=1) for i, size in enumerate(sizes))


def integer(field: str, value: int, *, least: int) -> int:
    """Check one integer.

    Args:
        field: name used in the message.
        value: the number.
        least: its smallest allowed value.

    Returns:
        the number as a Python integer.

    Raises:
        InvalidInputError: if it is not an integer or is too small.
    """
    try:
        number = value.__index__()
    except AttributeError:
        number = None
    if number is None or isinstance(value, bool) or number < least:
        raise InvalidInputError(f"{field} is {value!r}; give an integer of at least {least}.")
    return number
