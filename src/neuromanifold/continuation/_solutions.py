"""What `solve` returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from neuromanifold.continuation._paths._ledger import Ledger, PathEnd
from neuromanifold.continuation._solution import Solution, Solutions
from neuromanifold.continuation._solved import AbstractSolved
from neuromanifold.continuation._systems._system import System

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class SolveResult(AbstractSolved):
    """The isolated solutions of a system, and what became of every path.

    Attributes:
        system: what was solved, with the values of its parameters.
        distinct: regular solutions, real ones first, then the singular ones.
        ledger: what became of every start path.
        start: the start system in words.
        seed: every random choice came from it.
        seconds: wall time.
        is_interrupted: Ctrl-C stopped the tracking; what was found until then is here.
        version: of the package.
    """

    _KIND: ClassVar[str] = "file of solutions"
    _FORMAT: ClassVar[str] = "neuromanifold solutions 1"

    system: System = field(compare=False)
    distinct: Solutions
    ledger: Ledger
    start: str
    seed: int
    seconds: float = field(compare=False)
    is_interrupted: bool
    version: str

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the coordinates."""
        return self.system.variables

    @property
    def n_paths(self) -> int:
        """Start paths."""
        return len(self.ledger)

    @property
    def n_regular(self) -> int:
        """Paths that end at regular solutions: as many as there are of these."""
        return self.ledger.count(PathEnd.REGULAR)

    @property
    def n_singular(self) -> int:
        """Paths that end at singular solutions, which are counted with multiplicity."""
        return self.ledger.count(PathEnd.SINGULAR)

    @property
    def n_at_infinity(self) -> int:
        """Paths that run to infinity."""
        return self.ledger.count(PathEnd.AT_INFINITY)

    @property
    def n_excess(self) -> int:
        """Paths that end at solutions of the tracked system that do not solve the given one."""
        return self.ledger.count(PathEnd.EXCESS)

    @property
    def n_failed(self) -> int:
        """Paths that were lost; `ledger.failures` has the reasons."""
        return self.ledger.count(PathEnd.FAILED)

    @property
    def n_real(self) -> int:
        """Different real solutions."""
        return int(np.sum(self.distinct.is_real))

    @property
    def real(self) -> tuple[Solution, ...]:
        """The real solutions."""
        return tuple(self.distinct[k] for k in np.flatnonzero(self.distinct.is_real).tolist())

    def to_dataframe(self) -> pd.DataFrame:
        """One row for each solution: its coordinates, then what is known of it.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas as pd

        columns: dict[str, Any] = dict(zip(self.variables, self.points.T, strict=True))
        for name in ("multiplicity", "is_real", "is_certified", "condition"):
            columns[name] = getattr(self.distinct, name)
        return pd.DataFrame(columns)

    def _details(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "is_interrupted": self.is_interrupted,
            "ledger": self.ledger.to_json(),
        }

    @classmethod
    def _read_details(cls, document: dict[str, Any]) -> dict[str, Any]:
        return {
            "start": str(document["start"]),
            "is_interrupted": bool(document["is_interrupted"]),
            "ledger": Ledger.from_json(document["ledger"]),
        }

    def __str__(self) -> str:
        title = f"{_count(self.n_distinct, 'solution')} in {', '.join(self.variables)}"
        n_singular = int(np.sum(self.distinct.is_singular))
        n_regular = self.n_distinct - n_singular
        lines = [
            title,
            "=" * len(title),
            f"• {n_regular} regular, {n_singular} singular; {self.n_real} real",
            f"• {self.n_certified} certified: exactly one solution in a box around each",
            f"• {_count(self.n_paths, 'path')} ({self.start}) = {self._accounts()}",
            f"• seed {self.seed}, {self.seconds:.3g} s",
        ]
        if self.is_interrupted:
            lines.append("• interrupted: some paths were not tracked")
        return "\n".join(lines)

    def _accounts(self) -> str:
        words = [
            f"{self.ledger.count(end)} {end.name.lower().replace('_', ' ')}"
            for end in PathEnd
            if self.ledger.count(end) or end is PathEnd.REGULAR
        ]
        return " + ".join(words)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
