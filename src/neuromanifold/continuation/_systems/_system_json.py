"""Systems as JSON: the straight-line program, exactly."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Circuit, Node, Operation, PolynomialMap, reachable


def map_to_json(polynomials: PolynomialMap, others: tuple[Node, ...] = ()) -> dict[str, Any]:
    """Instructions in order; each refers to earlier ones by position, the inputs coming first."""
    inputs = (*polynomials.variables, *polynomials.parameters)
    position = {node.index: k for k, node in enumerate(inputs)}
    program: list[list[Any]] = []
    for node in reachable([*polynomials.outputs, *others]):
        if node.index in position:
            continue
        position[node.index] = len(position)
        row: list[Any] = [node.operation.value, *(position[a.index] for a in node.operands)]
        if node.operation is Operation.CONSTANT:
            row.append(str(node.value))
        elif node.operation is Operation.POWER:
            row.append(node.value)
        program.append(row)
    return {
        "n_variables": len(polynomials.variables),
        "n_parameters": len(polynomials.parameters),
        "program": program,
        "outputs": [position[node.index] for node in polynomials.outputs],
        "others": [position[node.index] for node in others],
    }


def map_from_json(document: dict[str, Any]) -> tuple[PolynomialMap, tuple[Node, ...]]:
    """The polynomials and the other nodes that `map_to_json` wrote.

    Raises:
        InvalidInputError: the document is something else.
    """
    try:
        circuit = Circuit()
        n, k = int(document["n_variables"]), int(document["n_parameters"])
        nodes = circuit.inputs(n + k)
        for operation, *arguments in document["program"]:
            nodes.append(_node(circuit, nodes, Operation(operation), arguments))
        outputs, others = (
            tuple(nodes[int(i)] for i in document[key]) for key in ("outputs", "others")
        )
    except (KeyError, ValueError, TypeError, IndexError, ZeroDivisionError) as error:
        raise InvalidInputError(
            "The system in the file cannot be read; save it again from a result."
        ) from error
    return PolynomialMap(outputs, tuple(nodes[:n]), tuple(nodes[n : n + k])), others


def _node(circuit: Circuit, nodes: list[Node], operation: Operation, arguments: list[Any]) -> Node:
    if operation is Operation.CONSTANT:
        return circuit.constant(rational(arguments[0]))
    a = nodes[arguments[0]]
    match operation:
        case Operation.ADD:
            return a + nodes[arguments[1]]
        case Operation.SUBTRACT:
            return a - nodes[arguments[1]]
        case Operation.MULTIPLY:
            return a * nodes[arguments[1]]
        case Operation.DIVIDE:
            return a / nodes[arguments[1]]
        case Operation.NEGATE:
            return -a
        case Operation.SQUARE:
            return a**2
        case Operation.POWER:
            return a ** int(arguments[1])
        case _:
            raise ValueError(operation)


def number_to_json(value: fmpq | complex) -> Any:
    """An exact rational as text, a complex double as a pair."""
    return str(value) if isinstance(value, fmpq) else [value.real, value.imag]


def number_from_json(value: Any) -> fmpq | complex:
    """The number that `number_to_json` wrote."""
    return rational(value) if isinstance(value, str) else complex(*map(float, value))


def rational(text: str) -> fmpq:
    """The fraction p/q, or the integer p."""
    upper, _, lower = text.partition("/")
    return fmpq(int(upper), int(lower or 1))
