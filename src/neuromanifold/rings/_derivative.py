"""Derivatives of circuits, as circuits.

Networks are differentiated by JAX. A polynomial system written by hand or assembled from
coefficients is only a circuit, and its Jacobian must share subexpressions with its values: these
two sweeps are all that takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from neuromanifold.rings._circuit import Node, Operation, reachable

_ADD, _SUBTRACT, _MULTIPLY = Operation.ADD, Operation.SUBTRACT, Operation.MULTIPLY


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
    """Forward sweep: row i holds ∂outputᵢ/∂variableⱼ for every j."""
    if not variables:
        return [[] for _ in outputs]
    circuit = variables[0].circuit
    zero, one = circuit.constant(0), circuit.constant(1)
    gradients: dict[int, dict[int, Node]] = {
        variable.index: {j: one} for j, variable in enumerate(variables)
    }
    for node in reachable(outputs, gradients):
        gradients[node.index] = _gradient(node, gradients)
    rows = [gradients[output.index] for output in outputs]
    return [[row.get(j, zero) for j in range(len(variables))] for row in rows]


def _gradient(node: Node, gradients: Mapping[int, dict[int, Node]]) -> dict[int, Node]:
    """Chain rule: the nonzero partial derivatives of a node from those of its operands."""
    operation, operands = node.operation, node.operands
    if operation is _ADD:
        return _sum(gradients[operands[0].index], gradients[operands[1].index])
    if operation is _SUBTRACT:
        total = dict(gradients[operands[0].index])
        for j, tangent in gradients[operands[1].index].items():
            known = total.get(j)
            total[j] = -tangent if known is None else known - tangent
        return total
    if not any(gradients[operand.index] for operand in operands):
        return {}
    total = {}
    for operand, partial in _partials(node):
        tangents = gradients[operand.index]
        if tangents:
            total = _sum(total, {j: partial * tangent for j, tangent in tangents.items()})
    return total


def _sum(left: dict[int, Node], right: dict[int, Node]) -> dict[int, Node]:
    if not (left and right):
        return left or right
    total = dict(left)
    for j, tangent in right.items():
        known = total.get(j)
        total[j] = tangent if known is None else known + tangent
    return total


def _dependent(outputs: Sequence[Node], variables: Sequence[Node]) -> set[int]:
    depends = {variable.index for variable in variables}
    for node in reachable(outputs):
        if any(operand.index in depends for operand in node.operands):
            depends.add(node.index)
    return depends


def _partials(node: Node) -> list[tuple[Node, Node]]:
    """The operands of a node, each with the node's partial derivative."""
    operands = node.operands
    if not operands:
        return []
    if node.operation is _MULTIPLY:
        return [(operands[0], operands[1]), (operands[1], operands[0])]
    one = node.circuit.constant(1)
    match node.operation:
        case Operation.ADD:
            return [(operands[0], one), (operands[1], one)]
        case Operation.SUBTRACT:
            return [(operands[0], one), (operands[1], -one)]
        case Operation.NEGATE:
            return [(operands[0], -one)]
        case Operation.DIVIDE:
            inverse = one / operands[1]
            return [(operands[0], inverse), (operands[1], -(node * inverse))]
        case Operation.SQUARE:
            return [(operands[0], 2 * operands[0])]
        case Operation.POWER:
            return [(operands[0], node.value * operands[0] ** (node.value - 1))]
        case _:
            return []
