"""Real curves with a rational parametrization."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, reduce
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_poly

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._voronoi._branch_cone import branch_cone
from neuromanifold.geometry._voronoi._curve_bisector import Bisector
from neuromanifold.geometry._voronoi._curve_branches import curve_branches, rational_basis
from neuromanifold.geometry._voronoi._curve_distance import CurveDistance
from neuromanifold.geometry._voronoi._curve_reading import (
    coordinate_names,
    read_coordinates,
    read_interval,
)
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._parametric_envelope import curve_envelope
from neuromanifold.geometry._voronoi._rational_function import real_roots
from neuromanifold.geometry._voronoi._rationals import (
    Vector,
    dyadic,
    exact_number,
    floats,
    read_vector,
)
from neuromanifold.geometry._voronoi._subset import (
    AbstractSubset,
    Decision,
    IntervalEnd,
    LocalShape,
    PointKind,
    Site,
)

_ON_CURVE = 1e-8
_SAME = 1e-7
_DRAWN = 4001


class ParametricCurve(AbstractSubset):
    """S = {c(t) : a ≤ t ≤ b} for polynomials or rational functions c₁, …, cₙ of t.

    Coefficients are rational and used exactly; a decimal or a float is the number it stands for.

    Args:
        coordinates: c₁, …, cₙ as text or SymPy expressions in one variable.
        interval: (a, b), rational or infinite. If it is infinite and c has a finite limit there, the
            limit is a point of S.
        names: of the coordinates; by default x, y, z, or x1, …, xn for n > 3.

    Raises:
        InvalidInputError: a coordinate cannot be read, has more than one variable, or has a pole in
            the interval; c is constant; or the interval is empty.

    Examples:
        >>> cusp = ParametricCurve(["t^2", "t^3"])
        >>> [str(x) for x in cusp.at("1/2")]
        ['1/4', '1/8']
    """

    def __init__(
        self,
        coordinates: Sequence[Any],
        interval: tuple[Any, Any] = (-np.inf, np.inf),
        names: Sequence[str] | None = None,
    ) -> None:
        fractions = read_coordinates(coordinates)
        self._names = coordinate_names(len(fractions), names)
        common = fmpq_poly([1])
        for f in fractions:
            common = common * (f.lower // common.gcd(f.lower))
        self.upper = tuple(f.upper * (common // f.lower) for f in fractions)
        self.lower = common
        self.interval = read_interval(interval)
        if all(X.derivative() * common == X * common.derivative() for X in self.upper):
            raise InvalidInputError("The coordinates are constant; a curve needs a variable.")
        for pole, _ in real_roots(common):
            if self.holds(pole):
                raise InvalidInputError(
                    f"A coordinate has a pole at t = {float(pole.mid()):.6g}; choose an interval "
                    "without it."
                )

    upper: tuple[fmpq_poly, ...]
    """The numerators X₁, …, Xₙ of c over the common denominator W."""
    lower: fmpq_poly
    """W."""
    interval: tuple[fmpq | None, fmpq | None]
    """a and b, None where they are infinite."""

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the n coordinates."""
        return self._names

    @property
    def dimension(self) -> int:
        """1."""
        return 1

    def at(self, t: Any) -> Vector:
        """c(t) for a rational t, exact.

        Raises:
            InvalidInputError: t is outside of the interval.
        """
        t = exact_number(t, "t")
        if not self.holds(arb(t)):
            raise InvalidInputError(f"t is {t}, which is outside of the curve's interval.")
        return tuple(X(t) / self.lower(t) for X in self.upper)

    def holds(self, t: arb) -> bool:
        """Whether a ball meets the interval [a, b]."""
        a, b = self.interval
        return not (a is not None and t < arb(a)) and not (b is not None and t > arb(b))

    def displacement(self, site: Site) -> tuple[fmpq_poly, ...]:
        """D = X − p·W, so that c − p = D/W."""
        return tuple(X - p * self.lower for X, p in zip(self.upper, site.exact, strict=True))

    def limit(self, side: int) -> Vector | None:
        """The limit of c at ∞ (side 1) or −∞ (side −1), if that end is infinite and it exists."""
        if self.interval[0 if side < 0 else 1] is not None:
            return None
        d = self.lower.degree()
        if any(X.degree() > d for X in self.upper):
            return None
        return tuple(X[d] / self.lower[d] for X in self.upper)

    def preimages(self, site: Site) -> list[fmpq | arb]:
        """The parameters t in [a, b] with c(t) = p, rational ones exactly."""
        common = reduce(lambda f, g: f.gcd(g), self.displacement(site))
        found: list[fmpq | arb] = []
        for factor, _ in common.factor()[1] if common.degree() > 0 else ():
            if factor.degree() == 1:
                found.append(-factor[0] / factor[1])
            else:
                found += [t for t, _ in real_roots(factor)]
        return [t for t in found if self.holds(arb(t))]

    def site(self, point: object) -> Site:
        """Read a point of S; one that misses S by rounding is replaced by a point of S.

        Raises:
            InvalidInputError: it is no point of S.
        """
        exact = read_vector(point, len(self), "point")
        site = Site(exact, True)
        if self.preimages(site) or exact in {self.limit(1), self.limit(-1)}:
            return site
        identity = Metric.of(None, len(self))
        t = self._distance(identity).parameter(floats(exact))
        near = self.at(dyadic(t))
        off = float(np.linalg.norm(floats(near) - floats(exact)))
        if off > _ON_CURVE * max(1.0, float(np.linalg.norm(floats(exact)))):
            raise InvalidInputError(
                f"point is {off:.3g} away from the curve; give a point of it, for example curve.at(t)."
            )
        return Site(near, True)

    def local_shape(self, site: Site, metric: Metric) -> LocalShape:
        """S around p, from the expansions of all branches through p."""
        branches = curve_branches(self, site)
        basis, d = branch_cone(branches, metric.array)
        orders = [branch.order for branch in branches]
        if len(branches) == 1 and orders == [1]:
            kind = PointKind.BOUNDARY if branches[0].side else PointKind.SMOOTH
        else:
            kind = PointKind.SINGULAR
        return LocalShape(kind, d, rational_basis(basis, branches, metric, d))

    def nearest(self, targets: np.ndarray, metric: Metric, seed: int) -> np.ndarray:
        """A nearest point of S for each target, from the roots of the derivative of the distance."""
        return self._distance(metric).nearest(np.asarray(targets, float))

    def decide(self, site: Site, target: Vector, metric: Metric, seed: int) -> Decision:
        """The sign of ‖c(t) − u‖² − ‖p − u‖² on [a, b], exactly."""
        bisector = Bisector.of(self, site, metric)
        other = self._distance(metric).nearest_other(floats(target), floats(site.exact), _SAME)
        return Decision(bisector.is_nonnegative(target), "exact", other)

    def interval_end(
        self, site: Site, normal: Vector, metric: Metric, seed: int
    ) -> tuple[IntervalEnd, IntervalEnd]:
        """Where the line p + s·ν leaves the cell, from certified critical points of a ratio."""
        return Bisector.of(self, site, metric).interval(normal)

    def envelope(
        self, site: Site, metric: Metric, count: int, p: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Random points over F_p of the envelope of the bisectors of p and c(t)."""
        return curve_envelope(self, site, metric, count, p, rng)

    def tangents(self, site: Site) -> list[Vector]:
        """The directions of all branches through p, as far as they are rational."""
        return [branch.coefficients[branch.order] for branch in curve_branches(self, site)]

    def special_sites(self) -> tuple[Site, ...]:
        """Ends of the interval, finite limits, and points with rational t where c′ vanishes."""
        ends = [self.at(t) for t in self.interval if t is not None]
        ends += [limit for limit in (self.limit(-1), self.limit(1)) if limit is not None]
        velocity = [X.derivative() * self.lower - X * self.lower.derivative() for X in self.upper]
        for factor, _ in reduce(lambda f, g: f.gcd(g), velocity).factor()[1]:
            t = -factor[0] / factor[1]
            if factor.degree() == 1 and self.holds(arb(t)):
                ends.append(self.at(t))
        if self.limit(1) == self.limit(-1) and self.limit(1) is not None:
            ends = [end for end in ends if end != self.limit(1)]
        return tuple(Site(end, True) for end in dict.fromkeys(ends))

    def polylines(self, center: np.ndarray, radius: float) -> list[np.ndarray]:
        """c at parameters that are dense everywhere, infinite ends included; n = 2."""
        a, b = (None if end is None else float(floats((end,))[0]) for end in self.interval)
        low, high = -1.0 if a is None else a / (1 + abs(a)), 1.0 if b is None else b / (1 + abs(b))
        # t = s/(1 − |s|) maps (−1, 1) to the line.
        s = np.linspace(low, high, _DRAWN)
        s = s[np.abs(s) < 1]
        points = self._distance(Metric.of(None, len(self))).points(s / (1 - np.abs(s)))
        limits = [self.limit(-1), self.limit(1)]
        first, last = ([floats(limit)] if limit is not None else [] for limit in limits)
        return [np.array([*first, *points, *last])]

    def _distance(self, metric: Metric) -> CurveDistance:
        key = str(metric.exact)
        if key not in self._distances:
            self._distances[key] = CurveDistance(self, metric)
        return self._distances[key]

    @cached_property
    def _distances(self) -> dict[str, CurveDistance]:
        return {}

    def __str__(self) -> str:
        one = self.lower.degree() == 0
        shown = [str(X) if one else f"({X})/({self.lower})" for X in self.upper]
        a, b = self.interval
        ends = ["−∞" if a is None else str(a), "∞" if b is None else str(b)]
        text = f"curve ({', '.join(shown)}), {ends[0]} ≤ x ≤ {ends[1]}"
        return text.replace("x", "t")
