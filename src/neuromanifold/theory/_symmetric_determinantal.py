"""Symmetric matrices of bounded rank: quadratic networks with one hidden layer and one output."""

from functools import cache
from itertools import combinations
from math import comb

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._prediction import Prediction, Status, integer


def symmetric_polar_degrees(n: int, r: int) -> tuple[int, ...]:
    """Polar degrees of the symmetric n × n matrices of rank at most r, from the degree on.

    They are the algebraic degrees of semidefinite programming. With
    ψᵢ = 2^{i−1}, ψᵢⱼ = Σ_{k=i}^{j−1} binom(i + j − 2, k), and ψ_I the Pfaffian of (ψᵢⱼ)_{i<j∈I}
    (bordered by the ψᵢ when |I| is odd), the m-th is

        δ(m) = Σ_{I ⊂ {1,…,n}, |I| = n−r, ΣI = m} ψ_I ψ_{Iᶜ},  binom(n−r+1, 2) ≤ m.

    Args:
        n: size of the matrices.
        r: bound on the rank, 1 ≤ r ≤ n.

    Returns:
        (δ(m₀), δ(m₀ + 1), …) with m₀ = binom(n − r + 1, 2); the first one is the degree.

    Raises:
        InvalidInputError: if n or r is below 1 or r exceeds n.

    Source: Graf von Bothmer and Ranestad, "A general formula for the algebraic degree in
    semidefinite programming", 2009.

    Examples:
        >>> symmetric_polar_degrees(4, 2)
        (10, 30, 42, 30, 10)
    """
    n, r = integer("n", n, least=1), integer("r", r, least=1)
    if r > n:
        raise InvalidInputError(f"r is {r} but the matrices have size {n}; give r ≤ {n}.")
    everything = range(1, n + 1)
    totals: dict[int, int] = {}
    for chosen in combinations(everything, n - r):
        rest = tuple(i for i in everything if i not in chosen)
        totals[sum(chosen)] = totals.get(sum(chosen), 0) + _psi(chosen) * _psi(rest)
    return tuple(totals[m] for m in sorted(totals))


def symmetric_ed_degree(n: int, r: int) -> Prediction:
    """Generic ED degree of the symmetric n × n matrices of rank at most r: Σ_m δ(m).

    Args:
        n: size of the matrices.
        r: bound on the rank, 1 ≤ r ≤ n.

    Returns:
        the number of critical points of rank r in a generic metric.

    Raises:
        InvalidInputError: if n or r is below 1 or r exceeds n.

    Source: Graf von Bothmer and Ranestad 2009 for the polar degrees; Draisma, Horobeţ, Ottaviani,
    Sturmfels, Thomas 2016, Theorem 5.4, for their sum.

    Examples:
        >>> symmetric_ed_degree(3, 1).value, symmetric_ed_degree(4, 2).value
        (13, 122)
    """
    return Prediction(
        sum(symmetric_polar_degrees(n, r)),
        f"critical points of rank {r} of a generic quadratic distance from a generic symmetric "
        f"{n} × {n} matrix",
        "Graf von Bothmer and Ranestad 2009; Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, "
        "Theorem 5.4",
        Status.PROVED,
    )


@cache
def _psi(indices: tuple[int, ...]) -> int:
    """The Pfaffian ψ_I, expanded along its first row; the border of odd I has the index 0."""
    if len(indices) % 2:
        indices = (0, *indices)
    if not indices:
        return 1
    first, rest = indices[0], indices[1:]
    return sum(
        (-1) ** k * _pair(first, j) * _psi(rest[:k] + rest[k + 1 :]) for k, j in enumerate(rest)
    )


def _pair(i: int, j: int) -> int:
    if i == 0:
        return 2 ** (j - 1)
    return sum(comb(i + j - 2, k) for k in range(i, j))
