"""Degrees of polynomials given as circuits, with cancellation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from flint import fmpq, nmod_poly

from neuromanifold.continuation._systems._residues import (
    PRIME,
    SQUARE_ROOT,
    random_residues,
    residue,
)
from neuromanifold.rings import Evaluator, Node, Operation, PolynomialMap, reachable

_LARGEST = 20_000

_Line = tuple[int, int]


def degrees_along(
    polynomials: PolynomialMap,
    groups: Sequence[Iterable[int]],
    values: Sequence[fmpq | complex] | None,
    last_is_iota: bool,
) -> np.ndarray:
    """Degree of each polynomial in each group of variables, −1 for the zero polynomial.

    The variables of the group move on a random line a + s·b over the field of p elements, p near 2⁶²,
    and the others stand still: the degree in s is the degree, with a probability of failure of about
    (degree)/2⁶². Powers beyond reach are bounded by their structure instead.

    Args:
        polynomials: m polynomials without divisions by variables.
        groups: positions of variables.
        values: values of the parameters; generic ones where they are not given.
        last_is_iota: the last parameter is i.
    """
    rng = np.random.default_rng(0)
    fixed = random_residues(rng, len(polynomials.parameters))
    if values is not None:
        fixed = [residue(value) for value in values]
    elif last_is_iota:
        fixed[-1] = SQUARE_ROOT
    nodes = reachable(polynomials.outputs)
    n = len(polynomials.variables)
    result = np.zeros((len(polynomials.outputs), len(groups)), np.int64)
    for column, group in enumerate(groups):
        moving = set(group)
        a, b = random_residues(rng, n), random_residues(rng, n)
        lines = {x: (a[k], b[k] * (k in moving)) for k, x in enumerate(polynomials.variables)}
        lines |= {p: (value, 0) for p, value in zip(polynomials.parameters, fixed, strict=True)}
        leading = _leading_terms(nodes, lines)
        bounds = [leading[output.index] for output in polynomials.outputs]
        result[:, column] = [degree for degree, _ in bounds]
        vanished = [k for k, (degree, top) in enumerate(bounds) if not top and degree <= _LARGEST]
        if vanished:
            outputs = [polynomials.outputs[k] for k in vanished]
            result[vanished, column] = _exact_degrees(outputs, lines)
    return result


def _leading_terms(
    nodes: Sequence[Node], lines: Mapping[Node, _Line]
) -> dict[int, tuple[int, int]]:
    """For each node a bound d of its degree in s, and the coefficient of s^d."""
    known = {node.index: (1, b) if b else (0, a) for node, (a, b) in lines.items()}
    known |= {node.index: (0, residue(node.value)) for node in nodes if node.is_constant}
    for node in nodes:
        index, operands = node.index, node.operands
        if index in known:
            continue
        d, top = known[operands[0].index]
        e, other = known[operands[-1].index]
        match node.operation:
            case Operation.MULTIPLY:
                known[index] = d + e, top * other % PRIME
            case Operation.ADD | Operation.SUBTRACT:
                if node.operation is Operation.SUBTRACT:
                    other = -other
                if d == e:
                    known[index] = d, (top + other) % PRIME
                else:
                    known[index] = (d, top) if d > e else (e, other)
            case Operation.SQUARE:
                known[index] = 2 * d, top * top % PRIME
            case Operation.POWER:
                known[index] = d * node.value, pow(top, node.value, PRIME)
            case Operation.NEGATE:
                known[index] = d, -top
            case Operation.DIVIDE:
                known[index] = d + e, top * pow(other, -1, PRIME) % PRIME
    return known


def _exact_degrees(outputs: Sequence[Node], lines: Mapping[Node, _Line]) -> list[int]:
    inputs = {node: nmod_poly([*line], PRIME) for node, line in lines.items()}
    evaluator = Evaluator(outputs)
    return [p.degree() for p in evaluator(inputs, lambda c: nmod_poly([residue(c)], PRIME))]
