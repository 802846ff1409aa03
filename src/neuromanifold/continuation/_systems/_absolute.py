"""What the terms of a polynomial add up to without cancellation."""

from __future__ import annotations

from collections.abc import Sequence

from neuromanifold.rings import Node, Operation, reachable


def absolute_values(nodes: Sequence[Node]) -> list[Node]:
    """|F|(x) with |a − b| = |a| + |b| and the absolute values of all constants.

    Times the unit roundoff and a small constant, |F|(|x|) is what rounding can make of F(x).

    >>> from neuromanifold.rings import Circuit
    >>> x, y = Circuit().inputs(2)
    >>> absolute_values([x * y - 2 * x]) == [x * y + 2 * x]
    True
    """
    bound: dict[int, Node] = {}
    for node in reachable(nodes):
        below = [bound[operand.index] for operand in node.operands]
        match node.operation:
            case Operation.ADD | Operation.SUBTRACT:
                result = below[0] + below[1]
            case Operation.MULTIPLY:
                result = below[0] * below[1]
            case Operation.DIVIDE:
                result = below[0] / below[1]
            case Operation.SQUARE:
                result = below[0] ** 2
            case Operation.POWER:
                result = below[0] ** node.value
            case Operation.NEGATE:
                result = below[0]
            case Operation.CONSTANT:
                result = node.circuit.constant(abs(node.value))
            case _:
                result = node
        bound[node.index] = result
    return [bound[node.index] for node in nodes]
