"""Multihomogeneous start systems: products of linear forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np
from flint import fmpq

from neuromanifold.continuation._starts._blend import blend, random_gamma
from neuromanifold.continuation._starts._start_system import (
    AbstractStart,
    Begun,
    require_trackable,
)
from neuromanifold.continuation._systems._scaling import equation_sizes
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Node

_DENOMINATOR = 2**12


@dataclass(frozen=True, init=False)
class Multihomogeneous(AbstractStart):
    """H = t·γ·G + (1 − t)·F with G_i = s_i·Π_g Π_{k ≤ d_ig} ℓ_igk(x_g), a product of linear forms.

    The variables fall into groups g of n_g, F_i has degree d_ig in group g, and ℓ_igk is a random
    affine linear form in the variables of group g. A zero of G chooses one form of each G_i such that
    n_g of them belong to group g; there are as many paths as the multihomogeneous Bezout number, the
    coefficient of Π_g z_g^{n_g} in Π_i Σ_g d_ig·z_g.

    Args:
        groups: a partition of the variables, by name (or SymPy symbol).

    Source: C. Wampler, Bezout number calculations for multi-homogeneous polynomial systems, 1992.

    >>> from neuromanifold.continuation import System
    >>> system = System(["x*y - 2", "x + y - 3"])  # Bezout number 2 · 1
    >>> Multihomogeneous([["x"], ["y"]]).begin(system, np.random.default_rng(0)).n_paths
    2
    """

    groups: tuple[tuple[str, ...], ...]

    def __init__(self, groups: Sequence[Sequence[Any]]) -> None:
        object.__setattr__(self, "groups", tuple(tuple(map(str, group)) for group in groups))

    def begin(self, system: System, rng: np.random.Generator, threads: int = 1) -> Begun:
        members = self._members(system)
        degrees = system.multidegrees(members)
        sizes = tuple(map(len, members))
        n_paths = bezout_number(degrees, sizes)
        require_trackable(
            n_paths,
            "The multihomogeneous start",
            "solve with start=Polyhedral(), or choose other groups",
        )
        if n_paths == 0:
            raise InvalidInputError(
                "The multihomogeneous Bezout number for these groups is 0: the system has no isolated "
                "solutions, or choose other groups."
            )
        forms = _LinearForms(degrees, members, rng)
        gamma = random_gamma(rng)
        start = [
            product * s
            for product, s in zip(
                forms.products(system.map.variables), equation_sizes(system), strict=True
            )
        ]
        name = f"multihomogeneous, {self._text()}"
        return blend(system, start, gamma, forms, n_paths, name)

    def _members(self, system: System) -> list[list[int]]:
        given = [name for group in self.groups for name in group]
        if sorted(given) != sorted(system.variables) or not all(self.groups):
            raise InvalidInputError(
                f"The groups {self._text()} are no partition of the variables "
                f"{', '.join(system.variables)}; put every variable in one group."
            )
        return [[system.variables.index(name) for name in group] for group in self.groups]

    def _text(self) -> str:
        return " ".join("{" + ", ".join(group) + "}" for group in self.groups)


def bezout_number(degrees: np.ndarray, sizes: tuple[int, ...]) -> int:
    """The coefficient of Π_g z_g^{n_g} in Π_i Σ_g d_ig·z_g.

    >>> bezout_number(np.array([[1, 1], [1, 1]]), (1, 1))
    2
    """
    coefficients = {(0,) * len(sizes): 1}
    for row in degrees.tolist():
        following: dict[tuple[int, ...], int] = {}
        for exponents, c in coefficients.items():
            for g, d in enumerate(row):
                if d and exponents[g] < sizes[g]:
                    key = (*exponents[:g], exponents[g] + 1, *exponents[g + 1 :])
                    following[key] = following.get(key, 0) + c * d
        coefficients = following
    return coefficients.get(sizes, 0)


class _LinearForms:
    """ℓ_igk(x) = Σ_{j in g} a_j·x_j + b with small random rational a, b, and the zeros of their products.

    A generic choice among rational numbers is as good as one among complex ones, and exact.
    """

    def __init__(
        self,
        degrees: np.ndarray,
        members: list[list[int]],
        rng: np.random.Generator,
    ) -> None:
        self._degrees = degrees
        self._members = members
        self._counts = tuple(map(len, members))
        self._forms = [
            [
                rng.integers(1, _DENOMINATOR, (int(d), len(group) + 1))
                * rng.choice([-1, 1], (int(d), len(group) + 1))
                for d, group in zip(row, members, strict=True)
            ]
            for row in degrees
        ]
        patterns = list(self._patterns(0, self._counts))
        self._patterns_ = np.array(patterns, np.int64).reshape(len(patterns), -1)
        counts = [prod(int(degrees[i, g]) for i, g in enumerate(p)) for p in patterns]
        self._ends = np.array(list(accumulate(counts)), np.int64)

    def products(self, variables: Sequence[Node]) -> list[Node]:
        """G_i without its scale, as circuit nodes."""
        one = variables[0].circuit.constant(1)
        return [
            prod(
                (
                    self._node(form, variables, group)
                    for forms, group in zip(row, self._members, strict=True)
                    for form in forms
                ),
                start=one,
            )
            for row in self._forms
        ]

    def _node(self, form: np.ndarray, variables: Sequence[Node], group: list[int]) -> Node:
        total = variables[0].circuit.constant(fmpq(int(form[-1]), _DENOMINATOR))
        for a, j in zip(form[:-1], group, strict=True):
            total = total + variables[j] * fmpq(int(a), _DENOMINATOR)
        return total

    def _patterns(self, row: int, left: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Which group each equation spends its form on: n_g equations for group g."""
        if row == len(self._degrees):
            yield ()
            return
        for g, room in enumerate(left):
            if room and self._degrees[row, g]:
                rest = (*left[:g], room - 1, *left[g + 1 :])
                if self._feasible(row + 1, rest):
                    yield from ((g, *tail) for tail in self._patterns(row + 1, rest))

    def _feasible(self, row: int, left: tuple[int, ...]) -> bool:
        return _completions(tuple(map(tuple, (self._degrees[row:] > 0).tolist())), left) > 0

    def __call__(self, numbers: np.ndarray) -> np.ndarray:
        numbers = np.asarray(numbers, np.int64)
        points = np.empty((len(numbers), sum(self._counts)), np.complex128)
        pattern = np.searchsorted(self._ends, numbers, side="right")
        for k in sorted(set(pattern.tolist())):
            rows = np.flatnonzero(pattern == k)
            groups = self._patterns_[k]
            rest = numbers[rows] - (self._ends[k - 1] if k else 0)
            chosen = []
            for i, g in enumerate(groups):
                rest, digit = np.divmod(rest, int(self._degrees[i, g]))
                chosen.append(self._forms[i][g][digit] / _DENOMINATOR)
            for g, group in enumerate(self._members):
                lines = np.stack([chosen[i] for i in np.flatnonzero(groups == g)], axis=1)
                zeros = np.linalg.solve(lines[:, :, :-1], -lines[:, :, -1:])[:, :, 0]
                points[rows[:, None], group] = zeros
        return points


@lru_cache(maxsize=100_000)
def _completions(possible: tuple[tuple[bool, ...], ...], left: tuple[int, ...]) -> int:
    return bezout_number(np.array(possible, np.int64).reshape(-1, len(left)), left)
