"""Total degree start systems."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from flint import fmpq

from neuromanifold.continuation._blend import blend, random_gamma
from neuromanifold.continuation._scaling import equation_sizes
from neuromanifold.continuation._start_system import (
    AbstractStart,
    Begun,
    require_trackable,
)
from neuromanifold.continuation._system import System

_DENOMINATOR = 2**12


@dataclass(frozen=True)
class TotalDegree(AbstractStart):
    """H = t·γ·G + (1 − t)·F with G_i = s_i(x_i^{d_i} − c_i), d_i = deg F_i.

    γ is a random complex number of absolute value 1 away from the real line, the c_i are random
    rational numbers between 1/2 and 3/2, and s_i is a power of 2 near the size of F_i where |x_j| = 1.
    There are Πᵢ d_i paths; every isolated solution is the end of as many of them as its multiplicity
    (Bezout), and the others run to infinity.

    >>> from neuromanifold.continuation import System
    >>> TotalDegree().begin(System(["x^2 - y", "y^3 - x"]), np.random.default_rng(0)).n_paths
    6
    """

    def begin(self, system: System, rng: np.random.Generator, threads: int = 1) -> Begun:
        degrees = system.degrees
        n_paths = prod(degrees)
        require_trackable(
            n_paths,
            "The total degree start",
            "solve with start=Polyhedral(), or Multihomogeneous(groups) where variables fall into "
            "groups",
        )
        gamma = random_gamma(rng)
        powers = rng.integers(_DENOMINATOR // 2, 3 * _DENOMINATOR // 2, len(degrees))
        start = [
            (x**d - fmpq(int(c), _DENOMINATOR)) * size
            for x, d, c, size in zip(
                system.map.variables, degrees, powers, equation_sizes(system), strict=True
            )
        ]
        roots = _Roots(degrees, powers / _DENOMINATOR)
        return blend(system, start, gamma, roots, n_paths, "total degree")


class _Roots:
    """Path number k ↦ (c_j^{1/d_j}·e^{2πi k_j/d_j})_j, the k_j being the mixed-radix digits of k."""

    def __init__(self, degrees: tuple[int, ...], powers: np.ndarray) -> None:
        self._degrees = degrees
        self._sizes = powers ** (1 / np.array(degrees))

    def __call__(self, numbers: np.ndarray) -> np.ndarray:
        points = np.empty((len(numbers), len(self._degrees)), np.complex128)
        rest = np.asarray(numbers, np.int64)
        for j in range(len(self._degrees) - 1, -1, -1):
            d = self._degrees[j]
            rest, digit = np.divmod(rest, d)
            if d < len(numbers):
                points[:, j] = self._roots(j, np.arange(d))[digit]
            else:
                points[:, j] = self._roots(j, digit)
        return points

    def _roots(self, j: int, digits: np.ndarray) -> np.ndarray:
        return self._sizes[j] * np.exp(2j * np.pi * digits / self._degrees[j])
