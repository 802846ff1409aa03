"""Solutions of a system, one by one and many together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromanifold._equality import same_fields
from neuromanifold.continuation._certificates._certificate import Certificate, Certificates
from neuromanifold.continuation._rows import AbstractRows


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


@dataclass(frozen=True, eq=False, repr=False)
class Solutions(AbstractRows[Solution]):
    """Solutions of one system, as arrays.

    Attributes:
        x: (D, n).
        multiplicity: (D,).
        is_real: (D,).
        condition: (D,), infinite at a singular solution.
        certificates: in the order of the solutions that have one.
        certified_as: (D,), the position of the certificate of each solution, −1 where there is none.
    """

    x: NDArray[np.complex128]
    multiplicity: NDArray[np.int64]
    is_real: NDArray[np.bool_]
    condition: NDArray[np.float64]
    certificates: Certificates
    certified_as: NDArray[np.int64]

    def __post_init__(self) -> None:
        self.x.setflags(write=False)

    @staticmethod
    def of(solutions: Iterable[Solution], n: int) -> Solutions:
        """Solutions in n variables as arrays.

        Raises:
            ValueError: they have other numbers of coordinates.
        """
        if isinstance(solutions, Solutions):
            return solutions
        rows = tuple(solutions)
        given = [row.certificate for row in rows]
        has = np.array([certificate is not None for certificate in given], np.bool_)
        return Solutions(
            np.array([row.x for row in rows], np.complex128).reshape(-1, n),
            np.array([row.multiplicity for row in rows], np.int64),
            np.array([row.is_real for row in rows], np.bool_),
            np.array([row.condition for row in rows], np.float64),
            Certificates.of(certificate for certificate in given if certificate is not None),
            np.where(has, np.cumsum(has) - 1, -1),
        )

    def __len__(self) -> int:
        return len(self.x)

    def _row(self, k: int) -> Solution:
        at = int(self.certified_as[k])
        return Solution(
            self.x[k],
            int(self.multiplicity[k]),
            bool(self.is_real[k]),
            float(self.condition[k]),
            None if at < 0 else self.certificates[at],
        )

    @property
    def is_singular(self) -> NDArray[np.bool_]:
        """(D,), where the Jacobian is singular."""
        return ~np.isfinite(self.condition)

    @property
    def is_certified(self) -> NDArray[np.bool_]:
        """(D,), whose certificate's box is proved to hold exactly one solution."""
        proved = np.append(self.certificates.is_certified, False)
        return proved[self.certified_as]

    def to_json(self) -> list[dict[str, Any]]:
        """One JSON document for each solution."""
        return [_to_json(solution) for solution in self]

    @staticmethod
    def from_json(documents: Sequence[dict[str, Any]], n: int) -> Solutions:
        """The solutions that `to_json` wrote.

        Raises:
            ValueError, KeyError, TypeError: the documents are something else.
        """
        return Solutions.of(map(_from_json, documents), n)


def _to_json(solution: Solution) -> dict[str, Any]:
    certificate = solution.certificate
    return {
        "x": _pairs(solution.x),
        "multiplicity": solution.multiplicity,
        "is_real": solution.is_real,
        "condition": solution.condition if np.isfinite(solution.condition) else None,
        "certificate": None if certificate is None else _certificate_to_json(certificate),
    }


def _certificate_to_json(certificate: Certificate) -> dict[str, Any]:
    return {
        **dataclasses.asdict(certificate),
        "center": _pairs(np.array(certificate.center)),
        "tail": _pairs(np.array(certificate.tail, np.complex128)),
    }


def _from_json(entry: dict[str, Any]) -> Solution:
    x = _vector(entry["x"])
    x.setflags(write=False)
    given = entry["certificate"]
    certificate = None
    if given is not None:
        center, tail = (tuple(_vector(given.get(k, [])).tolist()) for k in ("center", "tail"))
        certificate = Certificate(
            **{**given, "center": center, "radii": tuple(given["radii"]), "tail": tail}
        )
    condition = np.inf if entry["condition"] is None else float(entry["condition"])
    return Solution(x, int(entry["multiplicity"]), bool(entry["is_real"]), condition, certificate)


def _pairs(x: NDArray[np.complex128]) -> list[list[float]]:
    return np.stack([x.real, x.imag], axis=-1).reshape(-1, 2).tolist()


def _vector(pairs: list[list[float]]) -> np.ndarray:
    rows = np.array(pairs, float).reshape(-1, 2)
    return np.ascontiguousarray(rows).view(np.complex128)[:, 0]
