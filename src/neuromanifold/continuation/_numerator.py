"""Rational functions as numerators of fractions."""

from __future__ import annotations

from collections.abc import Sequence

from neuromanifold.rings import Evaluator, Node, Operation, reachable


class _Fraction:
    """numerator/denominator; equal denominators, which are equal nodes, are not multiplied."""

    __slots__ = ("lower", "upper")

    def __init__(self, upper: Node, lower: Node) -> None:
        self.upper = upper
        self.lower = lower

    def __add__(self, other: _Fraction) -> _Fraction:
        a, b, lower = self._common(other)
        return _Fraction(a + b, lower)

    def __sub__(self, other: _Fraction) -> _Fraction:
        a, b, lower = self._common(other)
        return _Fraction(a - b, lower)

    def _common(self, other: _Fraction) -> tuple[Node, Node, Node]:
        """Both numerators over a common denominator."""
        if self.lower is other.lower:
            return self.upper, other.upper, self.lower
        return self.upper * other.lower, other.upper * self.lower, self.lower * other.lower

    def __neg__(self) -> _Fraction:
        return _Fraction(-self.upper, self.lower)

    def __mul__(self, other: _Fraction) -> _Fraction:
        return _Fraction(self.upper * other.upper, self.lower * other.lower)

    def __truediv__(self, other: _Fraction) -> _Fraction:
        return _Fraction(self.upper * other.lower, self.lower * other.upper)

    def __pow__(self, n: int) -> _Fraction:
        return _Fraction(self.upper**n, self.lower**n)


def numerators(outputs: Sequence[Node]) -> tuple[list[Node], tuple[Node, ...]]:
    """The outputs cleared of divisions, and the expressions that were divided by.

    >>> from neuromanifold.rings import Circuit
    >>> x, y = Circuit().inputs(2)
    >>> numerators([x / y - y]) == ([x - y**2], (y,))
    True
    """
    divisors = [node for node in reachable(outputs) if node.operation is Operation.DIVIDE]
    if not divisors:
        return list(outputs), ()
    circuit = outputs[0].circuit
    one = circuit.constant(1)
    inputs = {
        node: _Fraction(node, one)
        for node in reachable(outputs)
        if node.operation is Operation.INPUT
    }
    by_node = dict.fromkeys(node.operands[1] for node in divisors)
    fractions = Evaluator([*outputs, *by_node])(
        inputs, lambda c: _Fraction(circuit.constant(c), one)
    )
    cleared = [fraction.upper for fraction in fractions[: len(outputs)]]
    below = dict.fromkeys(
        node
        for fraction in fractions[len(outputs) :]
        for node in (fraction.upper, fraction.lower)
        if not node.is_constant
    )
    return cleared, tuple(below)
