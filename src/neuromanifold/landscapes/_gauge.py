"""Gauge slices: removing the continuous symmetries of the parametrization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation import free_coordinates
from neuromanifold.functions import FunctionSpace
from neuromanifold.rings import Evaluator, PolynomialMap, Residues, reduced_row_echelon

_PRIME = 2147483629
_BALANCING_STEPS = 60


@dataclass(frozen=True)
class GaugeSlice:
    """A coordinate slice of parameter space that meets a generic fibre of μ in finitely many points.

    The kernel of the Jacobian of μ at a generic θ is tangent to the fibre. Its columns outside a
    maximal independent set can be moved freely along the fibre, so those parameters are fixed; the
    others are coordinates of M near μ(θ).

    Attributes:
        free: indices of the dim M parameters that vary.
        fixed: indices of the parameters that are held.
    """

    free: tuple[int, ...]
    fixed: tuple[int, ...]

    @property
    def dimension(self) -> int:
        """dim M."""
        return len(self.free)

    def assemble(self, free: np.ndarray, fixed: np.ndarray) -> np.ndarray:
        """Full parameter vectors (B, P) from free ones (B, dim M) and held values (P − dim M,)."""
        theta = np.empty((len(free), len(self.free) + len(self.fixed)), dtype=free.dtype)
        theta[:, list(self.free)] = free
        theta[:, list(self.fixed)] = fixed
        return theta


def gauge_slice(space: FunctionSpace, rng: np.random.Generator) -> GaugeSlice:
    """Find a slice from the exact rank of the Jacobian at a random point over F_p.

    Later parameters are preferred as free ones: with the first layers' scales held, an output
    weight can take either sign, and a real function keeps real parameters whenever it can.
    """
    nodes = space.expansion.parameters
    derivative = PolynomialMap.build(space.coefficients_of_theta, nodes).derivative
    inputs = {node: Residues(rng.integers(1, _PRIME, size=1), _PRIME) for node in nodes}
    entries = [entry for row in derivative for entry in row]
    values = Evaluator(entries)(inputs, lambda q: Residues.of_rational(q, _PRIME))
    residues = np.array([int(np.ravel(value.values)[0]) for value in values], dtype=np.int64)
    jacobian = residues.reshape(space.dimension, len(nodes))
    _, pivots = reduced_row_echelon(jacobian[:, ::-1], _PRIME)
    free = tuple(sorted(len(nodes) - 1 - pivot for pivot in pivots))
    fixed = tuple(i for i in range(len(nodes)) if i not in set(free))
    return GaugeSlice(free, fixed)


def local_slice(coefficients: PolynomialMap, theta: np.ndarray, dimension: int) -> GaugeSlice:
    """The coordinate slice through θ whose free columns of the Jacobian are best conditioned."""
    free = tuple(free_coordinates(coefficients, theta, dimension))
    return GaugeSlice(free, tuple(i for i in range(len(theta)) if i not in set(free)))


def balance(coefficients: PolynomialMap, theta: np.ndarray, dimension: int) -> np.ndarray:
    """A point of nearly least norm in the fibre of θ: c is kept, ‖θ‖ falls.

    Steps go along the kernel of the Jacobian, each followed by Gauss–Newton steps back to the
    fibre. A real θ stays real.
    """
    function = coefficients(theta[None, :])[0]
    size = 1.0
    for _ in range(_BALANCING_STEPS):
        _, J = coefficients.linearize(theta[None, :])
        _, _, right = np.linalg.svd(J[0])
        kernel = right[dimension:].conj().T
        trial = theta - size * kernel @ (kernel.conj().T @ theta)
        for _ in range(3):
            value, J = coefficients.linearize(trial[None, :])
            trial = trial - np.linalg.pinv(J[0], rcond=1e-10) @ (value[0] - function)
        off = np.abs(coefficients(trial[None, :])[0] - function).max()
        if off > 1e-8 * np.abs(function).max() or np.linalg.norm(trial) >= np.linalg.norm(theta):
            size /= 2
            if size < 1e-3:
                break
        else:
            theta = trial
            size = min(1.0, 2 * size)
    return theta
