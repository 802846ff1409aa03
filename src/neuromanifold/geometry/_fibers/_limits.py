"""Where the points of a generic fibre go when its function tends to a given one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation import PathStatus, TrackerOptions, track
from neuromanifold.functions import FunctionSpace
from neuromanifold.geometry._fibers._orbits import Partition
from neuromanifold.geometry._fibers._projected import ProjectedFiber
from neuromanifold.geometry._fibers._slice import FiberSlice
from neuromanifold.geometry._gauss_newton import gauss_newton
from neuromanifold.rings import PolynomialMap

_NEAR = 1e-5
_TENDS = 3e-2
_EQUAL = 1e-4
_MOVED = 1e-3
_MOVED_FROM_NEAR = 0.3


@dataclass(frozen=True, eq=False)
class Ends:
    """The ends of all paths whose function is f, up to permutations.

    Attributes:
        points: θ, (n, P).
        multiplicities: paths that ended there.
        n_diverging: paths to infinity along which the function tends to f.
        n_lost: paths that did not arrive.
        is_complete: all generic points were known, and none was lost.
    """

    points: np.ndarray
    multiplicities: np.ndarray
    n_diverging: int
    n_lost: int
    is_complete: bool


class FiberLimits:
    """Follows all points of a slice over w to the projection of f.

    Args:
        cut: The slice.
        every: The points on it.
        space: V.
        target: The coefficients of f.
    """

    def __init__(
        self,
        cut: FiberSlice,
        every: ProjectedFiber,
        space: FunctionSpace,
        target: np.ndarray,
    ) -> None:
        self._cut = cut
        self._every = every
        self._target = target
        self._size = float(np.abs(target).max()) or 1.0
        self._coefficients = PolynomialMap(space.coefficients_of_theta, space.expansion.parameters)
        family = cut.family
        count = family.dimension
        design = space.design_matrix(family.inputs[:count])
        rows = design.reshape(count, -1, space.dimension)
        weights = family.covectors[:count].reshape(count, -1)
        self._w = np.einsum("jo,job->jb", weights, rows) @ target

    def run(self) -> Ends:
        """Track all paths."""
        every = self._every
        cut, family = self._cut, self._cut.family
        heights = cut.heights
        start = every.parameters
        w0 = start[: family.dimension]
        size = float(np.linalg.norm(self._w) / np.linalg.norm(w0 - self._w)) or 1.0
        near = self._w + _NEAR * min(size, 1.0) * (w0 - self._w)
        legs = [(w0, near), (near, self._w)]
        points = every.points.copy()
        status = np.full(len(points), PathStatus.SUCCESS.code)
        before = points
        for number, (a, b) in enumerate(legs):
            arrived = status == PathStatus.SUCCESS.code
            before = points.copy()
            ends, codes = self._leg(
                points[arrived], np.concatenate([a, heights]), np.concatenate([b, heights]), number
            )
            points[arrived], status[arrived] = ends, codes
        diverged = status == PathStatus.DIVERGED.code
        finished = (status == PathStatus.SUCCESS.code) | (status == PathStatus.SINGULAR.code)
        # ends that the endgame cannot find lie near the last regular point, if its function is near f
        points = np.where(finished[:, None], points, before)
        on_way = self._gap(cut.assemble(before)) < _TENDS * self._size
        points, fits = self._refined(points, finished, on_way)
        theta = cut.assemble(points)
        fits &= ~diverged
        n_lost = int(np.sum(~finished & ~diverged & ~fits))
        theta, counts = self._distinct(theta[fits])
        n_diverging = int(np.sum(diverged & on_way))
        return Ends(theta, counts, n_diverging, n_lost, every.is_complete and not n_lost)

    def _leg(
        self, points: np.ndarray, begin: np.ndarray, end: np.ndarray, number: int
    ) -> tuple[np.ndarray, np.ndarray]:
        tape = self._cut.family.at_values.tape
        if not len(points):
            return points, np.zeros(0, np.int8)
        batch = track(tape, points, begin, end, threads=self._cut.threads)
        ends, codes = batch.solutions.copy(), batch.status.copy()
        settled = {PathStatus.SUCCESS.code} | (
            {PathStatus.SINGULAR.code, PathStatus.DIVERGED.code} if number else set()
        )
        lost = np.flatnonzero(~np.isin(codes, list(settled)))
        if len(lost):
            again = track(
                tape,
                points[lost],
                begin,
                end,
                options=TrackerOptions.tight(),
                threads=self._cut.threads,
            )
            ends[lost], codes[lost] = again.solutions, again.status
        return ends, codes

    def _gap(self, theta: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            values = self._coefficients(theta)
            return np.nan_to_num(np.abs(values - self._target).max(axis=1), nan=np.inf)

    def _refined(
        self, points: np.ndarray, finished: np.ndarray, on_way: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Newton's method on the slice for all equations; which points then have the function f."""
        refined, fits = points.copy(), np.zeros(len(points), bool)
        todo = np.flatnonzero(on_way)
        if len(todo):
            found, solved = gauss_newton(
                self._on_slice, points[todo], self._target, converged=1e-15
            )
            moved = np.linalg.norm(found - points[todo], axis=1)
            sizes = np.linalg.norm(points[todo], axis=1)
            solved &= moved <= np.where(finished[todo], _MOVED, _MOVED_FROM_NEAR) * sizes
            refined[todo], fits[todo] = found, solved
        return refined, fits

    def _on_slice(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """c(y) and its Jacobian on the slice."""
        gauge = self._cut.gauge
        value, J = self._coefficients.linearize(gauge.assemble(points, self._cut.heights))
        return value, J[:, :, gauge.free] - J[:, :, gauge.held] @ gauge.forms

    def _distinct(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One of each cluster of equal ends up to permutations."""
        forms = self._cut.arrangement.normal_form(theta)
        partition = Partition(len(theta))
        for i, form in enumerate(forms):
            gaps = np.abs(forms[:i] - form).max(axis=1, initial=0.0)
            close = np.flatnonzero(gaps <= _EQUAL * np.abs(form).max())
            for j in close:
                partition.join(i, int(j))
        labels = partition.labels
        firsts = [
            int(np.flatnonzero(labels == c)[0]) for c in range(int(labels.max(initial=-1)) + 1)
        ]
        return theta[firsts], np.bincount(labels, minlength=len(firsts)).astype(int)
