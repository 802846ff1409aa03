"""Newton's method in high precision, for one square system with exact constants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import acb, acb_mat, ctx, fmpq

from neuromanifold.continuation._certificates._krawczyk_balls import as_ball
from neuromanifold.rings import Evaluator, Node, PolynomialMap, reachable

_BITS = 256
_FLOOR = 1e-6
_LONGEST = 0.4


class NewtonInBalls:
    """x ↦ x − F′(x)⁻¹·F(x) for F(x; p) at fixed p, in 256 bits, with long steps shortened.

    Args:
        system: F, as many equations as variables.
        parameters: p, exact.
    """

    def __init__(self, system: PolynomialMap, parameters: Sequence[fmpq | complex]) -> None:
        outputs = [*system.outputs, *(node for row in system.derivative for node in row)]
        self._variables = system.variables
        self._evaluator = Evaluator(outputs)
        with ctx.workprec(_BITS):
            given = dict(zip(system.parameters, map(as_ball, parameters), strict=True))
            self._fixed, n_moving = _evaluated(outputs, system.variables, given)
        n = len(system.variables)
        self.n_operations = n_moving + n**3
        """Of one step, in balls."""

    def step(self, x: Sequence[acb]) -> tuple[list[acb], float]:
        """The next point, and the length of Newton's step, relative to the size of each coordinate.

        A step longer than 0.4 is cut to that, so that the points stay near the curve F(x(s)) = s·F(x)
        to the zero. Infinitely long where F′(x) is singular.
        """
        with ctx.workprec(_BITS):
            F, J = self._linearized(x)
            try:
                update = J.solve(F).mid()
            except ZeroDivisionError:
                return list(x), np.inf
            sizes = np.array([_size(z) for z in x])
            steps = np.array([_size(update[i, 0]) for i in range(len(x))])
            sizes = np.maximum(sizes, _FLOOR * sizes.max())
            if not (np.isfinite(sizes).all() and np.isfinite(steps).all() and sizes.all()):
                return list(x), np.inf
            length = float(np.max(steps / sizes))
            cut = min(1.0, _LONGEST / length) if length else 1.0
            return [(z - update[i, 0] * cut).mid() for i, z in enumerate(x)], length

    def condition(self, x: Sequence[acb]) -> float:
        """‖A‖·‖A⁻¹‖ in the maximum norm, A = F′(x)·diag|x| with rows divided by their largest entry."""
        n = len(x)
        with ctx.workprec(_BITS):
            _, J = self._linearized(x)
            largest = max(_size(z) for z in x)
            columns = [max(_size(z), _FLOOR * largest) for z in x]
            A = acb_mat([[J[i, j] * columns[j] for j in range(n)] for i in range(n)])
            A = acb_mat(
                [
                    [A[i, j] / max(_size(A[i, k]) for k in range(n)) for j in range(n)]
                    for i in range(n)
                ]
            )
            inverse = A.inv()
            return _norm(A) * _norm(inverse)

    def _linearized(self, x: Sequence[acb]) -> tuple[acb_mat, acb_mat]:
        n = len(x)
        inputs = self._fixed | dict(zip(self._variables, x, strict=True))
        values = [value.mid() for value in self._evaluator(inputs, acb)]
        return acb_mat(n, 1, values[:n]), acb_mat(n, n, values[n:])


def _evaluated(
    outputs: Sequence[Node], variables: Sequence[Node], given: dict[Node, acb]
) -> tuple[dict[Node, acb], int]:
    """The values of all nodes that do not depend on the variables, and how many others there are."""
    moving = {node.index for node in variables}
    fixed: list[Node] = []
    n_moving = 0
    for node in reachable(outputs):
        if node.index in moving:
            continue
        if any(operand.index in moving for operand in node.operands):
            moving.add(node.index)
            n_moving += 1
        else:
            fixed.append(node)
    return dict(zip(fixed, Evaluator(fixed)(given, acb), strict=True)), n_moving


def _norm(A: acb_mat) -> float:
    return max(sum(_size(A[i, j]) for j in range(A.ncols())) for i in range(A.nrows()))


def _size(z: acb) -> float:
    return abs(complex(z))
