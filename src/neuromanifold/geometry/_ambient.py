"""The dimension of the smallest linear space of functions that contains the neuromanifold."""

from __future__ import annotations

import numpy as np

from neuromanifold.geometry._tangents import TangentSampler
from neuromanifold.models import Model
from neuromanifold.rings import PrimeField, random_prime

_LARGEST = 1500
_LARGEST_IF_UNBOUNDED = 512
_FIRST_TRY = 64


def ambient_dimension(
    model: Model, value: int, bound: int | None, generator: np.random.Generator
) -> int | None:
    """dim V, or None if V is too large to be measured.

    V is spanned by the tangent spaces at enough random θ together with the functions there: if one
    more generic θ adds nothing, the span contains every tangent space, hence M. It is measured at
    n random pairs (x, λ), and n is doubled until it exceeds the rank.

    Args:
        model: The model.
        value: The dimension of M, a lower bound.
        bound: `functions.term_bound(model)`.
        generator: Of primes and points.
    """
    if bound is None or bound == value:
        return bound
    largest = _LARGEST if bound <= _LARGEST else _LARGEST_IF_UNBOUNDED
    n = min(bound, max(_FIRST_TRY, 2 * value))
    while n <= largest:
        rank = _span_rank(TangentSampler(model, n), value, generator)
        if rank < n or rank == bound:
            return rank
        n = min(bound, 2 * n)
    return None


def _span_rank(sampler: TangentSampler, value: int, generator: np.random.Generator) -> int:
    """The rank of n measurements of V, by adding tangent spaces until nothing changes."""
    n = sampler.n_measurements
    field = PrimeField(random_prime(generator))
    inputs, covectors = sampler.random_pairs(field, generator)
    # a tangent space and the function itself: random combinations keep the rank
    width = min(value, sampler.model.n_parameters) + 1
    spans: list[np.ndarray] = []
    rank, previous = 0, -1
    wanted = -(-n // width) + 1
    while previous < rank < n:
        while len(spans) < wanted:
            theta = field.random(generator, (sampler.model.n_parameters,))
            measured = sampler.measure(field, theta, inputs, covectors)
            mixture = field.random(generator, (measured.shape[1], width))
            spans.append(field.dot(measured, mixture))
        previous, rank = rank, field.rank(np.concatenate(spans, axis=1))
        wanted += max(1, wanted // 2)
    return rank
