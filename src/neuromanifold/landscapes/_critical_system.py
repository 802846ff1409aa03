"""The equations whose solutions are the critical points of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flint import fmpq, fmpq_mat

from neuromanifold.functions import FunctionSpace
from neuromanifold.landscapes._gauge import GaugeSlice
from neuromanifold.rings import Node, PolynomialMap, dot, pullback


@dataclass(frozen=True, eq=False)
class CriticalSystem:
    """∂/∂y of ½(c − u)ᵀQ(c − u) in a gauge slice: J(y)ᵀ(Q_τ·c(y) − h) = 0.

    The variables y are the free parameters, c(y) the coefficients of the network's function, J
    their Jacobian and h = Qu the moment vector, which enters linearly. Q_τ = Q₀ + τ(Q₁ − Q₀)
    joins a metric of full rank to the given one where that is degenerate.

    Attributes:
        space: V.
        slice: the gauge slice.
        start_metric: Q₀.
        end_metric: Q₁.
    """

    space: FunctionSpace
    slice: GaugeSlice
    start_metric: fmpq_mat
    end_metric: fmpq_mat

    @cached_property
    def _inputs(self) -> tuple[list[Node], Node]:
        circuit = self.space.expansion.circuit
        return circuit.inputs(self.space.dimension), circuit.inputs(1)[0]

    @property
    def _variables(self) -> list[Node]:
        return [self.space.expansion.parameters[i] for i in self.slice.free]

    @property
    def _parameters(self) -> list[Node]:
        moment, tau = self._inputs
        return [*moment, *(self.space.expansion.parameters[i] for i in self.slice.fixed), tau]

    @cached_property
    def system(self) -> PolynomialMap:
        """The equations; variables y, parameters (h, held θ, τ)."""
        moment, tau = self._inputs
        c = self.space.coefficients_of_theta
        circuit = self.space.expansion.circuit
        residuals = []
        for b, h in enumerate(moment):
            start = dot(c, _row(self.start_metric, b), circuit)
            change = dot(c, _row(self.end_metric - self.start_metric, b), circuit)
            residuals.append(start + tau * change - h)
        equations = pullback(c, residuals, self._variables)
        system = PolynomialMap.build(equations, self._variables, self._parameters)
        # The Jacobian of a gradient is symmetric: one triangle is enough on the tape.
        hessian = system.derivative
        for i in range(len(hessian)):
            for j in range(i):
                hessian[j][i] = hessian[i][j]
        return system

    @cached_property
    def image(self) -> PolynomialMap:
        """y ↦ c(y), on the same inputs."""
        return PolynomialMap.build(
            self.space.coefficients_of_theta, self._variables, self._parameters
        )

    def parameters(
        self, moment: Sequence[fmpq] | np.ndarray, held: np.ndarray, tau: float
    ) -> np.ndarray:
        """The parameter vector (h, held θ, τ) as complex numbers."""
        return np.concatenate([np.asarray(moment), held, [tau]]).astype(np.complex128)


def _row(matrix: fmpq_mat, index: int) -> list[fmpq]:
    return [matrix[index, j] for j in range(matrix.ncols())]
