"""The coordinates of V over prime fields: points of M and the tangent spaces there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from neuromanifold.functions import FunctionSpace
from neuromanifold.rings import DegreeRing, Evaluator, Residues, jacobian


@dataclass(frozen=True, eq=False)
class CoordinateSampler:
    """c(θ) = (c₁, …, c_N) and ∂c/∂θ at random θ modulo a prime.

    Attributes:
        space: V with its coordinates.
    """

    space: FunctionSpace

    @cached_property
    def degree(self) -> int:
        """A bound for the degree of every c_b in θ."""
        model, ring = self.space.model, DegreeRing()
        theta = ring.variables((model.n_parameters,))
        x = ring.variables(model.input_shape, degree=0)
        return max(int(high) for high in np.ravel(model.program.run(ring, theta, x))["high"])

    @cached_property
    def _values(self) -> Evaluator:
        return Evaluator(self.space.coefficients_of_theta)

    @cached_property
    def _derivatives(self) -> Evaluator:
        coefficients, parameters = self.space.coefficients_of_theta, self.space.expansion.parameters
        derivatives = jacobian(coefficients, parameters)
        return Evaluator([*coefficients, *(entry for row in derivatives for entry in row)])

    def points(self, count: int, p: int, generator: np.random.Generator) -> np.ndarray:
        """c at `count` random parameter vectors: shape (count, N)."""
        return self._run(self._values, count, p, generator)

    def tangents(
        self, count: int, p: int, generator: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """c and ∂c/∂θ at random parameter vectors: shapes (count, N) and (count, N, P)."""
        values = self._run(self._derivatives, count, p, generator)
        n = self.space.dimension
        return values[:, :n], values[:, n:].reshape(count, n, -1)

    def _run(
        self, evaluator: Evaluator, count: int, p: int, generator: np.random.Generator
    ) -> np.ndarray:
        inputs = {
            node: Residues(generator.integers(0, p, size=count), p)
            for node in self.space.expansion.parameters
        }
        values = evaluator(inputs, lambda q: Residues.of_rational(q, p))
        return np.stack([np.broadcast_to(value.values, count) for value in values], axis=1)
