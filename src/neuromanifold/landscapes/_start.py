"""Random members of the family of losses, and random critical points of them."""

from __future__ import annotations

import numpy as np

from neuromanifold.continuation import complex_gaussian
from neuromanifold.functions import FunctionSpace, metric_factor
from neuromanifold.landscapes._critical_system import CriticalSystem

_PROBES = 16
_DRAWS = 12


def parameter_scale(
    space: FunctionSpace, metric: np.ndarray, target: np.ndarray, rng: np.random.Generator
) -> float:
    """The s at which random θ of size s give functions of the target's size in the metric Q.

    Parameters far from the size that the target needs make paths long and ill-conditioned.
    """
    factor = metric_factor(metric)
    wanted = float(np.linalg.norm(target @ factor))
    probes = rng.standard_normal((_PROBES, space.model.n_parameters))
    low, high = -20.0, 20.0
    while high - low > 0.1:
        middle = (low + high) / 2
        images = space.coefficients(2.0**middle * probes)
        if np.median(np.linalg.norm(images @ factor, axis=1)) < wanted:
            low = middle
        else:
            high = middle
    return 2.0**low if wanted > 0 else 1.0


class StartPairs:
    """Draws moment vectors h, and pairs (y, h) with y critical for h.

    h enters the critical equations linearly, so a random y is critical for every h = Q·c(y) − r with
    J(y)ᵀr = 0. Moments are complex Gaussian in coordinates whitened by Q = LLᵀ.

    Args:
        critical: the critical equations.
        metric: Q, positive definite, shape (N, N).
        held: values of the parameters that the gauge slice holds.
        scale: the size of random parameters.
        rng: used for probing the size of the network's functions only.

    Attributes:
        factor: L; functions are compared in the coordinates cᵀL, where distances are losses.
    """

    def __init__(
        self,
        critical: CriticalSystem,
        metric: np.ndarray,
        held: np.ndarray,
        scale: float,
        rng: np.random.Generator,
    ) -> None:
        self._critical = critical
        self._metric = metric
        self._held = held
        self._scale = scale
        self.factor = metric_factor(metric)
        probes = scale * complex_gaussian(rng, (_PROBES, critical.slice.dimension))
        images = critical.image(probes, critical.parameters(np.zeros(len(metric)), held, 0.0))
        self._size = float(np.median(np.linalg.norm(images @ self.factor, axis=1)))

    def moment(self, rng: np.random.Generator) -> np.ndarray:
        """A random h."""
        n = len(self._metric)
        return self.factor @ complex_gaussian(rng, n) * (self._size / np.sqrt(n))

    def pair(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """A random y and an h for which it is critical: the best conditioned of a few draws."""
        draws = [self._draw(rng) for _ in range(_DRAWS)]
        conditions = [self._condition(y, h) for y, h in draws]
        return draws[int(np.argmin(conditions))]

    def _draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        y = self._scale * complex_gaussian(rng, self._critical.slice.dimension)
        anything = self._critical.parameters(np.zeros(len(self._metric)), self._held, 0.0)
        c, J = self._critical.image.linearize(y[None, :], anything)
        range_of_conjugate, _ = np.linalg.qr(J[0].conj())
        residual = self.moment(rng)
        for _ in range(2):
            residual = residual - range_of_conjugate @ (range_of_conjugate.conj().T @ residual)
        return y, self._metric @ c[0] - residual

    def _condition(self, y: np.ndarray, h: np.ndarray) -> float:
        _, hessian = self._critical.system.linearize(
            y[None, :], self._critical.parameters(h, self._held, 0.0)
        )
        return float(np.linalg.cond(hessian[0]))
