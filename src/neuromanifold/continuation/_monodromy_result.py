"""What `monodromy` returns."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neuromanifold._equality import same_fields
from neuromanifold._files import read_text, write_atomically
from neuromanifold.continuation._completeness import Evidence, SearchCompleteness
from neuromanifold.continuation._solutions import Solution, solution_from_json, solution_to_json
from neuromanifold.continuation._system import System
from neuromanifold.errors import InvalidInputError

if TYPE_CHECKING:
    from sympy.combinatorics import PermutationGroup

_FORMAT = "neuromanifold monodromy 1"


@dataclass(frozen=True, eq=False)
class MonodromyResult:
    """The solutions of a generic member of a family, and how sure it is that they are all.

    Attributes:
        system: the family, bound to `parameters`.
        distinct: the solutions there; with a group, one of each orbit.
        permutations: (number of loops, k), where each loop takes the solutions: solution i to
            `permutations[l, i]`, −1 where it was lost or not tracked.
        completeness: the evidence that none is missing.
        n_symmetries: elements of the group that acts; 1 without one.
        n_certified_distinct: how many different solutions there are at least, proved by boxes that do
            not meet.
        n_tracked: paths tracked along edges of the graph.
        n_lost: of these, paths that did not arrive.
        n_retracked: paths tracked again because two of them had the same end.
        seed: every random choice came from it.
        seconds: wall time.
        version: of the package.
    """

    system: System = field(compare=False)
    distinct: tuple[Solution, ...]
    permutations: NDArray[np.int64]
    completeness: SearchCompleteness
    n_symmetries: int
    n_certified_distinct: int
    n_tracked: int
    n_lost: int
    n_retracked: int
    seed: int
    seconds: float = field(compare=False)
    version: str

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other, ignoring=("seconds", "system"))

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.distinct)

    @property
    def parameters(self) -> NDArray[np.complex128]:
        """Values of the parameters, random complex numbers: the base point of all loops."""
        return self.system.values[: len(self.system.parameters)]

    @property
    def points(self) -> NDArray[np.complex128]:
        """Coordinates of all solutions, (n_distinct, n)."""
        rows = [solution.x for solution in self.distinct]
        return np.array(rows, np.complex128).reshape(len(rows), self.system.n_variables)

    @property
    def n_distinct(self) -> int:
        """Different solutions; with a group, orbits."""
        return len(self.distinct)

    @property
    def n_certified(self) -> int:
        """Solutions whose existence and uniqueness in a box is proved."""
        return sum(solution.is_certified for solution in self.distinct)

    @property
    def n_loops(self) -> int:
        """Independent loops."""
        return len(self.permutations)

    @property
    def is_complete(self) -> bool:
        """The trace closed, or the given number was reached."""
        return self.completeness.is_complete

    @property
    def is_interrupted(self) -> bool:
        """Ctrl-C stopped the search; what was found until then is here."""
        return self.completeness.evidence is Evidence.INTERRUPTED

    def galois_group(self) -> PermutationGroup:
        """The group that the completely tracked loops generate on the solutions 0, …, k − 1.

        It is a subgroup of the Galois group of the family, and usually all of it: a few random
        loops generate a group. With `identify` or a group, it acts on the classes.

        Raises:
            ImportError: SymPy is not installed.
            InvalidInputError: no loop was tracked completely.

        >>> from neuromanifold.continuation import System, monodromy
        >>> cubic = System(["x^3 + a*x^2 + b*x + c"], parameters=["a", "b", "c"])
        >>> int(monodromy(cubic).galois_group().order())
        6
        """
        try:
            from sympy.combinatorics import Permutation, PermutationGroup
        except ImportError as error:
            raise ImportError(
                "The Galois group needs SymPy: install it with pip install sympy."
            ) from error
        whole = np.arange(len(self))
        rows = [row for row in self.permutations if np.array_equal(np.sort(row), whole)]
        if not rows:
            raise InvalidInputError(
                "No loop was tracked for all solutions; search again without a given count."
            )
        unique = {tuple(row.tolist()) for row in rows}
        return PermutationGroup([Permutation(list(row)) for row in sorted(unique)])

    def save(self, path: str | Path) -> None:
        """Write everything as JSON; `MonodromyResult.load` gives an equal result.

        Raises:
            InvalidInputError: the file cannot be written; what was there is left as it was.
        """
        write_atomically(path, self.to_json())

    @classmethod
    def load(cls, path: str | Path) -> MonodromyResult:
        """Read a file that `save` wrote.

        Raises:
            InvalidInputError: it is no such file.
        """
        return cls.from_json(read_text(path))

    def to_json(self) -> str:
        """The result as text."""
        document: dict[str, Any] = {
            "format": _FORMAT,
            "version": self.version,
            "system": self.system.to_json(),
            "seed": self.seed,
            "seconds": self.seconds,
            "completeness": {
                **dataclasses.asdict(self.completeness),
                "evidence": self.completeness.evidence.name,
            },
            **{name: getattr(self, name) for name in _COUNTS},
            "permutations": self.permutations.tolist(),
            "solutions": [solution_to_json(solution) for solution in self.distinct],
        }
        return json.dumps(document)

    @classmethod
    def from_json(cls, text: str) -> MonodromyResult:
        """The result that `to_json` wrote.

        Raises:
            InvalidInputError: the text is something else.
        """
        try:
            document = json.loads(text)
            if document["format"] != _FORMAT:
                raise KeyError("format")
            given = document["completeness"]
            distinct = tuple(map(solution_from_json, document["solutions"]))
            rows = document["permutations"]
            return cls(
                system=System.from_json(document["system"]),
                distinct=distinct,
                permutations=np.array(rows, np.int64).reshape(len(rows), len(distinct)),
                completeness=SearchCompleteness(
                    **{**given, "evidence": Evidence[given["evidence"]]}
                ),
                **{name: int(document[name]) for name in _COUNTS},
                seed=int(document["seed"]),
                seconds=float(document["seconds"]),
                version=str(document["version"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInputError(
                f"The text is no result of monodromy ('{_FORMAT}'); save a result to get one."
            ) from error

    def __str__(self) -> str:
        noun = "solution" if self.n_symmetries == 1 else "orbit of solutions"
        many = "solutions" if self.n_symmetries == 1 else "orbits of solutions"
        title = f"{len(self)} {noun if len(self) == 1 else many}"
        lines = [
            title + " at a generic member of the family",
            "",
            f"• {self.completeness}",
            f"• {self.n_certified} certified, {self.n_certified_distinct} of them proved different",
            f"• {self.n_loops} independent loops, {self.n_tracked} paths: {self.n_lost} lost, "
            f"{self.n_retracked} tracked again",
            f"• seed {self.seed}, {self.seconds:.3g} s",
        ]
        if self.n_symmetries > 1:
            lines.insert(3, f"• a group of {self.n_symmetries} elements acts on each orbit")
        lines[1] = "=" * len(lines[0])
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


_COUNTS = (
    "n_symmetries",
    "n_certified_distinct",
    "n_tracked",
    "n_lost",
    "n_retracked",
)
