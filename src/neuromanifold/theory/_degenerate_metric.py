"""Duality of polar degrees, and critical points of degenerate metrics on cones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._prediction import Status, integer


@final
@dataclass(frozen=True)
class DegenerateMetricCount:
    """The critical points on a cone X of a generic metric of corank k, off the singular points.

    Attributes:
        isolated: number of isolated critical points, zero loss included where it is isolated.
        ramification: how many of them lie on the ramification locus of the projection along the
            kernel; 0 for k < codim X, where the projection is finite and none is of this type.
        zero_loss_dimension: dimension k − codim X of the points of X with zero loss; None if there
            are none.
        zero_loss_degree: degree of that set.
        source: paper and theorem.
        status: whether the statement is proved.
    """

    isolated: int
    ramification: int
    zero_loss_dimension: int | None
    zero_loss_degree: int
    source: str
    status: Status

    def __str__(self) -> str:
        zero = "no point of zero loss"
        if self.zero_loss_dimension is not None:
            zero = (
                f"zero loss in dimension {self.zero_loss_dimension} and degree "
                f"{self.zero_loss_degree}"
            )
        return (
            f"{self.isolated} isolated critical points, {self.ramification} of them on the "
            f"ramification locus; {zero} ({self.source}; {self.status.value})"
        )


def degenerate_metric_critical_points(
    polar_degrees: Sequence[int], codimension: int, corank: int
) -> DegenerateMetricCount:
    """Critical points on the cone over X for a generic positive semidefinite metric of corank k.

    Let δ₀ = deg X, δ₁, …, δ_m be the polar degrees and c the codimension.

    * k < c: the projection along the kernel keeps the generic ED degree Σ δ_j.
    * k ≥ c: the points of zero loss have dimension k − c and degree δ₀, and
      Σ_{j ≥ k−c+1} δ_j further critical points lie on the ramification locus.

    Args:
        polar_degrees: (δ₀, …, δ_m) of the projective variety X of dimension m.
        codimension: c ≥ 0, so that the cone lies in a space of dimension m + 1 + c.
        corank: dimension 0 ≤ k ≤ m + 1 + c of the kernel of the metric.

    Returns:
        the numbers of critical points and the zero-loss set.

    Raises:
        InvalidInputError: if a value is negative or the corank exceeds the dimension of the space.

    Source: derived from the main theorem of Marchetti, Connelly, Breiding, Kohn, "Critical points of
    degenerate metrics", arXiv:2512.21029; agrees with elimination and with path tracking.

    Examples:
        >>> print(degenerate_metric_critical_points((4, 6, 4, 0, 0), 1, 2))
        4 isolated critical points, 4 of them on the ramification locus; zero loss in dimension 1
        and degree 4 (derived from arXiv:2512.21029; agrees with independent computations, ...)
    """
    delta = _polar(polar_degrees)
    c, k = integer("codimension", codimension, least=0), integer("corank", corank, least=0)
    space = len(delta) + c
    if k > space:
        raise InvalidInputError(
            f"corank is {k} but the space has dimension {space}; give a corank of at most {space}."
        )
    ramification = sum(delta[k - c + 1 :]) if k >= c else 0
    return DegenerateMetricCount(
        isolated=ramification if k > c else sum(delta),
        ramification=ramification,
        zero_loss_dimension=k - c if k >= c else None,
        zero_loss_degree=delta[0] if k >= c else 0,
        source="derived from arXiv:2512.21029",
        status=Status.UNCONFIRMED_SOURCE,
    )


def dual_polar_degrees(polar_degrees: Sequence[int], codimension: int) -> tuple[int, ...]:
    """Polar degrees of the dual variety: those of X in the opposite order.

    X and its dual have the same conormal variety with its two projections exchanged. So the
    non-zero polar degrees are reversed, the number of vanishing last ones plus 1 is the codimension
    of the dual, and the generic ED degrees agree.

    Args:
        polar_degrees: (δ₀, …, δ_m) of X, with the vanishing ones.
        codimension: codimension c ≥ 1 of X.

    Returns:
        the polar degrees of the dual variety, with the c − 1 vanishing ones.

    Raises:
        InvalidInputError: if a degree is negative, δ₀ is 0 or the codimension is below 1.

    Source: Piene, "Polar classes of singular varieties", 1978; Draisma, Horobeţ, Ottaviani,
    Sturmfels, Thomas 2016, Theorem 5.4.

    Examples:
        >>> dual_polar_degrees((4, 6, 4, 0, 0), 3)  # 2 × 4 matrices of rank 1, self-dual
        (4, 6, 4, 0, 0)
    """
    delta = list(_polar(polar_degrees))
    c = integer("codimension", codimension, least=1)
    while not delta[-1]:
        del delta[-1]
    return (*reversed(delta), *(0,) * (c - 1))


def _polar(degrees: Sequence[int]) -> tuple[int, ...]:
    delta = tuple(integer(f"polar_degrees[{k}]", d, least=0) for k, d in enumerate(degrees))
    if not delta or not delta[0]:
        raise InvalidInputError(f"polar_degrees is {delta}; give the degree of X, above 0, first.")
    return delta
