"""Networks with the activation 1/x."""

from collections.abc import Sequence
from itertools import pairwise

from neuromanifold.theory._prediction import Prediction, Status, positive_integers


def rational_mlp_dimension(widths: Sequence[int]) -> Prediction[int] | None:
    """Dimension Σ dᵢ d_{i−1} − Σ_{0<i<h} dᵢ for the activation 1/x without biases.

    Its scalings are those of a monomial: W_{i+1} → W_{i+1} D and W_i → D W_i.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.

    Returns:
        the dimension, or None if there is a hidden layer and a width before the last is 1.

    Raises:
        InvalidInputError: if a width is below 1 or there is no layer.

    Source: observed by ranks over finite fields for the networks of Grosdos, Robeva, Zubkov,
    arXiv:2509.11088.

    Examples:
        >>> rational_mlp_dimension([2, 3, 1]).value
        6
        >>> rational_mlp_dimension([1, 2, 1]) is None
        True
    """
    d = positive_integers("widths", widths, least_count=2)
    if len(d) > 2 and min(d[:-1]) < 2:
        return None
    return Prediction(
        sum(a * b for a, b in pairwise(d)) - sum(d[1:-1]),
        f"dimension for widths {d} and activation 1/x",
        "observed by ranks; networks of Grosdos, Robeva, Zubkov, arXiv:2509.11088",
        Status.UNCONFIRMED_SOURCE,
    )
