"""The bisectors of a point p of a curve and all other points of the curve, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from flint import arb, ctx, fmpq, fmpq_poly

from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rational_function import at_ball, real_roots
from neuromanifold.geometry._voronoi._rationals import Vector, difference, floats
from neuromanifold.geometry._voronoi._subset import IntervalEnd, Site

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._curve import ParametricCurve

_BITS = 400
_BESIDE = fmpq(1, 2**32)


@dataclass(frozen=True, eq=False)
class Bisector:
    """G_v(t) = A(t) − 2Σᵢ vᵢBᵢ(t) = W(t)²·(‖c(t) − u‖² − ‖p − u‖²) with v = u − p.

    With D = W·(c − p), A = ⟨D, D⟩ and Bᵢ = W·⟨D, eᵢ⟩. It is linear in u: a cell is an intersection of
    half-spaces.

    Attributes:
        curve: S.
        site: p.
        A: as above.
        B: as above, one for each coordinate.
    """

    curve: ParametricCurve
    site: Site
    A: fmpq_poly
    B: tuple[fmpq_poly, ...]

    @staticmethod
    def of(curve: ParametricCurve, site: Site, metric: Metric) -> Bisector:
        """The bisectors of p."""
        D = curve.displacement(site)
        n = len(D)
        dual = [
            sum((metric.exact[i, j] * D[j] for j in range(n)), fmpq_poly([0])) for i in range(n)
        ]
        A = sum((d * e for d, e in zip(D, dual, strict=True)), fmpq_poly([0]))
        return Bisector(curve, site, A, tuple(e * curve.lower for e in dual))

    def along(self, v: Vector) -> fmpq_poly:
        """Σᵢ vᵢBᵢ."""
        return sum((x * b for x, b in zip(v, self.B, strict=True)), fmpq_poly([0]))

    def is_nonnegative(self, target: Vector) -> bool:
        """Whether ‖c(t) − u‖ ≥ ‖p − u‖ on the whole interval: no root of odd order inside it."""
        v = difference(target, self.site.exact)
        G = self.A - 2 * self.along(v)
        if G == 0:
            return True
        odd = fmpq_poly([1])
        for factor, order in G.factor()[1]:
            odd = odd * factor if order % 2 else odd
        for end in self.curve.interval:
            if end is not None and odd(end) == 0:
                odd = odd // fmpq_poly([-end, 1])
        if any(self.curve.holds(t) for t, _ in real_roots(odd)):
            return False
        return self._sign_inside(G) > 0

    def interval(self, normal: Vector) -> tuple[IntervalEnd, IntervalEnd]:
        """The extreme s with A ≥ 2s·B on the interval, for B = Σ νᵢBᵢ.

        As A ≥ 0, t bounds s by ρ(t) = A/(2B), from above where ρ > 0. The least upper bound is the
        value of ρ at a critical point, at an end or at p.
        """
        with ctx.workprec(_BITS):
            return self._interval(normal)

    def _interval(self, normal: Vector) -> tuple[IntervalEnd, IntervalEnd]:
        B = self.along(normal)
        if B == 0:
            return IntervalEnd(-np.inf, 0.0, None, "exact"), IntervalEnd(np.inf, 0.0, None, "exact")
        common = self.A.gcd(B)
        a, b = self.A // common, B // common
        critical = a.derivative() * b - a * b.derivative()
        places = [t for t, _ in real_roots(critical)] if critical != 0 else [arb(0)]
        places += [arb(end) for end in self.curve.interval if end is not None]
        places += [arb(t) for t in self.curve.preimages(self.site)]
        bounds: list[tuple[arb, np.ndarray]] = []
        for t in places:
            below = at_ball(b, t)
            if self.curve.holds(t) and not below.contains(0):
                bounds.append((at_ball(a, t) / (2 * below), self._point(t)))
        for side in (1, -1):
            limit = self.curve.limit(side)
            if limit is not None and a.degree() == b.degree():
                ratio = a[a.degree()] / (2 * b[b.degree()])
                bounds.append((arb(ratio), floats(limit)))
        upper = [bound for bound in bounds if bound[0] > 0]
        lower = [bound for bound in bounds if bound[0] < 0]
        if a.degree() > 0:
            signs = self._signs_at_zero(a, B)
            point = floats(self.site.exact)
            upper += [(arb(0), point)] if 1 in signs else []
            lower += [(arb(0), point)] if -1 in signs else []
        return (
            _end(max(lower, key=lambda x: float(x[0].mid()), default=None), -np.inf),
            _end(min(upper, key=lambda x: float(x[0].mid()), default=None), np.inf),
        )

    def _signs_at_zero(self, a: fmpq_poly, B: fmpq_poly) -> set[int]:
        """The signs of B beside parameters of p at which A/B vanishes: s = 0 is an end there."""
        signs = set()
        for t in self.curve.preimages(self.site):
            if at_ball(a, arb(t)).contains(0):
                for side in (-_BESIDE, _BESIDE):
                    value = at_ball(B, arb(t) + arb(side))
                    if self.curve.holds(arb(t) + arb(side)) and not value.contains(0):
                        signs.add(1 if value > 0 else -1)
        return signs

    def _point(self, t: arb) -> np.ndarray:
        W = at_ball(self.curve.lower, t)
        return np.array([float((at_ball(X, t) / W).mid()) for X in self.curve.upper])

    def _sign_inside(self, G: fmpq_poly) -> int:
        """The sign of G where it does not vanish; it has only one in the interval."""
        a, b = self.curve.interval
        for k in range(1, G.degree() + 2):
            if a is not None and b is not None:
                t = a + (b - a) * fmpq(k, G.degree() + 2)
            elif a is not None:
                t = a + k
            else:
                t = fmpq(-k) if b is None else b - k
            value = G(t)
            if value != 0:
                return 1 if value > 0 else -1
        raise ArithmeticError("a polynomial has more zeros than its degree")


def _end(bound: tuple[arb, np.ndarray] | None, otherwise: float) -> IntervalEnd:
    if bound is None:
        return IntervalEnd(otherwise, 0.0, None, "certified")
    value = float(bound[0].mid())
    radius = float(bound[0].rad()) + abs(value) * 2.0**-52
    return IntervalEnd(value, radius, bound[1], "certified")
