"""A trace test whose second cut involves few coordinates, and few parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from neuromanifold.continuation._monodromy._bilinear_cut import (
    BilinearCut,
    Trace,
    median,
    on_form,
    on_target,
    random_constant,
)
from neuromanifold.continuation._monodromy._galois import orbits
from neuromanifold.continuation._monodromy._linear_family import LinearFamily
from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.continuation._monodromy._walk import LoopWalk, MonodromyOptions, walk_loops
from neuromanifold.continuation._paths._track import track
from neuromanifold.continuation._random import complex_gaussian

_ATTEMPTS = 3
_PATIENCE = 2
_SEPARATED = 1e-8
_ARRIVING = 0.8


class PartialTraceTest:
    """The bilinear trace test with a linear form u = ℓ(μ) in some coordinates of μ only.

    C = {(x, t) : F(x; a + t·v, q) = 0} may be any curve with n points over t = 0, among them the k
    known ones; only they and the m known points with u = κ are used. For general a and κ,

    1.  the sums of t and u over all points with t·(u − κ) = s are affine in s. They have poles only
        where t or u have, and there t·(u − κ) has poles of at least that order;
    2.  if C is irreducible and (t, u) separates its points, the sum of t is affine for no other
        non-empty set of points. The second derivative at s = 0 is −2σ/(u − κ)³ for a point of t = 0,
        σ = du/dt, and as κ approaches u only the point of u = κ that comes near has a term that
        cancels this pole. So with one of the two points the set contains the other. As κ may come
        along any path and loops of κ permute the points of u = κ transitively, it contains all;
    3.  so if the trace closes, if loops of v and κ join all known solutions, and if no two of them
        have the same u, they are a system of representatives of the solutions on one component of
        C, taken modulo equal (t, u). Components of C and classes of equal u are blocks of the
        Galois group of the family, thus of equal size, so that k divides n.

    Hence a closed trace proves n = k as soon as k > n/2 is known. With too special an ℓ, or a line of
    parameters that decomposes the family, k ≤ n/2 happens, and then every other path of a random
    loop leads from a known solution to an unknown one.

    Args:
        family: F with μ; `start_pair` is not used.
        coordinates: those of μ that ℓ involves.

    Source: the multihomogeneous trace test of Leykin, Rodriguez and Sottile, Trace test, 2018; the
    weaker condition on ℓ and its proof are this library's own.
    """

    def __init__(self, family: LinearFamily, coordinates: np.ndarray) -> None:
        self._family = family
        self._cut = BilinearCut(family)
        self._coordinates = coordinates
        self._second: PointSet | None = None
        self._open_at: tuple[int, int] | None = None

    def estimate(
        self,
        solutions: PointSet,
        linear: np.ndarray,
        n_probes: int,
        *,
        rng: np.random.Generator,
        options: MonodromyOptions,
    ) -> float:
        """About how many points the second cut has; infinite where it is of no use.

        Some solutions are moved to it. If r arrive and c of these pairs of paths have the same end,
        it has about r(r − 1)/(2c) points.

        Args:
            solutions: known solutions.
            linear: h, which becomes a.
            n_probes: how many solutions are moved.
            rng: the source of all randomness.
            options: how to track.
        """
        self._start(solutions, linear, rng)
        if not self._separates(solutions):
            return np.inf
        which = rng.permutation(len(solutions))[:n_probes]
        ends, _ = self._spread(solutions.points[which], rng, options)
        if len(ends) < _ARRIVING * len(which):
            return np.inf
        places = self._empty().place(ends, self._cut.compared(ends, self._parameters))
        sizes = np.bincount(places)
        pairs = float(np.sum(sizes * (sizes - 1)) / 2)
        # Half a pair more keeps few probes from claiming infinity.
        return len(ends) * (len(ends) - 1) / 2 / (pairs + 0.5)

    def run(
        self,
        solutions: PointSet,
        linear: np.ndarray,
        *,
        rng: np.random.Generator,
        options: MonodromyOptions,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Trace:
        """Whether `solutions` are all solutions at h = `linear`, or at most half of them.

        Points of the second cut start from the solutions and are completed by monodromy. They are
        kept, so that calling again goes on from there. The trace is abandoned when the form does
        not separate, or does not join, all solutions.

        Args:
            solutions: the solutions to test, identified by their image.
            linear: h, which becomes a.
            rng: the source of all randomness.
            options: when the monodromy on the second cut stops.
            on_progress: called with (loops walked, points of the second cut known).
        """
        if self._second is not None and self._open_at == (len(solutions), len(self._second)):
            self._second = None  # nothing new on either side: try another line and another cut
        known = 0
        for attempt in range(_ATTEMPTS):
            if self._second is None:
                self._start(solutions, linear, rng)
                self._second = self._empty()
            if not self._separates(solutions):
                break
            wider = replace(options, quiet_loops=options.quiet_loops << attempt, patience=_PATIENCE)
            walk, is_joined = self._walk(solutions, self._second, rng, wider, on_progress)
            known = len(self._second)
            if walk is None or walk.is_interrupted:
                return Trace(np.inf, known, True)
            times = self._cut.values(self._second.points, self._parameters)[:, -1:]
            if not _is_within(options, self._second) or not _are_distinct(times):
                break
            if known < walk.graph.n_known:
                self._second = None  # some point of this cut cannot be reached: try another one
            elif is_joined:
                return self._close(solutions, rng, options)
        return Trace(np.inf, known, False, is_abandoned=True)

    def _walk(
        self,
        solutions: PointSet,
        second: PointSet,
        rng: np.random.Generator,
        options: MonodromyOptions,
        on_progress: Callable[[int, int], None] | None,
    ) -> tuple[LoopWalk | None, bool]:
        """Complete the second cut; whether paths of C join all solutions. No walk: interrupted."""
        cut, family = self._cut, self._family
        places = np.full(len(solutions), -1)
        for detours in range(_ATTEMPTS):
            left = np.flatnonzero(places < 0)
            if not len(left):
                break
            ends, arrived = self._spread(solutions.points[left], rng, options, detours)
            if arrived is None:
                return None, False
            places[left[arrived]] = second.place(ends, cut.compared(ends, self._parameters))

        def sample_cut(generator: np.random.Generator) -> np.ndarray:
            a, v = family.sample(generator), family.sample(generator)
            return cut.parameters(a, v, self._form, self._constant(generator))

        walk = walk_loops(
            cut.system,
            second,
            self._parameters,
            image=cut.compared,
            sample=sample_cut,
            rng=rng,
            options=options,
            on_progress=on_progress,
        )
        is_joined = places.min() >= 0 and len(set(orbits(walk.graph)[places].tolist())) == 1
        return walk, is_joined

    def _start(self, solutions: PointSet, linear: np.ndarray, rng: np.random.Generator) -> None:
        """Choose the line and the cut."""
        images = solutions.images[:, self._coordinates]
        # Coordinates of different size count equally.
        sizes = np.maximum(median(np.abs(images)), 1e-300)
        self._form = np.zeros(len(self._family.image.outputs), np.complex128)
        self._form[self._coordinates] = complex_gaussian(rng, len(sizes)) / sizes
        self._kappa_size = float(median(np.abs(on_form(self._form, solutions.images))))
        self._linear, self._direction = linear, self._family.sample(rng)
        self._kappa = self._constant(rng)
        self._parameters = self._at(0.0, self._kappa)

    def _empty(self) -> PointSet:
        return PointSet(len(self._cut.system.variables), self._cut.frame.shape[1])

    def _constant(self, rng: np.random.Generator) -> complex:
        return random_constant(rng, self._kappa_size * 2 ** rng.uniform(-1, 1))

    def _at(self, offset: complex, kappa: complex) -> np.ndarray:
        """The parameters of the cut; solutions at h = `linear` have t = `offset`."""
        a = self._linear - offset * self._direction
        return self._cut.parameters(a, self._direction, self._form, kappa)

    def _separates(self, solutions: PointSet) -> bool:
        return _are_distinct(on_form(self._form, solutions.images)[:, None])

    def _spread(
        self,
        points: np.ndarray,
        rng: np.random.Generator,
        options: MonodromyOptions,
        detours: int = 0,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Move solutions along C to u = κ; returns the ends, and which arrived (None: interrupted).

        With s = 0, the cut is singular where t = 0 and u = κ, so the line starts at another t.
        """
        offset = complex(complex_gaussian(rng, 1)[0])
        points = np.hstack([points, np.full((len(points), 1), offset)])
        u = on_form(self._form, self._cut.values(points, self._at(offset, 0.0))[:, :-1])
        here = np.array([self._at(offset, value) for value in u])
        arrived = np.arange(len(points))
        for kappa in (*(self._constant(rng) for _ in range(detours)), self._kappa):
            there = self._at(offset, kappa)
            batch = track(
                self._cut.system.tape,
                points,
                here,
                there,
                options=options.tracker,
                threads=options.threads,
            )
            if batch.is_interrupted:
                return points, None
            points, arrived = batch.solutions[batch.success], arrived[batch.success]
            if not len(points):
                break
            here = there
        points[:, -1] -= offset
        return points, arrived

    def _close(
        self, solutions: PointSet, rng: np.random.Generator, options: MonodromyOptions
    ) -> Trace:
        """Compare the sums; if paths are lost every time, the next test begins with another cut."""
        assert self._second is not None
        points = np.concatenate([on_target(solutions), self._second.points])
        known, k = len(self._second), len(solutions)
        trace = self._cut.closure(
            points,
            self._parameters,
            known,
            np.append(self._coordinates, len(self._cut.frame) - 1),
            rng=rng,
            options=options,
        )
        self._open_at = (k, known)
        if trace is None:
            self._second = None
            return Trace(np.inf, known, False)
        return trace


def _is_within(options: MonodromyOptions, points: PointSet) -> bool:
    return options.max_solutions is None or len(points) < options.max_solutions


def _are_distinct(values: np.ndarray) -> bool:
    """Whether no two rows are the same."""
    known = PointSet(1, values.shape[1], _SEPARATED)
    return known.add(values, values) == len(values)
