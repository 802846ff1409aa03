"""Ranges of sizes as a person types them."""

from __future__ import annotations

import re
from itertools import chain

from neuromanifold.errors import InvalidInputError

_RANGE = re.compile(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?")
_LARGEST = 10**6


def layers(option: str, text: str) -> list[range]:
    """A range for each layer.

    >>> layers("--widths", "2-4,3,1")
    [range(2, 5), range(3, 4), range(1, 2)]

    Raises:
        InvalidInputError: The text is no such list, or a range is empty or holds 0.
    """
    return [_range(option, text, part) for part in text.split(",")]


def sizes(option: str, text: str) -> list[int]:
    """Whole numbers and ranges of them, sorted.

    >>> sizes("--degrees", "2-4,7")
    [2, 3, 4, 7]

    Raises:
        InvalidInputError: The text is no such list, or a range is empty or holds 0.
    """
    return sorted(set(chain.from_iterable(layers(option, text))))


def _range(option: str, text: str, part: str) -> range:
    match = _RANGE.fullmatch(part)
    if match is None:
        raise InvalidInputError(
            f"{option} is '{text}', where '{part}' is neither a whole number nor a range; "
            "write for example 2-4,3,1"
        )
    low, high = int(match[1]), int(match[2] or match[1])
    if not 1 <= low <= high <= _LARGEST:
        raise InvalidInputError(
            f"{option} is '{text}', where '{part}' is no range of sizes; give low-high with "
            f"1 ≤ low ≤ high ≤ {_LARGEST}"
        )
    return range(low, high + 1)
