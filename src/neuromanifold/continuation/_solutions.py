"""What `solve` returns."""

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
from neuromanifold.continuation._certificate import Certificate
from neuromanifold.continuation._ledger import Ledger, PathEnd
from neuromanifold.continuation._system import System
from neuromanifold.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd

_FORMAT = "neuromanifold solutions 1"


@dataclass(frozen=True, eq=False)
class Solution:
    """An isolated solution, or a point where paths meet.

    Attributes:
        x: (n,), the coordinates.
        multiplicity: how many paths end here; 1 for a regular solution.
        is_real: proved by the certificate where there is one; otherwise the imaginary parts are
            below 10⁻⁸ of the point's size and the system is real.
        condition: condition number of the scaled Jacobian; infinite at a singular solution.
        certificate: what ball arithmetic proved; None where it was not asked, or cannot be proved
            because the solution is singular.
    """

    x: NDArray[np.complex128]
    multiplicity: int
    is_real: bool
    condition: float
    certificate: Certificate | None

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    def __hash__(self) -> int:
        return hash((self.x.tobytes(), self.multiplicity))

    @property
    def is_singular(self) -> bool:
        """The Jacobian is singular here."""
        return not np.isfinite(self.condition)

    @property
    def is_certified(self) -> bool:
        """It is proved that the certificate's box holds exactly one solution."""
        return self.certificate is not None and self.certificate.is_certified


@dataclass(frozen=True, eq=False)
class SolveResult:
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

    system: System = field(compare=False)
    distinct: tuple[Solution, ...]
    ledger: Ledger
    start: str
    seed: int
    seconds: float = field(compare=False)
    is_interrupted: bool
    version: str

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other, ignoring=("seconds", "system"))

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.distinct)

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
    def n_distinct(self) -> int:
        """Different solutions."""
        return len(self.distinct)

    @property
    def n_real(self) -> int:
        """Different real solutions."""
        return sum(solution.is_real for solution in self.distinct)

    @property
    def n_certified(self) -> int:
        """Different solutions whose existence and uniqueness in a box is proved."""
        return sum(solution.is_certified for solution in self.distinct)

    @property
    def real(self) -> tuple[Solution, ...]:
        """The real solutions."""
        return tuple(solution for solution in self.distinct if solution.is_real)

    @property
    def points(self) -> NDArray[np.complex128]:
        """Coordinates of all solutions, (n_distinct, n)."""
        rows = [solution.x for solution in self.distinct]
        return np.array(rows, np.complex128).reshape(len(rows), len(self.variables))

    def to_dataframe(self) -> pd.DataFrame:
        """One row for each solution: its coordinates, then what is known of it.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas as pd

        columns: dict[str, Any] = dict(zip(self.variables, self.points.T, strict=True))
        for name in ("multiplicity", "is_real", "is_certified", "condition"):
            columns[name] = [getattr(solution, name) for solution in self.distinct]
        return pd.DataFrame(columns)

    def save(self, path: str | Path) -> None:
        """Write everything as JSON; `SolveResult.load` gives an equal result.

        Raises:
            InvalidInputError: the file cannot be written; what was there is left as it was.
        """
        write_atomically(path, self.to_json())

    @classmethod
    def load(cls, path: str | Path) -> SolveResult:
        """Read a file that `save` wrote.

        Raises:
            InvalidInputError: it is no such file.
        """
        return cls.from_json(read_text(path))

    def to_json(self) -> str:
        """The result as text."""
        document = {
            "format": _FORMAT,
            "version": self.version,
            "system": self.system.to_json(),
            "start": self.start,
            "seed": self.seed,
            "seconds": self.seconds,
            "is_interrupted": self.is_interrupted,
            "solutions": [solution_to_json(solution) for solution in self.distinct],
            "ledger": {
                "ends": self.ledger.ends.tolist(),
                "solutions": self.ledger.solutions.tolist(),
                "status": self.ledger.status.tolist(),
                "attempts": self.ledger.attempts.tolist(),
                "n_restarts": self.ledger.n_restarts,
            },
        }
        return json.dumps(document)

    @classmethod
    def from_json(cls, text: str) -> SolveResult:
        """The result that `to_json` wrote.

        Raises:
            InvalidInputError: the text is something else.
        """
        try:
            document = json.loads(text)
            if document["format"] != _FORMAT:
                raise KeyError("format")
            ledger = document["ledger"]
            return cls(
                system=System.from_json(document["system"]),
                distinct=tuple(map(solution_from_json, document["solutions"])),
                ledger=Ledger(
                    np.array(ledger["ends"], np.int8),
                    np.array(ledger["solutions"], np.int32),
                    np.array(ledger["status"], np.int8),
                    np.array(ledger["attempts"], np.int8),
                    int(ledger["n_restarts"]),
                ),
                start=str(document["start"]),
                seed=int(document["seed"]),
                seconds=float(document["seconds"]),
                is_interrupted=bool(document["is_interrupted"]),
                version=str(document["version"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise InvalidInputError(
                f"The text is no file of solutions ('{_FORMAT}'); save a result to get one."
            ) from error

    def __str__(self) -> str:
        title = f"{_count(self.n_distinct, 'solution')} in {', '.join(self.variables)}"
        n_singular = sum(solution.is_singular for solution in self.distinct)
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

    def __repr__(self) -> str:
        return str(self)


def solution_to_json(solution: Solution) -> dict[str, Any]:
    certificate = solution.certificate
    return {
        "x": _pairs(solution.x),
        "multiplicity": solution.multiplicity,
        "is_real": solution.is_real,
        "condition": solution.condition if np.isfinite(solution.condition) else None,
        "certificate": None
        if certificate is None
        else {**dataclasses.asdict(certificate), "center": _pairs(np.array(certificate.center))},
    }


def solution_from_json(entry: dict[str, Any]) -> Solution:
    x = _vector(entry["x"])
    x.setflags(write=False)
    given = entry["certificate"]
    certificate = None
    if given is not None:
        center = tuple(_vector(given["center"]).tolist())
        certificate = Certificate(**{**given, "center": center, "radii": tuple(given["radii"])})
    condition = np.inf if entry["condition"] is None else float(entry["condition"])
    return Solution(x, int(entry["multiplicity"]), bool(entry["is_real"]), condition, certificate)


def _pairs(x: NDArray[np.complex128]) -> list[list[float]]:
    return np.stack([x.real, x.imag], axis=-1).reshape(-1, 2).tolist()


def _vector(pairs: list[list[float]]) -> np.ndarray:
    rows = np.array(pairs, float).reshape(-1, 2)
    return np.ascontiguousarray(rows).view(np.complex128)[:, 0]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
