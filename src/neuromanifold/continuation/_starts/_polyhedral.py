"""Polyhedral start systems: as many paths as the mixed volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from neuromanifold import _core
from neuromanifold.continuation._paths._clusters import cluster
from neuromanifold.continuation._paths._track import PathStatus, TrackerOptions
from neuromanifold.continuation._starts._binomial import BinomialSystems
from neuromanifold.continuation._starts._mixed_cells import MixedCells, mixed_cells
from neuromanifold.continuation._starts._parameter_homotopy import ladder
from neuromanifold.continuation._starts._start_system import (
    MOST_PATHS,
    AbstractStart,
    Begun,
    stored,
)
from neuromanifold.continuation._systems._sparse import expanded_in_doubles, family
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import PolynomialMap

_BLOCK = 2**12
_FEW = 2**14  # start solutions that are kept
_FARTHEST = 14.0  # at the start of a ray the second largest term is e^-14 times the largest
_MOST_PATTERNS = 10_000
_SAME = 1e-9
_ROUNDING = 1e-15


@dataclass(frozen=True)
class Polyhedral(AbstractStart):
    """H = Σ_a c_a(t)·x^a: all coefficients move from generic ones to those of F.

    A system with generic coefficients on the supports Aᵢ has as many solutions in (C∖0)ⁿ as the mixed
    volume of the Newton polytopes conv(Aᵢ) (Bernstein). They come from the mixed cells of a random
    lifting ω: with coefficients c_a·e^{−s·ω(a)}, each cell of volume v becomes a binomial system with
    v solutions as s grows, and these are followed back to s = 0. For solutions with zero
    coordinates the origin is added to the supports, unless no such solutions can exist because
    some equation would keep a single term; then there are as many paths as the mixed volume of the
    supports with the origin. Where coefficients of F are much larger or smaller than those of its
    generic neighbour, the way leads through stops between them.

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
        polynomials = expanded_in_doubles(system, accuracy=_ROUNDING)
        given = [p.exponents for p in polynomials]
        torus = self.only_torus or excludes_zero_coordinates(given)
        supports = given if torus else [with_origin(A) for A in given]
        cells = mixed_cells(supports, rng, most_volume=MOST_PATHS)
        n_paths = cells.mixed_volume
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
        solutions = GenericSolutions(homotopy, cells, generic, threads)
        begin, end = np.concatenate(generic) * coefficient_sizes, np.concatenate(target)
        return Begun(
            homotopy,
            stored(solutions(np.arange(n_paths)) * sizes)
            if n_paths <= _FEW
            else lambda numbers: solutions(numbers) * sizes,
            n_paths,
            begin,
            end,
            ladder(begin, end, len(end), rng),
            sizes=sizes,
            block=_BLOCK,
            name="polyhedral" + (", in the torus" if self.only_torus else ""),
        )


class GenericSolutions:
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
    """

    def __init__(
        self,
        homotopy: PolynomialMap,
        cells: MixedCells,
        coefficients: Sequence[np.ndarray],
        threads: int = 1,
    ) -> None:
        self._tape = homotopy.tape
        self._cells = cells
        self._coefficients = coefficients
        self._threads = threads
        self._ends = np.cumsum([0, *map(int, cells.volumes)])

    def __len__(self) -> int:
        return int(self._ends[-1])

    def __call__(self, numbers: np.ndarray) -> np.ndarray:
        """Solutions (B, n) by number; NaN in rows that were lost.

        Raises:
            KeyboardInterrupt: Ctrl-C stopped the tracking.
        """
        points = np.full((len(numbers), len(self._coefficients)), np.nan, np.complex128)
        rows = np.arange(len(numbers))
        for options in (TrackerOptions.normal(), TrackerOptions.tight()):
            for first in range(0, len(rows), _BLOCK):
                block = rows[first : first + _BLOCK]
                points[block] = self._follow(*self._begin(numbers[block]), options)
            rows = np.flatnonzero(_unsettled(points)) if len(rows) else rows
        points[rows] = np.nan
        return points

    def _begin(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Solutions of the binomial systems, (B, n), and rates, which are 0 or at least 14: (B, M)."""
        cells, position = np.unique(
            np.searchsorted(self._ends, numbers, side="right") - 1, return_inverse=True
        )
        heights = np.hstack(
            [self._cells.heights(i, cells) for i in range(len(self._coefficients))]
        ).astype(np.float64)
        positive = np.where(heights > 0, heights, np.inf).min(axis=1, keepdims=True)
        rates = heights * np.where(np.isfinite(positive), _FARTHEST / positive, 0.0)
        constants = np.empty((len(cells), len(self._coefficients)), np.complex128)
        for i, c in enumerate(self._coefficients):
            a, b = self._cells.points[cells, i].T
            constants[:, i] = -c[b] / c[a]
        systems = BinomialSystems(self._cells.edges_of(cells), constants)
        starts = np.exp(systems.logarithms(position, numbers - self._ends[cells[position]]))
        return starts, rates[position]

    def _follow(self, starts: np.ndarray, rates: np.ndarray, options: TrackerOptions) -> np.ndarray:
        """From t = 1 to t = 0 with the coefficients e^{−rate·t}·c; NaN where a path is lost."""
        # The ends are regular: the coefficients are generic.
        native = replace(options, endgame_start=0.0)._native()
        tracked = _core.track_rays(
            self._tape,
            starts,
            rates.astype(np.complex128),
            np.concatenate(self._coefficients),
            options=native,
            threads=self._threads,
        )
        ends = tracked["solutions"]
        ends[tracked["status"] != PathStatus.SUCCESS.code] = np.nan
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


def with_origin(A: np.ndarray) -> np.ndarray:
    """A support and the point 0."""
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


def _unsettled(points: np.ndarray) -> np.ndarray:
    """Rows that are missing, or equal to another one: the solutions of a generic system are simple."""
    found = np.flatnonzero(np.isfinite(points).all(axis=1))
    unsettled = np.ones(len(points), bool)
    if len(found):
        radii = _SAME * np.abs(points[found]).max(axis=1)
        labels = cluster(points[found], radii)
        unsettled[found] = np.bincount(labels)[labels] > 1
    return unsettled
