"""Where a normal line of an algebraic set leaves a Voronoi cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neuromanifold.continuation import System, solve
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rationals import (
    Vector,
    difference,
    floats,
    null_space,
    to_float,
)
from neuromanifold.geometry._voronoi._set_faces import Face
from neuromanifold.geometry._voronoi._subset import IntervalEnd, Site
from neuromanifold.rings import dot, jacobian

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._algebraic_set import AlgebraicSet

_SAME = 1e-9


def set_interval(
    subset: AlgebraicSet, site: Site, normal: Vector, metric: Metric, seed: int
) -> tuple[IntervalEnd, IntervalEnd]:
    """The first s < 0 and s > 0 at which another point is as close to p + s·ν as p.

    Such a point q is critical on a face, ‖q − p‖² = 2s⟨ν, q − p⟩, and ⟨ν, q − p⟩ ≠ 0. As q
    comes close to p, s tends to a radius of curvature.
    """
    bounds = _curvature(subset, site, normal, metric)
    for face in subset.faces:
        if face.dimension > 0:
            bounds += _ties(subset, face, site, normal, metric, seed)
    for special in subset.special_sites():
        step = difference(special.exact, site.exact)
        slope = metric.product(normal, step)
        if slope != 0:
            s = metric.squared_norm(step) / (2 * slope)
            kind = "exact" if special.is_exact and site.is_exact else "numerical"
            bounds.append(IntervalEnd(to_float(s), 0.0, floats(special.exact), kind))
    lower = [bound for bound in bounds if bound.s < 0]
    upper = [bound for bound in bounds if bound.s > 0]
    return (
        max(lower, key=lambda e: e.s, default=IntervalEnd(-np.inf, 0.0, None, "numerical")),
        min(upper, key=lambda e: e.s, default=IntervalEnd(np.inf, 0.0, None, "numerical")),
    )


def _ties(
    subset: AlgebraicSet,
    face: Face,
    site: Site,
    normal: Vector,
    metric: Metric,
    seed: int,
) -> list[IntervalEnd]:
    n = len(subset)
    circuit = face.equations[0].circuit
    x = subset.inputs
    multipliers = circuit.inputs(len(face.equations))
    s, w = circuit.inputs(2)
    step = [x[i] - site.exact[i] for i in range(n)]
    dual = [dot(step, [metric.exact[i, j] for j in range(n)], circuit) for i in range(n)]
    slope = dot(dual, list(normal), circuit)
    pull = metric.dual(normal)
    stationary = [
        dual[i] - pull[i] * s - dot(multipliers, [row[i] for row in face.jacobian], circuit)
        for i in range(n)
    ]
    equations = [
        *face.equations,
        *stationary,
        dot(step, dual, circuit) - 2 * s * slope,
        w * slope - 1,
    ]
    result = solve(System(equations, [*x, *multipliers, s, w]), seed=seed)
    found = []
    for solution in result.real:
        q = solution.x[:n].real
        if subset.holds(q[None])[0]:
            proof = solution.certificate
            radius = proof.radii[-2] if proof is not None and proof.is_certified else 0.0
            kind = "certified" if solution.is_certified and site.is_exact else "numerical"
            found.append(IntervalEnd(float(solution.x[-2].real), radius, q, kind))
    return found


def _curvature(
    subset: AlgebraicSet, site: Site, normal: Vector, metric: Metric
) -> list[IntervalEnd]:
    """s at which ‖x − p − sν‖² has a degenerate Hessian on S at p.

    With Qν = Σ λᵢ∇Fᵢ(p), the Hessian on the tangent space T is ⟨·, ·⟩ + s·Σ λᵢ F″ᵢ(p).
    """
    base = Face(subset, ())
    gradients = base.gradients(site.exact)
    T = np.array([floats(v) for v in null_space(gradients, len(subset))])
    rows = np.array([floats(g) for g in gradients])
    multipliers = np.linalg.lstsq(rows.T, floats(metric.dual(normal)), rcond=None)[0]
    curvature = np.zeros((len(subset), len(subset)))
    for weight, row in zip(multipliers, base.jacobian, strict=True):
        second = [entry for line in jacobian(row, subset.inputs) for entry in line]
        values = floats(tuple(subset.values(second, site.exact)))
        curvature += weight * values.reshape(curvature.shape)
    first = T @ metric.array @ T.T
    slopes = np.linalg.eigvals(np.linalg.pinv(first) @ (T @ curvature @ T.T)).real
    point = floats(site.exact)
    return [
        IntervalEnd(float(-1 / slope), abs(1e-12 / slope), point, "numerical")
        for slope in slopes
        if abs(slope) > _SAME
    ]
