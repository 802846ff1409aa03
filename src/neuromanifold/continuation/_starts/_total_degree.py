"""Total degree start systems."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from flint import fmpq

from neuromanifold.continuation._starts._blend import blend, random_gamma
from neuromanifold.continuation._starts._path_orbits import PathOrbits
from neuromanifold.continuation._starts._start_system import (
    AbstractStart,
    Begun,
    require_trackable,
)
from neuromanifold.continuation._starts._symmetry import (
    PermutationSymmetry,
    equivariant_matching,
    orbits,
    permutation_symmetries,
)
from neuromanifold.continuation._systems._residues import random_residues, values_modulo_p
from neuromanifold.continuation._systems._scaling import equation_sizes
from neuromanifold.continuation._systems._sparse import expanded_in_doubles
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import TooLargeError
from neuromanifold.rings import Node

_DENOMINATOR = 2**12
_FEW, _MANY = 64, 2**18  # paths for which symmetries are worth the search, and can be kept
_MOST_TERMS = 20_000


@dataclass(frozen=True)
class TotalDegree(AbstractStart):
    """H = t·γ·G + (1 − t)·F with G_i = s_i(x_i^{d_i} − c_i), d_i = deg F_i.

    γ is a random complex number of absolute value 1 away from the real line, the c_i are random
    rational numbers between 1/2 and 3/2, and s_i is a power of 2 near the size of F_i where |x_j| = 1.
    There are Πᵢ d_i paths; every isolated solution is the end of as many of them as its multiplicity
    (Bezout), and the others run to infinity.

    Where a permutation σ of the variables permutes the equations, F_{π(i)}(σx) = F_i(x), the start
    G_i = s_i(x_{μ(i)}^{d_i} − c_{μ(i)}) is chosen such that it has this symmetry too, if possible: μ
    takes π to σ, and c and s are constant where π and σ move. Then H(σx, t) is H(x, t) with permuted
    equations, and σ moves paths to paths: only one of each orbit is tracked. (A generic γ is all that
    Bezout's homotopy needs, so that equal c_j do no harm.)

    >>> from neuromanifold.continuation import System
    >>> TotalDegree().begin(System(["x^2 - y", "y^3 - x"]), np.random.default_rng(0)).n_paths
    6
    """

    def begin(self, system: System, rng: np.random.Generator, threads: int = 1) -> Begun:
        n_paths = prod(system.degrees)
        require_trackable(
            n_paths,
            "The total degree start",
            "solve with start=Polyhedral(), or Multihomogeneous(groups) where variables fall into "
            "groups",
        )
        gamma = random_gamma(rng)
        n = system.n_variables
        powers = rng.integers(_DENOMINATOR // 2, 3 * _DENOMINATOR // 2, n)
        symmetries = _symmetries(system, n_paths)
        matching = equivariant_matching(symmetries, n)
        if matching is None:
            symmetries, matching = [], np.arange(n)
        moves = [symmetry.variables for symmetry in symmetries]
        powers = powers[orbits(moves, n)]
        start: list[Node] = []
        degrees = np.zeros(n, np.int64)
        sizes = equation_sizes(system)
        kind = orbits([symmetry.equations for symmetry in symmetries], n)
        for d, j, i in zip(system.degrees, matching, kind, strict=True):
            c = fmpq(int(powers[j]), _DENOMINATOR)
            start.append((system.map.variables[j] ** d - c) * sizes[i])
            degrees[j] = d
        roots = _Roots(tuple(degrees.tolist()), powers / _DENOMINATOR)
        begun = blend(system, start, gamma, roots, n_paths, "total degree")
        if not symmetries:
            return begun
        return replace(begun, orbits=PathOrbits.of_digits(degrees.tolist(), moves))


def _symmetries(system: System, n_paths: int) -> list[PermutationSymmetry]:
    """Generators of the permutations that are worth using."""
    if not _FEW <= n_paths <= _MANY:
        return []
    try:
        found = permutation_symmetries(expanded_in_doubles(system, _MOST_TERMS))
    except TooLargeError:
        return []
    return _exact(found, system) if found else []


def _exact(symmetries: list[PermutationSymmetry], system: System) -> list[PermutationSymmetry]:
    """Those with F_{π(i)}(σx) = F_i(x) at a random x modulo p; one in 2⁶²/deg F passes by chance."""
    x = np.array(random_residues(np.random.default_rng(0), system.n_variables), object)

    def values(point: np.ndarray) -> np.ndarray:
        return np.array(values_modulo_p(system.map, system.exact_values, point.tolist()), object)

    here = values(x)
    return [s for s in symmetries if np.array_equal(values(_moved(x, s))[s.equations], here)]


def _moved(x: np.ndarray, symmetry: PermutationSymmetry) -> np.ndarray:
    """σx."""
    image = np.empty_like(x)
    image[symmetry.variables] = x
    return image


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
