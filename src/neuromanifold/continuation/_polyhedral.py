"""Polyhedral start systems: as many paths as the mixed volume."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from neuromanifold.continuation._binomial import binomial_logarithms
from neuromanifold.continuation._clusters import cluster
from neuromanifold.continuation._mixed_cells import MixedCells, mixed_cells
from neuromanifold.continuation._sparse import expanded, family
from neuromanifold.continuation._start_system import AbstractStart, Begun, require_trackable, stored
from neuromanifold.continuation._system import System
from neuromanifold.continuation._track import TrackerOptions, track
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import PolynomialMap

_BLOCK = 2**12
_FARTHEST = 14.0  # at the start of a ray the second largest term is e^-14 times the largest
_MOST_PATTERNS = 2**16
_SAME = 1e-9


@dataclass(frozen=True)
class Polyhedral(AbstractStart):
    """H = Σ_a c_a(t)·x^a: all coefficients move from generic ones to those of F.

    A system with generic coefficients on the supports Aᵢ has as many solutions in (C∖0)ⁿ as the mixed
    volume of the Newton polytopes conv(Aᵢ) (Bernstein). They come from the mixed cells of a random
    lifting ω: with coefficients c_a·e^{−s·ω(a)}, each cell of volume v becomes a binomial system with
    v solutions as s grows, and these are followed back to s = 0. For solutions with zero
    coordinates the origin is added to the supports, unless no such solutions can exist because
    some equation would keep a single term; then there are as many paths as the mixed volume of the
    supports with the origin.

    Args:
        only_torus: look for solutions in (C∖0)ⁿ only.

    Source: B. Huber, B. Sturmfels, A polyhedral method for solving sparse polynomial systems, 1995;
    T.-Y. Li, X. Wang, The BKK root count in Cⁿ, 1996.

    >>> from neuromanifold.continuation import System
    >>> system = System(["x^2*y - 1", "x*y^2 + x - 3"])
    >>> Polyhedral().begin(system, np.random.default_rng(0)).n_paths  # total degree: 9
    3
    """

    only_torus: bool = False

    def begin(self, system: System, rng: np.random.Generator) -> Begun:
        polynomials = expanded(system)
        given = [p.exponents for p in polynomials]
        torus = self.only_torus or excludes_zero_coordinates(given)
        supports = given if torus else [_with_origin(A) for A in given]
        cells = mixed_cells(supports, rng)
        n_paths = cells.mixed_volume
        require_trackable(n_paths, "The polyhedral start", "solve with start=TotalDegree()")
        if n_paths == 0:
            raise InvalidInputError(
                "The mixed volume of the supports is 0: a generic system with these monomials has no "
                "isolated solutions; solve with start=TotalDegree()."
            )
        # The added origins have the coefficient 0 in F.
        target = [
            np.append(p.coefficients, np.zeros(len(A) - len(p.exponents)))
            for p, A in zip(polynomials, supports, strict=True)
        ]
        generic = [_generic(len(c), float(np.abs(c).max()), rng) for c in target]
        homotopy = family(supports)
        points = solve_generic(homotopy, cells, generic)
        return Begun(
            homotopy,
            stored(points),
            n_paths,
            np.concatenate(generic),
            np.concatenate(target),
            name="polyhedral" + (", in the torus" if self.only_torus else ""),
        )


def solve_generic(
    homotopy: PolynomialMap, cells: MixedCells, coefficients: Sequence[np.ndarray]
) -> np.ndarray:
    """All solutions in (C∖0)ⁿ of F(x; c) for generic c, along the rays of the cells' lifting.

    In the coordinates x·e^{sβ} of a cell its path has the coefficients c_a·e^{−s·h(a)} with h = 0 at the
    cell's own points and h > 0 elsewhere: a homotopy that starts at the cell's binomial system. Every
    cell takes its own unit of s, so that all start equally far out. Paths that fail or that end where
    another one does are followed again, more carefully.

    Args:
        homotopy: F with all coefficients as parameters.
        cells: of the supports of F.
        coefficients: c, one array for each support.

    Returns:
        (mixed volume, n); NaN in rows that were lost.
    """
    c = np.concatenate(coefficients)
    n_paths = cells.mixed_volume
    points = np.full((n_paths, len(cells.supports)), np.nan, np.complex128)
    begins = list(_begins(cells, coefficients))
    for options in (TrackerOptions.normal(), TrackerOptions.tight()):
        again = _unsettled(points)
        for rows, starts, rates in _blocks(begins, again):
            batch = track(
                homotopy.tape, starts, c * np.exp(-rates), c, rates=rates, options=options
            )
            points[rows] = np.where(batch.success[:, None], batch.solutions, np.nan)
    points[_unsettled(points)] = np.nan
    return points


def excludes_zero_coordinates(supports: Sequence[np.ndarray]) -> bool:
    """Whether the monomials alone show that no coordinate of a solution is 0.

    Where the coordinates in a set Z vanish, and no others, an equation with exactly one monomial left
    cannot hold. False also means that there are too many sets Z to look at.

    >>> excludes_zero_coordinates([np.array([[1, 1], [0, 0]]), np.array([[1, 0], [0, 1]])])
    True
    >>> excludes_zero_coordinates([np.array([[0, 1], [1, 1]]), np.array([[2, 0], [0, 0]])])
    False
    """
    n = supports[0].shape[1]
    if 2**n > _MOST_PATTERNS:
        return False
    vanishing = np.arange(1, 2**n)
    possible = np.ones(len(vanishing), bool)
    for A in supports:
        factors = (A > 0) @ (1 << np.arange(n))
        left = ((vanishing[:, None] & factors) == 0).sum(axis=1)
        possible &= left != 1
    return not possible.any()


def _with_origin(A: np.ndarray) -> np.ndarray:
    return A if (A == 0).all(axis=1).any() else np.vstack([A, np.zeros_like(A[:1])])


def _generic(size: int, scale: float, rng: np.random.Generator) -> np.ndarray:
    """Random coefficients of about the given size."""
    return scale * rng.uniform(0.9, 1.1, size) * np.exp(2j * np.pi * rng.uniform(size=size))


@dataclass(frozen=True, eq=False)
class _Begin:
    """The paths of one cell."""

    starts: np.ndarray
    rates: np.ndarray


def _begins(cells: MixedCells, coefficients: Sequence[np.ndarray]) -> Iterator[_Begin]:
    """For each cell the solutions of its binomial system, and rates that are 0 or at least 14."""
    heights = np.hstack([cells.heights(i) for i in range(len(cells.supports))]).astype(np.float64)
    positive = np.where(heights > 0, heights, np.inf).min(axis=1, keepdims=True)
    rates = heights * np.where(np.isfinite(positive), _FARTHEST / positive, 0.0)
    for edges, points, row in zip(cells.edges, cells.points, rates, strict=True):
        constants = [-c[b] / c[a] for c, (a, b) in zip(coefficients, points, strict=True)]
        yield _Begin(np.exp(binomial_logarithms(edges, constants)), row)


def _blocks(
    begins: Sequence[_Begin], wanted: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Row numbers, start points and rates of the wanted paths, not too many at once."""
    ends = np.cumsum([0, *(len(begin.starts) for begin in begins)])
    rows = np.flatnonzero(wanted)
    for first, last in pairwise([*range(0, len(rows), _BLOCK), len(rows)]):
        block = rows[first:last]
        cell = np.searchsorted(ends, block, side="right") - 1
        starts = [begins[k].starts[row - ends[k]] for k, row in zip(cell, block, strict=True)]
        yield block, np.array(starts), np.array([begins[k].rates for k in cell])


def _unsettled(points: np.ndarray) -> np.ndarray:
    """Rows that are missing, or equal to another one: the solutions of a generic system are simple."""
    found = np.flatnonzero(np.isfinite(points).all(axis=1))
    unsettled = np.ones(len(points), bool)
    if len(found):
        radii = _SAME * np.abs(points[found]).max(axis=1)
        labels = cluster(points[found], radii)
        unsettled[found] = np.bincount(labels)[labels] > 1
    return unsettled
