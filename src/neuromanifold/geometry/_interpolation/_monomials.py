"""Monomials of one degree as arrays, and their blocks of equal weight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations_with_replacement
from math import comb

import numpy as np


@dataclass(frozen=True, eq=False)
class Monomials:
    """All monomials of degree k in n variables, as nondecreasing index vectors of length k.

    >>> Monomials(2, 2).factors.tolist()
    [[0, 0], [0, 1], [1, 1]]
    """

    n_variables: int
    degree: int

    def __len__(self) -> int:
        return comb(self.n_variables + self.degree - 1, self.degree)

    @cached_property
    def factors(self) -> np.ndarray:
        """Shape (len(self), k), in lexicographic order."""
        combinations = combinations_with_replacement(range(self.n_variables), self.degree)
        count = len(self) * self.degree
        flat = np.fromiter(chain.from_iterable(combinations), np.int32, count)
        return flat.reshape(len(self), self.degree)

    def blocks(self, weights: np.ndarray, generator: np.random.Generator) -> list[np.ndarray]:
        """Positions of monomials of equal weight, for weights (r, n) of the variables.

        A random linear function tells weights apart; if two collide, their blocks are merged,
        which is correct but slower.
        """
        if not len(self):
            return []
        mixture = generator.integers(-(2**62), 2**62, size=len(weights))
        with np.errstate(over="ignore"):
            of_variable = (mixture[:, None] * weights).sum(axis=0)  # modulo 2⁶⁴
            keys = of_variable[self.factors].sum(axis=1)
        order = np.argsort(keys, kind="stable")
        ends = np.flatnonzero(np.diff(keys[order])) + 1
        return sorted(np.split(order, ends), key=lambda block: int(block[0]))

    def positions(self, factors: np.ndarray) -> np.ndarray:
        """Where monomials are in the list; the indices of each may be in any order."""
        queries = self._ranks(np.sort(factors, axis=1))
        order, ranks = self._ranked
        return order[np.searchsorted(ranks, queries)]

    @cached_property
    def _ranked(self) -> tuple[np.ndarray, np.ndarray]:
        ranks = self._ranks(self.factors)
        order = np.argsort(ranks)
        return order, ranks[order]

    def _ranks(self, factors: np.ndarray) -> np.ndarray:
        """The combinatorial number Σ_t C(i_t + t, t + 1) of i_0 ≤ … ≤ i_{k−1}."""
        binomials = np.array(
            [[comb(i + t, t + 1) for t in range(self.degree)] for i in range(self.n_variables)],
            dtype=np.int64,
        ).reshape(self.n_variables, self.degree)
        return binomials[factors, np.arange(self.degree)].sum(axis=1)
