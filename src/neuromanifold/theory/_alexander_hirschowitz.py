"""The Alexander–Hirschowitz theorem: dimensions of secant varieties of Veronese varieties."""

from math import comb

from neuromanifold.theory._prediction import Prediction, Status, integer

# (variables, degree, summands) of the four sporadic cases, in each of which one dimension is lost.
_SPORADIC = {(5, 3, 7), (3, 4, 5), (4, 4, 9), (5, 4, 14)}


def alexander_hirschowitz_dimension(variables: int, degree: int, summands: int) -> Prediction:
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
