"""Powers of one linear form: Euclidean distance degrees of Veronese varieties."""

from neuromanifold.theory._prediction import Prediction, Status, integer


def veronese_ed_degree(variables: int, degree: int) -> Prediction[int]:
    """Generic ED degree ((2d − 1)ⁿ − (d − 1)ⁿ) / d of the powers ℓᵈ of linear forms in n variables.

    Args:
        variables: the number n ≥ 1 of variables.
        degree: the power d ≥ 1.

    Returns:
        the number of complex critical points of a generic quadratic distance on the cone of the
        multiples of d-th powers.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, "The Euclidean distance degree of an
    algebraic variety", 2016, Proposition 7.10.

    Examples:
        >>> veronese_ed_degree(2, 3).value, veronese_ed_degree(3, 2).value
        (7, 13)
    """
    n, d = integer("variables", variables, least=1), integer("degree", degree, least=1)
    return Prediction(
        ((2 * d - 1) ** n - (d - 1) ** n) // d,
        f"critical points of a generic quadratic distance on the powers of degree {d} of linear "
        f"forms in {n} variables",
        "Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Proposition 7.10",
        Status.PROVED,
    )


def bombieri_weyl_ed_degree(variables: int, degree: int) -> Prediction[int]:
    """ED degree Σ_{i=0}^{n−1} (d − 1)ⁱ of the powers ℓᵈ in the Bombieri–Weyl metric.

    The metric ‖f‖² = Σ_α f_α² / (d! / Π αᵢ!) is invariant under rotations of the variables. The
    critical points are the eigenvectors of the symmetric tensor of the given form: the sum is n for
    d = 2 and ((d − 1)ⁿ − 1) / (d − 2) otherwise.

    Args:
        variables: the number n ≥ 1 of variables.
        degree: the power d ≥ 1.

    Returns:
        the number of complex critical points on the cone of the multiples of d-th powers.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: Cartwright and Sturmfels, "The number of eigenvalues of a tensor", 2013, Theorem 1.2.

    Examples:
        >>> bombieri_weyl_ed_degree(2, 3).value, bombieri_weyl_ed_degree(5, 2).value
        (3, 5)
    """
    n, d = integer("variables", variables, least=1), integer("degree", degree, least=1)
    return Prediction(
        sum((d - 1) ** i for i in range(n)),
        f"critical points of the Bombieri–Weyl distance on the powers of degree {d} of linear "
        f"forms in {n} variables",
        "Cartwright and Sturmfels 2013, Theorem 1.2",
        Status.PROVED,
    )
