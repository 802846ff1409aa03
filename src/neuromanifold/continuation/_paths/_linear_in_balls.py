"""A polynomial map and its Jacobian in high precision."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import acb, acb_mat, ctx, fmpq

from neuromanifold.continuation._certificates._krawczyk_balls import as_ball
from neuromanifold.rings import Evaluator, Node, PolynomialMap, reachable

BITS = 256
FLOOR = 1e-6  # coordinates smaller than that, relative to the largest, count as so large


class LinearizedInBalls:
    """x ↦ F(x; p), F′(x; p) for fixed p, in 256 bits, without the radii.

    Args:
        polynomials: F, as many as variables.
        parameters: p, exact.
    """

    def __init__(self, polynomials: PolynomialMap, parameters: Sequence[fmpq | complex]) -> None:
        outputs = [*polynomials.outputs, *(d for row in polynomials.derivative for d in row)]
        self._variables = polynomials.variables
        self._evaluator = Evaluator(outputs)
        with ctx.workprec(BITS):
            given = dict(zip(polynomials.parameters, map(as_ball, parameters), strict=True))
            self._fixed, self.n_operations = _evaluated(outputs, polynomials.variables, given)

    def __call__(self, x: Sequence[acb]) -> tuple[acb_mat, acb_mat]:
        """(n, 1) and (n, n)."""
        n = len(x)
        with ctx.workprec(BITS):
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


def relative_size(update: Sequence[acb], x: Sequence[acb]) -> float:
    """max_j |update_j|/|x_j|; infinite where that is no number."""
    sizes = np.array([size(z) for z in x])
    steps = np.array([size(z) for z in update])
    sizes = np.maximum(sizes, FLOOR * sizes.max())
    if not (np.isfinite(sizes).all() and np.isfinite(steps).all() and sizes.all()):
        return np.inf
    return float(np.max(steps / sizes))


def size(z: acb) -> float:
    """|z| as a double."""
    return abs(complex(z))
