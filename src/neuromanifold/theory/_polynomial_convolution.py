"""Polynomial convolutional networks: projections of Segre–Veronese varieties."""

from collections.abc import Sequence

from neuromanifold.theory._prediction import (
    Criterion,
    Prediction,
    Status,
    integer,
    positive_integers,
)
from neuromanifold.theory._segre_veronese import SegreVeronese

_SOURCE = (
    "Shahverdi, Marchetti, Kohn, On the geometry and optimization of polynomial convolutional "
    "networks, 2025"
)


def polynomial_cnn_dimension(filters: Sequence[int]) -> Prediction[int]:
    """Dimension Σ kⱼ − L + 1 for L filters and activation xʳ, r ≥ 2, for all strides.

    Args:
        filters: sizes (k₀, …, k_{L−1}) of the filters.

    Returns:
        the affine dimension of the neuromanifold.

    Raises:
        InvalidInputError: if the list is empty or holds a value below 1.

    Source: Shahverdi, Marchetti, Kohn 2025, arXiv:2410.00722.

    Examples:
        >>> polynomial_cnn_dimension([3, 2, 2]).value
        5
    """
    k = positive_integers("filters", filters, least_count=1)
    return Prediction(
        sum(k) - len(k) + 1,
        f"dimension of the polynomial convolutional network with filters {k}",
        _SOURCE,
        Status.PROVED,
    )


def polynomial_cnn_identifiability(filters: Sequence[int], r: int) -> Criterion:
    """Filters are determined by the function up to rescalings if r ≥ 2.

    The parametrization by filters up to scaling is finite, birational onto its image and regular.

    Args:
        filters: sizes (k₀, …, k_{L−1}) of the filters.
        r: exponent of the activation.

    Returns:
        whether r ≥ 2.

    Raises:
        InvalidInputError: if the list is empty or a value is below 1.

    Source: Shahverdi, Marchetti, Kohn 2025, arXiv:2410.00722.

    Examples:
        >>> polynomial_cnn_identifiability([3, 2], 2).holds
        True
        >>> polynomial_cnn_identifiability([3, 2], 1).reason
        'the activation x is linear'
    """
    k = positive_integers("filters", filters, least_count=1)
    exponent = integer("r", r, least=1)
    return Criterion(
        exponent >= 2,
        f"filters of sizes {k} are globally identifiable up to rescalings",
        f"the activation x^{exponent} is not linear"
        if exponent > 1
        else "the activation x is linear",
        _SOURCE,
        Status.PROVED,
    )


def polynomial_cnn_degree(filters: Sequence[int], r: int) -> Prediction[int]:
    """Degree (Σkⱼ − L)! Πⱼ r^{(L−j−1)(kⱼ−1)} / (kⱼ − 1)!, j = 0, …, L − 1, for xʳ with r ≥ 2.

    Args:
        filters: sizes (k₀, …, k_{L−1}) of the filters.
        r: exponent of the activation.

    Returns:
        the degree of the neuromanifold.

    Raises:
        InvalidInputError: if the list is empty or holds a value below 1, or r is below 2.

    Source: Shahverdi, Marchetti, Kohn 2025, arXiv:2410.00722.

    Examples:
        >>> polynomial_cnn_degree([3, 2], 2).value
        12
    """
    variety = _variety(filters, r)
    return Prediction(
        variety.degree,
        f"degree of the polynomial convolutional network with filters {tuple(filters)} and "
        f"activation x^{r}",
        _SOURCE,
        Status.PROVED,
    )


def polynomial_cnn_critical_points(filters: Sequence[int], r: int) -> Prediction[int]:
    """Generic ED degree of Π P^{kⱼ−1} embedded by O(r^{L−1}, …, r, 1), for xʳ with r ≥ 2.

    Args:
        filters: sizes (k₀, …, k_{L−1}) of the filters.
        r: exponent of the activation.

    Returns:
        the number of complex critical points on the smooth part of M.

    Raises:
        InvalidInputError: if the list is empty or holds a value below 1, or r is below 2.

    Source: Shahverdi, Marchetti, Kohn 2025, arXiv:2410.00722.

    Examples:
        >>> polynomial_cnn_critical_points([2, 2], 2).value
        14
    """
    variety = _variety(filters, r)
    return Prediction(
        variety.generic_ed_degree,
        "complex critical points on the smooth part of M for a generic dataset that makes the "
        "metric invertible",
        _SOURCE,
        Status.PROVED,
    )


def _variety(filters: Sequence[int], r: int) -> SegreVeronese:
    k = positive_integers("filters", filters, least_count=1)
    r = integer("r", r, least=2)
    return SegreVeronese([size - 1 for size in k], [r**j for j in reversed(range(len(k)))])
