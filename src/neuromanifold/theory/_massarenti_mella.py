"""Dimension and identifiability of networks with monomial activations, by Massarenti and Mella."""

from collections.abc import Sequence
from itertools import pairwise
from math import comb, prod

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._alexander_hirschowitz import waring_defect
from neuromanifold.theory._prediction import (
    Criterion,
    Prediction,
    Status,
    hidden_exponents,
    positive_integers,
)

_SOURCE = "Massarenti and Mella, arXiv:2511.19703"


def mlp_refined_expected_dimension(
    widths: Sequence[int], exponents: int | Sequence[int]
) -> Prediction[int]:
    """Refined expected dimension of a network with one output.

    For widths (n₀, …, n_{L−1}, 1), L ≥ 2, it is the minimum of the expected dimension and

        Σ_{i=1}^{L−2} nᵢ (n_{i−1} − 1) + binom(n_{L−2} − 1 + r_{L−1}, r_{L−1}),

    the bound that holds because the last two layers give a form of degree r_{L−1} in n_{L−2}
    variables.

    Args:
        widths: (n₀, …, n_{L−1}, 1) with L ≥ 2.
        exponents: one exponent r ≥ 2 for all hidden layers, or one for each.

    Returns:
        the affine dimension that is expected.

    Raises:
        InvalidInputError: if there is no hidden layer, more than one output, or a bad value.

    Source: Massarenti and Mella, arXiv:2511.19703.

    Examples:
        >>> mlp_refined_expected_dimension([3, 3, 3, 1], 2).value  # 15 without the refinement
        12
    """
    n = positive_integers("widths", widths, least_count=2)
    r = _powers(n, exponents)
    if len(n) < 3 or n[-1] != 1:
        raise InvalidInputError(
            f"widths is {n}; the refined dimension needs a hidden layer and one output."
        )
    counted = sum(b * (a - 1) for a, b in pairwise(n)) + 1
    power = prod(r)
    inner = sum(b * (a - 1) for a, b in pairwise(n[:-2]))
    return Prediction(
        min(counted, comb(n[0] - 1 + power, power), inner + comb(n[-3] - 1 + r[-1], r[-1])),
        f"refined expected dimension for widths {n} and exponents {r}",
        _SOURCE,
        Status.UNCONFIRMED_SOURCE,
    )


def massarenti_mella_identifiability(
    widths: Sequence[int], exponents: int | Sequence[int]
) -> Criterion:
    """Expected dimension and global identifiability of networks with n_L ≥ 2 outputs.

    The hypotheses are n₁, …, n_{L−1} ≥ 2 (added here, since networks such as (3, 2, 1, 2) with x²
    meet the others and are defective) and

    1. n_{i−1} + nᵢ − 1 < binom(n_{i−1} − 1 + rᵢ, rᵢ) for 0 < i < L,
    2. sums of n_{L−1} powers of degree r_{L−1} in n_{L−2} variables are not defective,
    3. the refined expected dimension of (n₀, …, n_{L−1}, 1) is its number of parameters up to
       scalings, Σ nᵢ (n_{i−1} − 1) + 1.

    Args:
        widths: (n₀, …, n_L) with L ≥ 2.
        exponents: one exponent r ≥ 2 for all hidden layers, or one for each.

    Returns:
        whether the hypotheses hold.

    Raises:
        InvalidInputError: if a value is too small or the numbers of layers do not fit.

    Source: Massarenti and Mella, arXiv:2511.19703, hypotheses as in their Magma code.

    Examples:
        >>> massarenti_mella_identifiability([3, 3, 2], 3).holds
        True
        >>> massarenti_mella_identifiability([3, 3, 1], 3).reason
        'there must be two outputs or more'
    """
    n = positive_integers("widths", widths, least_count=3)
    r = _powers(n, exponents)
    reason = _failing_hypothesis(n, r)
    return Criterion(
        not reason,
        f"widths {n} with exponents {r} have the expected dimension and are globally identifiable",
        reason or "the numerical hypotheses hold",
        _SOURCE,
        Status.UNCONFIRMED_SOURCE,
    )


def _failing_hypothesis(n: tuple[int, ...], r: tuple[int, ...]) -> str:
    if n[-1] < 2:
        return "there must be two outputs or more"
    if min(n[1:-1]) < 2:
        return "a hidden layer has width 1"
    for i, power in enumerate(r, start=1):
        forms = comb(n[i - 1] - 1 + power, power)
        if n[i - 1] + n[i] - 1 >= forms:
            return f"in layer {i}, {n[i - 1]} + {n[i]} − 1 ≥ {forms}"
    if waring_defect(n[-3], r[-1], n[-2]).value:
        return f"sums of {n[-2]} powers of degree {r[-1]} in {n[-3]} variables are defective"
    single = (*n[:-1], 1)
    counted = sum(b * (a - 1) for a, b in pairwise(single)) + 1
    refined = mlp_refined_expected_dimension(single, r).value
    if refined < counted:
        return f"with one output the refined expected dimension is {refined} < {counted}"
    return ""


def _powers(n: tuple[int, ...], exponents: int | Sequence[int]) -> tuple[int, ...]:
    r = hidden_exponents(n, exponents)
    if any(power < 2 for power in r):
        raise InvalidInputError(f"exponents is {exponents}; give exponents of at least 2.")
    return r
