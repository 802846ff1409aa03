"""Identifiable families: pyramids, high exponents, encoders with decoders, networks with biases."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._identifiability import SOURCE, compared, kruskal
from neuromanifold.theory._prediction import (
    Criterion,
    Status,
    hidden_exponents,
    integer,
    positive_integers,
)


def pyramidal_identifiability(widths: Sequence[int], exponents: int | Sequence[int]) -> Criterion:
    """Finite identifiability for d₀ ≥ d₁ ≥ … ≥ d_{L−1} ≥ 2 and r_ℓ ≥ 2; r_{L−1} ≥ 3 if d_L = 1.

    Args:
        widths: (d₀, …, d_L) with L ≥ 2.
        exponents: one exponent for all hidden layers, or one for each.

    Returns:
        whether the conditions hold.

    Raises:
        InvalidInputError: if a value is below 1 or the numbers of layers do not fit.

    Source: Usevich, Borsoi, Dérand, Clausel 2025, Corollary 16.

    Examples:
        >>> pyramidal_identifiability([3, 3, 2, 2], 2).holds
        True
        >>> pyramidal_identifiability([3, 2, 1], 2).reason
        'with one output the last exponent must be at least 3'
    """
    d = positive_integers("widths", widths, least_count=3)
    r = hidden_exponents(d, exponents)
    if any(a < b for a, b in pairwise(d[:-1])) or d[-2] < 2:
        reason = "the widths before the last must not increase and be at least 2"
    elif min(r) < 2:
        reason = "every exponent must be at least 2"
    elif d[-1] == 1 and r[-1] < 3:
        reason = "with one output the last exponent must be at least 3"
    else:
        return _criterion(d, True, "the widths do not increase", "Corollary 16")
    return _criterion(d, False, reason, "Corollary 16")


def linear_threshold_identifiability(
    widths: Sequence[int], exponents: int | Sequence[int]
) -> Criterion:
    """Finite identifiability for hidden and input widths d_ℓ ≥ 2 and exponents r_ℓ ≥ 2 d_ℓ − 1.

    Args:
        widths: (d₀, …, d_L) with L ≥ 2.
        exponents: one exponent for all hidden layers, or one for each.

    Returns:
        whether the conditions hold.

    Raises:
        InvalidInputError: if a value is below 1 or the numbers of layers do not fit.

    Source: Usevich, Borsoi, Dérand, Clausel 2025, Corollary 17.

    Examples:
        >>> linear_threshold_identifiability([2, 3, 1], 5).holds
        True
    """
    d = positive_integers("widths", widths, least_count=3)
    r = hidden_exponents(d, exponents)
    low = [i for i, power in enumerate(r, start=1) if power < 2 * d[i] - 1]
    if min(d[:-1]) < 2:
        return _criterion(d, False, "a width before the last is 1", "Corollary 17")
    if low:
        i = low[0]
        return _criterion(d, False, f"r_{i} = {r[i - 1]} < 2·{d[i]} − 1", "Corollary 17")
    return _criterion(d, True, "every r_ℓ ≥ 2 d_ℓ − 1", "Corollary 17")


def bottleneck_identifiability(
    widths: Sequence[int], exponents: int | Sequence[int], bottleneck: int
) -> Criterion:
    """Finite identifiability of d₀ ≥ … ≥ d_b ≤ … ≤ d_L if d_ℓ / r_ℓ ≤ d_b − 1 for b < ℓ < L.

    For d_b ≥ 2 and exponents at least 2 up to the bottleneck b.

    Args:
        widths: (d₀, …, d_L) with L ≥ 2.
        exponents: one exponent for all hidden layers, or one for each.
        bottleneck: the index 0 < b < L of the narrowest layer.

    Returns:
        whether the conditions hold.

    Raises:
        InvalidInputError: if a value is below 1 or the numbers of layers do not fit.

    Source: Usevich, Borsoi, Dérand, Clausel 2025, Corollary 19.

    Examples:
        >>> bottleneck_identifiability([4, 2, 2, 3], 2, bottleneck=1).holds
        True
        >>> bottleneck_identifiability([4, 2, 3, 3], 2, bottleneck=1).reason
        '3/2 > 2 − 1 in layer 2'
    """
    d = positive_integers("widths", widths, least_count=3)
    r = hidden_exponents(d, exponents)
    b = _bottleneck(d, bottleneck)
    reason = ""
    if d[b] < 2:
        reason = "the bottleneck must have width at least 2"
    elif list(d[: b + 1]) != sorted(d[: b + 1], reverse=True) or list(d[b:]) != sorted(d[b:]):
        reason = f"the widths must fall up to layer {b} and rise from there"
    elif min(r[:b]) < 2:
        reason = "the exponents up to the bottleneck must be at least 2"
    else:
        for i in range(b + 1, len(d) - 1):
            if d[i] > r[i - 1] * (d[b] - 1):
                reason = f"{d[i]}/{r[i - 1]} > {d[b]} − 1 in layer {i}"
                break
    return _criterion(
        d, not reason, reason or f"the decoder grows slowly from width {d[b]}", "Corollary 19"
    )


def bias_identifiability(widths: Sequence[int], exponents: int | Sequence[int]) -> Criterion:
    """Finite identifiability with biases, from an inequality in every hidden layer ℓ.

    r_ℓ ≥ (2 (d_ℓ + 1) − min(d_ℓ + 1, d_{ℓ+1})) / min(d_ℓ, d̃_{ℓ−1}),  d̃_ℓ = min(d₀, …, d_ℓ).

    A network with biases is a structured network without biases of widths
    (d₀ + 1, …, d_{L−1} + 1, d_L), in which the additional neuron carries a constant. For d_ℓ ≥ 1
    the exponents 2 d_ℓ + 1 suffice.

    Args:
        widths: (d₀, …, d_L) with L ≥ 2.
        exponents: one exponent for all hidden layers, or one for each.

    Returns:
        whether the inequalities hold; then the dimension is the number of parameters minus the
        number of hidden neurons.

    Raises:
        InvalidInputError: if a value is below 1 or the numbers of layers do not fit.

    Source: Usevich, Borsoi, Dérand, Clausel 2025, Corollary 28.

    Examples:
        >>> bias_identifiability([2, 2, 2], 2).holds, bias_identifiability([2, 2, 1], 2).holds
        (True, False)
    """
    d = positive_integers("widths", widths, least_count=3)
    r = hidden_exponents(d, exponents)
    narrowest = tuple(accumulate(d, min))
    for i in range(1, len(d) - 1):
        demand = (2 * (d[i] + 1) - min(d[i] + 1, d[i + 1]), min(d[i], narrowest[i - 1]))
        if r[i - 1] < 2 or not kruskal(demand, r[i - 1]):
            reason = f"in layer {i}, {compared(demand, r[i - 1])}, or the exponent is 1"
            return _criterion(d, False, reason, "Corollary 28", " with biases")
    return _criterion(
        d, True, "the inequality holds in every layer", "Corollary 28", " with biases"
    )


def _criterion(
    d: tuple[int, ...], holds: bool, reason: str, place: str, kind: str = ""
) -> Criterion:
    conclusion = f"widths {d}{kind} are finitely identifiable"
    return Criterion(holds, conclusion, reason, f"{SOURCE}, {place}", Status.PROVED)


def _bottleneck(d: tuple[int, ...], bottleneck: int) -> int:
    b = integer("bottleneck", bottleneck, least=1)
    if b > len(d) - 2:
        raise InvalidInputError(
            f"bottleneck is {b} but widths {d} have the hidden layers 1 to {len(d) - 2}."
        )
    return b
