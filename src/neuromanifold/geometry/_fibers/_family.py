"""The equations of a fibre on a slice, as families that move with the function and the slice."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.linalg

from neuromanifold.continuation import complex_gaussian
from neuromanifold.geometry._fibers._gauge import LinearGauge
from neuromanifold.models import Model
from neuromanifold.rings import Circuit, Node, ObjectRing, PolynomialMap

_DENOMINATOR = 32
_SPARE = 6
_SAME = 1e-7


@dataclass(frozen=True, eq=False)
class FiberFamily:
    """w_j(θ) = λ_j·f_θ(x_j), j = 1, …, m = dim M, on the slices of a gauge.

    w is a random linear projection of M to ℂᵐ: deg M functions of M have the same w as a generic one.
    The coefficients of f_θ are never expanded.

    Attributes:
        model: The model.
        gauge: The slices.
        inputs: The x_j, dyadic numbers: m of them, and a few more that tell functions apart.
        covectors: The λ_j, dyadic numbers.
    """

    model: Model
    gauge: LinearGauge
    inputs: np.ndarray
    covectors: np.ndarray
    _circuit: Circuit = field(default_factory=Circuit, repr=False)

    @staticmethod
    def of(model: Model, gauge: LinearGauge, rng: np.random.Generator) -> FiberFamily:
        """The best conditioned of a few more measurements than are needed, at a random θ."""
        m = len(gauge.free)
        count = 2 * m + _SPARE
        inputs = _dyadic(rng, (count, *model.input_shape))
        covectors = _dyadic(rng, (count, *model.output_shape))
        trial = FiberFamily(model, gauge, inputs, covectors)
        theta = complex_gaussian(rng, (1, model.n_parameters))
        _, J = trial.measurements.linearize(theta)
        J = J[0][:, gauge.free] - J[0][:, gauge.held] @ gauge.forms
        J = J / np.maximum(np.linalg.norm(J, axis=1, keepdims=True), 1e-300)
        order = scipy.linalg.qr(J.T, mode="r", pivoting=True)[-1][: m + _SPARE]
        return FiberFamily(model, gauge, inputs[order], covectors[order])

    @property
    def dimension(self) -> int:
        """m."""
        return len(self.gauge.free)

    @cached_property
    def measurements(self) -> PolynomialMap:
        """θ ↦ (λ_j·f_θ(x_j)) for all j."""
        theta = self._circuit.inputs(self.model.n_parameters)
        return PolynomialMap.build(self._measured(theta, len(self.inputs)), theta)

    def values(self, theta: np.ndarray) -> np.ndarray:
        """w of points θ (B, P): shape (B, m)."""
        return self.measurements(theta)[:, : self.dimension]

    def same_function(self, theta: np.ndarray, base: np.ndarray) -> np.ndarray:
        """Which of the points θ (B, P) have the function of θ₀ (P,)."""
        values = self.measurements(np.vstack([base[None, :], theta]))
        gap = np.abs(values[1:] - values[0]).max(axis=1)
        return gap <= _SAME * np.abs(values[0]).max()

    @cached_property
    def _slice(self) -> tuple[list[Node], list[Node], list[Node]]:
        """y, h and w of the point of the slice."""
        y = self._circuit.inputs(self.dimension)
        h = self._circuit.inputs(len(self.gauge.held))
        return y, h, self._measured(self.gauge.nodes(y, h, self._circuit), self.dimension)

    @cached_property
    def at_values(self) -> PolynomialMap:
        """w(y, h) − w, in the variables y; parameters (w, h)."""
        y, h, values = self._slice
        w = self._circuit.inputs(len(values))
        return PolynomialMap.build([v - w_j for v, w_j in zip(values, w, strict=True)], y, [*w, *h])

    @cached_property
    def at_function(self) -> PolynomialMap:
        """w(y, h) − w(θ'), in the variables y; parameters (θ', h): f_θ' never leaves M."""
        y, h, values = self._slice
        theta = self._circuit.inputs(self.model.n_parameters)
        wanted = self._measured(theta, self.dimension)
        equations = [v - w_j for v, w_j in zip(values, wanted, strict=True)]
        return PolynomialMap.build(equations, y, [*theta, *h])

    @cached_property
    def coordinates(self) -> PolynomialMap:
        """y itself, on the nodes of `at_values`."""
        system = self.at_values
        return PolynomialMap.build(system.variables, system.variables, system.parameters)

    def start(self, h: np.ndarray, rng: np.random.Generator, draws: int = 12) -> np.ndarray:
        """A random y whose equations are well conditioned: the best of a few draws."""
        points = complex_gaussian(rng, (draws, self.dimension))
        _, J = self.at_values.linearize(points, np.append(np.zeros(self.dimension), h))
        J = J / np.maximum(np.linalg.norm(J, axis=2, keepdims=True), 1e-300)
        return points[int(np.argmin(np.linalg.cond(J)))]

    def _measured(self, theta: list[Node], count: int) -> list[Node]:
        ring = ObjectRing(self._circuit.constant)
        vector = np.empty(len(theta), object)
        vector[:] = theta
        rows = []
        for x, covector in zip(self.inputs[:count], self.covectors[:count], strict=True):
            outputs = np.ravel(self.model.program.run(ring, vector, ring.array(x)))
            weights = [self._circuit.constant(float(c)) for c in np.ravel(covector)]
            total = self._circuit.constant(0)
            for weight, output in zip(weights, outputs, strict=True):
                total = total + weight * output
            rows.append(total)
        return rows


def _dyadic(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.round(_DENOMINATOR * rng.uniform(-1.5, 1.5, shape)) / _DENOMINATOR
