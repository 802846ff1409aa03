"""Random members of the family of losses, and random critical points of them."""

from __future__ import annotations

import numpy as np

from neuromanifold.functions import metric_factor
from neuromanifold.landscapes._critical_system import CriticalSystem

_PROBES = 16


class StartPairs:
    """Draws moment vectors h, and pairs (y, h) with y critical for h.

    h enters the critical equations linearly, so a random y is critical for every h = Q·c(y) − r with
    J(y)ᵀr = 0. All draws are complex Gaussian in coordinates whitened by Q = LLᵀ and of the size
    that the network's functions have at random parameters.

    Args:
        critical: the critical equations.
        metric: Q, positive definite, shape (N, N).
        held: values of the parameters that the gauge slice holds.
        rng: used for probing the size only.
    """

    def __init__(
        self,
        critical: CriticalSystem,
        metric: np.ndarray,
        held: np.ndarray,
        rng: np.random.Generator,
    ) -> None:
        self._critical = critical
        self._metric = metric
        self._held = held
        self._factor = metric_factor(metric)
        probes = _gaussian(rng, (_PROBES, critical.slice.dimension))
        images = critical.image(probes, critical.parameters(np.zeros(len(metric)), held, 0.0))
        self._size = float(np.median(np.linalg.norm(images @ self._factor, axis=1)))

    def moment(self, rng: np.random.Generator) -> np.ndarray:
        """A random h."""
        n = len(self._metric)
        return self._factor @ _gaussian(rng, n) * (self._size / np.sqrt(n))

    def pair(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """A random y and an h for which it is critical."""
        y = _gaussian(rng, self._critical.slice.dimension)
        anything = self._critical.parameters(np.zeros(len(self._metric)), self._held, 0.0)
        c, J = self._critical.image.linearize(y[None, :], anything)
        range_of_conjugate, _ = np.linalg.qr(J[0].conj())
        residual = self.moment(rng)
        for _ in range(2):
            residual = residual - range_of_conjugate @ (range_of_conjugate.conj().T @ residual)
        return y, self._metric @ c[0] - residual


def _gaussian(rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)
