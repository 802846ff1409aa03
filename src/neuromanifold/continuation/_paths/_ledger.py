"""The ledger: what became of every start path."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromanifold._equality import same_fields
from neuromanifold.continuation._paths._track import PathStatus
from neuromanifold.continuation._paths._valuations import Valuations


class PathEnd(enum.Enum):
    """Where a start path ended; the value is the sentence for the printed ledger."""

    REGULAR = "at a regular solution"
    SINGULAR = "at a singular solution, as many as its multiplicity"
    AT_INFINITY = "at infinity: the system has fewer solutions than the start system"
    EXCESS = "at a solution of the tracked system that does not solve the given one"
    FAILED = "nowhere: the path was lost, or came out at the end of another path"

    @property
    def code(self) -> int:
        """The number that stands for this end in `Ledger.ends`."""
        return _ENDS.index(self)


_ENDS = tuple(PathEnd)
_LONGEST = 6
_COINCIDENT = (
    "It ends at the same regular solution as another path, also when tracked more carefully: solve "
    "again with another seed."
)


@dataclass(frozen=True, eq=False)
class Ledger:
    """Start paths = regular + singular + at infinity + excess + failed.

    Attributes:
        ends: (N,), codes of `PathEnd`.
        solutions: (N,), the position of the end in `SolveResult.distinct`, −1 where there is none.
        status: (N,), codes of `PathStatus`, what the tracker said in the end.
        attempts: (N,), how often the path was tracked; 0 for the image of another one under a symmetry
            of the system.
        n_restarts: how often everything was tracked anew with another random homotopy.
        valuations: of all paths to infinity and to solutions with zero coordinates.
    """

    ends: NDArray[np.int8]
    solutions: NDArray[np.int32]
    status: NDArray[np.int8]
    attempts: NDArray[np.int8]
    n_restarts: int
    valuations: Valuations

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.ends)

    def count(self, end: PathEnd) -> int:
        """How many paths ended there."""
        return int(np.sum(self.ends == end.code))

    def paths_to(self, end: PathEnd) -> NDArray[np.int64]:
        """The numbers of the paths that ended there."""
        return np.flatnonzero(self.ends == end.code)

    def to_json(self) -> dict[str, Any]:
        """A JSON document from which `from_json` makes an equal ledger."""
        return {
            "ends": self.ends.tolist(),
            "solutions": self.solutions.tolist(),
            "status": self.status.tolist(),
            "attempts": self.attempts.tolist(),
            "n_restarts": self.n_restarts,
            "valuations": self.valuations.to_json(),
        }

    @staticmethod
    def from_json(document: dict[str, Any]) -> Ledger:
        """The ledger that `to_json` wrote; KeyError, TypeError or ValueError if it is something else."""
        return Ledger(
            np.array(document["ends"], np.int8),
            np.array(document["solutions"], np.int32),
            np.array(document["status"], np.int8),
            np.array(document["attempts"], np.int8),
            int(document["n_restarts"]),
            Valuations.from_json(document["valuations"]),
        )

    def directions(self, end: PathEnd) -> dict[tuple[int, ...], int]:
        """`Valuations.directions` of the paths that ended there."""
        return self.valuations.among(self.paths_to(end)).directions

    @property
    def n_retracked(self) -> int:
        """Paths that were tracked more than once."""
        return int(np.sum(self.attempts > 1))

    @property
    def n_unrecognized(self) -> int:
        """Paths said to run to infinity whose exponents are not known: the weakest of judgements."""
        at_infinity = self.valuations.among(self.paths_to(PathEnd.AT_INFINITY))
        return int(np.sum(~at_infinity.is_known))

    @property
    def n_images(self) -> int:
        """Paths that were not tracked, being images of others under symmetries of the system."""
        is_image = (self.attempts == 0) & (self.status != PathStatus.INTERRUPTED.code)
        return int(np.sum(is_image))

    @property
    def failures(self) -> dict[int, str]:
        """The number of each failed path, with the reason."""
        return {
            int(k): _COINCIDENT
            if self.status[k] == PathStatus.SUCCESS.code
            else PathStatus.from_code(int(self.status[k])).value
            for k in self.paths_to(PathEnd.FAILED)
        }

    def __str__(self) -> str:
        title = f"{len(self)} start paths"
        lines = [title, "=" * len(title)]
        lines += [
            f"• {self.count(end)} {end.name.lower().replace('_', ' ')}: end {end.value}"
            for end in PathEnd
            if self.count(end)
        ]
        directions = self.directions(PathEnd.AT_INFINITY)
        if directions:
            lines.append(f"  infinity is reached {_directions(directions)}")
        if self.n_unrecognized:
            lines.append(
                f"  {self.n_unrecognized} with exponents that were not recognized: a large finite end is "
                "not ruled out"
            )
        if self.n_images:
            lines.append(f"• {self.n_images} not tracked: images of others under symmetries")
        if self.n_retracked:
            lines.append(f"• {self.n_retracked} tracked again, more carefully")
        if self.n_restarts:
            lines.append(f"• {self.n_restarts} times all tracked anew with another homotopy")
        failures = list(self.failures.items())
        lines += [f"  path {k}: {reason}" for k, reason in failures[:5]]
        if len(failures) > 5:
            lines.append(f"  and {len(failures) - 5} more")
        return "\n".join(lines)


def _directions(directions: dict[tuple[int, ...], int]) -> str:
    most = next(iter(directions))
    vector = ", ".join(map(str, most[:_LONGEST])).replace("-", "−")
    vector += ", …" if len(most) > _LONGEST else ""
    count = len(directions)
    if count == 1:
        return f"in the direction ({vector})"
    return f"in {count} directions, such as ({vector})"
