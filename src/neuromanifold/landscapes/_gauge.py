"""Gauge slices: removing the continuous symmetries of the parametrization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.functions import FunctionSpace
from neuromanifold.rings import PolynomialMap, Residues, Evaluator, reduced_row_echelon

_PRIME = 2147483629


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
