"""Exact numbers modulo a prime in which −1 is a square."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq, nmod

from neuromanifold.rings import Evaluator, PolynomialMap

PRIME = 4611686018427387817
"""2⁶² − 87: the largest prime p below 2⁶² that is 1 modulo 4."""
SQUARE_ROOT = pow(5, (PRIME - 1) // 4, PRIME)
"""i, as 5 is no square modulo p."""


def residue(value: fmpq | complex) -> int:
    """The number modulo p.

    >>> residue(fmpq(1, 2)) * 2 % PRIME, (residue(1j) ** 2 + 1) % PRIME
    (1, 0)
    """
    if isinstance(value, fmpq):
        p, q = int(value.p), int(value.q)
        return p % PRIME if q == 1 else p * pow(q, -1, PRIME) % PRIME
    real, imaginary = (fmpq(*part.as_integer_ratio()) for part in (value.real, value.imag))
    return (residue(real) + SQUARE_ROOT * residue(imaginary)) % PRIME


def random_residues(rng: np.random.Generator, count: int) -> list[int]:
    """Different from 0."""
    return rng.integers(1, PRIME, count).tolist()


def values_modulo_p(
    polynomials: PolynomialMap, values: Sequence[fmpq | complex], point: Sequence[int]
) -> list[int]:
    """F(x) modulo p, the parameters having the given values."""
    inputs = {x: nmod(k, PRIME) for x, k in zip(polynomials.variables, point, strict=True)}
    inputs |= {
        p: nmod(residue(value), PRIME)
        for p, value in zip(polynomials.parameters, values, strict=True)
    }
    outputs = Evaluator(polynomials.outputs)(inputs, lambda c: nmod(residue(c), PRIME))
    return [int(value) for value in outputs]
