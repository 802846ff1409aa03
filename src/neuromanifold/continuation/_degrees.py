"""Degrees of polynomials given as circuits, with cancellation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from flint import fmpq, nmod, nmod_poly

from neuromanifold.rings import Evaluator, Operation, PolynomialMap, reachable

_PRIME = 4611686018427387817  # 2⁶² − 87: the largest prime below 2⁶² that is 1 modulo 4
_LARGEST = 20_000


def degrees_along(
    polynomials: PolynomialMap,
    groups: Sequence[Iterable[int]],
    values: Sequence[fmpq | complex] | None,
    last_is_iota: bool,
) -> np.ndarray:
    """Degree of each polynomial in each group of variables, −1 for the zero polynomial.

    The variables of the group move on a random line over the field of p elements, p near 2⁶², and
    the others stand still: the degree in the line's parameter is the degree, with a probability of
    failure of about (degree)/2⁶². Powers beyond reach are bounded by their structure instead.

    Args:
        polynomials: m polynomials without divisions by variables.
        groups: positions of variables.
        values: values of the parameters; generic ones where they are not given.
        last_is_iota: the last parameter is i.
    """
    bound = _bounds(polynomials)
    if max(bound, default=0) > _LARGEST:
        return np.array([[b] * len(groups) for b in bound])
    rng = np.random.default_rng(0)
    i = _square_root_of_minus_one(rng)
    fixed = [_random(rng) for _ in polynomials.parameters]
    if values is not None:
        fixed = [_residue(value, i) for value in values]
    elif last_is_iota:
        fixed[-1] = i
    evaluator = Evaluator(polynomials.outputs)
    result = np.zeros((len(polynomials.outputs), len(groups)), np.int64)
    for column, group in enumerate(groups):
        moving = set(group)
        inputs = {
            node: nmod_poly([int(_random(rng)), int(_random(rng)) if k in moving else 0], _PRIME)
            for k, node in enumerate(polynomials.variables)
        }
        inputs |= {
            node: nmod_poly([int(value)], _PRIME)
            for node, value in zip(polynomials.parameters, fixed, strict=True)
        }
        lines = evaluator(inputs, lambda c: nmod_poly([int(_residue(c, i))], _PRIME))
        result[:, column] = [line.degree() for line in lines]
    return result


def _bounds(polynomials: PolynomialMap) -> list[int]:
    """Degrees in all variables together, without cancellation."""
    variables = {node.index for node in polynomials.variables}
    degree: dict[int, int] = {}
    for node in reachable(polynomials.outputs):
        below = [degree[operand.index] for operand in node.operands]
        match node.operation:
            case Operation.MULTIPLY | Operation.DIVIDE:
                degree[node.index] = sum(below)
            case Operation.SQUARE:
                degree[node.index] = 2 * below[0]
            case Operation.POWER:
                degree[node.index] = node.value * below[0]
            case _:
                degree[node.index] = max(below, default=int(node.index in variables))
    return [degree[node.index] for node in polynomials.outputs]


def _residue(value: fmpq | complex, i: nmod) -> nmod:
    if isinstance(value, fmpq):
        return nmod(int(value.p), _PRIME) / nmod(int(value.q), _PRIME)
    real, imaginary = (fmpq(*part.as_integer_ratio()) for part in (value.real, value.imag))
    return _residue(real, i) + i * _residue(imaginary, i)


def _random(rng: np.random.Generator) -> nmod:
    return nmod(int(rng.integers(1, _PRIME)), _PRIME)


def _square_root_of_minus_one(rng: np.random.Generator) -> nmod:
    while True:
        root = _random(rng) ** ((_PRIME - 1) // 4)
        if root * root == nmod(-1, _PRIME):
            return root
