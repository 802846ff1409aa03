"""Polar degrees and generic ED degrees of determinantal varieties, by localisation."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import prod

from neuromanifold.theory._determinantal import matrix_format
from neuromanifold.theory._prediction import Prediction, Status


def determinantal_polar_degrees(m: int, n: int, r: int) -> tuple[int, ...]:
    """Polar degrees of the m × n matrices of rank at most r, from the degree on.

    Their conormal variety holds the pairs (A, B) with A ∈ E ⊗ F and B ∈ E^⊥ ⊗ F^⊥ for subspaces
    E ⊂ Cᵐ and F ⊂ Cⁿ of dimension r. It is the birational image of a bundle of products of
    projective spaces over the Grassmannians of E and F, hence with Segre classes s

        δ_k = ∫_{G(r,m) × G(r,n)} s_{D−k}(E ⊗ F) · s_k(E^⊥ ⊗ F^⊥),  D = r (m + n − 2r),

    and the integral is a sum over the fixed points of a torus (Bott's residue formula).

    Args:
        m: number of rows.
        n: number of columns.
        r: bound on the rank.

    Returns:
        (δ₀, …, δ_D); those beyond vanish. For r = min(m, n) the matrices fill the space: (1,).

    Raises:
        InvalidInputError: if m, n or r is below 1 or r exceeds min(m, n).

    Source: derived here; Bott, "A residue formula for holomorphic vector-fields", 1967.

    Examples:
        >>> determinantal_polar_degrees(3, 3, 1), determinantal_polar_degrees(3, 3, 2)
        ((6, 12, 12, 6, 3), (3, 6, 12, 12, 6))
    """
    m, n, r = matrix_format(m, n, r)
    return (1,) if r == min(m, n) else _localised(m, n, r)


def generic_determinantal_ed_degree(m: int, n: int, r: int) -> Prediction[int]:
    """ED degree Σ δ_k in a generic metric of the m × n matrices of rank at most r.

    Rank r and rank min(m, n) − r are dual to each other and have the same number. Matrices of full
    rank fill the space and leave one critical point, the given matrix.

    Args:
        m: number of rows.
        n: number of columns.
        r: bound on the rank.

    Returns:
        the number of critical points of rank r.

    Raises:
        InvalidInputError: if m, n or r is below 1 or r exceeds min(m, n).

    Source: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Theorem 5.4, with the polar degrees
    of `determinantal_polar_degrees`.

    Examples:
        >>> generic_determinantal_ed_degree(3, 4, 2).value
        83
        >>> generic_determinantal_ed_degree(4, 4, 2).value
        1350
    """
    m, n, r = matrix_format(m, n, r)
    return Prediction(
        sum(determinantal_polar_degrees(m, n, r)),
        f"critical points of rank {r} of a generic quadratic distance from a generic {m} × {n} "
        "matrix",
        "Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Theorem 5.4",
        Status.PROVED,
    )


@cache
def _localised(m: int, n: int, r: int) -> tuple[int, ...]:
    # The torus acts with weight i on the i-th basis vector of either space; s = 1 / c.
    top = r * (m + n - 2 * r)
    totals = [Fraction(0)] * (top + 1)
    for (E, E_rest), (F, F_rest) in product(_subsets(m, r), _subsets(n, r)):
        first = _complete_symmetric((-a - b for a, b in product(E, F)), top)
        second = _complete_symmetric((a + b for a, b in product(E_rest, F_rest)), top)
        tangent = prod(b - a for a, b in product(E, E_rest))
        tangent *= prod(b - a for a, b in product(F, F_rest))
        for k in range(top + 1):
            totals[k] += Fraction(first[top - k] * second[k], tangent)
    return tuple(int(total) for total in totals)


def _subsets(n: int, r: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    everything = range(1, n + 1)
    return [
        (chosen, tuple(i for i in everything if i not in chosen))
        for chosen in combinations(everything, r)
    ]


def _complete_symmetric(weights: Iterable[int], top: int) -> Sequence[int]:
    """h₀, …, h_top of the weights, the coefficients of Π 1 / (1 − w z)."""
    h = [1] + [0] * top
    for w in weights:
        for i in range(1, top + 1):
            h[i] += w * h[i - 1]
    return h
