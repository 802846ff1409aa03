"""What a theorem says about an architecture, with its source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar, final

from neuromanifold.errors import InvalidInputError

T_co = TypeVar("T_co", covariant=True)


@final
class Status(Enum):
    """How far a predicted value can be trusted; the value says it in words.

    Attributes:
        PROVED: the source proves the statement.
        CONJECTURED: the source conjectures it.
        UNCONFIRMED_SOURCE: our own derivation or memory of a source; independent computations agree.
        UNCONFIRMED: memory of a source or a secondary account of it, and no computation decides it.
    """

    PROVED = "proved in the source"
    CONJECTURED = "conjectured in the source"
    UNCONFIRMED_SOURCE = (
        "agrees with independent computations, not compared with a published statement"
    )
    UNCONFIRMED = (
        "recalled, neither compared with a published statement nor confirmed by computation"
    )


@final
@dataclass(frozen=True)
class Prediction(Generic[T_co]):
    """A value given by a theorem, to be shown beside a computed one, never instead of it.

    Attributes:
        value: the predicted value, mostly an integer.
        statement: what the value is, and under which conditions.
        source: paper and theorem.
        status: whether the statement is proved.

    Examples:
        >>> print(Prediction(14, "number of critical points", "a paper", Status.PROVED))
        14: number of critical points (a paper; proved in the source)
    """

    value: T_co
    statement: str
    source: str
    status: Status

    def __str__(self) -> str:
        return f"{self.value}: {self.statement} ({self.source}; {self.status.value})"


@final
@dataclass(frozen=True)
class Criterion:
    """A sufficient condition of a theorem, evaluated for an architecture.

    It is one-sided: when it does not hold, the theorem says nothing, and the conclusion may be true
    or false.

    Attributes:
        holds: whether the conclusion follows.
        conclusion: what follows if it does.
        reason: the condition with its numbers, or the first part of it that fails.
        source: paper and theorem.
        status: whether the theorem is proved.

    Examples:
        >>> print(Criterion(False, "identifiable", "x^2, but x^3 is needed", "a paper", Status.PROVED))
        no statement: x^2, but x^3 is needed (a paper; proved in the source)
    """

    holds: bool
    conclusion: str
    reason: str
    source: str
    status: Status

    def __str__(self) -> str:
        head = (
            f"{self.conclusion}, because {self.reason}"
            if self.holds
            else (f"no statement: {self.reason}")
        )
        return f"{head} ({self.source}; {self.status.value})"


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


def hidden_exponents(widths: tuple[int, ...], exponents: int | Sequence[int]) -> tuple[int, ...]:
    """The exponent r_ℓ ≥ 1 of each hidden layer ℓ = 1, …, L − 1.

    Args:
        widths: (d₀, …, d_L).
        exponents: one exponent for all hidden layers, or one for each.

    Returns:
        (r₁, …, r_{L−1}).

    Raises:
        InvalidInputError: if one is not an integer of at least 1, or their number is not L − 1.
    """
    count = len(widths) - 2
    if not isinstance(exponents, Sequence):
        return (integer("exponents", exponents, least=1),) * count
    if len(exponents) != count:
        raise InvalidInputError(
            f"exponents has {len(exponents)} entries but widths {widths} have {count} hidden "
            "layers; give one exponent for each."
        )
    return tuple(integer(f"exponents[{i}]", r, least=1) for i, r in enumerate(exponents))
