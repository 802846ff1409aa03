"""A view of V in three dimensions, in the metric of the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.landscapes._result import Landscape

_INDEPENDENT = 1e-3


@dataclass(frozen=True, eq=False)
class Projection:
    """x(c) = B·Q^½·(c − u): an orthogonal projection of V, measured by the loss, onto 3-space.

    ‖Q^½(c − u)‖² is L(c) − constant, so the distance drawn between a function and the target, at
    the origin, is the square root of its excess loss, or less by what the projection hides. It hides
    nothing of the 3-space through u and up to three real critical points: the lowest minima, then
    the lowest others. There M is cut at right angles at each of these points.

    Attributes:
        target: u, shape (N,).
        root: Q^½, shape (N, N).
        basis: B with orthonormal rows, shape (min(3, N), N), the principal directions of the drawn
            points first.
        spanning: positions of the critical points that span the view.
        kept: share of the real critical points' excess loss that the picture shows, from 0 to 1.
    """

    target: np.ndarray
    root: np.ndarray
    basis: np.ndarray
    spanning: tuple[int, ...]
    kept: float

    @staticmethod
    def of(landscape: Landscape) -> Projection:
        """The view through the target and the lowest critical points."""
        eigenvalues, vectors = np.linalg.eigh(landscape.metric)
        root = (vectors * np.sqrt(np.maximum(eigenvalues, 0.0))) @ vectors.T
        place = {id(point): i for i, point in enumerate(landscape.critical_points)}
        ranked = sorted(
            landscape.real_points, key=lambda p: (not p.has_real_parameters, not p.is_minimum)
        )
        span, spanning = np.zeros((0, len(root))), []
        for point in ranked:
            longer = _extended(span, (np.real(point.coefficients) - landscape.target) @ root)
            if len(longer) > len(span) and len(longer) <= 3:
                span = longer
                spanning.append(place[id(point)])
        # With fewer than three critical points, the view turns to the cone's apex, the function 0.
        for direction in (-landscape.target @ root, *np.eye(len(root))):
            longer = _extended(span, direction)
            span = longer if len(longer) <= 3 else span
        whitened = (real_coefficients(landscape) - landscape.target) @ root
        drawn = whitened @ span.T
        basis = np.linalg.svd(drawn, full_matrices=True)[2] @ span
        total = float(np.sum(whitened**2))
        kept = float(np.sum(drawn**2)) / total if total else 1.0
        return Projection(landscape.target, root, basis, tuple(spanning), kept)

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


def _extended(span: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The orthonormal rows with one more, if the direction is independent of them."""
    rest = direction - (direction @ span.T) @ span
    rest = rest - (rest @ span.T) @ span
    length = float(np.linalg.norm(rest))
    if length <= _INDEPENDENT * float(np.linalg.norm(direction)) or length == 0.0:
        return span
    return np.concatenate([span, rest[None] / length])
