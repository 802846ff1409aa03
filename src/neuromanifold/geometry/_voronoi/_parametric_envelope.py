"""Targets at which a bisector touches a parametrized set, modulo primes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from flint import fmpq, fmpq_poly, nmod_mat

from neuromanifold.geometry._voronoi._curve_bisector import Bisector
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rationals import residue
from neuromanifold.geometry._voronoi._subset import Site
from neuromanifold.rings import Evaluator, Node, PolynomialMap, Residues

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._curve import ParametricCurve


def curve_envelope(
    curve: ParametricCurve,
    site: Site,
    metric: Metric,
    count: int,
    p: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Random u over F_p with G_v(t) = G_v′(t) = 0 for a random t, where v = u − site."""
    bisector = Bisector.of(curve, site, metric)
    forms = [bisector.A, *bisector.B]
    slopes = [f.derivative() for f in forms]
    n = len(bisector.B)
    found = []
    for _ in range(4 * count):
        t = int(rng.integers(1, p))
        conditions = []
        for functions in (forms, slopes):
            a, *b = (_value(f, t, p) for f in functions)
            conditions.append([*(2 * x for x in b), a])
        v = _random_solution(conditions, n, p, rng)
        if v is not None:
            found.append(v)
        if len(found) == count:
            break
    return _moved(found, site, p)


def image_envelope(
    F: PolynomialMap,
    dimension: int,
    site: Site,
    metric: Metric,
    count: int,
    p: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Random u over F_p with ⟨v, ∂F⟩ = ⟨D, ∂F⟩ and 2⟨v, D⟩ = ⟨D, D⟩ for D = F(θ) − site at a random θ.

    Here v = u − site. There are dim + 1 conditions, none if the image is all of the space.
    """
    n, P = len(F.outputs), len(F.variables)
    if dimension + 1 > n:
        return np.zeros((0, n), np.int64)
    theta = rng.integers(1, p, (count, P))
    entries = [*F.outputs, *(entry for row in F.derivative for entry in row)]
    table = values_modulo(entries, F.variables, theta, p).tolist()
    shift = [residue(x, p) for x in site.exact]
    Q = nmod_mat(n, n, [residue(x, p) for x in metric.exact.entries()], p)
    found = []
    for row in table:
        D = nmod_mat(n, 1, [(x - s) % p for x, s in zip(row[:n], shift, strict=True)], p)
        J = nmod_mat(n, P, row[n:], p)
        mixing = nmod_mat(P, dimension, rng.integers(0, p, P * dimension).tolist(), p)
        tangents, last = (J * mixing).transpose() * Q, D.transpose() * Q
        rows = [*tangents.tolist(), *(2 * last).tolist()]
        right = [*(tangents * D).entries(), *(last * D).entries()]
        conditions = [[*map(int, a), int(b)] for a, b in zip(rows, right, strict=True)]
        v = _random_solution(conditions, n, p, rng)
        if v is not None:
            found.append(v)
    return _moved(found, site, p)


def values_modulo(
    nodes: list[Node], variables: tuple[Node, ...], points: np.ndarray, p: int
) -> np.ndarray:
    """Polynomials at points (B, P) over F_p, shape (B, number of polynomials)."""
    inputs = {x: Residues(points[:, i], p) for i, x in enumerate(variables)}
    values = Evaluator(nodes)(inputs, lambda c: Residues.of_rational(c, p))
    return np.stack([np.broadcast_to(v.values, len(points)) for v in values], axis=1)


def _random_solution(
    conditions: list[list[int]], n: int, p: int, rng: np.random.Generator
) -> list[int] | None:
    """A random v over F_p with a·v = b for all rows (a, b), where further random rows make it unique."""
    rows = conditions + rng.integers(0, p, (n - len(conditions), n + 1)).tolist()
    left = nmod_mat(n, n, [x for row in rows for x in row[:-1]], p)
    try:
        v = left.solve(nmod_mat(n, 1, [row[-1] for row in rows], p))
    except ZeroDivisionError:
        return None
    return [int(x) for x in v.entries()]


def _moved(steps: list[list[int]], site: Site, p: int) -> np.ndarray:
    """The points site + v."""
    n = len(site.exact)
    shift = np.array([residue(x, p) for x in site.exact], np.int64)
    return (np.array(steps, np.int64).reshape(-1, n) + shift) % p


def _value(f: fmpq_poly, t: int, p: int) -> int:
    value = 0
    for c in reversed(f.coeffs()):
        value = (value * t + residue(fmpq(c), p)) % p
    return value
