"""Real algebraic sets given by equations and inequalities."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mpoly_ctx

from neuromanifold.continuation import System
from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._gauss_newton import gauss_newton
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rationals import (
    Vector,
    dyadics,
    floats,
    null_space,
    read_vector,
    shown,
    simple_fractions,
    to_float,
)
from neuromanifold.geometry._voronoi._rays import ray_interval
from neuromanifold.geometry._voronoi._set_decision import set_decision
from neuromanifold.geometry._voronoi._set_envelope import set_envelope
from neuromanifold.geometry._voronoi._set_faces import Face
from neuromanifold.geometry._voronoi._set_interval import set_interval
from neuromanifold.geometry._voronoi._subset import (
    AbstractSubset,
    Decision,
    IntervalEnd,
    LocalShape,
    PointKind,
    Site,
)
from neuromanifold.geometry._voronoi._tangent_cone import plane_tangents
from neuromanifold.geometry._voronoi._zero_lines import parts_where, zero_lines
from neuromanifold.rings import Evaluator, Node

_ON_SET = 1e-8
_FEASIBLE = 1e-9
_SAME = 1e-7
_ROUNDING = 1e-15
_LONGEST = 120


class AlgebraicSet(AbstractSubset):
    """S = {x ∈ ℝⁿ : F₁(x) = … = F_c(x) = 0, h₁(x) ≥ 0, …, h_k(x) ≥ 0}, of dimension n − c.

    Coefficients are rational and used exactly. The equations have to be a complete intersection whose
    singular points, also those on each part of the boundary, are isolated; for other sets give a
    parametrization.

    Args:
        equations: F₁, …, F_c, as text or SymPy expressions; a single one needs no list.
        inequalities: h₁, …, h_k, or text such as "y >= 0" and "x <= 1", or SymPy inequalities.
        variables: names in the order of the coordinates; by default all names in alphabetical order.

    Raises:
        InvalidInputError: something cannot be read, or there are as many equations as variables.
        NotPolynomialError: an expression is not polynomial.

    Examples:
        >>> print(AlgebraicSet("x^2 + y^2 = 1", inequalities=["y >= 0"]))
        set x^2 + y^2 - 1 = 0, y ≥ 0
    """

    def __init__(
        self,
        equations: Any,
        inequalities: Sequence[Any] = (),
        variables: Sequence[Any] | None = None,
    ) -> None:
        single = isinstance(equations, str) or not hasattr(equations, "__len__")
        given = [equations] if single else list(equations)
        several = isinstance(inequalities, list | tuple)
        bounds = list(inequalities) if several else [inequalities]
        system = System([*given, *(_nonnegative(h) for h in bounds)], variables)
        if system.denominators or not system.has_real_constants:
            raise InvalidInputError(
                "An algebraic set needs polynomials with rational coefficients; multiply by "
                "denominators and leave out imaginary constants."
            )
        self._variables = system.variables
        self.inputs = system.map.variables
        self.equations = system.map.outputs[: len(given)]
        self.inequalities = system.map.outputs[len(given) :]
        if len(given) >= len(self._variables):
            raise InvalidInputError(
                f"{len(given)} equations in {len(self._variables)} variables leave only points; give "
                "fewer equations than variables."
            )

    equations: tuple[Node, ...]
    """F₁, …, F_c as circuit nodes."""
    inequalities: tuple[Node, ...]
    """h₁, …, h_k."""
    inputs: tuple[Node, ...]
    """The variables."""

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the n coordinates."""
        return self._variables

    @property
    def dimension(self) -> int:
        """n − c."""
        return len(self._variables) - len(self.equations)

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """S itself, then its boundary: some of the inequalities are equations."""
        return tuple(
            Face(self, active)
            for size in range(min(len(self.inequalities), self.dimension) + 1)
            for active in combinations(range(len(self.inequalities)), size)
        )

    def values(self, nodes: Sequence[Node], x: Vector) -> list[fmpq]:
        """Values of polynomials at a rational point, exact."""
        return Evaluator(nodes)(dict(zip(self.inputs, x, strict=True)), lambda q: q)

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Which points (…, n) satisfy the inequalities, up to rounding; shape (…)."""
        satisfied = np.ones(points.shape[:-1], bool)
        size = 1 + np.abs(points).max(axis=-1)
        if self.inequalities:
            inputs = {x: points[..., i] for i, x in enumerate(self.inputs)}
            for h in Evaluator(self.inequalities)(inputs, to_float):
                satisfied &= h >= -_FEASIBLE * size
        return satisfied

    def site(self, point: object) -> Site:
        """Read a point of S; one that misses S by rounding is moved to S up to rounding.

        Raises:
            InvalidInputError: it is no point of S.
        """
        exact = read_vector(point, len(self), "point")
        if not self.holds(floats(exact)[None])[0]:
            raise InvalidInputError(
                f"point {shown(floats(exact))} violates an inequality of the set; give a point of it."
            )
        if all(value == 0 for value in self.values(self.equations, exact)):
            return Site(exact, True)
        near = self._projected(floats(exact))
        simple = simple_fractions(near)
        if np.allclose(floats(simple), floats(exact), rtol=0, atol=_ON_SET) and all(
            value == 0 for value in self.values(self.equations, simple)
        ):
            return Site(simple, True)
        off = float(np.linalg.norm(near - floats(exact)))
        if not off <= _ON_SET * max(1.0, float(np.abs(near).max())):
            raise InvalidInputError(
                f"point {shown(floats(exact))} does not satisfy the equations of the set; give a point "
                "of it, with fractions where decimals are not exact."
            )
        return Site(dyadics(near), False)

    def local_shape(self, site: Site, metric: Metric) -> LocalShape:
        """S around p: from the rank of the gradients, or from the tangent cone of a plane curve."""
        n = len(self)
        slack = self.values(self.inequalities, site.exact)
        # An inexact site may miss the boundary by rounding.
        near = 0 if site.is_exact else fmpq(1, 10**12)
        active = tuple(j for j, h in enumerate(slack) if abs(h) <= near)
        face = Face(self, active)
        gradients = face.gradients(site.exact)
        tangents = null_space(gradients, n)
        if len(tangents) == n - len(gradients):
            kind = PointKind.BOUNDARY if active else PointKind.SMOOTH
            normals = null_space([metric.dual(w) for w in tangents], n)
            return LocalShape(kind, len(normals), tuple(normals))
        directions, is_known = [], False
        if n == 2 and not active and site.is_exact:
            cone = plane_tangents(self.equations[0], self.inputs, site.exact)
            directions, is_known = cone.simple, len(cone.simple) == len(cone.all)
        normals = null_space([metric.dual(w) for w in directions], n)
        is_known = is_known or not normals
        return LocalShape(PointKind.SINGULAR, len(normals) if is_known else None, tuple(normals))

    def nearest(self, targets: np.ndarray, metric: Metric, seed: int) -> np.ndarray:
        """A nearest point of S for each target, among the critical points of all faces."""
        targets = np.asarray(targets, float)
        faces = [face for face in self.faces if face.dimension > 0]
        found = [face.distance(metric, seed).real_points(targets) for face in faces]
        special = self._special_points
        found.append(np.broadcast_to(special, (len(targets), *special.shape)))
        points = np.concatenate(found, axis=1)
        distances = metric.squared_norms(points - targets[:, None, :])
        feasible = np.isfinite(points).all(axis=2) & self.holds(np.nan_to_num(points))
        distances = np.where(feasible, distances, np.inf)
        best = distances.argmin(axis=1)
        if len(targets) and np.isinf(distances.min(axis=1)).any():
            raise InvalidInputError("The set seems to have no real points; check its equations.")
        return points[np.arange(len(targets)), best]

    def decide(self, site: Site, target: Vector, metric: Metric, seed: int) -> Decision:
        """Compare with all critical points of all faces, certified where they are regular."""
        return set_decision(self, site, target, metric, seed)

    def interval_end(
        self, site: Site, normal: Vector, metric: Metric, seed: int
    ) -> tuple[IntervalEnd, IntervalEnd]:
        """Where the line p + s·ν leaves the cell: the first tie with another critical point."""
        if self.local_shape(site, metric).kind is PointKind.SMOOTH:
            return set_interval(self, site, normal, metric, seed)
        return ray_interval(self, floats(site.exact), floats(normal), metric, seed)

    def envelope(
        self, site: Site, metric: Metric, count: int, p: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Random points over F_p of the envelope of the bisectors, if there is one equation."""
        return set_envelope(self, site, metric, count, p, rng)

    def tangents(self, site: Site) -> list[Vector]:
        """The tangent of a curve, or all tangents of a plane curve at a singular point."""
        if len(self) == 2 and site.is_exact:
            return plane_tangents(self.equations[0], self.inputs, site.exact).all
        found = null_space(self.faces[0].gradients(site.exact), len(self))
        return found if self.dimension == len(found) == 1 else []

    def special_sites(self) -> tuple[Site, ...]:
        """Singular points, corners and ends."""
        return self._special_sites

    def polylines(self, center: np.ndarray, radius: float) -> list[np.ndarray]:
        """Contours of the equation of a plane curve, where the inequalities hold."""

        def values(points: np.ndarray) -> np.ndarray:
            inputs = {x: points[:, i] for i, x in enumerate(self.inputs)}
            return Evaluator(self.equations)(inputs, to_float)[0]

        return parts_where(self.holds, zero_lines(values, center, radius))

    @cached_property
    def _special_sites(self) -> tuple[Site, ...]:
        found: list[Site] = []
        for face in self.faces:
            for site in face.isolated_points():
                x = floats(site.exact)
                known = [floats(other.exact) for other in found]
                if self.holds(x[None])[0] and not any(np.allclose(x, y, atol=_SAME) for y in known):
                    found.append(site)
        return tuple(found)

    @cached_property
    def _special_points(self) -> np.ndarray:
        rows = [floats(site.exact) for site in self.special_sites()]
        return np.array(rows, float).reshape(-1, len(self))

    def _projected(self, x: np.ndarray) -> np.ndarray:
        """A point next to x at which the equations hold up to rounding."""
        F = self.faces[0].map
        zero = np.zeros(len(self.equations))
        return gauss_newton(F.linearize, x[None], zero, converged=_ROUNDING)[0][0]

    def __str__(self) -> str:
        context = fmpq_mpoly_ctx.get(self._variables, "degrevlex")
        gens = dict(zip(self.inputs, context.gens(), strict=True))
        nodes = [*self.equations, *self.inequalities]
        shown = [str(f) for f in Evaluator(nodes)(gens, context.constant)]
        c = len(self.equations)
        text = ", ".join([f"{f} = 0" for f in shown[:c]] + [f"{h} ≥ 0" for h in shown[c:]])
        if len(text) <= _LONGEST:
            return f"set {text}"
        text = _count(c, "equation", "equations")
        if self.inequalities:
            text += " and " + _count(len(self.inequalities), "inequality", "inequalities")
        return f"set of {text} in {', '.join(self._variables)}"


def _nonnegative(h: Any) -> Any:
    """The expression that is ≥ 0."""
    if isinstance(h, str):
        for sign in (">=", "≥", "<=", "≤"):
            left, found, right = h.partition(sign)
            if found:
                left, right = (right, left) if sign in ("<=", "≤") else (left, right)
                return f"({left}) - ({right})"
        return h
    if getattr(h, "is_Relational", False):
        return h.gts - h.lts
    return h


def _count(n: int, one: str, more: str) -> str:
    return f"{n} {one if n == 1 else more}"
