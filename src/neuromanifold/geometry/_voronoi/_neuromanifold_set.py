"""Neuromanifolds as subsets of function space."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flint import fmpq

from neuromanifold.continuation._varieties._parametrization import generic_rank
from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import FunctionSpace, read_function
from neuromanifold.geometry._gauss_newton import gauss_newton
from neuromanifold.geometry._interpolation import hypersurface
from neuromanifold.geometry._voronoi._critical_functions import CriticalFunctions, growth
from neuromanifold.geometry._voronoi._float_polynomial import FloatPolynomial
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._parametric_envelope import image_envelope, values_modulo
from neuromanifold.geometry._voronoi._rationals import (
    Vector,
    difference,
    dyadics,
    floats,
    simple_fractions,
    to_float,
)
from neuromanifold.geometry._voronoi._rays import ray_interval
from neuromanifold.geometry._voronoi._subset import (
    AbstractSubset,
    Decision,
    IntervalEnd,
    LocalShape,
    PointKind,
    Site,
)
from neuromanifold.geometry._voronoi._zero_lines import parts_where, zero_lines
from neuromanifold.models import Model
from neuromanifold.rings import Evaluator, PolynomialMap

_FIBER_STARTS = (64, 1024)
_RANK = 1e-3
_SAME = 1e-6
_BLOCK = 512
_DRAWN = 1e-3


@dataclass(frozen=True, eq=False)
class Neuromanifold(AbstractSubset):
    """M = {c(θ) : θ ∈ ℝᴾ} in the coordinates c₁, …, c_N of V.

    Nearest functions are sought among all critical points on the regular part of M, and by descent
    over real θ from these and from random parameters; this also reaches minima on the singular part
    of M and drops functions that real parameters do not reach.

    Attributes:
        space: V.
    """

    space: FunctionSpace

    @staticmethod
    def of(model: Model) -> Neuromanifold:
        """The neuromanifold of a polynomial model."""
        return Neuromanifold(FunctionSpace.of(model))

    @property
    def coordinates(self) -> tuple[str, ...]:
        """c1, …, cN."""
        return tuple(f"c{i + 1}" for i in range(self.space.dimension))

    @cached_property
    def map(self) -> PolynomialMap:
        """θ ↦ c(θ)."""
        return PolynomialMap(self.space.coefficients_of_theta, self.space.expansion.parameters)

    @cached_property
    def dimension(self) -> int:  # type: ignore[override]
        """dim M."""
        return generic_rank(self.map, np.random.default_rng(0))

    def site(self, point: object) -> Site:
        """Read a function of M, as coefficients or as a polynomial.

        Raises:
            InvalidInputError: no real parameters of it were found.
        """
        read = read_function(self.space, point)
        if np.iscomplexobj(read.vector):
            raise InvalidInputError("point has complex coefficients; give a real function.")
        exact = read.exact or dyadics(read.vector)
        for theta in self._fiber(floats(exact)):
            simple = simple_fractions(theta)
            if self._exactly(simple) == exact:
                return Site(exact, True)
        return Site(exact, False)

    def local_shape(self, site: Site, metric: Metric) -> LocalShape:
        """The functions orthogonal to all tangent spaces ∂c/∂θ at parameters found over p."""
        thetas = self._fiber(floats(site.exact))
        _, J = self.map.linearize(thetas)
        spans = np.real(J)
        # At a multiple zero θ is known to a fraction of the digits only.
        typical = np.linalg.svd(self._typical_jacobian, compute_uv=False)[0]
        sizes = np.linalg.svd(spans, compute_uv=False)
        ranks = np.sum(sizes > _RANK * np.maximum(sizes[:, :1], typical), axis=1)
        together = metric.array @ np.concatenate(list(spans), axis=1)
        n = len(self)
        left, strengths, _ = np.linalg.svd(together)
        reference = max(float(strengths[0]), typical * float(np.linalg.norm(metric.array, 2)))
        total = int(np.sum(strengths > _RANK * reference))
        normals = tuple(dyadics(row) for row in left[:, total:].T)
        if ranks.min() == self.dimension == total:
            return LocalShape(PointKind.SMOOTH, n - total, normals, is_proved=False)
        return LocalShape(PointKind.SINGULAR, None if normals else 0, normals, is_proved=False)

    def nearest(self, targets: np.ndarray, metric: Metric, seed: int) -> np.ndarray:
        """A nearest function for each target, from critical points and random starts."""
        targets = np.asarray(targets, float)
        critical = self._critical(metric, seed)
        blocks = [critical.nearest(targets[i : i + _BLOCK]) for i in range(0, len(targets), _BLOCK)]
        return np.concatenate([np.zeros((0, len(self))), *blocks])

    def decide(self, site: Site, target: Vector, metric: Metric, seed: int) -> Decision:
        """Compare with the critical points; a closer function is confirmed exactly."""
        u, p = floats(target), floats(site.exact)
        thetas, functions = self._critical(metric, seed).candidates(u[None])
        size = 1.0 + float(np.abs(p).max())
        others = np.linalg.norm(functions[0] - p, axis=1) > _SAME * size
        if not others.any():
            return Decision(True, "numerical", None)
        distances = np.where(others, metric.squared_norms(functions[0] - u), np.inf)
        best = int(distances.argmin())
        own = metric.squared_norm(difference(target, site.exact))
        theta = dyadics(thetas[0, best])
        off = difference(target, self._exactly(theta))
        if metric.squared_norm(off) < own:
            gap = float(distances[best]) - to_float(own)
            is_tie = -gap <= _SAME**2 * size**2
            return Decision(is_tie, "numerical" if is_tie else "exact", functions[0, best])
        return Decision(True, "numerical", functions[0, best])

    def interval_end(
        self, site: Site, normal: Vector, metric: Metric, seed: int
    ) -> tuple[IntervalEnd, IntervalEnd]:
        """Where the line p + s·ν leaves the cell, by cutting off."""
        return ray_interval(self, floats(site.exact), floats(normal), metric, seed)

    def envelope(
        self, site: Site, metric: Metric, count: int, p: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Random points over F_p of the envelope of the bisectors of p and c(θ)."""
        return image_envelope(self.map, self.dimension, site, metric, count, p, rng)

    def special_sites(self) -> tuple[Site, ...]:
        """The function of θ = 0 if ∂c/∂θ drops its rank there."""
        zero = np.zeros((1, len(self.map.variables)))
        _, J = self.map.linearize(zero)
        if np.linalg.matrix_rank(np.real(J[0])) == self.dimension:
            return ()
        return (Site(self._exactly((fmpq(0),) * zero.shape[1]), True),)

    def tangents(self, site: Site) -> list[Vector]:
        """None: boundaries of neuromanifolds are not known."""
        return []

    def polylines(self, center: np.ndarray, radius: float) -> list[np.ndarray]:
        """Contours of the equation of the closure of M, where real parameters reach it; n = 2."""
        if self.dimension != 1:
            return []

        def sample(count: int, p: int, rng: np.random.Generator) -> np.ndarray:
            theta = rng.integers(1, p, (count, len(self.map.variables)))
            return values_modulo(list(self.map.outputs), self.map.variables, theta, p)

        equation = hypersurface(sample, self.coordinates, np.random.default_rng(0))
        if equation is None:
            return []
        metric = Metric.of(None, 2)

        def is_reached(line: np.ndarray) -> np.ndarray:
            off = np.linalg.norm(self.nearest(line, metric, 0) - line, axis=1)
            return off <= _DRAWN * radius

        lines = zero_lines(FloatPolynomial.of(equation), center, radius)
        return parts_where(is_reached, lines)

    def _exactly(self, theta: Vector) -> Vector:
        inputs = dict(zip(self.map.variables, theta, strict=True))
        return tuple(fmpq(x) for x in Evaluator(self.map.outputs)(inputs, lambda q: q))

    def _fiber(self, function: np.ndarray) -> np.ndarray:
        """Real parameters of a function, (K, P).

        Raises:
            InvalidInputError: none were found.
        """
        rng = np.random.default_rng(0)
        P = len(self.map.variables)
        size = max(float(np.abs(function).max()), 1e-3) ** (1 / growth(self.map))
        off = np.inf
        for count in _FIBER_STARTS:
            starts = size * rng.standard_normal((count, P))
            starts[:2] = [[0.0], [size]]
            thetas, is_found = gauss_newton(self.map.linearize, starts, function)
            if is_found.any():
                return thetas[is_found]
            errors = np.abs(np.real(self.map(thetas)) - function).max(axis=1)
            off = min(off, float(errors.min()))
        raise InvalidInputError(
            f"No real parameters of the point were found: {self.space.model} comes no closer than "
            f"{off:.3g}; give a function of M, for example space.coefficients(theta)."
        )

    @cached_property
    def _typical_jacobian(self) -> np.ndarray:
        theta = np.random.default_rng(0).standard_normal((1, len(self.map.variables)))
        return np.real(self.map.linearize(theta)[1][0])

    def _critical(self, metric: Metric, seed: int) -> CriticalFunctions:
        key = (str(metric.exact), seed)
        if key not in self._known:
            self._known[key] = CriticalFunctions(self.map, self.dimension, metric, seed)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[str, int], CriticalFunctions]:
        return {}

    def __str__(self) -> str:
        return f"neuromanifold of {self.space.model}"
