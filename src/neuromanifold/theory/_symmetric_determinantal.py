"""Symmetric matrices of bounded rank: quadratic networks with one hidden layer and one output."""

from functools import cache
from itertools import combinations
from math import comb, prod

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
    n, r = _format(n, r)
    everything = range(1, n + 1)
    totals: dict[int, int] = {}
    for chosen in combinations(everything, n - r):
        rest = tuple(i for i in everything if i not in chosen)
        totals[sum(chosen)] = totals.get(sum(chosen), 0) + _psi(chosen) * _psi(rest)
    return tuple(totals[m] for m in sorted(totals))


def symmetric_ed_degree(n: int, r: int) -> Prediction[int]:
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


def symmetric_dimension(n: int, r: int) -> Prediction[int]:
    """Dimension r n − binom(r, 2) of the symmetric n × n matrices of rank at most r.

    Args:
        n: size of the matrices.
        r: bound on the rank, 1 ≤ r ≤ n.

    Returns:
        the dimension as an affine cone.

    Raises:
        InvalidInputError: if n or r is below 1 or r exceeds n.

    Source: Harris and Tu, "On symmetric and skew-symmetric determinantal varieties", 1984.

    Examples:
        >>> symmetric_dimension(3, 1).value, symmetric_dimension(3, 3).value
        (3, 6)
    """
    n, r = _format(n, r)
    return Prediction(
        r * n - comb(r, 2),
        f"dimension of the symmetric {n} × {n} matrices of rank at most {r}",
        "Harris and Tu 1984",
        Status.PROVED,
    )


def symmetric_degree(n: int, r: int) -> Prediction[int]:
    """Degree Π_{0≤i<n−r} binom(n + i, n − r − i) / binom(2i + 1, i).

    Args:
        n: size of the matrices.
        r: bound on the rank, 1 ≤ r ≤ n.

    Returns:
        the degree of the symmetric n × n matrices of rank at most r.

    Raises:
        InvalidInputError: if n or r is below 1 or r exceeds n.

    Source: Harris and Tu 1984, Proposition 12.

    Examples:
        >>> symmetric_degree(3, 1).value, symmetric_degree(3, 2).value
        (4, 3)
    """
    n, r = _format(n, r)
    numerator = prod(comb(n + i, n - r - i) for i in range(n - r))
    return Prediction(
        numerator // prod(comb(2 * i + 1, i) for i in range(n - r)),
        f"degree of the symmetric {n} × {n} matrices of rank at most {r}",
        "Harris and Tu 1984, Proposition 12",
        Status.PROVED,
    )


def symmetric_frobenius_ed_degree(n: int, r: int) -> Prediction[int]:
    """ED degree binom(n, r) of the symmetric matrices of rank at most r in the Frobenius metric.

    The critical points are the sums of r of the spectral components of the given matrix. The same
    number holds for the metric 2 tr A² + (tr A)² of Gaussian data.

    Args:
        n: size of the matrices.
        r: bound on the rank, 1 ≤ r ≤ n.

    Returns:
        the number of critical points of rank r.

    Raises:
        InvalidInputError: if n or r is below 1 or r exceeds n.

    Source: Eckart and Young 1936; Arjevani, Bruna, Kileel, Polak, Trager, arXiv:2501.06074, for
    Gaussian data.

    Examples:
        >>> symmetric_frobenius_ed_degree(4, 2).value
        6
    """
    n, r = _format(n, r)
    return Prediction(
        comb(n, r),
        f"critical points of rank {r} of the Frobenius distance from a generic symmetric {n} × {n} "
        "matrix",
        "Eckart and Young 1936; Arjevani, Bruna, Kileel, Polak, Trager, arXiv:2501.06074",
        Status.PROVED,
    )


def two_neuron_critical_points(n: int) -> Prediction[int]:
    """Generic ED degree of the symmetric n × n matrices of rank at most 2, n ≥ 2.

    The network with widths (n, 2, 1) and activation x² reaches exactly these matrices, over C.

    Args:
        n: number of inputs.

    Returns:
        the number of complex critical points on the smooth part of M for generic data.

    Raises:
        InvalidInputError: if n is below 2.

    Source: Graziani, arXiv:2512.21016 and arXiv:2601.16071, by the sum of the polar degrees.

    Examples:
        >>> two_neuron_critical_points(4).value  # 10 + 30 + 42 + 30 + 10
        122
    """
    count = symmetric_ed_degree(integer("n", n, least=2), 2)
    return Prediction(
        count.value,
        f"critical points of two quadratic neurons with {n} inputs, for generic data",
        f"Graziani, arXiv:2512.21016 and arXiv:2601.16071; {count.source}",
        Status.PROVED,
    )


def _format(n: int, r: int) -> tuple[int, int]:
    n, r = integer("n", n, least=1), integer("r", r, least=1)
    if r > n:
        raise InvalidInputError(f"r is {r} but the matrices have size {n}; give r ≤ {n}.")
    return n, r


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
