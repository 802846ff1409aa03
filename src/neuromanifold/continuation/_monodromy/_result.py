"""What `monodromy` returns."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._monodromy._completeness import Evidence, SearchCompleteness
from neuromanifold.continuation._solution import Solutions
from neuromanifold.continuation._solved import AbstractSolved
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError

if TYPE_CHECKING:
    from sympy.combinatorics import PermutationGroup


@dataclass(frozen=True, eq=False, repr=False)
class MonodromyResult(AbstractSolved):
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

    _KIND: ClassVar[str] = "result of monodromy"
    _FORMAT: ClassVar[str] = "neuromanifold monodromy 1"

    system: System = field(compare=False)
    distinct: Solutions
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

    @property
    def parameters(self) -> NDArray[np.complex128]:
        """Values of the parameters, random complex numbers: the base point of all loops."""
        return self.system.values[: len(self.system.parameters)]

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

    def _details(self) -> dict[str, Any]:
        return {
            "completeness": {
                **dataclasses.asdict(self.completeness),
                "evidence": self.completeness.evidence.name,
            },
            **{name: getattr(self, name) for name in _COUNTS},
            "permutations": self.permutations.tolist(),
        }

    @classmethod
    def _read_details(cls, document: dict[str, Any]) -> dict[str, Any]:
        given, rows = document["completeness"], document["permutations"]
        n_solutions = len(document["solutions"])
        return {
            "completeness": SearchCompleteness(
                **{**given, "evidence": Evidence[given["evidence"]]}
            ),
            "permutations": np.array(rows, np.int64).reshape(len(rows), n_solutions),
            **{name: int(document[name]) for name in _COUNTS},
        }

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


_COUNTS = (
    "n_symmetries",
    "n_certified_distinct",
    "n_tracked",
    "n_lost",
    "n_retracked",
)
