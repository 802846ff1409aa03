"""A trace test for families that are linear in their parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from neuromanifold.continuation._linear_family import LinearFamily
from neuromanifold.continuation._monodromy import LoopWalk, MonodromyOptions, walk_loops
from neuromanifold.continuation._point_set import PointSet
from neuromanifold.continuation._random import complex_gaussian
from neuromanifold.continuation._track import PathBatch, track
from neuromanifold.rings import Evaluator, Node, PolynomialMap, dot

_SIGMAS = (1.0, 0.3, 0.03, 0.003)
_OPEN = 2


@dataclass(frozen=True, eq=False)
class Trace:
    """The outcome of one trace test.

    Attributes:
        residual: ‖S(σ) + S(−σ) − 2S(0)‖∞ relative to how far the points moved; about 1e−12 when no
            point is missing, of order 1/n when one of n is.
        n_cut_points: points of the second cut, ℓ(μ) = κ.
        is_interrupted: stopped from outside.
        is_abandoned: the second cut has more points than the options allow.
    """

    residual: float
    n_cut_points: int
    is_interrupted: bool
    is_abandoned: bool = False

    @property
    def is_closed(self) -> bool:
        """The trace is affine: no solution is missing."""
        return self.residual < 1e-7


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
        system, image, n_linear = family.system, family.image, family.n_linear
        circuit = system.outputs[0].circuit
        h, rest = system.parameters[:n_linear], system.parameters[n_linear:]
        (t,) = circuit.inputs(1)
        a, v = circuit.inputs(n_linear), circuit.inputs(n_linear)
        form = circuit.inputs(len(image.outputs))
        kappa, s = circuit.inputs(2)
        line = {node: a_i + t * v_i for node, a_i, v_i in zip(h, a, v, strict=True)}
        keep = {node: node for node in (*system.variables, *rest)}
        outputs = Evaluator([*system.outputs, *image.outputs])(line | keep, circuit.constant)
        equations, images = outputs[: len(system.outputs)], outputs[len(system.outputs) :]
        cut = t * (dot(form, images, circuit) - kappa) - s
        variables = (*system.variables, t)
        parameters: tuple[Node, ...] = (*a, *v, *form, kappa, s, *rest)
        self._system = PolynomialMap.build([*equations, cut], variables, parameters)
        self._image = PolynomialMap.build([*images, t], variables, parameters)
        self._family = family
        self._n_image = len(images)
        self._frame = np.zeros((len(images) + 1, family.frame.shape[1] + 1))
        self._frame[:-1, :-1] = family.frame
        self._frame[-1, -1] = 1.0
        self._cut: LoopWalk | None = None
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
        if self._cut is not None and self._open_at == (len(solutions), len(self._cut.solutions)):
            self._cut = None  # nothing new on either side: try another line and another cut
        if self._cut is None or self._parameters is None:
            self._start(solutions, linear, rng, options)
        assert self._cut is not None
        assert self._parameters is not None

        def sample_cut(generator: np.random.Generator) -> np.ndarray:
            kappa = self._constant(generator)
            a, v = self._family.sample(generator), self._family.sample(generator)
            return self._assemble(a, v, kappa)

        self._cut = walk_loops(
            self._system,
            self._cut.solutions,
            self._parameters,
            image=self._compared,
            sample=sample_cut,
            rng=rng,
            options=options,
            on_progress=on_progress,
        )
        if self._cut.is_interrupted:
            return Trace(np.inf, len(self._cut.solutions), True)
        if options.max_solutions is not None and len(self._cut.solutions) >= options.max_solutions:
            return Trace(np.inf, len(self._cut.solutions), False, is_abandoned=True)
        return self._close(solutions, options, rng)

    def _start(
        self,
        solutions: PointSet,
        linear: np.ndarray,
        rng: np.random.Generator,
        options: MonodromyOptions,
    ) -> None:
        """Choose the line and the cut, and bring one point of the second cut there."""
        frame = self._family.frame
        self._form = frame @ complex_gaussian(rng, frame.shape[1])
        direction = self._family.sample(rng)
        images = self._image(self._on_target(solutions), self._assemble(linear, direction))
        self._kappa_size = float(np.mean(np.abs(images[:, :-1] @ self._form)))
        kappa = self._constant(rng)
        self._parameters = self._assemble(linear, direction, kappa)
        points = PointSet(len(self._system.variables), self._frame.shape[1])
        while not len(points):
            x, h = self._family.start_pair(rng)
            t = complex_gaussian(rng, 1)[0]
            start = np.append(x, t)[None, :]
            through = h - t * direction
            mu = self._image(start, self._assemble(through, direction))
            begin = self._assemble(through, direction, complex(self._form @ mu[0, :-1]))
            batch = track(
                self._system.tape, start, begin, self._parameters, options=options.tracker
            )
            ends = batch.solutions[batch.success]
            points.add(ends, self._compared(ends, self._parameters))
        self._cut = LoopWalk(points, self._parameters, 0, 0, 0, False)

    def _close(
        self, solutions: PointSet, options: MonodromyOptions, rng: np.random.Generator
    ) -> Trace:
        """Track all points of the cut to s = ±σ and compare the sums.

        A path that is lost or jumps opens the trace without a point missing, so an open trace is
        tried again for another, smaller σ; if paths are lost every time, the next test begins with
        another line and another cut.
        """
        assert self._cut is not None
        assert self._parameters is not None
        points = np.concatenate([self._on_target(solutions), self._cut.solutions.points])
        centre = self._image(points, self._parameters)
        size = np.mean(np.abs(centre[:, -1])) * np.mean(np.abs(centre[:, :-1] @ self._form))
        trace = Trace(np.inf, len(self._cut.solutions), False)
        n_open = 0
        for fraction in _SIGMAS:
            sigma = fraction * size * np.exp(2j * np.pi * rng.uniform())
            ends = [self._move(points, s, options) for s in (sigma, -sigma)]
            if any(batch.is_interrupted for batch in ends):
                return replace(trace, is_interrupted=True)
            if not all(batch.success.all() for batch in ends):
                continue
            moved = [self._image(batch.solutions, self._parameters) for batch in ends]
            second_difference = np.abs((moved[0] + moved[1] - 2 * centre).sum(axis=0))
            travel = sum(np.abs(end - centre).sum(axis=0) for end in moved)
            # A coordinate that hardly moves has nothing to say beyond its rounding errors.
            noise = 1e-6 * np.abs(centre).sum(axis=0) + 1e-300
            residual = float(np.max(second_difference / (travel + noise)))
            trace = replace(trace, residual=min(trace.residual, residual))
            n_open += 1
            if trace.is_closed or n_open == _OPEN:
                break
        self._open_at = (len(solutions), len(self._cut.solutions))
        if not n_open:
            self._cut = None
        return trace

    def _compared(self, points: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        return self._image(points, parameters) @ self._frame

    def _on_target(self, solutions: PointSet) -> np.ndarray:
        return np.hstack([solutions.points, np.zeros((len(solutions), 1))])

    def _move(self, points: np.ndarray, s: complex, options: MonodromyOptions) -> PathBatch:
        assert self._parameters is not None
        target = self._parameters.copy()
        target[2 * self._family.n_linear + self._n_image + 1] = s
        return track(
            self._system.tape,
            points,
            self._parameters,
            target,
            options=options.tracker,
            threads=options.threads,
        )

    def _assemble(self, a: np.ndarray, v: np.ndarray, kappa: complex = 0.0) -> np.ndarray:
        """The parameters for the line a + t·v and the cut ℓ = κ, with s = 0."""
        held = self._family.held
        return np.concatenate([a, v, self._form, [kappa, 0.0], held]).astype(np.complex128)

    def _constant(self, rng: np.random.Generator) -> complex:
        """A random κ of the size that ℓ has on the images."""
        return complex(complex_gaussian(rng, 1)[0] * self._kappa_size)
