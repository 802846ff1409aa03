"""Critical points of multilayer perceptrons with a monomial activation and one output."""

from collections.abc import Sequence
from math import comb

from neuromanifold.theory._alexander_hirschowitz import alexander_hirschowitz_dimension
from neuromanifold.theory._linear_mlp import linear_mlp_critical_points
from neuromanifold.theory._prediction import Prediction, Status, integer, positive_integers
from neuromanifold.theory._segre_veronese import SegreVeronese
from neuromanifold.theory._symmetric_determinantal import symmetric_ed_degree


def monomial_mlp_critical_points(widths: Sequence[int], r: int) -> Prediction[int] | None:
    """Critical points for widths (d₀, …, d_{h−1}, 1) without biases and activation xʳ, r ≥ 2.

    (Without a hidden layer, or for r = 1, the network is linear: see `linear_mlp_critical_points`.)

    * If the first hidden width is 1, the network is c ℓᴿ with R = r^{h−1}, and the number is the
      generic ED degree ((2R − 1)ⁿ − (R − 1)ⁿ) / R of the Veronese variety of n = d₀ variables.
    * For r = 2 and one hidden layer of k < d₀ neurons it is the generic ED degree of the symmetric
      matrices of rank at most k.
    * For one hidden layer that fills the space of forms (Alexander and Hirschowitz) it is 1, the
      target itself, which real weights may or may not reach.

    With one output the metric is the Gram matrix of evaluations at the data. Its isotropic quadric
    is a generic member of a linear system without base points on M, hence transverse to every
    stratum of M (Bertini), and the generic count holds. With several outputs the metric is G ⊗ I
    and it does not.

    Args:
        widths: (d₀, …, d_h) with h ≥ 1.
        r: exponent of the activation.

    Returns:
        the number of complex critical points on the smooth part of M, or None where no theorem is
        implemented.

    Raises:
        InvalidInputError: if there is no layer, or a width or r is below 1.

    Source: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Theorem 5.8; Graf von Bothmer and
    Ranestad 2009; Alexander and Hirschowitz 1995; Kubjas, Li, Wiesmann, arXiv:2402.00949.

    Examples:
        >>> monomial_mlp_critical_points([2, 1, 1], 2).value
        4
        >>> monomial_mlp_critical_points([3, 2, 1], 2).value
        13
        >>> monomial_mlp_critical_points([2, 2, 1], 3).value  # fills the binary cubics
        1
        >>> monomial_mlp_critical_points([2, 1, 2], 2) is None
        True
    """
    d, r = positive_integers("widths", widths, least_count=2), integer("r", r, least=1)
    if len(d) == 2 or r == 1:
        return linear_mlp_critical_points(d)
    if d[-1] != 1:
        return None
    if d[1] == 1:
        return _power_of_one_form(d[0], r ** (len(d) - 2))
    return _sum_of_powers(d[0], d[1], r) if len(d) == 3 else None


_DATA = "for a generic dataset with one output that makes the metric invertible"


def _power_of_one_form(n: int, power: int) -> Prediction[int]:
    return Prediction(
        SegreVeronese((n - 1,), (power,)).generic_ed_degree,
        f"complex critical points on the cone over the Veronese variety ν_{power}(P^{n - 1}) "
        f"{_DATA}",
        "Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Theorem 5.8",
        Status.PROVED,
    )


def _sum_of_powers(n: int, k: int, r: int) -> Prediction[int] | None:
    ambient = comb(n - 1 + r, r)
    if alexander_hirschowitz_dimension(n, r, k).value == ambient:
        return dense_critical_points(ambient, ambient)
    if r > 2:
        return None
    variety = symmetric_ed_degree(n, k)
    return Prediction(
        variety.value,
        f"complex critical points among the symmetric {n} × {n} matrices of rank {k} {_DATA}",
        variety.source,
        Status.PROVED,
    )


def dense_critical_points(dimension: int, ambient_dimension: int) -> Prediction[int] | None:
    """The one critical point of a model whose neuromanifold has the dimension of V.

    If dim M = dim V then M is dense in V for the Zariski topology, its tangent spaces are V, and
    for an invertible metric the gradient of the loss vanishes at the target only. Real parameters
    may or may not reach it.

    Args:
        dimension: dim M.
        ambient_dimension: dim V.

    Returns:
        1 if the dimensions agree, otherwise None.

    Raises:
        InvalidInputError: if a dimension is negative.

    Source: elementary.

    Examples:
        >>> dense_critical_points(4, 4).value
        1
        >>> dense_critical_points(4, 5) is None
        True
    """
    dimension = integer("dimension", dimension, least=0)
    if dimension != integer("ambient_dimension", ambient_dimension, least=0):
        return None
    return Prediction(
        1,
        "critical point, the target itself, because M is dense in V, if the metric is invertible",
        "elementary",
        Status.PROVED,
    )
