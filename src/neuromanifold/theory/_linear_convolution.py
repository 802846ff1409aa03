"""Linear convolutional networks: factorisations of polynomials into sparse factors."""

from collections.abc import Sequence
from itertools import accumulate
from operator import mul

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._prediction import Prediction, Status, positive_integers
from neuromanifold.theory._segre_veronese import SegreVeronese


def reduced_architecture(
    filters: Sequence[int], strides: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Merge neighbouring layers between which the stride is one.

    Layer i has filter size kᵢ = dᵢ + 1 and cumulative stride Sᵢ = s₁ ⋯ s_{i−1}: its filter is a
    polynomial of degree dᵢ in x^{Sᵢ}, and the network's filter is the product of these polynomials.
    Layers with equal Sᵢ merge into one of degree Σ dᵢ, which leaves the Zariski closure of the
    neuromanifold unchanged.

    Args:
        filters: sizes (k₁, …, k_L) of the filters.
        strides: strides (s₁, …, s_L); the last one plays no role.

    Returns:
        the filter sizes and the cumulative strides 1 = S̃₁ < S̃₂ < … of the reduced architecture.

    Raises:
        InvalidInputError: if the lists are empty, differ in length or hold a value below 1.

    Source: Kohn, Montúfar, Shahverdi, Trager, "Function space and critical points of linear
    convolutional networks", 2024.

    Examples:
        >>> reduced_architecture([2, 2, 2], [1, 2, 1])
        ((3, 2), (1, 2))
    """
    k = positive_integers("filters", filters, least_count=1)
    s = positive_integers("strides", strides, least_count=1)
    if len(k) != len(s):
        raise InvalidInputError(
            f"filters has {len(k)} entries but strides has {len(s)}; give one stride per filter."
        )
    degrees: dict[int, int] = {}
    for size, S in zip(k, accumulate((1, *s[:-1]), mul), strict=True):
        degrees[S] = degrees.get(S, 0) + size - 1
    return tuple(d + 1 for d in degrees.values()), tuple(degrees)


def lcn_dimension(filters: Sequence[int]) -> Prediction[int]:
    """Dimension Σ kᵢ − (L − 1) of a linear convolutional network, for all strides.

    Args:
        filters: sizes (k₁, …, k_L) of the filters.

    Returns:
        the dimension of the neuromanifold.

    Raises:
        InvalidInputError: if the list is empty or holds a value below 1.

    Source: Kohn, Montúfar, Shahverdi, Trager 2024.

    Examples:
        >>> lcn_dimension([3, 2]).value
        4
    """
    k = positive_integers("filters", filters, least_count=1)
    return Prediction(
        sum(k) - len(k) + 1,
        f"dimension of the linear convolutional network with filters {k}",
        "Kohn, Montúfar, Shahverdi, Trager 2024",
        Status.PROVED,
    )


def lcn_critical_points(filters: Sequence[int], strides: Sequence[int]) -> Prediction[int]:
    """Generic ED degree of the Segre variety Π P^{k̃ᵢ−1} of the reduced architecture.

    If the reduced architecture has one layer, the Zariski closure of M is the whole space and the
    number is 1: the target itself, which real filters may or may not reach.

    Args:
        filters: sizes (k₁, …, k_L) of the filters.
        strides: strides (s₁, …, s_L); the last one plays no role.

    Returns:
        the number of complex critical points on the smooth part of M.

    Raises:
        InvalidInputError: if the lists are empty, differ in length or hold a value below 1.

    Source: Shahverdi, "Algebraic complexity and neurovariety of linear convolutional networks",
    2024.

    Examples:
        >>> lcn_critical_points([3, 2], [2, 1]).value, lcn_critical_points([3, 2], [1, 1]).value
        (10, 1)
    """
    reduced, S = reduced_architecture(filters, strides)
    variety = SegreVeronese([k - 1 for k in reduced], [1] * len(reduced))
    return Prediction(
        variety.generic_ed_degree,
        f"complex critical points on the smooth part of M for generic data with at least "
        f"{sum((k - 1) * s for k, s in zip(reduced, S, strict=True)) + 1} windows; the reduced "
        f"architecture has filters {reduced}",
        "Shahverdi 2024",
        Status.PROVED,
    )
