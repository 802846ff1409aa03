"""The curve of the solutions over a line of parameters, and the surfaces that cut it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._monodromy._linear_family import LinearFamily
from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.continuation._monodromy._walk import MonodromyOptions
from neuromanifold.continuation._paths._track import PathBatch, track
from neuromanifold.continuation._random import complex_gaussian
from neuromanifold.rings import Evaluator, Node, PolynomialMap, dot

_SIGMAS = (1.0, 0.3, 0.03, 0.003)
_OPEN = 2
_CLOSED = 1e-7
_CLEAR = 1e-3
_SMALL_SHARE = 0.01


@dataclass(frozen=True, eq=False)
class Trace:
    """The outcome of one trace test.

    Attributes:
        residual: ‖S(σ) + S(−σ) − 2S(0)‖∞ relative to how far the points moved; about 1e−12 when no
            point is missing, of order 1/n when one of n is.
        n_cut_points: points of the second cut, ℓ(μ) = κ.
        is_interrupted: stopped from outside.
        is_abandoned: the second cut has more points than the options allow, or is of no use.
    """

    residual: float
    n_cut_points: int
    is_interrupted: bool
    is_abandoned: bool = False

    @property
    def is_closed(self) -> bool:
        """The trace is affine: no solution is missing."""
        return self.residual < _CLOSED


class BilinearCut:
    """C = {(x, t) : F(x; a + t·v, q) = 0} and the surfaces t·(ℓ(μ) − κ) = s.

    Args:
        family: F with μ.

    Attributes:
        family: see above.
        system: F and the surface as equations in (x, t); the parameters are a, v, the coefficients of
            ℓ, κ, s and q.
        image: (μ, t).
        frame: points are compared in the coordinates (μ, t)·frame.
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
        self.family = family
        self.system = PolynomialMap.build([*equations, cut], variables, parameters)
        self.image = PolynomialMap.build([*images, t], variables, parameters)
        self.frame = np.zeros((len(images) + 1, family.frame.shape[1] + 1))
        self.frame[:-1, :-1] = family.frame
        self.frame[-1, -1] = 1.0
        self._is_framed = not np.array_equal(self.frame, np.eye(len(self.frame)))
        self._form = slice(2 * n_linear, 2 * n_linear + len(images))
        self._kappa, self._s = self._form.stop, self._form.stop + 1

    def parameters(
        self, a: np.ndarray, v: np.ndarray, form: np.ndarray, kappa: complex = 0.0
    ) -> NDArray[np.complex128]:
        """The parameters for the line a + t·v and the surface t·(ℓ(μ) − κ) = 0."""
        parts = [a, v, form, [kappa, 0.0], self.family.held]
        return np.concatenate(parts).astype(np.complex128)

    def compared(self, points: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """The coordinates in which points of C are compared."""
        values = self.values(points, parameters)
        return values @ self.frame if self._is_framed else values

    def values(self, points: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """(μ, t) at points of C."""
        is_all = self.image.outputs == self.system.variables
        return points if is_all else self.image(points, parameters)

    def closure(
        self,
        points: np.ndarray,
        parameters: np.ndarray,
        n_cut_points: int,
        read: np.ndarray,
        *,
        rng: np.random.Generator,
        options: MonodromyOptions,
    ) -> Trace | None:
        """Track all points of the surface with s = 0 to s = ±σ and compare the sums.

        A path that is lost or jumps opens the trace without a point missing, so an open trace is
        tried again for another, smaller σ. The sum of t must be affine up to less than what one
        point adds, a hundredth of the points, which add least, set aside. The size of σ is at first
        the median of |u − κ| for t = 0 times that of |t| for u = κ.

        Args:
            points: those known with t = 0, then those with u = κ.
            parameters: of that surface.
            n_cut_points: how many have u = κ.
            read: columns of (μ, t) whose sums are compared, t the last.
            rng: draws the argument of σ.
            options: how to track.

        Returns:
            None if paths were lost for every σ.
        """
        centre = self.values(points, parameters)
        n_solutions = len(points) - n_cut_points
        t, mu = np.abs(centre[n_solutions:, -1]), centre[:n_solutions, :-1]
        u = np.abs(on_form(parameters[self._form], mu) - parameters[self._kappa])
        size = float(median(t) * median(u))
        trace: Trace | None = None
        n_open, residual = 0, np.inf
        for fraction in _SIGMAS:
            sigma = fraction * size * np.exp(2j * np.pi * rng.uniform())
            batch = self._moved(points, parameters, (sigma, -sigma), options)
            if batch.is_interrupted:
                return Trace(np.inf, n_cut_points, True)
            if not batch.success.all():
                continue
            plus, minus = np.split(self.values(batch.solutions, parameters), 2)
            bend = _bend(centre[:, read], plus[:, read], minus[:, read])
            residual = min(residual, bend)
            trace = Trace(residual, n_cut_points, False)
            n_open += 1
            if trace.is_closed or n_open == _OPEN:
                break
        return trace

    def _moved(
        self,
        points: np.ndarray,
        parameters: np.ndarray,
        values: Sequence[complex],
        options: MonodromyOptions,
    ) -> PathBatch:
        """Track all points to the first value of s, then all to the next."""
        targets = np.tile(parameters, (len(values), 1))
        targets[:, self._s] = values
        return track(
            self.system.tape,
            np.tile(points, (len(values), 1)),
            parameters,
            np.repeat(targets, len(points), axis=0),
            options=options.tracker,
            threads=options.threads,
        )


def on_target(solutions: PointSet) -> np.ndarray:
    """Solutions at h = a as points of C: t = 0."""
    return np.hstack([solutions.points, np.zeros((len(solutions), 1))])


def random_constant(rng: np.random.Generator, size: float) -> complex:
    """A random κ of the given size."""
    return complex(complex_gaussian(rng, 1)[0] * size)


def on_form(form: np.ndarray, images: np.ndarray) -> np.ndarray:
    """ℓ(μ) for each row of images.

    Without BLAS, whose threads would go on waiting busily on cores that paths need.
    """
    return np.einsum("ij,j", images, form)


def median(values: np.ndarray) -> np.ndarray:
    """The median of each column; that of NumPy takes 8 ms when it is called first."""
    n = len(values)
    ordered = np.sort(values, axis=0)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2


def _bend(centre: np.ndarray, plus: np.ndarray, minus: np.ndarray) -> float:
    """How far the sums are from affine."""
    bends = plus + minus - 2 * centre
    total = np.abs(bends.sum(axis=0))
    travel = (np.abs(plus - centre) + np.abs(minus - centre)).sum(axis=0)
    # A coordinate that hardly moves has nothing to say beyond its rounding errors.
    noise = 1e-6 * np.abs(centre).sum(axis=0) + 1e-300
    residual = float(np.max(total / (travel + noise)))
    added = np.sort(np.abs(bends[:, -1]))
    least = float(added[int(_SMALL_SHARE * (len(added) - 1))])
    left = abs(bends[:, -1].sum())
    return residual if left <= _CLEAR * least else max(residual, float(left / (left + least)))
