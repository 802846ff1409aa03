"""Values of circuit nodes in any ring."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import fmpq

from neuromanifold.rings._circuit import Node, Operation, reachable

_BINARY: dict[Operation, Callable[[Any, Any], Any]] = {
    Operation.ADD: operator.add,
    Operation.SUBTRACT: operator.sub,
    Operation.MULTIPLY: operator.mul,
    Operation.DIVIDE: operator.truediv,
}
_UNARY: dict[Operation, Callable[[Any, Any], Any]] = {
    Operation.NEGATE: lambda a, _: -a,
    Operation.SQUARE: lambda a, _: a * a,
    Operation.POWER: operator.pow,
}


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
            index = node.index
            if index in values:
                continue
            operation, operands = node.operation, node.operands
            combine = _BINARY.get(operation)
            if combine is not None:
                first, second = operands
                values[index] = combine(values[first.index], values[second.index])
            elif operands:
                values[index] = _UNARY[operation](values[operands[0].index], node.value)
            elif node.is_constant:
                values[index] = constant(node.value)
            else:
                raise KeyError(f"no value was given for {node!r}")
        return [values[index] for index in self._outputs]
