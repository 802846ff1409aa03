"""Linear networks: the matrices of rank at most the smallest width."""

from collections.abc import Sequence

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._determinantal import (
    determinantal_degree,
    determinantal_dimension,
    determinantal_ed_degree,
)
from neuromanifold.theory._prediction import Prediction, Status, integer, positive_integers


def linear_mlp_dimension(widths: Sequence[int]) -> Prediction[int]:
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


def linear_mlp_degree(widths: Sequence[int]) -> Prediction[int]:
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


def linear_mlp_critical_points(widths: Sequence[int]) -> Prediction[int]:
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


def linear_mlp_fiber_components(widths: Sequence[int], rank: int) -> Prediction[int]:
    """Number 2ᵇ of connected components of the real fibre over a matrix of rank r = min dᵢ.

    b is the number of hidden layers of width r, each of which splits the fibre by the sign of a
    determinant. Over matrices of smaller rank the fibre is connected. Unconfirmed: the statement is
    recalled, and only that there are at least 2ᵇ is computed.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.
        rank: rank of the matrix, at most min dᵢ.

    Returns:
        the number of path-connected components of {(W_h, …, W₁) : W_h ⋯ W₁ = W}.

    Raises:
        InvalidInputError: if a width is below 1, there is no layer, or the rank is not in
            0, …, min dᵢ.

    Source: Trager, Kohn, Bruna, "Pure and spurious critical points", 2020.

    Examples:
        >>> linear_mlp_fiber_components([1, 1, 1], 1).value  # xy = 1
        2
        >>> linear_mlp_fiber_components([1, 1, 1], 0).value  # xy = 0
        1
    """
    d = positive_integers("widths", widths, least_count=2)
    rank, smallest = integer("rank", rank, least=0), min(d)
    if rank > smallest:
        raise InvalidInputError(
            f"rank is {rank} but widths {d} give matrices of rank at most {smallest}."
        )
    narrow = sum(1 for width in d[1:-1] if width == smallest) if rank == smallest else 0
    return Prediction(
        2**narrow,
        f"connected components of the real fibre over a matrix of rank {rank} for widths {d}",
        "Trager, Kohn, Bruna 2020",
        Status.UNCONFIRMED,
    )


def _matrix(widths: Sequence[int]) -> tuple[int, int, int]:
    d = positive_integers("widths", widths, least_count=2)
    return d[-1], d[0], min(d)
