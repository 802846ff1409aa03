"""Hash-consed arithmetic circuits: polynomials and rational functions kept as shared programs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from enum import Enum
from numbers import Real
from typing import Any

from flint import fmpq

from neuromanifold.errors import InvalidInputError


class Operation(Enum):
    """What a node computes."""

    INPUT = "input"
    CONSTANT = "constant"
    ADD = "add"
    SUBTRACT = "subtract"
    MULTIPLY = "multiply"
    DIVIDE = "divide"
    NEGATE = "negate"
    SQUARE = "square"
    POWER = "power"

    # Members are compared by identity, so this is the hash that fits; that of Enum is slow.
    __hash__ = object.__hash__


_ADD, _SUBTRACT, _NEGATE = Operation.ADD, Operation.SUBTRACT, Operation.NEGATE
_MULTIPLY, _SQUARE = Operation.MULTIPLY, Operation.SQUARE
_MINUS_ONE = (-1, 1)


class Circuit:
    """An arena of nodes in which equal expressions are one node.

    Nodes are numbered in the order of their creation, so operands always precede their use.
    Constants are exact rational numbers (a float is the dyadic rational it stands for) and are
    folded; 0 + x, 1·x, 0·x, x − x and −(−x) are simplified on creation.

    >>> circuit = Circuit()
    >>> x, y = circuit.inputs(2)
    >>> (x + y) * 2 is 2 * (y + x)
    True
    >>> (x - x) is circuit.constant(0)
    True
    """

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._known: dict[tuple[Operation, tuple[Node, ...], Any], Node] = {}
        self._constants: dict[tuple[int, int], Node] = {}
        self._zero = self.constant(0)
        self._one = self.constant(1)

    def __len__(self) -> int:
        return len(self._nodes)

    def inputs(self, count: int) -> list[Node]:
        """Create `count` new inputs."""
        return [self._new(Operation.INPUT, (), len(self._nodes)) for _ in range(count)]

    def constant(self, value: Any) -> Node:
        """The node of an exact rational constant."""
        if type(value) is int:
            key = (value, 1)
        else:
            value = _rational(value)
            key = (int(value.p), int(value.q))
        node = self._constants.get(key)
        if node is None:
            node = self._new(Operation.CONSTANT, (), _rational(value))
            self._constants[key] = node
        return node

    def _node(self, operation: Operation, operands: tuple[Node, ...], value: Any = None) -> Node:
        key = (operation, operands, value)
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = self._new(operation, operands, value)
        return node

    def _new(self, operation: Operation, operands: tuple[Node, ...], value: Any) -> Node:
        node = Node(self, len(self._nodes), operation, operands, value)
        self._nodes.append(node)
        return node

    def _add(self, a: Node, b: Node) -> Node:
        if a.is_constant:
            if b.is_constant:
                return self.constant(a.value + b.value)
            if a is self._zero:
                return b
        elif b is self._zero:
            return a
        if b.operation is _NEGATE:
            return self._subtract(a, b.operands[0])
        if a.operation is _NEGATE:
            return self._subtract(b, a.operands[0])
        if a is b:
            return self._multiply(self.constant(2), a)
        return self._node(_ADD, (a, b) if a.index <= b.index else (b, a))

    def _subtract(self, a: Node, b: Node) -> Node:
        if a.is_constant:
            if b.is_constant:
                return self.constant(a.value - b.value)
            if a is self._zero:
                return self._negate(b)
        elif b is self._zero:
            return a
        if a is b:
            return self._zero
        if b.operation is _NEGATE:
            return self._add(a, b.operands[0])
        return self._node(_SUBTRACT, (a, b))

    def _negate(self, a: Node) -> Node:
        if a.is_constant:
            return self.constant(-a.value)
        if a.operation is _NEGATE:
            return a.operands[0]
        if a.operation is _SUBTRACT:
            return self._node(_SUBTRACT, a.operands[::-1])
        return self._node(_NEGATE, (a,))

    def _multiply(self, a: Node, b: Node) -> Node:
        if b.is_constant:
            a, b = b, a
        if a.is_constant:
            if b.is_constant:
                return self.constant(a.value * b.value)
            if a is self._one:
                return b
            if a is self._zero:
                return a
            if a is self._constants.get(_MINUS_ONE):
                return self._negate(b)
        elif a is b:
            return self._node(_SQUARE, (a,))
        return self._node(_MULTIPLY, (a, b) if a.index <= b.index else (b, a))

    def _divide(self, a: Node, b: Node) -> Node:
        if b.is_constant:
            if b.value == 0:
                raise ZeroDivisionError("division of a circuit by the constant 0")
            return self._multiply(self.constant(1 / b.value), a)
        if a is self._zero:
            return self._zero
        return self._node(Operation.DIVIDE, (a, b))

    def _power(self, a: Node, exponent: int) -> Node:
        if exponent == 0:
            return self._one
        if exponent == 1:
            return a
        if a.is_constant:
            return self.constant(a.value**exponent)
        if exponent == 2:
            return self._node(_SQUARE, (a,))
        return self._node(Operation.POWER, (a,), exponent)


class Node:
    """One value in a circuit; arithmetic with nodes and exact numbers makes new nodes.

    Attributes:
        circuit: where it lives.
        index: its position there.
        operation: what it computes.
        operands: from which nodes.
        value: of a constant; the exponent of a power.
        is_constant: it is a rational number.
    """

    __slots__ = ("circuit", "index", "is_constant", "operands", "operation", "value")

    def __init__(
        self,
        circuit: Circuit,
        index: int,
        operation: Operation,
        operands: tuple[Node, ...],
        value: Any,
    ) -> None:
        self.circuit = circuit
        self.index = index
        self.operation = operation
        self.operands = operands
        self.value = value
        self.is_constant = operation is Operation.CONSTANT

    @property
    def is_zero(self) -> bool:
        """The node is the constant 0."""
        return self is self.circuit._zero

    def __add__(self, other: Any) -> Node:
        circuit = self.circuit
        return circuit._add(self, other if isinstance(other, Node) else circuit.constant(other))

    def __radd__(self, other: Any) -> Node:
        circuit = self.circuit
        return circuit._add(circuit.constant(other), self)

    def __sub__(self, other: Any) -> Node:
        circuit = self.circuit
        return circuit._subtract(
            self, other if isinstance(other, Node) else circuit.constant(other)
        )

    def __rsub__(self, other: Any) -> Node:
        circuit = self.circuit
        return circuit._subtract(circuit.constant(other), self)

    def __mul__(self, other: Any) -> Node:
        circuit = self.circuit
        return circuit._multiply(
            self, other if isinstance(other, Node) else circuit.constant(other)
        )

    def __rmul__(self, other: Any) -> Node:
        circuit = self.circuit
        return circuit._multiply(circuit.constant(other), self)

    def __truediv__(self, other: Any) -> Node:
        circuit = self.circuit
        return circuit._divide(self, other if isinstance(other, Node) else circuit.constant(other))

    def __rtruediv__(self, other: Any) -> Node:
        circuit = self.circuit
        return circuit._divide(circuit.constant(other), self)

    def __neg__(self) -> Node:
        return self.circuit._negate(self)

    def __pow__(self, exponent: int) -> Node:
        return self.circuit._power(self, int(exponent))

    def __repr__(self) -> str:
        if self.operation is Operation.CONSTANT:
            return str(self.value)
        if self.operation is Operation.INPUT:
            return f"input{self.index}"
        operands = ", ".join(f"#{operand.index}" for operand in self.operands)
        return f"#{self.index} = {self.operation.value}({operands})"


def reachable(outputs: Iterable[Node], known: Container[int] = ()) -> list[Node]:
    """All nodes the outputs depend on, operands before uses; without those whose index is known."""
    seen: dict[int, Node] = {}
    stack = list(outputs)
    while stack:
        node = stack.pop()
        index = node.index
        if index not in seen and index not in known:
            seen[index] = node
            stack += node.operands
    return [seen[index] for index in sorted(seen)]


def dot(left: Sequence[Node], right: Sequence[Any], circuit: Circuit) -> Node:
    """Σᵢ leftᵢ·rightᵢ, with zero terms left out."""
    total = circuit.constant(0)
    for a, b in zip(left, right, strict=True):
        total = total + a * b
    return total


def _rational(value: Any) -> fmpq:
    if isinstance(value, fmpq):
        return value
    if type(value) is int:
        return fmpq(value)
    if isinstance(value, Real):
        try:
            numerator, denominator = value.as_integer_ratio()  # type: ignore[attr-defined]
        except (OverflowError, ValueError) as error:
            raise InvalidInputError(f"The constant {value} is not finite.") from error
        return fmpq(int(numerator), int(denominator))
    if hasattr(value, "as_integer_ratio"):
        return _rational(float(value))
    return fmpq(value)
