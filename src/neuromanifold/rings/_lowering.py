"""Lowering circuits to the tapes of the native machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq

from neuromanifold._core import Opcode, Tape
from neuromanifold.rings._circuit import Node, Operation, reachable

_OPCODES = {
    Operation.ADD: int(Opcode.ADD),
    Operation.SUBTRACT: int(Opcode.SUB),
    Operation.MULTIPLY: int(Opcode.MUL),
    Operation.DIVIDE: int(Opcode.DIV),
    Operation.NEGATE: int(Opcode.NEG),
    Operation.SQUARE: int(Opcode.SQUARE),
    Operation.POWER: int(Opcode.POWER),
}


def lower(values: Sequence[Node], variables: Sequence[Node], parameters: Sequence[Node]) -> Tape:
    """The tape that computes `values` and their Jacobian by `variables`.

    Constants are rounded to double precision.
    """
    return Tape(*_program(values, variables, parameters))


def lower_values(
    values: Sequence[Node], variables: Sequence[Node], parameters: Sequence[Node]
) -> Tape:
    """The tape that computes `values`; all entries of its Jacobian are structural zeros."""
    no_entries = np.full((len(values), len(variables)), -1, np.int32)
    return Tape(*_program(values, variables, parameters), no_entries)


def tape_constants(values: Sequence[Node]) -> list[fmpq]:
    """The constants of a tape for these values, in its order, before they are rounded."""
    return [node.value for node in reachable(values) if node.is_constant]


def _program(
    values: Sequence[Node], variables: Sequence[Node], parameters: Sequence[Node]
) -> tuple[int, int, np.ndarray, np.ndarray, np.ndarray]:
    """Sizes, constants, instructions and outputs."""
    nodes = reachable(values)
    constants = [node for node in nodes if node.is_constant]
    positions = {node.index: i for i, node in enumerate([*variables, *parameters, *constants])}
    position = len(positions)
    instructions: list[int] = []
    for node in nodes:
        if node.index in positions:
            continue
        operands = node.operands
        if not operands:
            raise ValueError(f"{node!r} is neither a variable nor a parameter of the system")
        positions[node.index] = position
        position += 1
        first = positions[operands[0].index]
        second = positions[operands[1].index] if len(operands) == 2 else 0
        instructions += (_OPCODES[node.operation], first, second, node.value or 0)
    return (
        len(variables),
        len(parameters),
        np.array([to_float(node.value) for node in constants], dtype=np.complex128),
        np.array(instructions, dtype=np.int32).reshape(-1, 4),
        np.array([positions[node.index] for node in values], dtype=np.int32),
    )


def to_float(value: fmpq) -> float:
    """The double nearest to a rational number."""
    return int(value.p) / int(value.q)
