"""Varieties given by a parametrization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.continuation._random import complex_gaussian
from neuromanifold.continuation._systems._system import System
from neuromanifold.continuation._varieties._sliced_variety import SlicedVariety
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import (
    Evaluator,
    PolynomialMap,
    Residues,
    random_prime,
    reduced_row_echelon,
)

_DRAWS = 12


@dataclass(frozen=True, eq=False)
class Parametrization:
    """X = closure of {F(θ) : θ ∈ ℂᴾ}, irreducible, of dimension max rank ∂F/∂θ.

    Fibres may be finite or of positive dimension; points of X are told apart by F(θ).

    Attributes:
        map: F, polynomial or rational, without parameters.

    Examples:
        >>> Parametrization.of(["t", "t^2", "t^3"]).dimension
        1
    """

    map: PolynomialMap

    def __post_init__(self) -> None:
        if self.map.parameters:
            raise InvalidInputError(
                f"The parametrization has {len(self.map.parameters)} parameters besides its "
                "variables; give them values."
            )
        if not self.map.outputs or not self.map.variables:
            raise InvalidInputError("A parametrization needs variables and coordinates.")

    @staticmethod
    def of(coordinates: Any, variables: Sequence[Any] | int | None = None) -> Parametrization:
        """The map with these coordinates, read as the equations of a `System` are.

        Raises:
            InvalidInputError: a coordinate cannot be read, is constant, divides by a variable, or
                has a complex constant.
        """
        system = System(coordinates, variables)
        if system.denominators:
            raise InvalidInputError(
                "A coordinate divides by a variable; give rational parametrizations as a "
                "PolynomialMap."
            )
        if not system.is_real:
            raise InvalidInputError("A parametrization needs rational constants.")
        return Parametrization(system.map)

    @property
    def dimension(self) -> int:
        """dim X, the rank of ∂F/∂θ at a random θ modulo a random prime near 2³¹."""
        return generic_rank(self.map, np.random.default_rng(0))


def variety_of_parametrization(
    parametrization: Parametrization, dimension: int | None, rng: np.random.Generator
) -> SlicedVariety:
    """The closure of the image, in coordinates θ of which all but dim X are held.

    Raises:
        InvalidInputError: it has not the wanted dimension, or is a point.
    """
    F = parametrization.map
    rank = generic_rank(F, rng)
    if dimension not in (None, rank):
        raise InvalidInputError(
            f"dimension is {dimension}, but the parametrized variety has dimension {rank}; leave "
            "the argument out."
        )
    if rank == 0:
        raise InvalidInputError("The parametrization is constant; its image is one point.")
    theta = _well_conditioned_point(F, rank, rng)
    free = free_coordinates(F, theta, rank)
    fixed = [j for j in range(len(theta)) if j not in set(free)]
    nodes = np.array(F.variables, dtype=object)
    coordinates = PolynomialMap.build(F.outputs, list(nodes[free]), list(nodes[fixed]))
    none = PolynomialMap.build([], coordinates.variables, coordinates.parameters)
    return SlicedVariety(none, coordinates, theta[fixed], theta[free], none, np.zeros(0))


def generic_rank(F: PolynomialMap, rng: np.random.Generator) -> int:
    """max over θ of rank ∂F/∂θ, from a random θ modulo a random prime p between 2³⁰ and 2³¹.

    It is never too large, and too small with a probability of about (degree of a minor)/p.
    """
    p = random_prime(rng)
    inputs = {node: Residues(rng.integers(1, p, size=1), p) for node in F.variables}
    entries = [entry for row in F.derivative for entry in row]
    values = Evaluator(entries)(inputs, lambda q: Residues.of_rational(q, p))
    residues = np.array([int(np.ravel(value.values)[0]) for value in values], np.int64)
    return len(reduced_row_echelon(residues.reshape(len(F.outputs), -1), p)[1])


def free_coordinates(F: PolynomialMap, theta: np.ndarray, rank: int) -> list[int]:
    """Coordinates of θ that F sees: the columns of a well-conditioned maximal minor of ∂F/∂θ.

    With the others held at their values in a generic θ, F is finite-to-one and its image still
    dense in X.
    """
    _, J = F.linearize(theta[None, :])
    return sorted(_pivots(J[0], rank))


def _pivots(J: np.ndarray, rank: int) -> list[int]:
    """The first columns that QR with column pivoting chooses: each the farthest from those before.

    `scipy.linalg.qr` would do, but importing it takes longer than a small landscape.
    """
    rest, pivots = J.copy(), []
    for _ in range(rank):
        sizes = np.linalg.norm(rest, axis=0)
        sizes[pivots] = -1.0
        pivots.append(int(np.argmax(sizes)))
        q = rest[:, pivots[-1]] / sizes[pivots[-1]]
        rest -= np.outer(q, q.conj() @ rest)
    return pivots


def _well_conditioned_point(F: PolynomialMap, rank: int, rng: np.random.Generator) -> np.ndarray:
    draws = complex_gaussian(rng, (_DRAWS, len(F.variables)))
    _, jacobians = F.linearize(draws)
    singular = np.linalg.svd(jacobians, compute_uv=False)
    return draws[int(np.argmax(singular[:, rank - 1] / singular[:, 0]))]
