"""Equations of the boundary of a full-dimensional Voronoi cell."""

from __future__ import annotations

from functools import partial
from math import gcd, lcm

import numpy as np
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuromanifold.errors import TooLargeError
from neuromanifold.geometry._interpolation import hypersurface
from neuromanifold.geometry._voronoi._boundary_piece import BoundaryPiece
from neuromanifold.geometry._voronoi._float_polynomial import FloatPolynomial
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rationals import Vector, difference, floats
from neuromanifold.geometry._voronoi._rays import ray_exits
from neuromanifold.geometry._voronoi._subset import AbstractSubset, Site

_RAYS = 256
# Critical points close to a singular point are badly conditioned, so rays end a little too late.
_ON = 1e-3

ENVELOPE = "envelope of bisectors"
BISECTOR = "bisector"
NORMAL = "normal line"


def boundary_pieces(
    subset: AbstractSubset, site: Site, metric: Metric, inside: np.ndarray, seed: int
) -> tuple[tuple[BoundaryPiece, ...], float]:
    """The hypersurfaces that random rays from inside cross when they leave the cell.

    Returns:
        The pieces, by decreasing share of the rays, and the share of rays that meet none.
    """
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((_RAYS, len(subset)))
    points = ray_exits(subset, floats(site.exact), metric, inside, directions, seed).points
    if not len(points):
        return (), 0.0
    if not site.is_exact:
        return (), 1.0
    candidates = _candidates(subset, site, metric, rng)
    if not candidates:
        return (), 1.0
    errors = np.stack([FloatPolynomial.of(f).distances(points) for f, _ in candidates], axis=1)
    meets = errors <= _ON * (1 + np.abs(points).max(axis=1))[:, None]
    unmet = np.ones(len(points), bool)
    pieces = []
    # Pieces that touch are met by the same rays: the fewest that explain all rays are kept.
    while np.any(counts := np.sum(meets & unmet[:, None], axis=0)):
        f, kind = candidates[chosen := int(counts.argmax())]
        pieces.append(BoundaryPiece(f, kind, float(counts[chosen]) / len(points)))
        unmet &= ~meets[:, chosen]
    return tuple(pieces), float(np.mean(unmet))


def _candidates(
    subset: AbstractSubset, site: Site, metric: Metric, rng: np.random.Generator
) -> list[tuple[fmpq_mpoly, str]]:
    found: list[tuple[fmpq_mpoly, str]] = []
    try:
        envelope = hypersurface(
            partial(subset.envelope, site, metric),
            subset.coordinates,
            rng,
        )
    except TooLargeError:
        envelope = None
    if envelope is not None:
        found += [(factor, ENVELOPE) for factor, _ in envelope.factor()[1]]
    for other in subset.special_sites():
        if other.is_exact and other.exact != site.exact:
            step = difference(other.exact, site.exact)
            half = metric.squared_norm(step) / 2
            found.append((_plane(subset, site, metric.dual(step), half), BISECTOR))
    for tangent in subset.tangents(site):
        found.append((_plane(subset, site, metric.dual(tangent), fmpq(0)), NORMAL))
    return found


def _plane(subset: AbstractSubset, site: Site, normal: Vector, level: fmpq) -> fmpq_mpoly:
    """normal·(x − p) − level, with coprime integer coefficients."""
    constant = -level - sum((a * p for a, p in zip(normal, site.exact, strict=True)), fmpq(0))
    numbers = [*normal, constant]
    below = lcm(*(int(x.q) for x in numbers))
    integers = [int((x * below).p) for x in numbers]
    common = gcd(*integers) * (1 if next(x for x in integers if x) > 0 else -1)
    context = fmpq_mpoly_ctx.get(subset.coordinates, "degrevlex")
    n = len(normal)
    rows = [tuple(int(i == j) for j in range(n)) for i in range(n)] + [(0,) * n]
    return context.from_dict({row: x // common for row, x in zip(rows, integers, strict=True) if x})
