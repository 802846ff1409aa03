"""Polyhedral start systems: as many paths as the mixed volume."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from neuromanifold import _core
from neuromanifold.continuation._binomial import binomial_logarithms
from neuromanifold.continuation._clusters import cluster
from neuromanifold.continuation._mixed_cells import MixedCells, mixed_cells
from neuromanifold.continuation._sparse import expanded, family
from neuromanifold.continuation._start_system import AbstractStart, Begun, require_trackable, stored
from neuromanifold.continuation._system import System
from neuromanifold.continuation._track import PathStatus, TrackerOptions
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import PolynomialMap

_BLOCK = 2**12
_FARTHEST = 14.0  # at the start of a ray the second largest term is e^-14 times the largest
_MOST_PATTERNS = 10_000
_CONVERGED = 1e-8
_NEARBY = 1e-3
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
    4
    """

    only_torus: bool = False

    def begin(self, system: System, rng: np.random.Generator, threads: int = 1) -> Begun:
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
        coefficient_sizes, sizes = _fitted_sizes(supports, target)
        generic = [_near(c, rng) for c in target]
        homotopy = family(supports)
        points = solve_generic(homotopy, cells, generic, threads) * sizes
        return Begun(
            homotopy,
            stored(points),
            n_paths,
            np.concatenate(generic) * coefficient_sizes,
            np.concatenate(target),
            sizes=sizes,
            name="polyhedral" + (", in the torus" if self.only_torus else ""),
        )


def solve_generic(
    homotopy: PolynomialMap,
    cells: MixedCells,
    coefficients: Sequence[np.ndarray],
    threads: int = 1,
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
        threads: of the path tracker.

    Returns:
        (mixed volume, n); NaN in rows that were lost.
    """
    c = np.concatenate(coefficients)
    points = np.full((cells.mixed_volume, len(cells.supports)), np.nan, np.complex128)
    begins = list(_begins(cells, coefficients))
    for options in (TrackerOptions.normal(), TrackerOptions.tight()):
        for rows, starts, rates in _blocks(begins, _unsettled(points)):
            points[rows] = _follow_rays(homotopy.tape, starts, rates, c, options, threads)
    points[_unsettled(points)] = np.nan
    return points


def _follow_rays(
    tape: _core.Tape,
    starts: np.ndarray,
    rates: np.ndarray,
    c: np.ndarray,
    options: TrackerOptions,
    threads: int,
) -> np.ndarray:
    """From t = 1 to t = 0 with the coefficients e^{−rate·t}·c; NaN where a path is lost."""
    begun = _core.newton(tape, starts, c * np.exp(-rates), tolerance=_CONVERGED)
    good = begun["converged"] & (begun["moved"] <= _NEARBY)
    ends = np.full(starts.shape, np.nan, np.complex128)
    # The ends are regular: the coefficients are generic.
    native = replace(options, endgame_start=0.0)._native()
    tracked = _core.track_rays(
        tape,
        begun["solutions"][good],
        rates[good].astype(np.complex128),
        c,
        options=native,
        threads=threads,
    )
    arrived = tracked["status"] == PathStatus.SUCCESS.code
    ends[np.flatnonzero(good)[arrived]] = tracked["solutions"][arrived]
    return ends


def excludes_zero_coordinates(supports: Sequence[np.ndarray]) -> bool:
    """Whether the monomials alone show that no coordinate of a solution is 0.

    Where the coordinates in a set Z vanish, and no others, an equation with exactly one monomial left
    cannot hold. The sets Z are searched coordinate by coordinate; False also means that the search was
    given up.

    >>> excludes_zero_coordinates([np.array([[1, 1], [0, 0]]), np.array([[1, 0], [0, 1]])])
    True
    >>> excludes_zero_coordinates([np.array([[0, 1], [1, 1]]), np.array([[2, 0], [0, 0]])])
    False
    """
    n = supports[0].shape[1]
    factors = [[sum(1 << j for j in range(n) if a[j]) for a in A.tolist()] for A in supports]
    waiting = [
        (0, 0, factors)
    ]  # coordinates decided, those of them in Z, monomials that may be left
    for _ in range(_MOST_PATTERNS):
        if not waiting:
            return True
        decided, vanishing, left = waiting.pop()
        nonzero = ((1 << decided) - 1) & ~vanishing
        if any(len(m) == 1 and m[0] & ~nonzero == 0 for m in left):
            continue
        if decided == n:
            if vanishing:
                return False
            continue
        bit = 1 << decided
        waiting.append((decided + 1, vanishing, left))
        without = [[m for m in monomials if not m & bit] for monomials in left]
        waiting.append((decided + 1, vanishing | bit, without))
    return False


def _with_origin(A: np.ndarray) -> np.ndarray:
    return A if (A == 0).all(axis=1).any() else np.vstack([A, np.zeros_like(A[:1])])


def _near(target: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random numbers of size about 1, at most a quarter turn away from the given ones that are not 0.

    So no coefficient comes close to 0 on its segment, where solutions would run off to infinity and back.
    """
    turns = rng.uniform(-0.25, 0.25, len(target))
    anywhere = rng.uniform(size=len(target))
    turns = np.where(target == 0, anywhere, turns + np.angle(target) / (2 * np.pi))
    return rng.uniform(0.9, 1.1, len(target)) * np.exp(2j * np.pi * turns)


def _fitted_sizes(
    supports: Sequence[np.ndarray], target: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The sizes e^{rᵢ + ⟨a, v⟩} that fit |c_ia| best where it is not 0, and the sizes e^{−v} of solutions.

    With coefficients of these sizes the start solutions are as large as those of F, whatever the
    units of its equations and variables.
    """
    n = len(supports)
    equation = np.repeat(np.arange(n), [len(A) for A in supports])
    design = np.hstack([np.eye(n)[equation], np.vstack(supports)])
    c = np.abs(np.concatenate(target))
    fit = np.linalg.lstsq(design[c > 0], np.log(c[c > 0]))[0]
    return np.exp(design @ fit), np.exp(-fit[n:])


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
