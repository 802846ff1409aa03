"""Whether a point of an algebraic set is a nearest one to a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rationals import Vector, difference, floats, to_float
from neuromanifold.geometry._voronoi._subset import Decision, Site

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._algebraic_set import AlgebraicSet

_SAME = 1e-7
_TIE = 1e-9


def set_decision(
    subset: AlgebraicSet, site: Site, target: Vector, metric: Metric, seed: int
) -> Decision:
    """Compare ‖u − p‖ with the distances of all critical points of all faces, in balls."""
    step = difference(target, site.exact)
    own = metric.squared_norm(step)
    tie = _TIE * to_float(own)
    here = floats(site.exact)
    closeness = _SAME * max(1.0, float(np.abs(here).max()))
    is_inside, is_certain = True, site.is_exact
    others: list[np.ndarray] = []
    for face in subset.faces:
        if face.dimension == 0:
            continue
        points, is_complete = face.distance(metric, seed).critical_points(target)
        is_certain &= is_complete
        for point in points:
            if not subset.holds(point.x[None])[0]:
                continue
            gap = point.squared_distance - own
            is_same = bool(np.linalg.norm(point.x - here) <= closeness)
            is_closer = point.is_proved and bool(gap < 0) and (site.is_exact or not is_same)
            if is_closer or not is_same:
                others.append(point.x)
            if is_closer:
                is_inside = False
            elif point.is_proved and gap > 0:
                continue
            elif is_same:
                is_certain &= len(subset) == 2 or face.is_critical(site.exact, step, metric)
            else:
                is_certain = False
                is_inside &= float(gap.mid()) >= -tie
    for special in subset.special_sites():
        q = floats(special.exact)
        if np.linalg.norm(q - here) <= closeness:
            continue
        others.append(q)
        off = difference(target, special.exact)
        gap = metric.squared_norm(off) - own
        is_proved = special.is_exact and site.is_exact
        is_certain &= is_proved
        is_inside &= bool(gap >= 0) if is_proved else to_float(gap) >= -tie
    best = _closest(others, floats(target), metric)
    return Decision(bool(is_inside), "certified" if is_certain else "numerical", best)


def _closest(points: list[np.ndarray], u: np.ndarray, metric: Metric) -> np.ndarray | None:
    if not points:
        return None
    return points[int(metric.squared_norms(np.array(points) - u).argmin())]
