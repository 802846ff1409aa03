"""Bounds on dimensions from cutting a network, and from narrow layers."""

from collections.abc import Callable, Sequence

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._prediction import (
    Criterion,
    Prediction,
    Status,
    integer,
    positive_integers,
)


def mlp_recursive_bound(
    widths: Sequence[int], block_dimension: Callable[[tuple[int, ...]], int]
) -> Prediction[int]:
    """min_{0<k<h} dim(d₀, …, d_k) + dim(d_k, …, d_h) − d_k, from the dimensions of the blocks.

    The rescalings of the d_k neurons at the cut act on the pairs of blocks without changing the
    composed function, for every activation xʳ. (`mlp_dimension_bound` needs no dimensions.)

    Args:
        widths: (d₀, …, d_h) with h ≥ 2.
        block_dimension: gives the dimension for the widths of a block, for the same activation.

    Returns:
        an upper bound on the dimension for these widths.

    Raises:
        InvalidInputError: if a width is below 1 or there is no hidden layer.

    Source: Kileel, Trager, Bruna, "On the expressive power of deep polynomial neural networks",
    2019.

    Examples:
        >>> exact = {(3, 2): 6, (2, 2, 1): 3, (3, 2, 2): 8, (2, 1): 2}  # activation x²
        >>> mlp_recursive_bound([3, 2, 2, 1], exact.__getitem__).value
        7
    """
    d = positive_integers("widths", widths, least_count=2)
    if len(d) < 3:
        raise InvalidInputError(f"widths is {d}; the recursive bound needs a hidden layer to cut.")
    return Prediction(
        min(
            block_dimension(d[: k + 1]) + block_dimension(d[k:]) - d[k]
            for k in range(1, len(d) - 1)
        ),
        f"upper bound on the dimension for widths {d} from the dimensions of its blocks",
        "Kileel, Trager, Bruna 2019, recursive bound",
        Status.PROVED,
    )


def mlp_asymptotic_bottleneck(inputs: int, width: int) -> Criterion:
    """A hidden width d ≤ 2 d₀ − 2 is an asymptotic bottleneck, for r ≥ 2 and d₀ ≥ 2.

    With such a layer in a fixed place, a network does not fill its space of forms once enough layers
    follow, however wide the others are. Unconfirmed: the statement is recalled; it agrees with the
    networks that were computed.

    Args:
        inputs: d₀ ≥ 1.
        width: the hidden width d ≥ 1.

    Returns:
        whether the theorem calls the layer a bottleneck.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: Kileel, Trager, Bruna 2019, Theorem 19, as quoted by Usevich, Borsoi, Dérand, Clausel
    2025.

    Examples:
        >>> mlp_asymptotic_bottleneck(3, 4).holds, mlp_asymptotic_bottleneck(3, 5).holds
        (True, False)
    """
    n, d = integer("inputs", inputs, least=1), integer("width", width, least=1)
    relation = "≤" if d <= 2 * n - 2 else ">"
    return Criterion(
        n >= 2 and d <= 2 * n - 2,
        f"networks with enough layers after one of width {d} do not fill",
        f"the width {d} is {relation} 2·{n} − 2",
        "Kileel, Trager, Bruna 2019, Theorem 19, as quoted by Usevich, Borsoi, Dérand, Clausel 2025",
        Status.UNCONFIRMED,
    )
