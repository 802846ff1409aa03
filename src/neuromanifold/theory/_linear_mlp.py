"""Linear networks: the matrices of rank at most the smallest width."""

from collections.abc import Sequence

from neuromanifold.theory._determinantal import (
    determinantal_degree,
    determinantal_dimension,
    determinantal_ed_degree,
)
from neuromanifold.theory._prediction import Prediction, Status, positive_integers


def linear_mlp_dimension(widths: Sequence[int]) -> Prediction:
    """Dimension r (d₀ + d_h − r), r = min dᵢ, of the products of matrices W_h ⋯ W₁.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.

    Returns:
        the dimension of the d_h × d₀ matrices of rank at most r.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: Trager, Kohn, Bruna, "Pure and spurious critical points", 2020.

    Examples:
        >>> linear_mlp_dimension([3, 2, 3]).value
        8
    """
    return determinantal_dimension(*_matrix(widths))


def linear_mlp_degree(widths: Sequence[int]) -> Prediction:
    """Degree of the d_h × d₀ matrices of rank at most r = min dᵢ (see `determinantal_degree`).

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.

    Returns:
        the degree of the neuromanifold.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: Harris 1992, Example 19.10.

    Examples:
        >>> linear_mlp_degree([3, 1, 3]).value
        6
    """
    return determinantal_degree(*_matrix(widths))


def linear_mlp_critical_points(widths: Sequence[int]) -> Prediction:
    """Number binom(min(d₀, d_h), r), r = min dᵢ, of critical points on the smooth part of M.

    With inputs X of full row rank the metric is XXᵀ ⊗ I, and multiplying by (XXᵀ)^{1/2} turns it
    into the Frobenius metric without changing ranks; so the Eckart–Young count holds for every such
    X. Biases do not change it: the best ones centre the data.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.

    Returns:
        the number of critical points of rank r; 1, the target itself, if M is the whole space.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: Trager, Kohn, Bruna 2020; Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016,
    Example 2.3.

    Examples:
        >>> linear_mlp_critical_points([3, 2, 3]).value, linear_mlp_critical_points([4, 1, 2]).value
        (3, 2)
    """
    m, n, r = _matrix(widths)
    return Prediction(
        determinantal_ed_degree(m, n, r).value,
        f"critical points of rank {r} for inputs of full row rank and generic targets",
        "Trager, Kohn, Bruna 2020; Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, "
        "Example 2.3",
        Status.PROVED,
    )


def _matrix(widths: Sequence[int]) -> tuple[int, int, int]:
    d = positive_integers("widths", widths, least_count=2)
    return d[-1], d[0], min(d)
