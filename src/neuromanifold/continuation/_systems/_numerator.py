"""Rational functions as numerators of fractions in lowest terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuromanifold.continuation._systems._term_bound import TermBound
from neuromanifold.rings import Evaluator, Node, Operation, reachable

_MOST_TERMS = 2_000
_MOST_TO_FACTOR = 200
_LARGEST_DEGREE = 100


def numerators(outputs: Sequence[Node]) -> tuple[list[Node], tuple[Node, ...]]:
    """The outputs cleared of divisions, and the expressions that were divided by.

    Denominators are products of irreducible polynomials, and fractions are added over their least
    common multiple; factors that a numerator still shares with its denominator are divided out. What
    is too large to be multiplied out counts as irreducible.

    >>> from neuromanifold.rings import Circuit
    >>> x, y = Circuit().inputs(2)
    >>> numerators([x / y - y]) == ([x - y**2], (y,))
    True
    >>> numerators([1 / y + x / (2 * y**2)])[0] == [y + x / 2]
    True
    """
    divisors = [node for node in reachable(outputs) if node.operation is Operation.DIVIDE]
    if not divisors:
        return list(outputs), ()
    table = _Primes(outputs)
    inputs = {node: _Fraction(node, Counter(), table) for node in table.inputs}
    by_node = dict.fromkeys(node.operands[1] for node in divisors)
    circuit = outputs[0].circuit
    fractions = Evaluator([*outputs, *by_node])(
        inputs, lambda c: _Fraction(circuit.constant(c), Counter(), table)
    )
    cleared = [table.reduced(f.upper, f.lower) for f in fractions[: len(outputs)]]
    below = dict.fromkeys(
        node
        for fraction in fractions[len(outputs) :]
        for node in (fraction.upper, table.product(fraction.lower))
        if not node.is_constant
    )
    return cleared, tuple(below)


class _Fraction:
    """upper/Π_p p^{lower[p]} with irreducible p."""

    __slots__ = ("_table", "lower", "upper")

    def __init__(self, upper: Node, lower: Counter[Node], table: _Primes) -> None:
        self.upper = upper
        self.lower = lower
        self._table = table

    def __add__(self, other: _Fraction) -> _Fraction:
        a, b, lower = self._common(other)
        return _Fraction(a + b, lower, self._table)

    def __sub__(self, other: _Fraction) -> _Fraction:
        a, b, lower = self._common(other)
        return _Fraction(a - b, lower, self._table)

    def _common(self, other: _Fraction) -> tuple[Node, Node, Counter[Node]]:
        """Both numerators over the least common denominator."""
        lower = self.lower | other.lower
        a = self.upper * self._table.product(lower - self.lower)
        b = other.upper * self._table.product(lower - other.lower)
        return a, b, lower

    def __neg__(self) -> _Fraction:
        return _Fraction(-self.upper, self.lower, self._table)

    def __mul__(self, other: _Fraction) -> _Fraction:
        return _Fraction(self.upper * other.upper, self.lower + other.lower, self._table)

    def __truediv__(self, other: _Fraction) -> _Fraction:
        c, factors = self._table.factors(other.upper)
        lower = self.lower + factors
        upper = self.upper * (1 / c) * self._table.product(other.lower - lower)
        return _Fraction(upper, lower - other.lower, self._table)

    def __pow__(self, n: int) -> _Fraction:
        lower = Counter({p: n * e for p, e in self.lower.items()})
        return _Fraction(self.upper**n, lower, self._table)


_Key = tuple[tuple[tuple[int, ...], fmpq], ...]


class _Primes:
    """Irreducible polynomials as nodes, one for each."""

    def __init__(self, outputs: Sequence[Node]) -> None:
        self._circuit = outputs[0].circuit
        self.inputs = [n for n in reachable(outputs) if n.operation is Operation.INPUT]
        self._context = fmpq_mpoly_ctx.get(("x", max(len(self.inputs), 1)), "lex")
        self._known: dict[_Key, Node] = {}
        self._polynomials: dict[Node, fmpq_mpoly] = {}
        self._factors: dict[Node, tuple[fmpq, Counter[Node]]] = {}

    def factors(self, node: Node) -> tuple[fmpq, Counter[Node]]:
        """c and the p with their exponents for which node = c·Π_p p^e."""
        if node not in self._factors:
            self._factors[node] = self._factorized(node)
        return self._factors[node]

    def product(self, factors: Mapping[Node, int]) -> Node:
        """Π_p p^e."""
        result = self._circuit.constant(1)
        for p, exponent in factors.items():
            result = result * p**exponent
        return result

    def reduced(self, upper: Node, lower: Mapping[Node, int]) -> Node:
        """The numerator in lowest terms."""
        primes = [(self._polynomials[p], e) for p, e in lower.items() if p in self._polynomials]
        value = self._multiplied_out(upper, _MOST_TERMS) if primes else None
        if value is None or value == 0:
            return upper
        is_smaller = False
        for p, most in primes:
            for _ in range(most):
                quotient, rest = divmod(value, p)
                if rest != 0:
                    break
                value, is_smaller = quotient, True
        return self._node(value) if is_smaller else upper

    def _factorized(self, node: Node) -> tuple[fmpq, Counter[Node]]:
        operands = node.operands
        match node.operation:
            case Operation.CONSTANT:
                return node.value, Counter()
            case Operation.MULTIPLY:
                (c, first), (d, second) = map(self.factors, operands)
                return c * d, first + second
            case Operation.NEGATE:
                c, first = self.factors(operands[0])
                return -c, first
            case Operation.SQUARE | Operation.POWER:
                n = 2 if node.operation is Operation.SQUARE else node.value
                c, first = self.factors(operands[0])
                return c**n, Counter({p: n * e for p, e in first.items()})
        value = self._multiplied_out(node, _MOST_TO_FACTOR)
        if value is None or value == 0:
            return fmpq(1), Counter([node])
        c, found = value.factor()
        is_irreducible = len(found) == 1 and found[0][1] == 1
        primes: Counter[Node] = Counter()
        for p, exponent in found:
            prime = self._prime(p, node if is_irreducible else None)
            primes[prime] += int(exponent)
            ratio = p.leading_coefficient() / self._polynomials[prime].leading_coefficient()
            c = c * ratio ** int(exponent)
        return fmpq(c), primes

    def _prime(self, p: fmpq_mpoly, node: Node | None) -> Node:
        """What stands for all multiples of p: the node, if p has not occurred yet."""
        key = tuple(sorted((p / p.leading_coefficient()).to_dict().items()))
        if key not in self._known:
            self._known[key] = prime = self._node(p) if node is None else node
            value = self._multiplied_out(prime, _MOST_TO_FACTOR)
            self._polynomials[prime] = p if value is None else value
        return self._known[key]

    def _multiplied_out(self, node: Node, most_terms: int) -> fmpq_mpoly | None:
        evaluator = Evaluator([node])
        bounds = {x: TermBound(len(self.inputs), 1, 1) for x in self.inputs}
        bound = evaluator(bounds, lambda c: TermBound(len(self.inputs), int(c != 0), 0))[0]
        if bound.terms > most_terms or bound.degree > _LARGEST_DEGREE:
            return None
        gens = dict(zip(self.inputs, self._context.gens(), strict=False))
        return evaluator(gens, self._context.constant)[0]

    def _node(self, p: fmpq_mpoly) -> Node:
        total = self._circuit.constant(0)
        for exponents, c in p.to_dict().items():
            term = self._circuit.constant(1)
            for x, e in zip(self.inputs, exponents, strict=False):
                if e:
                    term = term * x ** int(e)
            total = total + term * fmpq(c)
        return total
