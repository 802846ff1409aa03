"""Dimensions modulo primes, computed once for each architecture in a test run."""

import itertools
from functools import cache
from math import prod

from neuromanifold.geometry import dimension
from neuromanifold.models import MLP, monomial


@cache
def mlp_dimension(widths: tuple[int, ...], exponent: int, bias: bool = False) -> int:
    return dimension(MLP(widths, monomial(exponent), bias=bias)).value


def effective_parameters(widths: tuple[int, ...], bias: bool = False) -> int:
    """Parameters minus one scaling for each hidden neuron."""
    layers = itertools.pairwise(widths)
    weights = sum(prod(layer) for layer in layers) + (sum(widths[1:]) if bias else 0)
    return weights - sum(widths[1:-1])


def is_finitely_identifiable(widths: tuple[int, ...], exponent: int, bias: bool = False) -> bool:
    return mlp_dimension(widths, exponent, bias) == effective_parameters(widths, bias)
