"""Targets at which a bisector touches a hypersurface, modulo primes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from flint import nmod_poly

from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rationals import residue
from neuromanifold.geometry._voronoi._subset import Site
from neuromanifold.rings import Evaluator, Residues

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._algebraic_set import AlgebraicSet


def set_envelope(
    subset: AlgebraicSet,
    site: Site,
    metric: Metric,
    count: int,
    p: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """For one equation F and random q on it over F_p: u = q + λ·Q⁻¹∇F(q).

    ‖u − q‖² = ‖u − site‖² makes λ = −‖q − site‖²/(2∇F(q)·(q − site)).
    """
    n = len(subset)
    if len(subset.equations) != 1 or metric.rank < n:
        return np.zeros((0, n), np.int64)
    q = _points(subset, count, p, rng)
    if not len(q):
        return q
    inverse = metric.exact.inv()
    inputs = {x: Residues(q[:, i], p) for i, x in enumerate(subset.inputs)}
    gradient = Evaluator(subset.faces[0].jacobian[0])(inputs, lambda c: Residues.of_rational(c, p))
    gradient = [Residues(np.broadcast_to(g.values, len(q)), p) for g in gradient]
    D = [Residues(q[:, i], p) - Residues.of_rational(x, p) for i, x in enumerate(site.exact)]
    zero = Residues(np.zeros(len(q), np.int64), p)
    norm, slope = zero, zero
    for i in range(n):
        slope = slope + gradient[i] * D[i]
        for j in range(n):
            norm = norm + Residues.of_rational(metric.exact[i, j], p) * D[i] * D[j]
    usable = slope.values != 0
    factor = -norm / (slope + slope)
    columns = []
    for i in range(n):
        value = Residues(q[:, i], p)
        for j in range(n):
            value = value + Residues.of_rational(inverse[i, j], p) * factor * gradient[j]
        columns.append(value.values)
    return np.stack(columns, axis=1)[usable]


def _points(subset: AlgebraicSet, count: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Random points of the hypersurface over F_p: all coordinates but the last are random."""
    n = len(subset)
    found: list[list[int]] = []
    for _ in range(8 * count):
        head = [int(x) for x in rng.integers(0, p, n - 1)]
        inputs = {x: nmod_poly([v], p) for x, v in zip(subset.inputs[:-1], head, strict=True)}
        inputs[subset.inputs[-1]] = nmod_poly([0, 1], p)
        f = Evaluator(subset.equations)(inputs, lambda c: nmod_poly([residue(c, p)], p))[0]
        if f.degree() > 0:
            found += [
                [*head, -int(g[0]) * pow(int(g[1]), -1, p) % p]
                for g, _ in f.factor()[1]
                if g.degree() == 1
            ]
        if len(found) >= count:
            break
    return np.array(found[:count], np.int64).reshape(-1, n)
