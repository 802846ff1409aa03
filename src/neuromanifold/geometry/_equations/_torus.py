"""The largest torus of diagonal matrices that preserves the neuromanifold."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

import numpy as np

from neuromanifold.geometry._equations._coordinates import CoordinateSampler
from neuromanifold.rings import (
    PrimeField,
    integer_rows,
    kernel,
    random_prime,
    reduced_row_echelon,
)

_CHECKS = 3
_ATTEMPTS = 4


@dataclass(frozen=True, eq=False)
class TorusSymmetry:
    """The diagonal rescalings of coordinates under which the closure of M is invariant.

    A vector a gives the action c_b ↦ t^{a_b}·c_b. It preserves the closure of M if and only if the
    vector field diag(a)·c is tangent to M at generic points, which is linear in a.

    Attributes:
        weights: A basis of these a, integers of shape (r, N).
        dimension: dim M.
        failure_probability: A bound for the probability, over the random points, that one of them
            does not preserve M.
    """

    weights: np.ndarray
    dimension: int
    failure_probability: float

    @property
    def is_cone(self) -> bool:
        """Whether the closure of M is closed under multiplication by scalars."""
        # the rows are a reduced echelon basis up to factors: 1 is their sum, or not in the span
        leading = [int(row[np.flatnonzero(row)[0]]) for row in self.weights]
        common = lcm(*leading)
        total = sum(
            (common // first * row for first, row in zip(leading, self.weights, strict=True)),
            np.zeros(self.weights.shape[1], np.int64),
        )
        return bool((total == common).all())


def torus_symmetry(sampler: CoordinateSampler, generator: np.random.Generator) -> TorusSymmetry:
    """Find the symmetry over a prime field and check it at fresh points over another one."""
    for _ in range(_ATTEMPTS):
        p = random_prime(generator)
        echelon, dimension = _tangent_weights(sampler, p, generator)
        weights = integer_rows(echelon, p)
        if weights is None:
            continue
        q = random_prime(generator)
        conditions, rank = _conditions(sampler, _CHECKS, q, generator)
        if rank == dimension and not PrimeField(q).dot(conditions, weights.T % q).any():
            chance = min(1.0, (dimension + 1) * sampler.degree / q) ** _CHECKS
            return TorusSymmetry(weights, dimension, len(weights) * chance)
    raise ArithmeticError("the diagonal symmetries of M differ between primes")


def _tangent_weights(
    sampler: CoordinateSampler, p: int, generator: np.random.Generator
) -> tuple[np.ndarray, int]:
    """A reduced basis of the a with diag(a)·c tangent to M, modulo p, and dim M."""
    n = sampler.space.dimension
    found, count = np.eye(n, dtype=np.int64), 0
    conditions, dimension = _conditions(sampler, 1, p, generator)
    if dimension == n:
        return found, n
    step = 2 + n // (n - dimension)
    while True:
        more, rank = _conditions(sampler, step, p, generator)
        dimension = max(rank, dimension)
        conditions = np.concatenate([conditions, more])
        if len(conditions) > n:
            conditions = reduced_row_echelon(conditions, p)[0]
        basis = kernel(conditions, p)
        if count and len(basis) == len(found):
            return basis, dimension
        found, count = basis, count + 1


def _conditions(
    sampler: CoordinateSampler, count: int, p: int, generator: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Rows K·diag(c), where the rows of K are a basis of the conormal space, at random points."""
    points, tangents = sampler.tangents(count, p, generator)
    rows, dimension = [], 0
    for point, tangent in zip(points, tangents, strict=True):
        conormal = kernel(tangent.T, p)
        dimension = max(dimension, len(point) - len(conormal))
        rows.append(conormal * point % p)
    return np.concatenate(rows), dimension
