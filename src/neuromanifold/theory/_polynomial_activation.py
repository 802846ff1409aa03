"""Networks with a generic polynomial activation of large degree."""

from collections.abc import Sequence
from itertools import pairwise

from neuromanifold.errors import TooLargeError
from neuromanifold.theory._prediction import Prediction, Status, positive_integers

_SOURCE = "Shahverdi, Marchetti, Kohn 2026, arXiv:2505.11846"
_MOST_DIGITS = 10**6


def polynomial_mlp_dimension(widths: Sequence[int]) -> Prediction[int]:
    """Dimension Σ dᵢ d_{i−1} for a generic polynomial activation of large degree, no biases.

    Such an activation has no scalings: a generic function has finitely many parameters. Far smaller
    degrees suffice in practice than `polynomial_mlp_degree_bound`, but too few monomials do not.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.

    Returns:
        the dimension, which is the number of parameters.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: Shahverdi, Marchetti, Kohn, "Learning on a razor's edge", 2026, arXiv:2505.11846.

    Examples:
        >>> polynomial_mlp_dimension([3, 3, 2, 1]).value
        17
    """
    d = positive_integers("widths", widths, least_count=2)
    return Prediction(
        sum(a * b for a, b in pairwise(d)),
        f"dimension for widths {d} and a generic polynomial activation of large degree",
        _SOURCE,
        Status.UNCONFIRMED_SOURCE,
    )


def polynomial_mlp_degree_bound(widths: Sequence[int]) -> Prediction[int]:
    """A degree (6m)^{2 (L−1)^{L−1}}, m = 2 max dᵢ, above which `polynomial_mlp_dimension` is proved.

    Args:
        widths: (d₀, …, d_L) with L ≥ 2.

    Returns:
        the degree that suffices.

    Raises:
        InvalidInputError: if a width is below 1 or there is no hidden layer.
        TooLargeError: if the number has more than a million digits.

    Source: Shahverdi, Marchetti, Kohn 2026, arXiv:2505.11846, from a secondary account; unconfirmed.

    Examples:
        >>> polynomial_mlp_degree_bound([2, 2, 1]).value  # 24²
        576
    """
    d = positive_integers("widths", widths, least_count=3)
    hidden = len(d) - 2
    base, power = 12 * max(d), 2 * hidden**hidden
    if power * len(str(base)) > _MOST_DIGITS:
        raise TooLargeError(
            f"widths {d} need a degree of about {power * len(str(base))} digits, more than the "
            f"{_MOST_DIGITS} that are written out; use fewer layers."
        )
    return Prediction(
        base**power,
        f"degree of a generic polynomial activation that suffices for widths {d}",
        f"{_SOURCE}, from a secondary account",
        Status.UNCONFIRMED,
    )


def polynomial_activation_cnn_dimension(filters: Sequence[int]) -> Prediction[int]:
    """Dimension Σ kᵢ for a generic polynomial activation σ with σ(0) = 0, for all strides.

    The parametrisation is regular outside 0 and generically injective.

    Args:
        filters: sizes (k₁, …, k_L) of the filters.

    Returns:
        the dimension, which is the number of parameters.

    Raises:
        InvalidInputError: if the list is empty or holds a value below 1.

    Source: Shahverdi, Marchetti, Kohn 2026, arXiv:2505.11846.

    Examples:
        >>> polynomial_activation_cnn_dimension([3, 2, 2]).value
        7
    """
    k = positive_integers("filters", filters, least_count=1)
    return Prediction(
        sum(k),
        f"dimension of the convolutional network with filters {k} and a generic polynomial "
        "activation",
        _SOURCE,
        Status.UNCONFIRMED_SOURCE,
    )


def mlp_subnetworks_critically_exposed(widths: Sequence[int]) -> Prediction[bool] | None:
    """True: strict subnetworks of a network with a generic polynomial activation are exposed.

    A set S of parameters is critically exposed if the targets u for which some W ∈ S is critical
    for the squared loss, U_S = ⋃_{W∈S} f_W + im(J_W)^⊥, have non-empty interior. Then training can
    end in S with positive probability. A strict subnetwork lacks a hidden neuron.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.

    Returns:
        True, or None without a hidden layer.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: Shahverdi, Marchetti, Kohn 2026, arXiv:2505.11846, Theorem 4.3.

    Examples:
        >>> mlp_subnetworks_critically_exposed([2, 2, 1]).value
        True
    """
    d = positive_integers("widths", widths, least_count=2)
    return _exposure(True, f"networks of widths {d}", "Theorem 4.3") if len(d) > 2 else None


def cnn_subnetworks_critically_exposed(filters: Sequence[int]) -> Prediction[bool] | None:
    """False: proper subnetworks of a convolutional network are not critically exposed.

    Their parameters are filters padded with zeros. U_S (see `mlp_subnetworks_critically_exposed`)
    has dimension at most dim S + codim M, which is less than the dimension of the space.

    Args:
        filters: sizes (k₁, …, k_L) of the filters.

    Returns:
        False, or None if no filter has size above 1.

    Raises:
        InvalidInputError: if the list is empty or holds a value below 1.

    Source: Shahverdi, Marchetti, Kohn 2026, arXiv:2505.11846, Proposition 4.5.

    Examples:
        >>> cnn_subnetworks_critically_exposed([2, 2]).value
        False
    """
    k = positive_integers("filters", filters, least_count=1)
    return _exposure(False, f"filters {k}", "Proposition 4.5") if max(k) > 1 else None


def _exposure(value: bool, architecture: str, place: str) -> Prediction[bool]:
    return Prediction(
        value,
        f"whether the strict subnetworks of {architecture} are critically exposed, for a generic "
        "polynomial activation of large degree",
        f"{_SOURCE}, {place}, from a secondary account",
        Status.UNCONFIRMED_SOURCE,
    )
