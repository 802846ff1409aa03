"""Continuous symmetries of a parametrization that are linear in the parameters, found exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import jax
import numpy as np

from neuromanifold.geometry._tangents import TangentSampler
from neuromanifold.models import Model
from neuromanifold.rings import (
    PrimeField,
    integer_rows,
    kernel,
    random_prime,
    rational_reconstruction,
    reduced_row_echelon,
    to_float,
)

_MOST_UNKNOWNS = 720
_EXTRA_ROWS = 12
_ATTEMPTS = 4


@dataclass(frozen=True, eq=False)
class ParameterLayout:
    """Where the entries of the arrays of parameters stand in θ.

    Attributes:
        names: The names of the arrays.
        positions: For each array the positions of its entries, in its shape.
    """

    names: tuple[str, ...]
    positions: tuple[np.ndarray, ...]

    @staticmethod
    def of(model: Model) -> ParameterLayout:
        """The layout of a model's parameters."""
        leaves, _ = jax.tree_util.tree_flatten_with_path(model.parameter_shapes)
        names, positions, start = [], [], 0
        for path, leaf in leaves:
            size = int(np.prod(leaf.shape, dtype=np.int64))
            names.append(jax.tree_util.keystr(path, simple=True, separator=".") or "theta")
            positions.append(np.arange(start, start + size).reshape(leaf.shape))
            start += size
        return ParameterLayout(tuple(names), tuple(positions))

    def arrays_of(self, entries: Sequence[int] | np.ndarray) -> tuple[str, ...]:
        """The arrays that have one of these entries, in order."""
        wanted = {int(entry) for entry in entries}
        return tuple(
            name
            for name, positions in zip(self.names, self.positions, strict=True)
            if wanted.intersection(positions.ravel().tolist())
        )


@dataclass(frozen=True, eq=False)
class LinearSymmetries:
    """Affine vector fields θ ↦ Xθ + ξ along which f_θ does not change, for every θ.

    They are a Lie algebra: that of the group of affine maps g with f_gθ = f_θ.

    Attributes:
        layout: The arrays of parameters.
        pairs: (i, j) for each entry X_ij that was not taken to be zero; j = P stands for ξ_i.
        fields: A basis, rational numbers in double precision: (number of fields, number of pairs).
        orbit_dimension: The dimension of a generic orbit, exactly.
        rescalings: A basis of the diagonal fields, integers of shape (r, P).
        is_exhaustive: All of X was unknown; otherwise only entries within one array.
    """

    layout: ParameterLayout
    pairs: np.ndarray
    fields: np.ndarray
    orbit_dimension: int
    rescalings: np.ndarray
    is_exhaustive: bool

    @property
    def n_parameters(self) -> int:
        """P."""
        return self.rescalings.shape[1]

    @cached_property
    def matrices(self) -> np.ndarray:
        """(X, ξ) of each field of the basis: shape (number of fields, P, P + 1)."""
        P = self.n_parameters
        result = np.zeros((len(self.fields), P, P + 1))
        result[:, self.pairs[:, 0], self.pairs[:, 1]] = self.fields
        return result

    def at(self, theta: np.ndarray) -> np.ndarray:
        """The fields at θ: shape (number of fields, P)."""
        return self.matrices @ np.append(theta, 1.0)

    @property
    def translates(self) -> bool:
        """Whether a field has a constant part."""
        return bool(self.fields[:, self.pairs[:, 1] == self.n_parameters].any())

    def contains_swap(self, swap: np.ndarray) -> bool:
        """Whether a field moves entries to where a permutation of θ moves them, but none back.

        Together with its transpose, which the general linear group has too, the permutation then is
        a change of basis.
        """
        i, j = self.pairs.T
        inside = np.where(self.n_parameters > j, j, i)
        follows = (swap[i] == inside) & (i != inside)
        for field in self.fields:
            used = field != 0
            if used.any() and follows[used].all() and not set(i[used]) & set(j[used]):
                return True
        return False


