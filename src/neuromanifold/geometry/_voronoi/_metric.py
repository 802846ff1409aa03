"""Metrics Q of Voronoi cells, exact and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import metric_factor, to_array
from neuromanifold.geometry._voronoi._rationals import Vector, exact_number


@dataclass(frozen=True, eq=False)
class Metric:
    """⟨v, w⟩ = vᵀQw for a symmetric, positive semidefinite Q of rational numbers.

    Attributes:
        exact: Q, n × n.
    """

    exact: fmpq_mat

    @staticmethod
    def of(given: Any, n: int) -> Metric:
        """Read a matrix of numbers; None is the identity.

        Raises:
            InvalidInputError: it is not n × n, not symmetric or not positive semidefinite.
        """
        if given is None:
            given = np.eye(n, dtype=int)
        rows = given.tolist() if hasattr(given, "tolist") else list(given)
        if len(rows) != n or any(not hasattr(row, "__len__") or len(row) != n for row in rows):
            raise InvalidInputError(
                f"metric is no {n} × {n} matrix; give one row for each of the {n} coordinates."
            )
        entries = [[exact_number(entry, "metric") for entry in row] for row in rows]
        for i in range(n):
            for j in range(i):
                if entries[i][j] != entries[j][i]:
                    raise InvalidInputError(
                        f"metric is not symmetric: entry ({i + 1}, {j + 1}) is {entries[i][j]} and "
                        f"({j + 1}, {i + 1}) is {entries[j][i]}; give (Q + Qᵀ)/2."
                    )
        metric = Metric(fmpq_mat(entries))
        if not metric._is_semidefinite():
            smallest = float(np.linalg.eigvalsh(metric.array)[0])
            raise InvalidInputError(
                f"metric is not positive semidefinite: its smallest eigenvalue is {smallest:.6g}; "
                "a squared distance must not be negative."
            )
        return metric

    @cached_property
    def array(self) -> np.ndarray:
        """Q in double precision."""
        return to_array(self.exact)

    @cached_property
    def factor(self) -> np.ndarray:
        """L with Q = LLᵀ."""
        return metric_factor(self.array)

    @property
    def size(self) -> int:
        """n."""
        return self.exact.nrows()

    @cached_property
    def rank(self) -> int:
        """The exact rank of Q."""
        return int(self.exact.rref()[1])

    @property
    def is_euclidean(self) -> bool:
        """Q is the identity."""
        n = self.size
        return self.exact == fmpq_mat([[int(i == j) for j in range(n)] for i in range(n)])

    def dual(self, v: Vector) -> Vector:
        """Qv."""
        column = self.exact * fmpq_mat([[entry] for entry in v])
        return tuple(column[i, 0] for i in range(self.size))

    def product(self, v: Vector, w: Vector) -> fmpq:
        """⟨v, w⟩, exact."""
        return sum((a * b for a, b in zip(v, self.dual(w), strict=True)), fmpq(0))

    def squared_norm(self, v: Vector) -> fmpq:
        """‖v‖², exact."""
        return self.product(v, v)

    def squared_norms(self, v: np.ndarray) -> np.ndarray:
        """‖v‖² for vectors (…, n) in double precision."""
        return np.sum((v @ self.factor) ** 2, axis=-1)

    def _is_semidefinite(self) -> bool:
        """All coefficients of det(λ + Q) = Π(λ + λᵢ) are ≥ 0; the eigenvalues λᵢ are real."""
        coefficients = self.exact.charpoly().coeffs()
        n = self.size
        return all(c * (-1) ** (n - k) >= 0 for k, c in enumerate(coefficients))
