"""Lightning self-attention: dimensions of deep networks, critical points of one layer."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import comb

from neuromanifold.theory._prediction import Prediction, Status, integer, positive_integers
from neuromanifold.theory._segre_veronese import SegreVeronese


def lightning_dimension(widths: Sequence[int], a: int) -> Prediction[int]:
    """Dimension of l layers X ↦ V X Xᵀ Kᵀ Q X for at least two tokens.

    With layer i having Vᵢ of shape (dᵢ, d_{i−1}), Kᵢ and Qᵢ of shape (a, d_{i−1}), and
    αᵢ = min(a, d_{i−1}),

        dim = Σ_{i=1}^{l} (αᵢ (2 d_{i−1} − αᵢ) + dᵢ d_{i−1}) − Σ_{0<i<l} dᵢ² − l,

    where a hidden width larger than an earlier one is replaced by it. For one layer this is
    α (2d − α) + d d′ − 1.

    Args:
        widths: (d₀, …, d_l) with l ≥ 1.
        a: number of rows of K and Q.

    Returns:
        the affine dimension of the neuromanifold.

    Raises:
        InvalidInputError: if a value is below 1 or there is no layer.

    Source: Henry, Marchetti, Kohn, "Geometry of lightning self-attention", 2025, arXiv:2408.17221.

    Examples:
        >>> lightning_dimension([2, 1], 2).value, lightning_dimension([2, 2, 2], 1).value
        (5, 8)
    """
    given, a = positive_integers("widths", widths, least_count=2), integer("a", a, least=1)
    d = (*accumulate(given[:-1], min), given[-1])
    ranks = [min(a, width) for width in d[:-1]]
    value = sum(r * (2 * n - r) + m * n for r, (n, m) in zip(ranks, pairwise(d), strict=True))
    return Prediction(
        value - sum(width**2 for width in d[1:-1]) - len(ranks),
        f"dimension of lightning attention with widths {given} and a = {a} on two or more tokens",
        "Henry, Marchetti, Kohn 2025, arXiv:2408.17221",
        Status.UNCONFIRMED_SOURCE,
    )


def lightning_one_token_dimension(d: int, a: int, d_out: int) -> Prediction[int]:
    """Dimension ρ d − binom(ρ, 2) + d d′ − 1, ρ = min(2a, d), of one layer on one token.

    The layer is x ↦ V x · xᵀKᵀQx, which sees only the symmetric part of KᵀQ, a symmetric matrix of
    rank at most ρ, and the product is unchanged by one rescaling.

    Args:
        d: width of the input.
        a: number of rows of K and Q.
        d_out: number d′ of rows of V.

    Returns:
        the affine dimension of the neuromanifold.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: elementary; agrees with ranks over finite fields.

    Examples:
        >>> lightning_one_token_dimension(2, 2, 2).value  # 7 on two tokens
        6
    """
    d, a = integer("d", d, least=1), integer("a", a, least=1)
    d_out = integer("d_out", d_out, least=1)
    rank = min(2 * a, d)
    return Prediction(
        rank * d - comb(rank, 2) + d * d_out - 1,
        f"dimension of lightning attention of width {d}, a = {a}, on one token",
        "elementary",
        Status.UNCONFIRMED_SOURCE,
    )


def softmax_attention_dimension(widths: Sequence[int], a: int) -> Prediction[int]:
    """Dimension of softmax attention: that of lightning attention plus the number l of layers.

    The softmax is not homogeneous, so the rescaling of V against KᵀQ in each layer is no symmetry.

    Args:
        widths: (d₀, …, d_l) with l ≥ 1.
        a: number of rows of K and Q.

    Returns:
        the dimension of the neuromanifold, proved for one layer and conjectured for more.

    Raises:
        InvalidInputError: if a value is below 1 or there is no layer.

    Source: Henry, Marchetti, Kohn 2025, arXiv:2408.17221, Conjecture 3.10.

    Examples:
        >>> softmax_attention_dimension([2, 2, 2], 1).value
        10
    """
    layers = len(widths) - 1
    return Prediction(
        lightning_dimension(widths, a).value + layers,
        f"dimension of softmax attention with widths {tuple(widths)} and a = {a}",
        "Henry, Marchetti, Kohn 2025, arXiv:2408.17221, Conjecture 3.10",
        Status.PROVED if layers == 1 else Status.CONJECTURED,
    )


def lightning_critical_points(d: int, a: int, d_out: int, tokens: int) -> Prediction[int] | None:
    """Generic ED degree of P^{d−1} × P^{d²−1} for one layer with one output row and a ≥ d.

    Then A = KᵀQ is any matrix, and the network has the coefficients v ∘ A_m ∈ Sym² R^d,
    m = 1, …, d, for the row v of V and the columns A_m of A. This linear projection of the Segre
    variety is defined everywhere, injective at generic points, and immersive off a set of
    codimension d² − d ≥ 2 (where every A_m is a multiple of v), so it keeps the number of critical
    points. A generic dataset gives a metric whose isotropic quadric meets the variety transversely
    (Bertini), which is all that the generic count needs.

    For more than one output row the metric G ⊗ I is not generic, for a < d the variety is singular,
    and one token sees only the symmetric part of A: no theorem is implemented for these.

    Args:
        d: width of the input.
        a: number of rows of K and Q.
        d_out: number of rows of V.
        tokens: number of tokens.

    Returns:
        the number of complex critical points on the smooth part of M, or None.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: Marchetti, Connelly, Breiding, Kohn, arXiv:2512.21029, Section 4.2, for d = 2.

    Examples:
        >>> lightning_critical_points(2, 2, 1, 2).value
        14
        >>> lightning_critical_points(2, 2, 2, 2) is None
        True
    """
    d, a = integer("d", d, least=1), integer("a", a, least=1)
    d_out, tokens = integer("d_out", d_out, least=1), integer("tokens", tokens, least=1)
    if a < d or d_out > 1 or tokens < 2:
        return None
    source = "Marchetti, Connelly, Breiding, Kohn, arXiv:2512.21029, Section 4.2"
    return Prediction(
        SegreVeronese((d - 1, d * d - 1), (1, 1)).generic_ed_degree,
        "complex critical points on the smooth part of M for a generic dataset that makes the "
        "metric invertible",
        source if d == 2 else f"{source}, extended from d = 2 in this function's documentation",
        Status.PROVED if d == 2 else Status.UNCONFIRMED_SOURCE,
    )
