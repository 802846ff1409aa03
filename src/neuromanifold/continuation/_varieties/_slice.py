"""Linear slices of affine space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._random import complex_gaussian
from neuromanifold.errors import InvalidInputError

_DEPENDENT = 1e-12


@dataclass(frozen=True, eq=False)
class LinearSlice:
    """L = {x ∈ ℂᴺ : Ax = b} with orthonormal rows, AA* = I; A has shape (k, N), k = codim L.

    Attributes:
        matrix: A.
        constants: b.

    Examples:
        >>> L = LinearSlice.of([[3, 4]], [10])
        >>> L
        LinearSlice(codimension 1 in 2 coordinates)
        >>> L.residual(np.array([[2, 1], [0, 0]])).round(12)
        array([0., 2.])
    """

    matrix: NDArray[np.complex128]
    constants: NDArray[np.complex128]

    @staticmethod
    def of(matrix: Any, constants: Any) -> LinearSlice:
        """The slice of any independent equations Mx = c, brought to orthonormal rows.

        Raises:
            InvalidInputError: shapes do not fit, a number is not finite, or the rows of M are
                linearly dependent.
        """
        given = np.asarray(matrix, np.complex128)
        right = np.asarray(constants, np.complex128)
        if given.ndim != 2 or right.shape != given.shape[:1]:
            raise InvalidInputError(
                f"matrix has shape {given.shape} and constants {right.shape}; a slice of "
                "codimension k needs (k, N) and (k,)."
            )
        if not (np.isfinite(given).all() and np.isfinite(right).all()):
            raise InvalidInputError("The equations of a slice must have finite coefficients.")
        if len(given) > given.shape[1]:
            raise InvalidInputError(
                f"{len(given)} equations in {given.shape[1]} coordinates are dependent; give at "
                f"most {given.shape[1]}."
            )
        q, r = np.linalg.qr(given.conj().T)
        diagonal = np.abs(np.diag(r))
        if len(diagonal) and diagonal.min() <= _DEPENDENT * diagonal.max():
            raise InvalidInputError("The equations of the slice are dependent; leave some out.")
        # M = R*Q*, so that Q*x = R*⁻¹c
        constants = np.linalg.solve(r.conj().T, right)
        return LinearSlice(q.conj().T, constants.astype(np.complex128))

    @staticmethod
    def random(
        ambient: int, codimension: int, rng: np.random.Generator, *, distance: float = 1.0
    ) -> LinearSlice:
        """A uniformly random direction, and b complex Gaussian with E‖b‖² = distance²."""
        constants = complex_gaussian(rng, codimension) * distance / np.sqrt(max(codimension, 1))
        return LinearSlice(_orthonormal(ambient, codimension, rng), constants)

    @staticmethod
    def through(point: Any, codimension: int, rng: np.random.Generator) -> LinearSlice:
        """A slice of random direction that contains a point of ℂᴺ."""
        x = np.asarray(point, np.complex128)
        matrix = _orthonormal(len(x), codimension, rng)
        return LinearSlice(matrix, matrix @ x)

    @property
    def codimension(self) -> int:
        """The number k of equations."""
        return len(self.matrix)

    @property
    def ambient(self) -> int:
        """The number N of coordinates."""
        return self.matrix.shape[1]

    @property
    def parameters(self) -> NDArray[np.complex128]:
        """(A row by row, b), the parameters in which slices move along straight segments."""
        return np.concatenate([self.matrix.ravel(), self.constants])

    def translated(self, offset: Any) -> LinearSlice:
        """The parallel slice Ax = b + offset."""
        return LinearSlice(self.matrix, self.constants + np.asarray(offset, np.complex128))

    def mixed(self, rng: np.random.Generator) -> LinearSlice:
        """The same set with other equations, UAx = Ub for a random unitary U.

        The segment of equations that leads there is generic although the set may be special.
        """
        u = _orthonormal(self.codimension, self.codimension, rng)
        return LinearSlice(u @ self.matrix, u @ self.constants)

    def residual(self, points: NDArray[np.complex128]) -> NDArray[np.float64]:
        """The distances ‖Ax − b‖₂ of points (B, N) from the slice."""
        return np.linalg.norm(points @ self.matrix.T - self.constants, axis=1)

    def __repr__(self) -> str:
        return f"LinearSlice(codimension {self.codimension} in {self.ambient} coordinates)"


def _orthonormal(ambient: int, codimension: int, rng: np.random.Generator) -> NDArray:
    q, _ = np.linalg.qr(complex_gaussian(rng, (ambient, codimension)))
    return q.conj().T
