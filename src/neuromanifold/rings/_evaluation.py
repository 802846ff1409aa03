"""Values of circuit nodes in any ring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import fmpq

from neuromanifold.rings._circuit import Node, Operation, reachable


class Evaluator:
    """Evaluates some circuit nodes again and again, in any ring.

    Values are anything with + − * / and integer powers: balls, residues, other circuit nodes
    (which is substitution), arrays of floats.

    >>> from neuromanifold.rings import Circuit
    >>> circuit = Circuit()
    >>> x, y = circuit.inputs(2)
    >>> Evaluator([x * y + 1])({x: 2.0, y: 5.0}, float)
    [11.0]
    """

    def __init__(self, outputs: Sequence[Node]) -> None:
        self._outputs = [output.index for output in outputs]
        self._nodes = reachable(outputs)

    def __len__(self) -> int:
        return len(self._outputs)

    def __call__(self, inputs: Mapping[Node, Any], constant: Callable[[fmpq], Any]) -> list[Any]:
        """The values of the outputs where every input node has the given value.

        Args:
            inputs: a value for each node to be replaced.
            constant: embeds a rational number in the ring.

        Raises:
            KeyError: an input the outputs depend on has no value.
        """
        values: dict[int, Any] = {node.index: value for node, value in inputs.items()}
        for node in self._nodes:
            if node.index not in values:
                values[node.index] = _value(node, values, constant)
        return [values[index] for index in self._outputs]


def _value(node: Node, values: dict[int, Any], constant: Callable[[fmpq], Any]) -> Any:
    operation, operands = node.operation, node.operands
    if operation is Operation.CONSTANT:
        return constant(node.value)
    if operation is Operation.INPUT:
        raise KeyError(f"no value was given for {node!r}")
    first = values[operands[0].index]
    if operation is Operation.MULTIPLY:
        return first * values[operands[1].index]
    if operation is Operation.ADD:
        return first + values[operands[1].index]
    if operation is Operation.SUBTRACT:
        return first - values[operands[1].index]
    if operation is Operation.SQUARE:
        return first * first
    if operation is Operation.NEGATE:
        return -first
    if operation is Operation.POWER:
        return first**node.value
    return first / values[operands[1].index]
