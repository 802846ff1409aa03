"""A view of V in three dimensions, in the metric of the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.landscapes._result import Landscape


@dataclass(frozen=True, eq=False)
class Projection:
    """x(c) = B·Q^½·(c − u): an orthogonal projection of V, measured by the loss, onto 3-space.

    ‖Q^½(c − u)‖² is L(c) − constant, so the distance drawn between a function and the target, at
    the origin, is the square root of its excess loss, or less by what the projection hides.

    Attributes:
        target: u, shape (N,).
        root: Q^½, shape (N, N).
        basis: B with orthonormal rows, shape (min(3, N), N): the principal directions of the real
            critical points about the target.
        kept: share of the critical points' excess loss that the picture shows, between 0 and 1.
    """

    target: np.ndarray
    root: np.ndarray
    basis: np.ndarray
    kept: float

    @staticmethod
    def of(landscape: Landscape) -> Projection:
        """The principal directions of the real critical points about the target."""
        eigenvalues, vectors = np.linalg.eigh(landscape.metric)
        root = (vectors * np.sqrt(np.maximum(eigenvalues, 0.0))) @ vectors.T
        points = real_coefficients(landscape)
        whitened = (points - landscape.target) @ root
        axes = min(3, len(landscape.target))
        _, singular, rows = np.linalg.svd(whitened, full_matrices=True)
        energy = singular**2
        total = float(energy.sum())
        kept = float(energy[:axes].sum()) / total if total else 1.0
        return Projection(landscape.target, root, rows[:axes], kept)

    @property
    def is_faithful(self) -> bool:
        """Nothing is hidden: V has at most three dimensions."""
        return len(self.target) <= 3

    def __call__(self, coefficients: np.ndarray) -> np.ndarray:
        """Points of V, shape (B, N), as points of the picture, shape (B, 3)."""
        return self.whiten(coefficients) @ self.basis_3d

    @property
    def basis_3d(self) -> np.ndarray:
        """Bᵀ with columns of zeros where V has fewer than three dimensions, shape (N, 3)."""
        return np.pad(self.basis.T, ((0, 0), (0, 3 - len(self.basis))))

    def whiten(self, coefficients: np.ndarray) -> np.ndarray:
        """Q^½(c − u) for each row c."""
        return (coefficients - self.target) @ self.root

    def hidden(self, coefficients: np.ndarray) -> np.ndarray:
        """The part of Q^½(c − u) that the picture does not show, shape (B, N − 3)."""
        complement = np.linalg.svd(self.basis, full_matrices=True)[2][len(self.basis) :]
        return self.whiten(coefficients) @ complement.T


def real_coefficients(landscape: Landscape) -> np.ndarray:
    """Coefficients of the real critical points by increasing loss, shape (n_real, N)."""
    rows = [np.real(point.coefficients) for point in landscape.real_points]
    return np.array(rows, dtype=np.float64).reshape(-1, len(landscape.target))
