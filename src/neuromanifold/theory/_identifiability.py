"""Identifiability of networks with monomial activations: dimension, localisation, two layers."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from neuromanifold.theory._prediction import (
    Criterion,
    Prediction,
    Status,
    hidden_exponents,
    integer,
    positive_integers,
)

SOURCE = "Usevich, Borsoi, Dérand, Clausel 2025"

Block = tuple[tuple[int, int, int], int]


def identifiable_dimension(widths: Sequence[int]) -> Prediction[int]:
    """Σ d_ℓ d_{ℓ−1} − Σ_{0<ℓ<L} d_ℓ: finitely identifiable is to have this dimension.

    A network with monomial activations is finitely identifiable if a generic function of it has
    finitely many parameters up to permutations and scalings of the hidden neurons.

    Args:
        widths: (d₀, …, d_L) with L ≥ 1.

    Returns:
        the dimension that is equivalent to finite identifiability.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: Usevich, Borsoi, Dérand, Clausel, "Identifiability of deep polynomial neural networks",
    2025, Proposition 10.

    Examples:
        >>> identifiable_dimension([3, 2, 2]).value
        8
    """
    d = positive_integers("widths", widths, least_count=2)
    return Prediction(
        sum(a * b for a, b in pairwise(d)) - sum(d[1:-1]),
        f"the dimension that widths {d} have if and only if they are finitely identifiable",
        f"{SOURCE}, Proposition 10",
        Status.PROVED,
    )


def localization_blocks(
    widths: Sequence[int], exponents: int | Sequence[int]
) -> Prediction[tuple[Block, ...]]:
    """Blocks ((d̃_{ℓ−1}, d_ℓ, d_{ℓ+1}), r_ℓ), 0 < ℓ < L, with d̃_ℓ = min(d₀, …, d_ℓ).

    If every one of these two-layer networks is finitely identifiable, so is the whole network. The
    converse is not claimed.

    Args:
        widths: (d₀, …, d_L) with L ≥ 1.
        exponents: one exponent for all hidden layers, or one for each.

    Returns:
        the blocks, as pairs of three widths and an exponent.

    Raises:
        InvalidInputError: if a value is below 1 or the numbers of layers do not fit.

    Source: Usevich, Borsoi, Dérand, Clausel 2025, Theorem 11.

    Examples:
        >>> localization_blocks([2, 3, 2, 1], 3).value
        (((2, 3, 2), 3), ((2, 2, 1), 3))
    """
    d = positive_integers("widths", widths, least_count=2)
    r = hidden_exponents(d, exponents)
    narrowest = tuple(accumulate(d, min))
    return Prediction(
        tuple(((narrowest[i - 1], d[i], d[i + 1]), r[i - 1]) for i in range(1, len(d) - 1)),
        f"two-layer blocks whose finite identifiability implies that of widths {d}",
        f"{SOURCE}, Theorem 11",
        Status.PROVED,
    )


def shallow_identifiability(inputs: int, hidden: int, outputs: int, r: int) -> Criterion:
    """Global identifiability of (d₀, d₁, d₂) if r ≥ (2 d₁ − min(d₂, d₁)) / (min(d₁, d₀) − 1).

    For d₀, d₁ ≥ 2, d₂ ≥ 1 and r ≥ 2. Up to permutations and scalings of the hidden neurons a
    generic function of the network then has one parameter (Kruskal).

    Args:
        inputs: d₀ ≥ 1.
        hidden: d₁ ≥ 1.
        outputs: d₂ ≥ 1.
        r: exponent of the activation.

    Returns:
        whether the condition holds.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: Usevich, Borsoi, Dérand, Clausel 2025, Proposition 12.

    Examples:
        >>> shallow_identifiability(3, 2, 2, 2).holds, shallow_identifiability(3, 2, 1, 2).holds
        (True, False)
    """
    d0, d1, d2 = positive_integers("widths", (inputs, hidden, outputs), least_count=3)
    r = integer("r", r, least=1)
    wide = min(d0, d1) >= 2 and r >= 2
    demand = (2 * d1 - min(d2, d1), min(d1, d0) - 1)
    return Criterion(
        wide and kruskal(demand, r),
        f"widths {(d0, d1, d2)} with x^{r} are globally identifiable",
        compared(demand, r) if wide else "d₀, d₁ and r must be at least 2",
        f"{SOURCE}, Proposition 12",
        Status.PROVED,
    )


def deep_identifiability(widths: Sequence[int], exponents: int | Sequence[int]) -> Criterion:
    """Finite identifiability by localisation: every block satisfies `shallow_identifiability`.

    Args:
        widths: (d₀, …, d_L) with L ≥ 2.
        exponents: one exponent for all hidden layers, or one for each.

    Returns:
        whether every block of `localization_blocks` satisfies the inequality.

    Raises:
        InvalidInputError: if a value is below 1 or the numbers of layers do not fit.

    Source: Usevich, Borsoi, Dérand, Clausel 2025, Theorem 11 with Proposition 12.

    Examples:
        >>> deep_identifiability([4, 3, 3, 2, 2], 2).holds, deep_identifiability([3, 2, 2, 1], 2).holds
        (True, False)
    """
    failing = [
        (block, criterion.reason)
        for block, r in localization_blocks(widths, exponents).value
        if not (criterion := shallow_identifiability(*block, r)).holds
    ]
    return Criterion(
        not failing,
        f"widths {tuple(widths)} are finitely identifiable",
        f"block {failing[0][0]}: {failing[0][1]}" if failing else "every two-layer block is",
        f"{SOURCE}, Theorem 11 and Proposition 12",
        Status.PROVED,
    )


def kruskal(demand: tuple[int, int], r: int) -> bool:
    """Whether r ≥ a / b for the demand (a, b), b > 0."""
    numerator, denominator = demand
    return r * denominator >= numerator


def compared(demand: tuple[int, int], r: int) -> str:
    """The inequality r ≥ a / b or its opposite in numbers."""
    return f"{r} {'≥' if kruskal(demand, r) else '<'} {demand[0]}/{demand[1]}"
