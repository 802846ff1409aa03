"""Derivatives of circuits, as circuits.

Networks are differentiated by JAX. A polynomial system written by hand or assembled from
coefficients is only a circuit, and its Jacobian must share subexpressions with its values: these
two sweeps are all that takes.
"""

from __future__ import annotations

from collections.abc import Sequence

from neuromanifold.rings._circuit import Node, Operation, reachable


def pullback(
    outputs: Sequence[Node], cotangents: Sequence[Node], variables: Sequence[Node]
) -> list[Node]:
    """Reverse sweep: Σᵢ cotangentᵢ · ∂outputᵢ/∂variableⱼ for every j.

    >>> from neuromanifold.rings import Circuit
    >>> circuit = Circuit()
    >>> x, y = circuit.inputs(2)
    >>> pullback([x * y], [circuit.constant(1)], [x, y]) == [y, x]
    True
    """
    if not variables:
        return []
    zero = variables[0].circuit.constant(0)
    adjoint: dict[int, Node] = {}
    for output, cotangent in zip(outputs, cotangents, strict=True):
        adjoint[output.index] = adjoint.get(output.index, zero) + cotangent
    depends = _dependent(outputs, variables)
    for node in reversed(reachable(outputs)):
        if node.index not in adjoint or node.index not in depends:
            continue
        for operand, partial in _partials(node):
            if operand.index in depends:
                term = adjoint[node.index] * partial
                adjoint[operand.index] = adjoint.get(operand.index, zero) + term
    return [adjoint.get(variable.index, zero) for variable in variables]


def jacobian(outputs: Sequence[Node], variables: Sequence[Node]) -> list[list[Node]]:
    """Forward sweeps: row i holds ∂outputᵢ/∂variableⱼ for every j."""
    columns = [pushforward(outputs, variable) for variable in variables]
    return [list(row) for row in zip(*columns, strict=True)]


def pushforward(outputs: Sequence[Node], variable: Node) -> list[Node]:
    """Forward sweep: ∂outputᵢ/∂variable for every i."""
    zero, one = variable.circuit.constant(0), variable.circuit.constant(1)
    tangent: dict[int, Node] = {variable.index: one}
    for node in reachable(outputs):
        terms = [
            partial * tangent[operand.index]
            for operand, partial in _partials(node)
            if operand.index in tangent
        ]
        if terms:
            tangent[node.index] = sum(terms[1:], terms[0])
    return [tangent.get(output.index, zero) for output in outputs]


def _dependent(outputs: Sequence[Node], variables: Sequence[Node]) -> set[int]:
    depends = {variable.index for variable in variables}
    for node in reachable(outputs):
        if any(operand.index in depends for operand in node.operands):
            depends.add(node.index)
    return depends


def _partials(node: Node) -> list[tuple[Node, Node]]:
    """The operands of a node, each with the node's partial derivative."""
    operands = node.operands
    one = node.circuit.constant(1)
    match node.operation:
        case Operation.ADD:
            return [(operands[0], one), (operands[1], one)]
        case Operation.SUBTRACT:
            return [(operands[0], one), (operands[1], -one)]
        case Operation.NEGATE:
            return [(operands[0], -one)]
        case Operation.MULTIPLY:
            return [(operands[0], operands[1]), (operands[1], operands[0])]
        case Operation.DIVIDE:
            inverse = one / operands[1]
            return [(operands[0], inverse), (operands[1], -(node * inverse))]
        case Operation.SQUARE:
            return [(operands[0], 2 * operands[0])]
        case Operation.POWER:
            return [(operands[0], node.value * operands[0] ** (node.value - 1))]
        case _:
            return []
