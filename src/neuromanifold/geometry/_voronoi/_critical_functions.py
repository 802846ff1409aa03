"""Candidates for the nearest functions of a neuromanifold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from neuromanifold.continuation import (
    ParameterHomotopy,
    System,
    free_coordinates,
    monodromy,
    solve_many,
)
from neuromanifold.geometry._voronoi._descent import descend
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.rings import Evaluator, PolynomialMap, dot, pullback

_RANDOM_STARTS = 16


@dataclass(frozen=True, eq=False)
class CriticalFunctions:
    """The critical points of θ ↦ ‖c(θ) − u‖² for any u, and what descent from elsewhere adds to them.

    Those on the regular part of M are found by monodromy, with some parameters held so that the
    others are finite in number.

    Attributes:
        map: θ ↦ c(θ).
        dimension: dim M.
        metric: Q.
        seed: of the held parameters and of random starts.
    """

    map: PolynomialMap
    dimension: int
    metric: Metric
    seed: int

    def candidates(self, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Real parameters (B, K, P) and their functions (B, K, N) after descent."""
        B, N = targets.shape
        P = len(self.map.variables)
        system, start = self._solved
        sweep = solve_many(system, targets, start=start, seed=self.seed)
        critical = np.zeros((B, sweep.solutions.shape[1], P))
        critical[:] = self._held
        critical[:, :, self._free] = np.nan_to_num(sweep.solutions.real)
        directions = np.random.default_rng(self.seed).standard_normal((_RANDOM_STARTS, P))
        size = (1e-3 + np.abs(targets).max(axis=1)) ** (1 / growth(self.map))
        random = size[:, None, None] * directions
        starts = np.concatenate([critical, random, np.zeros((B, 1, P))], axis=1)
        K = starts.shape[1]
        thetas, functions = descend(
            self.map,
            starts.reshape(-1, P),
            np.repeat(targets, K, axis=0),
            self.metric.factor,
        )
        return thetas.reshape(-1, K, P), functions.reshape(-1, K, N)

    def nearest(self, targets: np.ndarray) -> np.ndarray:
        """The nearest candidates, (B, N)."""
        _, functions = self.candidates(targets)
        distances = self.metric.squared_norms(functions - targets[:, None, :])
        return functions[np.arange(len(targets)), distances.argmin(axis=1)]

    @cached_property
    def _held(self) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        P = len(self.map.variables)
        return rng.choice([-1.0, 1.0], P) * rng.integers(32, 96, P) / 64

    @cached_property
    def _free(self) -> list[int]:
        return free_coordinates(self.map, self._held.astype(complex), self.dimension)

    @cached_property
    def _solved(self) -> tuple[System, ParameterHomotopy]:
        """J(y)ᵀQ(c(y) − u) = 0 in the free parameters y, solved for a random u."""
        n, x = self.metric.size, self.map.variables
        circuit = self.map.outputs[0].circuit
        free = set(self._free)
        fixed = {y: y if i in free else circuit.constant(self._held[i]) for i, y in enumerate(x)}
        c = Evaluator(self.map.outputs)(fixed, circuit.constant)
        u = circuit.inputs(n)
        off = [a - b for a, b in zip(c, u, strict=True)]
        residuals = [
            dot(off, [self.metric.exact[i, j] for j in range(n)], circuit) for i in range(n)
        ]
        variables = [x[i] for i in self._free]
        system = System(pullback(c, residuals, variables), variables, u)
        image = PolynomialMap.build(c, system.map.variables, system.map.parameters)
        found = monodromy(system, identify=image, seed=self.seed, certify=False)
        return system, ParameterHomotopy(found.points, found.parameters)


def growth(F: PolynomialMap) -> int:
    """The degree of F in θ, which tells the size of parameters from that of functions."""
    theta = np.random.default_rng(0).standard_normal((1, len(F.variables)))
    small, large = (np.abs(F(scale * theta)).max() for scale in (10.0, 20.0))
    return max(1, round(float(np.log2(large / small)))) if small > 0 else 1
