"""Equations in text, SymPy, JAX or circuits, read as circuits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.continuation._systems._expression import ExpressionBuilder, Value
from neuromanifold.continuation._systems._parse import names_in, parse
from neuromanifold.continuation._systems._sympy import SymPyReader, is_sympy, sympy_names
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Circuit, Node, ObjectRing, Operation, reachable

Names = Sequence[Any]


@dataclass(frozen=True)
class Reading:
    """Equations as nodes, with the inputs they stand for and the names of these."""

    outputs: list[Node]
    variables: tuple[str, ...]
    variable_nodes: tuple[Node, ...]
    parameters: tuple[str, ...]
    parameter_nodes: tuple[Node, ...]
    iota: Node | None


def read_equations(
    equations: Any, variables: Names | int | None, parameters: Names | int
) -> Reading:
    """Equations in any of the forms that `System` takes.

    Raises:
        InvalidInputError: an equation cannot be read, or a name is unknown or given twice.
        NotPolynomialError: an equation is no rational function of its variables.
    """
    is_one = hasattr(equations, "as_expr") or getattr(equations, "is_Relational", False)
    if isinstance(equations, str) or is_one:
        equations = [equations]
    if callable(equations) and not isinstance(equations, Node) and not is_sympy(equations):
        return _read_function(equations, variables, parameters)
    try:
        items = [*equations]  # type: ignore[misc]
    except TypeError:
        raise InvalidInputError(
            f"A system is a list of equations or a function, not {type(equations).__name__}."
        ) from None
    if items and all(isinstance(item, Node) for item in items):
        return _read_nodes(items, variables, parameters)
    for item in items:
        if not (isinstance(item, (str, int, float)) or is_sympy(item)):
            raise InvalidInputError(
                f"An equation is {type(item).__name__}; give text, SymPy expressions or a function."
            )
    texts = [item if is_sympy(item) else str(item) for item in items]
    return _read_expressions(texts, variables, parameters)


def _read_expressions(
    items: Sequence[Any], variables: Names | int | None, parameters: Names | int
) -> Reading:
    known = _names(parameters, "p")
    if variables is None:
        found = set().union(*(names_in(i) if isinstance(i, str) else sympy_names(i) for i in items))
        names = tuple(sorted(found - set(known), key=_natural))
        if not names and items:
            raise InvalidInputError(
                "The equations contain no variables; there is nothing to solve."
            )
    else:
        names = _names(variables, "x")
    _require_distinct((*names, *known))
    builder = ExpressionBuilder()
    nodes = builder.circuit.inputs(len(names) + len(known))
    table: dict[str, Value] = dict(zip((*names, *known), nodes, strict=True))
    reader = SymPyReader(builder, table.get)
    outputs = []
    for number, i in enumerate(items, 1):
        try:
            value = parse(i, builder, table.get) if isinstance(i, str) else reader.read(i)
        except ZeroDivisionError as error:
            raise InvalidInputError(
                f"Equation {number} divides by 0; remove the division."
            ) from error
        outputs.append(builder.node(value))
    n = len(names)
    return Reading(outputs, names, tuple(nodes[:n]), known, tuple(nodes[n:]), builder.iota)


def _read_nodes(
    items: list[Node], variables: Names | int | None, parameters: Names | int
) -> Reading:
    given = [] if variables is None or isinstance(variables, int) else list(variables)
    inputs = [] if isinstance(parameters, int) else list(parameters)
    if not given or not all(isinstance(node, Node) for node in (*given, *inputs)):
        raise InvalidInputError(
            "Equations given as circuit nodes need their variables (and parameters) as input nodes."
        )
    known = {*given, *inputs}
    for node in reachable(items):
        if node.operation is Operation.INPUT and node not in known:
            raise InvalidInputError(
                f"{node!r} is neither a variable nor a parameter of the equations; name it as one."
            )
    return Reading(
        items,
        tuple(f"x{i + 1}" for i in range(len(given))),
        tuple(given),
        tuple(f"p{i + 1}" for i in range(len(inputs))),
        tuple(inputs),
        None,
    )


def _read_function(
    function: Callable[..., Any], variables: Names | int | None, parameters: Names | int
) -> Reading:
    if variables is None:
        raise InvalidInputError(
            "A system given as a function needs its variables: names, or how many there are."
        )
    from neuromanifold.rings import trace

    names, known = _names(variables, "x"), _names(parameters, "p")
    _require_distinct((*names, *known))
    circuit = Circuit()
    x, p = circuit.inputs(len(names)), circuit.inputs(len(known))
    arguments = [_object_array(x), _object_array(p)][: 2 if known else 1]
    program = trace(function, *(np.zeros(len(a)) for a in arguments))
    result = program.run(ObjectRing(circuit.constant), *arguments)
    outputs = [node for leaf in _leaves(result) for node in np.ravel(leaf)]
    return Reading(outputs, names, tuple(x), known, tuple(p), None)


def _leaves(tree: Any) -> list[np.ndarray]:
    import jax

    return jax.tree_util.tree_leaves(tree)


def _object_array(nodes: list[Node]) -> np.ndarray:
    result = np.empty(len(nodes), object)
    result[:] = nodes
    return result


def _names(given: Names | int, letter: str) -> tuple[str, ...]:
    if isinstance(given, int):
        return tuple(f"{letter}{i + 1}" for i in range(given))
    if isinstance(given, str):
        given = given.replace(",", " ").split()
    return tuple(str(name) for name in given)


def _require_distinct(names: Sequence[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InvalidInputError(
            f"{', '.join(sorted(twice))} is named more than once among variables and parameters."
        )


def _natural(name: str) -> list[tuple[int, Any]]:
    """The key that sorts x2 before x10."""
    return [(0, int(s)) if s.isdigit() else (1, s) for s in re.split(r"(\d+)", name) if s]
