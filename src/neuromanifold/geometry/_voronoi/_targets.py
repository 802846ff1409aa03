"""Random targets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.errors import InvalidInputError


class AbstractTargets(ABC):
    """A probability distribution of targets in ℝⁿ."""

    @abstractmethod
    def sample(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Independent targets, (count, n)."""


@dataclass(frozen=True, eq=False)
class GaussianTargets(AbstractTargets):
    """N(m, Σ): density ∝ exp(−½(u − m)ᵀΣ⁻¹(u − m)).

    Attributes:
        mean: m, shape (n,).
        covariance: Σ, shape (n, n), or σ² for Σ = σ²·1.
    """

    mean: Any
    covariance: Any = 1.0

    def sample(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Independent targets, (count, n).

        Raises:
            InvalidInputError: the covariance has another shape or is not positive semidefinite.
        """
        mean = np.asarray(self.mean, float)
        given = np.asarray(self.covariance, float)
        covariance = given * np.eye(len(mean)) if given.ndim == 0 else given
        if covariance.shape != (len(mean), len(mean)):
            raise InvalidInputError(
                f"covariance has shape {covariance.shape}; the mean needs {(len(mean),) * 2}."
            )
        sizes, vectors = np.linalg.eigh(covariance)
        if sizes[0] < -1e-12 * abs(sizes[-1]) or not np.allclose(covariance, covariance.T):
            raise InvalidInputError("covariance is not symmetric and positive semidefinite.")
        factor = vectors * np.sqrt(np.maximum(sizes, 0))
        return mean + rng.standard_normal((count, len(mean))) @ factor.T


@dataclass(frozen=True, eq=False)
class BoxTargets(AbstractTargets):
    """Uniform in the box Π [lowᵢ, highᵢ].

    Attributes:
        low: shape (n,).
        high: shape (n,).
    """

    low: Any
    high: Any

    def sample(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Independent targets, (count, n).

        Raises:
            InvalidInputError: the box is empty.
        """
        low, high = np.asarray(self.low, float), np.asarray(self.high, float)
        if low.shape != high.shape or np.any(low >= high):
            raise InvalidInputError(
                f"low is {low} and high is {high}; each low must be below its high."
            )
        return rng.uniform(low, high, (count, len(low)))


@dataclass(frozen=True, eq=False)
class BallTargets(AbstractTargets):
    """Uniform in the ball ‖u − center‖₂ ≤ radius.

    Attributes:
        center: shape (n,).
        radius: positive.
    """

    center: Any
    radius: float = 1.0

    def sample(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Independent targets, (count, n).

        Raises:
            InvalidInputError: the radius is not positive.
        """
        center = np.asarray(self.center, float)
        if not self.radius > 0:
            raise InvalidInputError(f"radius is {self.radius}; it must be positive.")
        directions = rng.standard_normal((count, len(center)))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        lengths = self.radius * rng.uniform(size=(count, 1)) ** (1 / len(center))
        return center + lengths * directions
