"""The pieces of an algebraic set on which a distance has critical points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from flint import arb, fmpq

from neuromanifold.continuation import System, solve
from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._voronoi._face_distance import FaceDistance
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._plane_zeros import plane_zeros
from neuromanifold.geometry._voronoi._rationals import (
    Vector,
    dyadic,
    dyadics,
    null_space,
    simple_fractions,
)
from neuromanifold.geometry._voronoi._subset import Site
from neuromanifold.rings import Node, PolynomialMap, dot

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._algebraic_set import AlgebraicSet

_SINGULAR = 1e-3
_RESIDUAL = 1e-6


@dataclass(frozen=True, eq=False)
class Face:
    """{F = 0, h_j = 0 for j in A} for a set A of active inequalities.

    The distance to u is critical at a regular point x of it if Q(x − u) = Σ λᵢ∇Gᵢ(x) for all its
    equations G.

    Attributes:
        parent: the algebraic set.
        active: A.
    """

    parent: AlgebraicSet
    active: tuple[int, ...]

    @cached_property
    def equations(self) -> tuple[Node, ...]:
        """G."""
        return (*self.parent.equations, *(self.parent.inequalities[j] for j in self.active))

    @property
    def dimension(self) -> int:
        """The expected dimension."""
        return len(self.parent) - len(self.equations)

    @cached_property
    def map(self) -> PolynomialMap:
        """G as a map of x."""
        return PolynomialMap.build(self.equations, self.parent.inputs)

    @property
    def jacobian(self) -> list[list[Node]]:
        """∂Gᵢ/∂xⱼ."""
        return self.map.derivative

    def gradients(self, x: Vector) -> list[Vector]:
        """The rows ∇Gᵢ(x), exact."""
        n = len(self.parent)
        values = self.parent.values([entry for row in self.jacobian for entry in row], x)
        return [tuple(values[i : i + n]) for i in range(0, len(values), n)]

    def is_critical(self, x: Vector, step: Vector, metric: Metric) -> bool:
        """Whether Q(u − x) is a combination of the gradients at x, exactly; `step` is u − x."""
        gradients = self.gradients(x)
        tangents = null_space(gradients, len(x))
        is_regular = len(tangents) == len(x) - len(gradients)
        return is_regular and all(metric.product(w, step) == 0 for w in tangents)

    def distance(self, metric: Metric, seed: int) -> FaceDistance:
        """The critical points of distances; the face must have a positive dimension."""
        key = (str(metric.exact), seed)
        if key not in self._distances:
            self._distances[key] = FaceDistance(self, metric, seed)
        return self._distances[key]

    def isolated_points(self) -> list[Site]:
        """The face itself if it consists of points, otherwise its singular points.

        Raises:
            InvalidInputError: its singular points are not isolated.
        """
        n = len(self.parent)
        if n == 2:
            nodes = [*self.equations]
            if self.dimension > 0:
                nodes += [e for e in self.jacobian[0] if not (e.is_constant and e.value == 0)]
            return [_site_of(x, y) for x, y in plane_zeros(nodes, self.parent.inputs)]
        if self.dimension == 0:
            result = solve(System(self.equations, self.parent.inputs))
            return [self._site(s.x) for s in result.real]
        return [self._site(x) for x in self._singular_points()]

    def _singular_points(self) -> list[np.ndarray]:
        """Real x with G(x) = 0 and Σ λᵢ∇Gᵢ(x) = 0 for some λ with Σ wᵢλᵢ = 1, for random w.

        Random combinations of these equations, as many as unknowns, are solved; what solves them
        all is kept. Isolated solutions are found twice.
        """
        n = len(self.parent)
        circuit = self.equations[0].circuit
        multipliers = circuit.inputs(len(self.equations))
        found: list[list[np.ndarray]] = []
        for seed in (0, 1):
            rng = np.random.default_rng(seed)
            weights = [fmpq(int(w), 16) for w in rng.integers(1, 50, len(multipliers))]
            columns = [
                dot(multipliers, [row[j] for row in self.jacobian], circuit) for j in range(n)
            ]
            equations = [*self.equations, *columns, dot(multipliers, weights, circuit) - 1]
            unknowns = [*self.parent.inputs, *multipliers]
            mixing = rng.integers(-20, 21, (len(unknowns), len(equations)))
            square = [dot(equations, [fmpq(int(w)) for w in row], circuit) for row in mixing]
            ends = solve(System(square, unknowns), seed=seed, certify=False).points
            everything = PolynomialMap.build(equations, unknowns)
            kept = []
            for z, residual in zip(ends, everything(ends), strict=True):
                size = 1 + np.abs(z).max()
                is_zero = np.abs(residual).max() <= _RESIDUAL * size**2
                if is_zero and np.abs(z[:n].imag).max() <= _SINGULAR * size:
                    kept.append(z[:n].real)
            found.append(kept)
        for x in found[0]:
            if not any(np.linalg.norm(x - y) <= 1e-2 * (1 + np.linalg.norm(x)) for y in found[1]):
                raise InvalidInputError(
                    "The set is singular along a curve or more; give it by a parametrization, or "
                    "write its equations without multiple factors."
                )
        return found[0]

    def _site(self, x: np.ndarray) -> Site:
        """A point, replaced by the simple rational point next to it if that satisfies everything."""
        simple = simple_fractions(np.real(x))
        is_exact = all(v == 0 for v in self.parent.values(self.equations, simple))
        if is_exact and self.dimension > 0:
            gradients = self.gradients(simple)
            is_exact = len(null_space(gradients, len(x))) > len(x) - len(gradients)
        if is_exact:
            return Site(simple, True)
        return Site(dyadics(np.real(x)), False)

    @cached_property
    def _distances(self) -> dict[tuple[str, int], FaceDistance]:
        return {}


def _site_of(*coordinates: fmpq | arb) -> Site:
    exact = [x for x in coordinates if isinstance(x, fmpq)]
    if len(exact) == len(coordinates):
        return Site(tuple(exact), True)
    return Site(tuple(dyadic(arb(x).mid()) for x in coordinates), False)
