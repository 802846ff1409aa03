"""The verb `voronoi`: the Voronoi cell of a point of a curve, an algebraic set or a neuromanifold."""

from __future__ import annotations

from functools import singledispatch
from time import perf_counter
from typing import Any

import numpy as np

from neuromanifold.errors import DegenerateMetricError, InvalidInputError
from neuromanifold.geometry._voronoi._boundary import boundary_pieces
from neuromanifold.geometry._voronoi._cell import VoronoiCell
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._neuromanifold_set import Neuromanifold
from neuromanifold.geometry._voronoi._rationals import dyadics, floats, null_space
from neuromanifold.geometry._voronoi._subset import AbstractSubset, LocalShape, Site
from neuromanifold.models import Model

_DIRECTIONS = 256
_SCALES = 10.0 ** np.arange(0, -4.5, -0.5)
_ENOUGH = 8
_SAME = 1e-6


def voronoi(
    model_or_curve: Model | AbstractSubset,
    point: Any,
    *,
    metric: Any = None,
    seed: int = 0,
) -> VoronoiCell:
    """The Voronoi cell {u ∈ ℝⁿ : ‖u − p‖ ≤ ‖u − q‖ for all q ∈ S} of p ∈ S, where ‖v‖² = vᵀQv.

    The cell of a smooth point lies in the normal space p + {v : ⟨v, w⟩ = 0 for all tangents w} and
    has its dimension. The cell of a singular or boundary point can be full-dimensional: the points
    with such a cell are nearest to random targets with positive probability.

    A full-dimensional cell is bounded by the envelope of the bisectors of p and q ∈ S and by
    bisectors of p and singular or boundary points. Their equations are found by interpolation
    modulo primes, and those are kept that random rays from inside the cell meet.

    Args:
        model_or_curve: S: a `ParametricCurve`, an `AlgebraicSet`, or a polynomial model, whose
            functions are points in the coordinates c₁, …, c_N of its `FunctionSpace`.
        point: p, as n numbers; for a model also a SymPy polynomial in x1, x2, …
        metric: Q, symmetric and positive semidefinite, of shape (n, n); by default the identity.
            With a semidefinite Q, points at distance 0 are told apart by nothing.
        seed: of all random choices.

    Raises:
        InvalidInputError: the point is not in S, or Q is not symmetric or not semidefinite.
        DegenerateMetricError: rank Q < dim S, so that critical points are not isolated.

    Examples:
        >>> from neuromanifold.geometry import ParametricCurve
        >>> cell = voronoi(ParametricCurve(["t^2", "t^3"]), [0, 0])
        >>> cell.dimension, cell.boundary_equation
        (2, 128*x**3 + 32*x**2 + 72*x*y**2 + 2*x + 27*y**4 + y**2)
        >>> bool(cell.contains([-1, 1])), bool(cell.contains([1, 1]))
        (True, False)
    """
    began = perf_counter()
    subset = _subset(model_or_curve)
    Q = Metric.of(metric, len(subset))
    if Q.rank < subset.dimension:
        raise DegenerateMetricError(
            f"metric has rank {Q.rank}, less than the dimension {subset.dimension} of the set, so "
            "critical points of the distance are not isolated; give a metric of larger rank."
        )
    site = subset.site(point)
    shape = subset.local_shape(site, Q)
    members, is_proved, inside = _members(subset, site, shape, Q, seed)
    dimension, kind = members, "certified" if is_proved else "numerical"
    if shape.dimension is not None:
        dimension, kind = shape.dimension, "exact" if shape.is_proved else "numerical"
    pieces, unexplained = (), 0.0
    if dimension == len(subset):
        pieces, unexplained = boundary_pieces(subset, site, Q, inside, seed)
    return VoronoiCell(
        subset=subset,
        site=site,
        metric=Q,
        point_kind=shape.kind,
        dimension=dimension,
        kind=kind if site.is_exact else "numerical",
        normals=shape.normals,
        pieces=pieces,
        unexplained=unexplained,
        ends=subset.interval_end(site, shape.normals[0], Q, seed)
        if len(shape.normals) == 1
        else None,
        inside=inside,
        seed=seed,
        seconds=perf_counter() - began,
    )


@singledispatch
def _subset(given: Any) -> AbstractSubset:
    raise InvalidInputError(
        f"voronoi got a {type(given).__name__}; give a Model, a ParametricCurve or an AlgebraicSet."
    )


@_subset.register
def _(given: AbstractSubset) -> AbstractSubset:
    return given


@_subset.register
def _(given: Model) -> AbstractSubset:
    return Neuromanifold.of(given)


def _members(
    subset: AbstractSubset, site: Site, shape: LocalShape, metric: Metric, seed: int
) -> tuple[int, bool, np.ndarray]:
    """The dimension of the hull of some targets in the cell, whether it is proved, and their mean.

    Directions in the normal space, and in its part that is orthogonal to all tangents, are tried at
    decreasing distances from p. As the cell is convex, the mean of some of its points lies in it.
    """
    point = floats(site.exact)
    k = len(shape.normals)
    if k == 0 or shape.dimension == 0:
        return 0, True, point
    directions = _directions(subset, site, shape, metric, seed)
    size = 1.0 + float(np.abs(point).max())
    best = np.zeros((0, len(point)))
    for scale in _SCALES * size:
        u = point + scale * directions
        apart = np.abs(subset.nearest(u, metric, seed) - point).max(axis=1)
        found = u[apart <= _SAME * size]
        best = found if len(found) > len(best) else best
        if len(best) >= _ENOUGH:
            break
    is_proved = shape.dimension is not None
    if not is_proved:
        answers = [subset.decide(site, dyadics(u), metric, seed) for u in best[-_ENOUGH:]]
        best = best[-_ENOUGH:][[answer.is_inside for answer in answers]]
        is_proved = all(a.kind != "numerical" for a in answers if a.is_inside)
    if not len(best):
        return 0, False, point
    spread = np.linalg.svd(best - point, compute_uv=False)
    rank = int(np.sum(spread > _SAME * spread[0]))
    return rank, is_proved and rank == k, best.mean(axis=0)


def _directions(
    subset: AbstractSubset, site: Site, shape: LocalShape, metric: Metric, seed: int
) -> np.ndarray:
    n = len(subset)
    tangents = [metric.dual(w) for w in subset.tangents(site)]
    spaces = [tuple(null_space(tangents, n))] if tangents else []
    rng = np.random.default_rng(seed)
    rows = []
    for space in (*spaces, shape.normals):
        if space:
            # An orthonormal basis, so that no direction is preferred.
            basis = np.linalg.qr(np.array([floats(v) for v in space]).T)[0].T
            rows.append(rng.standard_normal((_DIRECTIONS, len(basis))) @ basis)
    return np.concatenate(rows)
