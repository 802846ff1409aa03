"""Linear slices of parameter space that meet the fibres of a parametrization in finitely many points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from neuromanifold.geometry._fibers._orbits import Partition
from neuromanifold.geometry._symmetries._continuous import LinearSymmetries
from neuromanifold.geometry._symmetries._finite import IndexPermutations
from neuromanifold.geometry._tangents import TangentSampler
from neuromanifold.models import Model
from neuromanifold.rings import Circuit, Node, PrimeField, random_prime, reduced_row_echelon

_DENOMINATOR = 16
_ATTEMPTS = 3


@dataclass(frozen=True, eq=False)
class LinearGauge:
    """The slice θ_q + Σ_i A_qi·θ_i = h_q for the held parameters q; i runs over the free ones.

    A rescaling of a neuron multiplies all its incoming weights by one number, so a linear form in
    them fixes it uniquely; held parameters are combined only with such companions.

    Attributes:
        free: The m = dim M free positions in θ, coordinates y on the slice.
        held: The k = P − m others.
        forms: A, shape (k, m).
    """

    free: np.ndarray
    held: np.ndarray
    forms: np.ndarray

    def assemble(self, y: np.ndarray, h: np.ndarray) -> np.ndarray:
        """θ of shape (B, P) from y (B, m) and h (k,) or (B, k)."""
        theta = np.empty((len(y), len(self.free) + len(self.held)), np.complex128)
        theta[:, self.free] = y
        theta[:, self.held] = h - y @ self.forms.T
        return theta

    def heights(self, theta: np.ndarray) -> np.ndarray:
        """h of the slices through points θ (B, P): shape (B, k)."""
        return theta[:, self.held] + theta[:, self.free] @ self.forms.T

    def nodes(self, y: Sequence[Node], h: Sequence[Node], circuit: Circuit) -> list[Node]:
        """θ as circuit nodes."""
        theta: list[Node] = [circuit.constant(0)] * (len(self.free) + len(self.held))
        for position, node in zip(self.free, y, strict=True):
            theta[position] = node
        for position, height, row in zip(self.held, h, self.forms, strict=True):
            for coefficient, node in zip(row, y, strict=True):
                if coefficient:
                    height = height - circuit.constant(float(coefficient)) * node  # noqa: PLW2901
            theta[position] = height
        return theta


def linear_gauge(
    model: Model,
    dimension: int,
    continuous: LinearSymmetries,
    indices: Sequence[IndexPermutations],
    generator: np.random.Generator,
) -> LinearGauge:
    """A slice for generic fibres; early parameters are held, later ones are free.

    Coefficients of the forms are random, but equal for entries that permutations exchange, so that
    permutations of neurons keep the slices.

    Args:
        model: The model.
        dimension: dim M.
        continuous: Its linear symmetries.
        indices: Permutations.
        generator: Of primes, points and coefficients.
    """
    field = PrimeField(random_prime(generator))
    sampler = TangentSampler(model, dimension)
    jacobian = sampler.random_measurements(field, generator)[:, 1:]
    weights = continuous.rescalings
    for torus in (_torus_conditions(weights), []):
        held = [q for q, _ in torus]
        rest = np.array([i for i in range(model.n_parameters) if i not in set(held)], int)
        _, pivots = reduced_row_echelon(jacobian[:, rest[::-1]], field.prime)
        if len(pivots) < dimension:
            continue
        free = np.sort(rest[::-1][pivots])
        for _ in range(_ATTEMPTS):
            values = _coefficients(model.n_parameters, indices, generator)
            gauge = _with_forms(free, torus, weights, values)
            coefficients = np.array(
                [[_residue(c, field.prime) for c in row] for row in gauge.forms], np.int64
            ).reshape(gauge.forms.shape)
            restricted = jacobian[:, gauge.free]
            if len(gauge.held):
                change = field.dot(jacobian[:, gauge.held], coefficients)
                restricted = field.subtract(restricted, change)
            if field.rank(restricted) == dimension:
                return gauge
    held = np.setdiff1d(np.arange(model.n_parameters), free)
    return LinearGauge(free, held, np.zeros((len(held), dimension)))


def _torus_conditions(weights: np.ndarray) -> list[tuple[int, list[int]]]:
    """Parameters to be held one after the other, with their companions.

    On the companions what is left of the torus acts by the same character.
    """
    left = [[fmpq(int(i == j)) for j in range(len(weights))] for i in range(len(weights))]
    conditions = []
    for q in range(weights.shape[1]):
        if not left:
            break
        characters = [
            tuple(
                sum((u * int(w) for u, w in zip(row, column, strict=True)), fmpq(0)) for row in left
            )
            for column in weights.T
        ]
        own = characters[q]
        if not any(own):
            continue
        companions = [i for i, c in enumerate(characters) if c == own and i > q]
        conditions.append((q, companions))
        pivot = next(k for k, c in enumerate(own) if c)
        base = left[pivot]
        left = [
            [a - own[k] / own[pivot] * b for a, b in zip(row, base, strict=True)]
            for k, row in enumerate(left)
            if k != pivot
        ]
    return conditions


def _coefficients(
    P: int, indices: Sequence[IndexPermutations], generator: np.random.Generator
) -> np.ndarray:
    """A random dyadic number for each position; the same for positions that are exchanged."""
    partition = Partition(P)
    for index in indices:
        for permutation in index.generators:
            for i, moved in enumerate(permutation):
                partition.join(i, int(moved))
    size = generator.integers(_DENOMINATOR // 2, 2 * _DENOMINATOR, P) / _DENOMINATOR
    return (size * generator.choice([-1, 1], P))[partition.labels]


def _with_forms(
    free: np.ndarray, torus: list[tuple[int, list[int]]], weights: np.ndarray, values: np.ndarray
) -> LinearGauge:
    P = weights.shape[1]
    held = np.setdiff1d(np.arange(P), free)
    companions = {q: set(others) for q, others in torus}
    forms = np.zeros((len(held), len(free)))
    for k, q in enumerate(held):
        same = companions.get(int(q))
        if same is None and weights[:, q].any():
            same = {i for i in range(P) if np.array_equal(weights[:, i], weights[:, q])}
        for j, i in enumerate(free):
            if same and int(i) in same:
                forms[k, j] = values[i] / values[q]
    return LinearGauge(free, held, forms)


def _residue(value: float, p: int) -> int:
    numerator, denominator = float(value).as_integer_ratio()
    return numerator * pow(denominator, -1, p) % p
