"""A trace test for families that are linear in their parameters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neuromanifold.continuation._monodromy._bilinear_cut import (
    BilinearCut,
    Trace,
    on_form,
    on_target,
    random_constant,
)
from neuromanifold.continuation._monodromy._linear_family import LinearFamily
from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.continuation._monodromy._walk import MonodromyOptions, walk_loops
from neuromanifold.continuation._paths._track import track
from neuromanifold.continuation._random import complex_gaussian

_MOST_STARTS = 50


class BilinearTraceTest:
    """Completeness of a solution set of F(x; h, q) = 0 when F is linear in h.

    Put h = a + t·v on a line of parameters. The points (μ(x), t) with F(x; a + t·v, q) = 0 form a
    curve C in the product of image space and the t-line. The surface t·(ℓ(μ) − κ) = s, with ℓ
    linear, cuts C for s = 0 in the solutions at h = a (t = 0) and in the points with ℓ(μ) = κ. As
    s varies in a line, the sum S(s) over *all* points of the cut of every linear function of
    (μ, t) is affine in s, and for an irreducible C no proper part of the points has that property
    (the multihomogeneous trace test of Leykin, Rodriguez and Sottile, 2018).

    Args:
        family: F with μ; ℓ is drawn in the coordinates of its frame.
    """

    def __init__(self, family: LinearFamily) -> None:
        self._family = family
        self._cut = BilinearCut(family)
        self._second: PointSet | None = None
        self._parameters: np.ndarray | None = None
        self._open_at: tuple[int, int] | None = None

    def run(
        self,
        solutions: PointSet,
        linear: np.ndarray,
        *,
        rng: np.random.Generator,
        options: MonodromyOptions,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Trace:
        """Test whether `solutions` are all solutions at h = `linear`.

        Points of the second cut are found by monodromy and kept, so that calling again after more
        solutions were found, or because the trace did not close, goes on from there.

        Args:
            solutions: the solutions to test, identified by their image.
            linear: h, which becomes a.
            rng: the source of all randomness.
            options: when the monodromy on the second cut stops.
            on_progress: called with (loops walked, points of the second cut known).
        """
        if self._second is not None and self._open_at == (len(solutions), len(self._second)):
            self._second = None  # nothing new on either side: try another line and another cut
        if self._second is None or self._parameters is None:
            self._start(solutions, linear, rng, options)
        assert self._second is not None
        if not len(self._second):
            self._second = None
            return Trace(np.inf, 0, False, is_abandoned=True)
        assert self._parameters is not None
        cut, family, form = self._cut, self._family, self._form

        def sample_cut(generator: np.random.Generator) -> np.ndarray:
            kappa = random_constant(generator, self._kappa_size)
            a, v = family.sample(generator), family.sample(generator)
            return cut.parameters(a, v, form, kappa)

        walk = walk_loops(
            cut.system,
            self._second,
            self._parameters,
            image=cut.compared,
            sample=sample_cut,
            rng=rng,
            options=options,
            on_progress=on_progress,
        )
        known = len(self._second)
        if walk.is_interrupted:
            return Trace(np.inf, known, True)
        if options.max_solutions is not None and known >= options.max_solutions:
            return Trace(np.inf, known, False, is_abandoned=True)
        return self._close(solutions, rng, options)

    def _start(
        self,
        solutions: PointSet,
        linear: np.ndarray,
        rng: np.random.Generator,
        options: MonodromyOptions,
    ) -> None:
        """Choose the line and the cut, and bring one point of the second cut there if it succeeds."""
        cut, frame = self._cut, self._family.frame
        self._form = frame @ complex_gaussian(rng, frame.shape[1])
        direction = self._family.sample(rng)
        images = cut.values(on_target(solutions), cut.parameters(linear, direction, self._form))
        self._kappa_size = float(np.mean(np.abs(on_form(self._form, images[:, :-1]))))
        kappa = random_constant(rng, self._kappa_size)
        self._parameters = cut.parameters(linear, direction, self._form, kappa)
        points = PointSet(len(cut.system.variables), cut.frame.shape[1])
        for _ in range(_MOST_STARTS):
            x, h = self._family.start_pair(rng)
            t = complex_gaussian(rng, 1)[0]
            start = np.append(x, t)[None, :]
            through = h - t * direction
            mu = cut.values(start, cut.parameters(through, direction, self._form))
            at = complex(self._form @ mu[0, :-1])
            begin = cut.parameters(through, direction, self._form, at)
            batch = track(cut.system.tape, start, begin, self._parameters, options=options.tracker)
            ends = batch.solutions[batch.success]
            if points.add(ends, cut.compared(ends, self._parameters)):
                break
        self._second = points

    def _close(
        self, solutions: PointSet, rng: np.random.Generator, options: MonodromyOptions
    ) -> Trace:
        """Compare the sums; if paths are lost every time, the next test begins with another cut."""
        assert self._second is not None
        assert self._parameters is not None
        points = np.concatenate([on_target(solutions), self._second.points])
        known = len(self._second)
        trace = self._cut.closure(
            points,
            self._parameters,
            known,
            np.arange(len(self._cut.frame)),
            rng=rng,
            options=options,
        )
        self._open_at = (len(solutions), known)
        if trace is None:
            self._second = None
            return Trace(np.inf, known, False)
        return trace
