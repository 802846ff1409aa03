"""Determinantal varieties: matrices of bounded rank, the neuromanifolds of linear networks."""

from math import comb, prod

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._prediction import Prediction, Status, integer


def determinantal_dimension(m: int, n: int, r: int) -> Prediction[int]:
    """Dimension r (m + n − r) of the m × n matrices of rank at most r ≤ min(m, n).

    Args:
        m: number of rows.
        n: number of columns.
        r: bound on the rank.

    Returns:
        the dimension as an affine cone.

    Raises:
        InvalidInputError: if m, n or r is below 1 or r exceeds min(m, n).

    Source: Bruns and Vetter, "Determinantal rings", 1988, Proposition 1.1.

    Examples:
        >>> determinantal_dimension(3, 4, 2).value
        10
    """
    m, n, r = matrix_format(m, n, r)
    return Prediction(
        r * (m + n - r),
        f"dimension of the {m} × {n} matrices of rank at most {r}",
        "Bruns and Vetter 1988, Proposition 1.1",
        Status.PROVED,
    )


def determinantal_degree(m: int, n: int, r: int) -> Prediction[int]:
    """Degree Π_{0≤i<p−r} binom(q + i, r) / binom(r + i, r), p = min(m, n), q = max(m, n).

    Args:
        m: number of rows.
        n: number of columns.
        r: bound on the rank.

    Returns:
        the degree of the m × n matrices of rank at most r.

    Raises:
        InvalidInputError: if m, n or r is below 1 or r exceeds min(m, n).

    Source: Harris, "Algebraic geometry: a first course", 1992, Example 19.10.

    Examples:
        >>> determinantal_degree(3, 3, 1).value, determinantal_degree(3, 3, 2).value
        (6, 3)
    """
    m, n, r = matrix_format(m, n, r)
    p, q = min(m, n), max(m, n)
    numerator = prod(comb(q + i, r) for i in range(p - r))
    return Prediction(
        numerator // prod(comb(r + i, r) for i in range(p - r)),
        f"degree of the {m} × {n} matrices of rank at most {r}",
        "Harris 1992, Example 19.10",
        Status.PROVED,
    )


def determinantal_ed_degree(m: int, n: int, r: int) -> Prediction[int]:
    """ED degree binom(min(m, n), r) of the matrices of rank at most r in the Frobenius metric.

    The critical points are the sums of r of the singular triples of the given matrix (Eckart and
    Young), so all of them are real, and only the best approximation is a local minimum.

    Args:
        m: number of rows.
        n: number of columns.
        r: bound on the rank.

    Returns:
        the number of critical points of rank r.

    Raises:
        InvalidInputError: if m, n or r is below 1 or r exceeds min(m, n).

    Source: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Example 2.3.

    Examples:
        >>> determinantal_ed_degree(3, 3, 2).value
        3
    """
    m, n, r = matrix_format(m, n, r)
    return Prediction(
        comb(min(m, n), r),
        f"critical points of rank {r} of the Frobenius distance from a generic {m} × {n} matrix",
        "Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Example 2.3",
        Status.PROVED,
    )


def matrix_format(m: int, n: int, r: int) -> tuple[int, int, int]:
    """Check the size m × n and the rank 1 ≤ r ≤ min(m, n) of matrices.

    Args:
        m: number of rows.
        n: number of columns.
        r: bound on the rank.

    Returns:
        the three as Python integers.

    Raises:
        InvalidInputError: if one is below 1 or r exceeds min(m, n).
    """
    m, n, r = integer("m", m, least=1), integer("n", n, least=1), integer("r", r, least=1)
    if r > min(m, n):
        raise InvalidInputError(
            f"r is {r} but a {m} × {n} matrix has rank at most {min(m, n)}; give r ≤ {min(m, n)}."
        )
    return m, n, r
