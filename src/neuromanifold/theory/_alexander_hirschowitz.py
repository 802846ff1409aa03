"""The Alexander–Hirschowitz theorem: dimensions of secant varieties of Veronese varieties."""

from math import comb

from neuromanifold.theory._prediction import Prediction, Status, integer

# (variables, degree, summands) of the four sporadic cases, in each of which one dimension is lost.
_SPORADIC = {(5, 3, 7), (3, 4, 5), (4, 4, 9), (5, 4, 14)}
_TWO_DECOMPOSITIONS = {(3, 6, 9), (4, 4, 8), (6, 3, 9)}
_PERFECT_UNIQUE = {(4, 3, 5), (3, 5, 7)}


def alexander_hirschowitz_dimension(variables: int, degree: int, summands: int) -> Prediction[int]:
    """Dimension of the sums of k powers ℓ₁ʳ + … + ℓₖʳ of linear forms in n variables.

    The closure σₖ of these sums has the expected affine dimension min(kn, binom(n − 1 + r, r)),
    except for

    * r = 2 and 2 ≤ k ≤ n − 1: it is kn − k(k − 1)/2 (symmetric matrices of rank at most k),
    * (n, r, k) = (5, 3, 7), (3, 4, 5), (4, 4, 9), (5, 4, 14): it is smaller by 1.

    σₖ is the neuromanifold of the network with widths (n, k, 1) and activation xʳ.

    Args:
        variables: the number n ≥ 1 of variables.
        degree: the power r ≥ 1.
        summands: the number k ≥ 1 of summands.

    Returns:
        the affine dimension of σₖ.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: Alexander and Hirschowitz, "Polynomial interpolation in several variables", 1995.

    Examples:
        >>> alexander_hirschowitz_dimension(3, 4, 5).value  # 15 were expected
        14
    """
    n = integer("variables", variables, least=1)
    r = integer("degree", degree, least=1)
    k = integer("summands", summands, least=1)
    value = min(k * n, comb(n - 1 + r, r))
    if r == 2 and k < n:
        value = k * n - comb(k, 2)
    elif (n, r, k) in _SPORADIC:
        value -= 1
    return Prediction(
        value,
        f"dimension of the sums of {k} powers of degree {r} of linear forms in {n} variables",
        "Alexander and Hirschowitz 1995",
        Status.PROVED,
    )


def waring_defect(variables: int, degree: int, summands: int) -> Prediction[int]:
    """Expected minus actual dimension of the sums of k powers of linear forms in n variables.

    By the Alexander–Hirschowitz theorem it is 0 up to quadrics and four cubics and quartics. If it
    is 0 and kn does not exceed the dimension of the space, a generic sum has finitely many
    decompositions: the network with widths (n, k, 1) is finitely identifiable.

    Args:
        variables: the number n ≥ 1 of variables.
        degree: the power r ≥ 1.
        summands: the number k ≥ 1 of summands.

    Returns:
        min(kn, binom(n − 1 + r, r)) − dim σₖ.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: Alexander and Hirschowitz 1995.

    Examples:
        >>> waring_defect(5, 3, 7).value, waring_defect(5, 3, 6).value
        (1, 0)
    """
    dimension = alexander_hirschowitz_dimension(variables, degree, summands)
    expected = min(summands * variables, comb(variables - 1 + degree, degree))
    return Prediction(
        expected - dimension.value,
        f"defect of the sums of {summands} powers of degree {degree} of linear forms in "
        f"{variables} variables",
        dimension.source,
        dimension.status,
    )


def waring_decompositions(variables: int, degree: int, summands: int) -> Prediction[int] | None:
    """Number of decompositions of a generic sum of k powers ℓ₁ʳ + … + ℓₖʳ in n variables, r ≥ 3.

    Over the complex numbers and up to the order of the summands:

    * kn < binom(n − 1 + r, r): 1, except for (n, r, k) = (3, 6, 9), (4, 4, 8), (6, 3, 9), where it
      is 2, and for the defective cases, where it is infinite,
    * kn = binom(n − 1 + r, r): 1 for two variables and for (n, r, k) = (4, 3, 5), (3, 5, 7); in all
      other non-defective cases there are several.

    So a network with widths (n, k, 1) and activation xʳ is identifiable up to permutations and
    scalings exactly if the number is 1. The statement is recalled; it agrees with the fibres that were
    computed.

    Args:
        variables: the number n ≥ 2 of variables.
        degree: the power r ≥ 3.
        summands: the number k ≥ 1 of summands.

    Returns:
        the number, or None if it is infinite or not known here.

    Raises:
        InvalidInputError: if n is below 2, r below 3 or k below 1.

    Source: Chiantini, Ottaviani, Vannieuwenhoven, "On generic identifiability of symmetric tensors
    of subgeneric rank", 2017, Theorem 1.1; Galuppi and Mella, "Identifiability of homogeneous
    polynomials and Cremona transformations", 2019.

    Examples:
        >>> waring_decompositions(4, 3, 5).value, waring_decompositions(3, 6, 9).value
        (1, 2)
        >>> waring_decompositions(5, 3, 7) is None
        True
    """
    n = integer("variables", variables, least=2)
    r = integer("degree", degree, least=3)
    k = integer("summands", summands, least=1)
    unknowns, equations = k * n, comb(n - 1 + r, r)
    if unknowns > equations or waring_defect(n, r, k).value:
        return None
    if unknowns == equations and n > 2 and (n, r, k) not in _PERFECT_UNIQUE:
        return None
    return Prediction(
        2 if (n, r, k) in _TWO_DECOMPOSITIONS else 1,
        f"decompositions of a generic sum of {k} powers of degree {r} of linear forms in {n} "
        "variables",
        "Chiantini, Ottaviani, Vannieuwenhoven 2017, Theorem 1.1; Galuppi and Mella 2019",
        Status.UNCONFIRMED_SOURCE,
    )
