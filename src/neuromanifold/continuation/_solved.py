"""What the results of `solve` and `monodromy` have in common: solutions, and the file that holds them."""

from __future__ import annotations

import abc
import json
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from neuromanifold._equality import same_fields
from neuromanifold._files import read_text, write_atomically
from neuromanifold.continuation._solution import Solutions
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError

Self = TypeVar("Self", bound="AbstractSolved")


class AbstractSolved(abc.ABC):
    """Solutions of a system, which can be written to a file and read again.

    Concrete classes are frozen dataclasses with the fields below and more.
    """

    _KIND: ClassVar[str]
    """What a file holds, for error messages."""
    _FORMAT: ClassVar[str]
    """The first entry of a file."""
    system: System
    distinct: Solutions
    seed: int
    seconds: float
    version: str

    @abc.abstractmethod
    def _details(self) -> dict[str, Any]:
        """What the file holds besides the fields above, ready for JSON."""

    @classmethod
    @abc.abstractmethod
    def _read_details(cls, document: dict[str, Any]) -> dict[str, Any]:
        """The other fields from what `_details` wrote; any exception means a damaged file."""

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other, ignoring=("seconds", "system"))

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.distinct)

    def __repr__(self) -> str:
        return str(self)

    @property
    def points(self) -> NDArray[np.complex128]:
        """Coordinates of all solutions, (n_distinct, n)."""
        return self.distinct.x.copy()

    @property
    def n_distinct(self) -> int:
        """Different solutions; orbits, where a group acts."""
        return len(self.distinct)

    @property
    def n_certified(self) -> int:
        """Different solutions whose existence and uniqueness in a box is proved."""
        return int(np.sum(self.distinct.is_certified))

    def save(self, path: str | Path) -> None:
        """Write everything as JSON; `load` gives an equal result.

        Raises:
            InvalidInputError: the file cannot be written; what was there is left as it was.
        """
        write_atomically(path, self.to_json())

    @classmethod
    def load(cls: type[Self], path: str | Path) -> Self:
        """Read a file that `save` wrote.

        Raises:
            InvalidInputError: it is no such file.
        """
        return cls.from_json(read_text(path))

    def to_json(self) -> str:
        """The result as text."""
        document = {
            "format": self._FORMAT,
            "version": self.version,
            "system": self.system.to_json(),
            "seed": self.seed,
            "seconds": self.seconds,
            **self._details(),
            "solutions": self.distinct.to_json(),
        }
        return json.dumps(document)

    @classmethod
    def from_json(cls: type[Self], text: str) -> Self:
        """The result that `to_json` wrote.

        Raises:
            InvalidInputError: the text is something else.
        """
        try:
            document = json.loads(text)
            if document["format"] != cls._FORMAT:
                raise KeyError("format")
            system = System.from_json(document["system"])
            fields: dict[str, Any] = {
                "system": system,
                "distinct": Solutions.from_json(document["solutions"], system.n_variables),
                "seed": int(document["seed"]),
                "seconds": float(document["seconds"]),
                "version": str(document["version"]),
                **cls._read_details(document),
            }
            return cls(**fields)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise InvalidInputError(
                f"The text is no {cls._KIND} ('{cls._FORMAT}'); save a result to get one."
            ) from error
