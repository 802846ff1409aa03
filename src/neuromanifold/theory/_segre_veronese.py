"""Segre–Veronese varieties: degree, polar degrees and generic Euclidean distance degree."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb, factorial
from typing import final

from neuromanifold.errors import InvalidInputError
from neuromanifold.theory._prediction import integer, positive_integers


@final
@dataclass(frozen=True, init=False)
class SegreVeronese:
    """X = P^{n₁} × … × P^{n_L} embedded by O(a₁, …, a_L), of dimension m = Σ nⱼ.

    Its points are the products ℓ₁^{a₁} ⋯ ℓ_L^{a_L} of powers of linear forms in L separate groups
    of nⱼ + 1 variables. All aⱼ = 1 gives the Segre variety of rank-one tensors, L = 1 the Veronese
    variety. The affine cone over X has dimension m + 1.

    Attributes:
        dimensions: (n₁, …, n_L), each at least 0.
        degrees: (a₁, …, a_L), each at least 1.

    Raises:
        InvalidInputError: if the lists are empty, differ in length or hold values out of range.

    Examples:
        >>> X = SegreVeronese([1, 3], [1, 1])  # rank-one 2 × 4 matrices
        >>> X.degree, X.polar_degrees, X.generic_ed_degree
        (4, (4, 6, 4, 0, 0), 14)
    """

    dimensions: tuple[int, ...]
    degrees: tuple[int, ...]

    def __init__(self, dimensions: Sequence[int], degrees: Sequence[int]) -> None:
        if len(dimensions) != len(degrees):
            raise InvalidInputError(
                f"dimensions has {len(dimensions)} entries but degrees has {len(degrees)}; "
                "give one degree for each factor."
            )
        sizes = tuple(integer(f"dimensions[{j}]", n, least=0) for j, n in enumerate(dimensions))
        object.__setattr__(self, "dimensions", sizes)
        object.__setattr__(self, "degrees", positive_integers("degrees", degrees, least_count=1))

    @property
    def dimension(self) -> int:
        """The projective dimension m = Σ nⱼ."""
        return sum(self.dimensions)

    @cached_property
    def chern_degrees(self) -> tuple[int, ...]:
        """(C₀, …, C_m), Cᵢ = deg(cᵢ(TX) · h^{m−i}) for the hyperplane class h = Σ aⱼ hⱼ.

        Cᵢ = (m − i)! Σ_{i₁+…+i_L=i} Πⱼ binom(nⱼ + 1, iⱼ) aⱼ^{nⱼ−iⱼ} / (nⱼ − iⱼ)!.

        Examples:
            >>> SegreVeronese([2], [1]).chern_degrees  # the plane: 1, 3, 3
            (1, 3, 3)
        """
        # The sums over (i₁, …, i_L) are the coefficients of a product of L polynomials.
        product = [Fraction(1)]
        for n, a in zip(self.dimensions, self.degrees, strict=True):
            factor = [
                Fraction(comb(n + 1, i) * a ** (n - i), factorial(n - i)) for i in range(n + 1)
            ]
            product = _multiply(product, factor)
        m = self.dimension
        return tuple(int(factorial(m - i) * c) for i, c in enumerate(product))

    @property
    def degree(self) -> int:
        """The degree of X, C₀ = m! Πⱼ aⱼ^{nⱼ} / nⱼ!.

        Examples:
            >>> SegreVeronese([2, 2], [1, 1]).degree
            6
        """
        return self.chern_degrees[0]

    @cached_property
    def polar_degrees(self) -> tuple[int, ...]:
        """(δ₀, …, δ_m), δ_k = Σ_{i=0}^{k} (−1)ⁱ binom(m + 1 − i, k − i) Cᵢ; δ₀ = deg X.

        The last ones vanish when the dual variety is not a hypersurface.

        Source: R. Piene, "Polar classes of singular varieties", 1978.

        Examples:
            >>> SegreVeronese([2, 2], [1, 1]).polar_degrees
            (6, 12, 12, 6, 3)
        """
        m, C = self.dimension, self.chern_degrees
        return tuple(
            sum((-1) ** i * comb(m + 1 - i, k - i) * C[i] for i in range(k + 1))
            for k in range(m + 1)
        )

    @property
    def generic_ed_degree(self) -> int:
        """gED(X) = Σ_{i=0}^{m} (−1)ⁱ (2^{m+1−i} − 1) Cᵢ.

        The number of complex critical points on the cone over X of the squared distance from a
        generic point, in a generic metric. It equals the sum of the polar degrees.

        Source: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, "The Euclidean distance degree of an
        algebraic variety", 2016, Theorem 5.8.

        Examples:
            >>> SegreVeronese([1, 1, 1], [1, 1, 1]).generic_ed_degree
            34
        """
        m = self.dimension
        return sum((-1) ** i * (2 ** (m + 1 - i) - 1) * c for i, c in enumerate(self.chern_degrees))


def _multiply(p: list[Fraction], q: list[Fraction]) -> list[Fraction]:
    product = [Fraction(0)] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            product[i + j] += a * b
    return product
