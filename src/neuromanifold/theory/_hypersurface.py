"""Euclidean distance degrees of hypersurfaces."""

from neuromanifold.theory._prediction import Prediction, Status, integer


def hypersurface_ed_degree(variables: int, degree: int) -> Prediction[int]:
    """ED degree d Σ_{i=0}^{n−1} (d − 1)ⁱ of a generic hypersurface of degree d in Cⁿ.

    It bounds the ED degree of every hypersurface of degree d whose ED degree is finite: the circle
    has 2, a generic conic 4.

    Args:
        variables: the number n ≥ 1 of variables.
        degree: the degree d ≥ 1 of the equation, which is not homogeneous.

    Returns:
        the number of complex critical points of the squared distance from a generic point.

    Raises:
        InvalidInputError: if a value is below 1.

    Source: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Proposition 2.6.

    Examples:
        >>> hypersurface_ed_degree(2, 2).value, hypersurface_ed_degree(2, 3).value
        (4, 9)
    """
    n, d = integer("variables", variables, least=1), integer("degree", degree, least=1)
    return Prediction(
        d * sum((d - 1) ** i for i in range(n)),
        f"critical points of the distance on a generic hypersurface of degree {d} in C^{n}",
        "Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Proposition 2.6",
        Status.PROVED,
    )
