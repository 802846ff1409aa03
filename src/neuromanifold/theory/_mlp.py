"""Dimensions of the neuromanifolds of multilayer perceptrons with a monomial activation."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from math import comb

from neuromanifold.theory._alexander_hirschowitz import alexander_hirschowitz_dimension
from neuromanifold.theory._prediction import Prediction, Status, integer, positive_integers


def mlp_expected_dimension(widths: Sequence[int], r: int) -> Prediction[int]:
    """Expected dimension for widths (d₀, …, d_h) without biases and activation xʳ, r ≥ 2.

    edim = min{ d_h binom(d₀ + r^{h−1} − 1, r^{h−1}),  d_h + Σ_{i=1}^{h} (d_{i−1} − 1) dᵢ }.

    The first number is the dimension of the space of d_h forms of degree r^{h−1} in d₀ variables;
    the second counts parameters minus one rescaling per hidden neuron. The true dimension is never
    larger; the difference is the defect.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.
        r: exponent of the activation.

    Returns:
        an upper bound that is the dimension unless the architecture is defective.

    Raises:
        InvalidInputError: if a width is below 1, there is no layer, or r is below 2.

    Source: Kileel, Trager, Bruna, "On the expressive power of deep polynomial neural networks",
    2019.

    Examples:
        >>> mlp_expected_dimension([3, 2, 2, 1], 2).value  # the dimension is 7
        8
    """
    d, r = _architecture(widths, r)
    return Prediction(
        _expected(d, r),
        f"expected dimension for widths {d} and activation x^{r}",
        "Kileel, Trager, Bruna 2019",
        Status.PROVED,
    )


def mlp_dimension_bound(widths: Sequence[int], r: int) -> Prediction[int]:
    """Smallest bound on the dimension from cutting the network into blocks.

    Cutting at a hidden layer k gives
    dim(d₀, …, d_h) ≤ dim(d₀, …, d_k) + dim(d_k, …, d_h) − d_k,
    because the rescalings of the d_k neurons act on pairs of blocks without changing the composed
    function. The bound applies this at every k recursively, with the expected dimension for each
    block and the exact one (Alexander and Hirschowitz) for blocks (n, k, 1).

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.
        r: exponent r ≥ 2 of the activation.

    Returns:
        an upper bound on the dimension, at most the expected dimension.

    Raises:
        InvalidInputError: if a width is below 1, there is no layer, or r is below 2.

    Source: Kileel, Trager, Bruna 2019 (recursive bound).

    Examples:
        >>> mlp_dimension_bound([3, 2, 2, 1], 2).value
        7
    """
    d, r = _architecture(widths, r)
    return Prediction(
        _bound(d, r),
        f"upper bound on the dimension for widths {d} and activation x^{r}",
        "Kileel, Trager, Bruna 2019, recursive bound",
        Status.PROVED,
    )


def _architecture(widths: Sequence[int], r: int) -> tuple[tuple[int, ...], int]:
    return positive_integers("widths", widths, least_count=2), integer("r", r, least=2)


@cache
def _expected(d: tuple[int, ...], r: int) -> int:
    power = r ** (len(d) - 2)
    return min(
        d[-1] * comb(d[0] + power - 1, power), d[-1] + sum((a - 1) * b for a, b in pairwise(d))
    )


@cache
def _bound(d: tuple[int, ...], r: int) -> int:
    best = _expected(d, r)
    if len(d) == 3 and d[-1] == 1:
        best = alexander_hirschowitz_dimension(d[0], r, d[1]).value
    cuts = (_bound(d[: k + 1], r) + _bound(d[k:], r) - d[k] for k in range(1, len(d) - 1))
    return min(best, *cuts) if len(d) > 2 else best
