"""A variety with what is needed to cut it by linear slices and to move the slices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._varieties._slice import LinearSlice
from neuromanifold.rings import PolynomialMap, dot

_ON_VARIETY = 1e-8
_RANK = 1e-9


@dataclass(frozen=True, eq=False)
class SlicedVariety:
    """X ⊂ ℂᴺ, the irreducible closure of {x(y) : g(y) = 0} near a point y₀, of dimension m.

    Variables y, m more of them than there are equations g; given equations: x(y) = y; a
    parametrization: no g, and so many variables held that x is finite-to-one. Together with
    A·x(y) = b that is a square system with parameters (A, b): one tape for all slices.

    Attributes:
        equations: g, with the held values as parameters.
        coordinates: y ↦ x, on the same variables and parameters.
        held: the values of these parameters.
        start: y₀, a generic point.
        given: all equations of X; g is a generic combination of them. Empty for a parametrization.
        row_sizes: how large their gradients are at points that are not on X.
    """

    equations: PolynomialMap
    coordinates: PolynomialMap
    held: NDArray[np.complex128]
    start: NDArray[np.complex128]
    given: PolynomialMap
    row_sizes: NDArray[np.float64]

    @property
    def ambient(self) -> int:
        """N."""
        return len(self.coordinates.outputs)

    @property
    def dimension(self) -> int:
        """m = dim X."""
        return len(self.coordinates.variables) - len(self.equations.outputs)

    @cached_property
    def system(self) -> PolynomialMap:
        """g(y) = 0, A·x(y) = b; parameters (A row by row, b, held values)."""
        circuit = self.coordinates.variables[0].circuit
        x = self.coordinates.outputs
        rows = [circuit.inputs(len(x)) for _ in range(self.dimension)]
        constants = circuit.inputs(self.dimension)
        cuts = [dot(row, x, circuit) - b for row, b in zip(rows, constants, strict=True)]
        parameters = [a for row in rows for a in row] + constants
        return PolynomialMap.build(
            [*self.equations.outputs, *cuts],
            self.coordinates.variables,
            [*parameters, *self.coordinates.parameters],
        )

    def parameters(self, cut: LinearSlice) -> NDArray[np.complex128]:
        """The parameters of `system` for a slice."""
        return np.concatenate([cut.parameters, self.held])

    def points(self, solutions: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """x(y) for y of shape (B, ·): shape (B, N)."""
        return self.coordinates(solutions, self.held)

    def contains(self, solutions: NDArray[np.complex128]) -> NDArray[np.bool_]:
        """Which y satisfy all given equations, (B,), and are regular points of them.

        There the equations have the rank N − m, and a Newton step changes nothing.
        """
        if not self.given.outputs or not len(solutions):
            return np.ones(len(solutions), bool)
        values, jacobians = self.given.linearize(solutions, self.held)
        values, jacobians = values / self.row_sizes, jacobians / self.row_sizes[:, None]
        codimension = len(self.given.variables) - self.dimension
        holds = [
            rank_of(J) == codimension
            and np.linalg.norm(np.linalg.pinv(J, rcond=_RANK) @ v)
            <= _ON_VARIETY * max(float(np.linalg.norm(y)), _ON_VARIETY)
            for y, v, J in zip(solutions, values, jacobians, strict=True)
        ]
        return np.array(holds)


def rank_of(jacobian: NDArray[np.complex128]) -> int:
    """The rank of a matrix with rows of size 1 where they are not negligible.

    The gradient of an equation that vanishes on X to higher order is as small as rounding lets it.
    """
    singular = np.linalg.svd(jacobian, compute_uv=False)
    return int(np.sum(singular > _RANK))
