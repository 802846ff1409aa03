"""The branches of a parametrized curve through one of its points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from flint import arb, fmpq, fmpq_poly

from neuromanifold.geometry._voronoi._branch_cone import Branch
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rational_function import at_ball
from neuromanifold.geometry._voronoi._rationals import Vector, dyadic, dyadics, floats, null_space
from neuromanifold.geometry._voronoi._subset import Site

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._curve import ParametricCurve

_ORTHOGONAL = 1e-9


def curve_branches(curve: ParametricCurve, site: Site) -> list[Branch]:
    """One branch for every parameter of p, and one if p is a limit at an infinite end."""
    a, b = curve.interval
    displacement = curve.displacement(site)
    branches = []
    for t in curve.preimages(site):
        side = 1 if a is not None and t == a else -1 if b is not None and t == b else 0
        branches.append(Branch(_expansion(displacement, t), side))
    at_infinity = [_reversed(D, curve.lower.degree()) for D in displacement]
    ends = [side for side in (1, -1) if curve.limit(side) == site.exact]
    if ends:
        side = ends[0] if len(ends) == 1 else 0
        branches.append(Branch(_expansion(at_infinity, fmpq(0)), side))
    return branches


def rational_basis(
    basis: np.ndarray, branches: Sequence[Branch], metric: Metric, d: int
) -> tuple[Vector, ...]:
    """The space with this basis, exactly if it is the orthogonal complement of rational vectors."""
    n = metric.size
    if d == n:
        return tuple(null_space([], n))
    rows = [
        row
        for branch in branches
        for row in branch.coefficients[: 2 * branch.order]
        if np.abs(floats(row) @ metric.array @ basis).max(initial=0.0) < _ORTHOGONAL
    ]
    exact = null_space([metric.dual(row) for row in rows], n)
    if len(exact) == d:
        return tuple(exact)
    return tuple(dyadics(v) for v in basis.T)


def _expansion(displacement: Sequence[fmpq_poly], t: fmpq | arb) -> tuple[Vector, ...]:
    """The first 2k + 1 Taylor coefficients of D at t, where k is the order of D.

    They are exact for a rational t. Otherwise they are rounded, and a ball that contains 0 where p
    lies on the curve stands for 0.
    """
    columns = []
    for D in displacement:
        column, factor = [], 1
        for j in range(2 * max(D.degree() for D in displacement) + 1):
            value = D(t) / factor if isinstance(t, fmpq) else _rounded(at_ball(D, t) / factor)
            column.append(value)
            D, factor = D.derivative(), factor * (j + 1)  # noqa: PLW2901
        columns.append(column)
    rows = list(zip(*columns, strict=True))
    order = next(j for j, row in enumerate(rows) if any(x != 0 for x in row))
    return tuple(rows[: 2 * order + 1])


def _rounded(value: arb) -> fmpq:
    return fmpq(0) if value.contains(0) else dyadic(value.mid())


def _reversed(D: fmpq_poly, degree: int) -> fmpq_poly:
    """τ^degree · D(1/τ)."""
    return fmpq_poly([D[degree - j] for j in range(degree + 1)])
