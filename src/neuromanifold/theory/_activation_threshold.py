"""How large the exponent of the activation must be for the dimension to be the expected one."""

from collections.abc import Sequence
from itertools import pairwise

from neuromanifold.theory._prediction import Prediction, Status, integer, positive_integers

_FINKEL = "Finkel, Rodriguez, Wu, Yahl 2025"


def power_independence_bound(k: int) -> Prediction[int]:
    """r̃(k) = 6 (k − 1)² − 6 (k − 1) + 1: above it, r-th powers of k polynomials are independent.

    For every r > r̃(k), the powers p₁ʳ, …, pₖʳ of pairwise non-proportional polynomials over a
    subfield of C are linearly independent.

    Args:
        k: number of polynomials, at least 2.

    Returns:
        an exponent that suffices; the smallest one may be lower.

    Raises:
        InvalidInputError: if k is below 2.

    Source: Finkel, Rodriguez, Wu, Yahl, "Activation degree thresholds and expressiveness of
    polynomial neural networks", 2025, Proposition 16.

    Examples:
        >>> [power_independence_bound(k).value for k in (2, 3, 4)]
        [1, 13, 37]
    """
    k = integer("k", k, least=2)
    return Prediction(
        _quadratic(k - 1),
        f"exponent above which the powers of {k} pairwise non-proportional polynomials are "
        "linearly independent",
        f"{_FINKEL}, Proposition 16",
        Status.PROVED,
    )


def activation_threshold_bound(widths: Sequence[int]) -> Prediction[int] | None:
    """Exponent 6 m² − 6 m + 1, m = 2 max_{0<i<h} dᵢ − 1, above which the dimension is expected.

    That such an exponent exists is proved for all networks without hidden layers of width one, with
    a bound quadratic in the largest width; this explicit form is recalled.

    Args:
        widths: (d₀, …, d_h) with h ≥ 2.

    Returns:
        a bound on the activation degree threshold, or None if d₀ or a hidden width is 1 or there is
        no hidden layer.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: Finkel, Rodriguez, Wu, Yahl 2025.

    Examples:
        >>> activation_threshold_bound([2, 2, 1]).value
        37
        >>> activation_threshold_bound([2, 1, 1]) is None
        True
    """
    d = positive_integers("widths", widths, least_count=2)
    if not _is_wide(d):
        return None
    return Prediction(
        _quadratic(2 * max(d[1:-1]) - 1),
        f"bound on the activation degree threshold of widths {d}",
        _FINKEL,
        Status.UNCONFIRMED,
    )


def equi_width_threshold(widths: Sequence[int]) -> Prediction[int] | None:
    """Threshold 1 of networks with all widths equal: the expected dimension for every r ≥ 2.

    Args:
        widths: (d, …, d), d ≥ 2, with at least one hidden layer.

    Returns:
        1, or None if the widths are not of this kind.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: Finkel, Rodriguez, Wu, Yahl 2025.

    Examples:
        >>> equi_width_threshold([3, 3, 3]).value
        1
        >>> equi_width_threshold([3, 3, 1]) is None
        True
    """
    d = positive_integers("widths", widths, least_count=2)
    if not _is_wide(d) or len(set(d)) > 1:
        return None
    return Prediction(
        1, f"activation degree threshold of the equal widths {d}", _FINKEL, Status.PROVED
    )


def mlp_high_exponent_dimension(widths: Sequence[int]) -> Prediction[int] | None:
    """Dimension Σ dᵢ d_{i−1} − Σ_{0<i<h} dᵢ for all large exponents r.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.

    Returns:
        the dimension above the activation degree threshold, or None if d₀ or a hidden width is 1.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: conjectured by Kileel, Trager, Bruna 2019, proved by Finkel, Rodriguez, Wu, Yahl 2025.

    Examples:
        >>> mlp_high_exponent_dimension([3, 3, 1]).value
        9
    """
    d = positive_integers("widths", widths, least_count=2)
    if len(d) > 2 and not _is_wide(d):
        return None
    return Prediction(
        sum(a * b for a, b in pairwise(d)) - sum(d[1:-1]),
        f"dimension for widths {d} and activation x^r with r large",
        _FINKEL,
        Status.PROVED,
    )


def _is_wide(d: tuple[int, ...]) -> bool:
    return len(d) > 2 and min(d[:-1]) >= 2


def _quadratic(m: int) -> int:
    return 6 * m * m - 6 * m + 1