def linear_symmetries(
    model: Model, dimension: int, generator: np.random.Generator
) -> LinearSymmetries:
    """Solve ∂f_θ/∂θ·(Xθ + ξ) = 0 for all θ, a linear system in (X, ξ), modulo a random prime.

    Equations come from random θ, inputs and covectors, and more of them than unknowns are taken.
    The rational solution is checked modulo a second prime. X is any matrix if P² + P is at most
    720; otherwise X_ij is zero unless i and j are entries of one array that differ in one index;
    and if there are still too many unknowns X is diagonal.

    Args:
        model: The model.
        dimension: dim M, so many independent equations come from each θ.
        generator: Of primes and points.
    """
    layout = ParameterLayout.of(model)
    P = model.n_parameters
    for _ in range(_ATTEMPTS):
        field, check = (PrimeField(random_prime(generator)) for _ in range(2))
        sampler = TangentSampler(model, max(1, dimension))
        pairs, is_exhaustive = _unknowns(layout, P)
        basis = _solve(sampler, pairs, field, generator)
        fields = _rational(basis, field.prime)
        diagonal = np.stack([np.arange(P)] * 2, axis=1)
        weights = _solve(sampler, diagonal, field, generator)
        rescalings = integer_rows(weights, field.prime)
        if fields is None or rescalings is None:
            continue
        exact = _residues(fields, len(pairs), check.prime)
        if not _annihilates(sampler, pairs, exact, check, generator):
            continue
        theta = np.append(check.random(generator, (P,)), 1)
        values = np.zeros((len(exact), P), np.int64)
        for k, row in enumerate(exact):
            np.add.at(values[k], pairs[:, 0], row * theta[pairs[:, 1]] % check.prime)
        orbit_dimension = check.rank(values % check.prime)
        floats = np.array([[to_float(q) for q in row] for row in fields])
        floats = floats.reshape(len(fields), len(pairs))
        return LinearSymmetries(layout, pairs, floats, orbit_dimension, rescalings, is_exhaustive)
    raise ArithmeticError("the linear symmetries of the parametrization differ between primes")


def _unknowns(layout: ParameterLayout, P: int) -> tuple[np.ndarray, bool]:
    if P * (P + 1) <= _MOST_UNKNOWNS:
        i, j = np.indices((P, P + 1)).reshape(2, -1)
        return np.stack([i, j], axis=1), True
    pairs = {(i, i) for i in range(P)} | {(i, P) for i in range(P)}
    for positions in layout.positions:
        for axis in range(positions.ndim):
            lines = np.moveaxis(positions, axis, -1).reshape(-1, positions.shape[axis])
            pairs.update((int(i), int(j)) for line in lines for i in line for j in line)
    if len(pairs) > _MOST_UNKNOWNS:
        pairs = {(i, i) for i in range(P)}
    return np.array(sorted(pairs)), False


def _equations(
    sampler: TangentSampler, pairs: np.ndarray, field: PrimeField, generator: np.random.Generator
) -> np.ndarray:
    """Rows (∂_iφ(θ)·θ_j) over the pairs (i, j), for measurements φ at one random θ."""
    for _ in range(_ATTEMPTS):
        theta = field.random(generator, (sampler.model.n_parameters,))
        try:
            rows = sampler.measure(field, theta, *sampler.random_pairs(field, generator))[:, 1:]
        except ZeroDivisionError:
            continue
        return field.multiply(rows[:, pairs[:, 0]], np.append(theta, 1)[pairs[:, 1]])
    raise ArithmeticError(f"{sampler.model.name} divided by zero at random points")


def _solve(
    sampler: TangentSampler, pairs: np.ndarray, field: PrimeField, generator: np.random.Generator
) -> np.ndarray:
    """A reduced basis of the solutions, modulo a prime."""
    echelon = np.zeros((0, len(pairs)), np.int64)
    batch = -(-(len(pairs) + _EXTRA_ROWS) // sampler.n_measurements)
    while True:
        rows = [_equations(sampler, pairs, field, generator) for _ in range(batch)]
        more, pivots = reduced_row_echelon(np.concatenate([echelon, *rows]), field.prime)
        if len(pivots) == len(echelon):
            return kernel(more, field.prime)
        echelon, batch = more, 1 + len(pairs) // (4 * sampler.n_measurements)


def _annihilates(
    sampler: TangentSampler,
    pairs: np.ndarray,
    fields: np.ndarray,
    field: PrimeField,
    generator: np.random.Generator,
) -> bool:
    if not len(fields):
        return True
    rows = np.concatenate([_equations(sampler, pairs, field, generator) for _ in range(3)])
    return not field.dot(rows, fields.T).any()


def _rational(basis: np.ndarray, p: int) -> list[list] | None:
    rows = [[rational_reconstruction(int(entry), p) for entry in row] for row in basis]
    return None if any(entry is None for row in rows for entry in row) else rows


def _residues(rows: list[list], n_columns: int, p: int) -> np.ndarray:
    values = [[int(q.p) * pow(int(q.q), -1, p) % p for q in row] for row in rows]
    return np.array(values, np.int64).reshape(len(rows), n_columns)
