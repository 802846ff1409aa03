"""The exponents with which paths run to infinity and to zero coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromanifold._equality import same_fields


def outside(numbers: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the numbers (N,) are not among the others."""
    if not (len(numbers) and len(others)):
        return np.ones(len(numbers), np.bool_)
    return ~np.isin(numbers, others)


@dataclass(frozen=True, eq=False)
class Valuations:
    """w in Q^n with x_j(t) = z_j·t^{w_j}·(1 + o(1)) for t → 0, for some paths of a homotopy, z_j ≠ 0.

    A coordinate with w_j < 0 runs to infinity, one with w_j > 0 to 0; in projective space a path to
    infinity ends where the coordinates with the least w_j, and no others, are not 0. The exponents depend
    on the homotopy, not on the target system alone. They are read off numerically: dlog x/dlog t,
    recognized as rational numbers with a common denominator up to 8, or the solution near it of the
    equations that make all dominating terms equal in order, with a denominator up to 64. They are kept
    if the terms of lowest order that they single out have a common zero in (C∖0)ⁿ near the point of the
    path and no other w singles out the same terms, or if two values of t, one 1/100 of the other, give
    the same w. This is strong evidence, not a proof.

    Attributes:
        paths: (K,), numbers of paths, ascending.
        numerators: (K, n).
        denominators: (K,), so that w = numerators/denominators; 0 where w is not known.

    Source: B. Huber, J. Verschelde, Polyhedral end games for polynomial continuation, 1998.

    >>> from neuromanifold.continuation import TotalDegree, solve
    >>> result = solve(["x*y - 1", "x^2 + x - 2*y"], start=TotalDegree())
    >>> print(result.ledger.valuations.directions)
    {(1, -1): 1}
    """

    paths: NDArray[np.int64]
    numerators: NDArray[np.int32]
    denominators: NDArray[np.int32]

    @staticmethod
    def none(n_variables: int) -> Valuations:
        """Of no paths."""
        no_rows = np.zeros((0, n_variables), np.int32)
        return Valuations(np.zeros(0, np.int64), no_rows, np.zeros(0, np.int32))

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """(K,)."""
        return self.denominators > 0

    @property
    def exponents(self) -> NDArray[np.float64]:
        """w for each path, (K, n); NaN where it is not known."""
        return self.numerators / np.where(self.is_known, self.denominators, np.nan)[:, None]

    @property
    def directions(self) -> dict[tuple[int, ...], int]:
        """Rays through the known w, as primitive integer vectors, with the number of paths; most first."""
        known = self.numerators[self.is_known]
        known = known[known.any(axis=1)]
        rays, counts = np.unique(
            known // np.gcd.reduce(known, axis=1)[:, None], axis=0, return_counts=True
        )
        order = np.argsort(-counts, kind="stable")
        return {tuple(rays[k].tolist()): int(counts[k]) for k in order}

    def of(self, path: int) -> tuple[Fraction, ...] | None:
        """The exponents of one path, None where they are not known."""
        k = np.searchsorted(self.paths, path)
        if k == len(self.paths) or self.paths[k] != path or not self.denominators[k]:
            return None
        return tuple(Fraction(a, int(self.denominators[k])) for a in self.numerators[k].tolist())

    def among(self, paths: NDArray[np.int64]) -> Valuations:
        """Those of the given paths (ascending), not known where nothing is said of one."""
        rows = np.full(len(paths), -1)
        if len(self.paths):
            k = np.minimum(np.searchsorted(self.paths, paths), len(self.paths) - 1)
            rows = np.where(self.paths[k] == paths, k, -1)
        numerators = np.zeros((len(paths), self.numerators.shape[1]), np.int32)
        denominators = np.zeros(len(paths), np.int32)
        found = rows >= 0
        numerators[found] = self.numerators[rows[found]]
        denominators[found] = self.denominators[rows[found]]
        return Valuations(np.asarray(paths, np.int64), numerators, denominators)

    def without(self, paths: NDArray[np.int64]) -> Valuations:
        """Those of other paths."""
        keep = outside(self.paths, paths)
        return Valuations(self.paths[keep], self.numerators[keep], self.denominators[keep])

    def joined(
        self,
        paths: NDArray[np.int64],
        numerators: NDArray[np.int32],
        denominators: NDArray[np.int32],
    ) -> Valuations:
        """Together with those of other paths."""
        joined = np.concatenate([self.paths, paths])
        order = np.argsort(joined, kind="stable")
        return Valuations(
            joined[order],
            np.concatenate([self.numerators, numerators])[order],
            np.concatenate([self.denominators, denominators])[order],
        )

    def to_json(self) -> dict[str, Any]:
        """A JSON document from which `from_json` makes equal valuations."""
        return {
            "n_variables": self.numerators.shape[1],
            "paths": self.paths.tolist(),
            "numerators": self.numerators.tolist(),
            "denominators": self.denominators.tolist(),
        }

    @staticmethod
    def from_json(document: dict[str, Any]) -> Valuations:
        """What `to_json` wrote; KeyError, TypeError or ValueError if it is something else."""
        paths = np.array(document["paths"], np.int64)
        shape = (len(paths), int(document["n_variables"]))
        return Valuations(
            paths,
            np.array(document["numerators"], np.int32).reshape(shape),
            np.array(document["denominators"], np.int32).reshape(len(paths)),
        )
