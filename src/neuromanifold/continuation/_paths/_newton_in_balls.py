"""Newton's method in high precision, for one square system with exact constants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import acb, acb_mat, ctx, fmpq

from neuromanifold.continuation._paths._linear_in_balls import (
    BITS,
    FLOOR,
    LinearizedInBalls,
    relative_size,
    size,
)
from neuromanifold.rings import PolynomialMap

_LONGEST = 0.4


class NewtonInBalls:
    """x ↦ x − F′(x)⁻¹·F(x) for F(x; p) at fixed p, in 256 bits, with long steps shortened.

    Args:
        system: F, as many equations as variables.
        parameters: p, exact.
    """

    def __init__(self, system: PolynomialMap, parameters: Sequence[fmpq | complex]) -> None:
        self.linearized = LinearizedInBalls(system, parameters)
        self.n_operations = self.linearized.n_operations + len(system.variables) ** 3
        """Of one step, in balls."""

    def step(self, x: Sequence[acb]) -> tuple[list[acb], float]:
        """The next point, and the length of Newton's step, relative to the size of each coordinate.

        A step longer than 0.4 is cut to that, so that the points stay near the curve F(x(s)) = s·F(x)
        to the zero. Infinitely long where F′(x) is singular.
        """
        with ctx.workprec(BITS):
            F, J = self.linearized(x)
            try:
                update = J.solve(F).mid()
            except ZeroDivisionError:
                return list(x), np.inf
            length = relative_size([update[i, 0] for i in range(len(x))], x)
            if length == np.inf:
                return list(x), np.inf
            cut = min(1.0, _LONGEST / length) if length else 1.0
            return [(z - update[i, 0] * cut).mid() for i, z in enumerate(x)], length

    def condition(self, x: Sequence[acb]) -> float:
        """‖A‖·‖A⁻¹‖ in the maximum norm, A = F′(x)·diag|x| with rows divided by their largest entry."""
        n = len(x)
        with ctx.workprec(BITS):
            _, J = self.linearized(x)
            largest = max(size(z) for z in x)
            columns = [max(size(z), FLOOR * largest) for z in x]
            A = acb_mat([[J[i, j] * columns[j] for j in range(n)] for i in range(n)])
            A = acb_mat(
                [
                    [A[i, j] / max(size(A[i, k]) for k in range(n)) for j in range(n)]
                    for i in range(n)
                ]
            )
            inverse = A.inv()
            return _norm(A) * _norm(inverse)


def _norm(A: acb_mat) -> float:
    return max(sum(size(A[i, j]) for j in range(A.ncols())) for i in range(A.nrows()))
