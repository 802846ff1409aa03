"""A slice of parameter space with the fibres on it, and paths of slices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from neuromanifold.continuation import TrackerOptions, complex_gaussian, track
from neuromanifold.geometry._fibers._family import FiberFamily
from neuromanifold.geometry._fibers._gauge import linear_gauge
from neuromanifold.geometry._fibers._orbits import Arrangement, held_classes
from neuromanifold.geometry._symmetries._continuous import LinearSymmetries
from neuromanifold.geometry._symmetries._finite import IndexPermutations
from neuromanifold.models import Model

_ATTEMPTS = 3


class FiberSlice:
    """A random slice that generic fibres meet in finitely many points.

    Args:
        model: The model.
        dimension: dim M.
        continuous: Linear symmetries.
        indices: Permutations.
        rng: The source of all randomness.
        threads: Of the tracker.

    Attributes:
        gauge: The slices.
        family: The equations on them.
        heights: h of this slice.
        arrangement: The permutations that keep it.
    """

    def __init__(
        self,
        model: Model,
        dimension: int,
        continuous: LinearSymmetries,
        indices: Sequence[IndexPermutations],
        rng: np.random.Generator,
        threads: int,
    ) -> None:
        self.rng = rng
        self.threads = threads
        self.gauge = linear_gauge(model, dimension, continuous, indices, rng)
        self.family = FiberFamily.of(model, self.gauge, rng)
        self.heights, self.arrangement = self._base(indices)

    def assemble(self, points: np.ndarray) -> np.ndarray:
        """θ of points y."""
        return self.gauge.assemble(points, self.heights)

    def parameters(self, theta: np.ndarray, heights: np.ndarray | None = None) -> np.ndarray:
        """(w, h) of `at_values` for the function of θ."""
        w = self.family.values(theta[None, :])[0]
        return np.concatenate([w, self.heights if heights is None else heights])

    def image(self, points: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """Normal forms of θ, for points and parameters (w, h)."""
        heights = parameters[..., parameters.shape[-1] - len(self.heights) :]
        return self.arrangement.normal_form(self.gauge.assemble(points, heights))

    def measured(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All measurements at points y of the slice, and their Jacobian."""
        values, J = self.family.measurements.linearize(self.gauge.assemble(points, self.heights))
        return values, J[:, :, self.gauge.free] - J[:, :, self.gauge.held] @ self.gauge.forms

    def back(
        self, points: np.ndarray, heights: np.ndarray, base: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Points of other slices over the function of `base`, brought to this one."""
        return self._to(points, heights, np.broadcast_to(self.heights, heights.shape), base)

    def around(self, points: np.ndarray, base: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The points after a random loop of the slice, over the function of `base`."""
        shape = (len(points), len(self.heights))
        there = [np.broadcast_to(complex_gaussian(self.rng, shape[1]), shape) for _ in range(2)]
        home = np.broadcast_to(self.heights, shape)
        success = np.ones(len(points), bool)
        for start, stop in pairwise([home, *there, home]):
            points, arrived = self._to(points, start, stop, base)
            success &= arrived
        return points, success

    def _to(
        self, points: np.ndarray, start: np.ndarray, stop: np.ndarray, base: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Track points from slices to others over the function of `base`; failed paths again."""
        ends = points.copy()
        success = np.abs(start - stop).max(axis=1, initial=0.0) < 1e-12
        w = self.family.values(base[None, :])[0]
        for attempt in range(_ATTEMPTS):
            todo = np.flatnonzero(~success)
            if not len(todo):
                break
            rows = np.broadcast_to(w, (len(todo), len(w)))
            legs = [start[todo], stop[todo]]
            if attempt:
                middle = complex_gaussian(self.rng, start.shape[1])
                legs.insert(1, np.broadcast_to(middle, legs[0].shape))
            current, fine = points[todo], np.ones(len(todo), bool)
            for a, b in pairwise(legs):
                batch = track(
                    self.family.at_values.tape,
                    current,
                    np.hstack([rows, a]),
                    np.hstack([rows, b]),
                    options=TrackerOptions.tight() if attempt else TrackerOptions.normal(),
                    threads=self.threads,
                )
                current, fine = batch.solutions, fine & batch.success
            ends[todo], success[todo] = current, fine
        return ends, success

    def _base(self, indices: Sequence[IndexPermutations]) -> tuple[np.ndarray, Arrangement]:
        """Heights of the slice, and the permutations that keep it."""
        k = len(self.gauge.held)
        generators = [g for index in indices for g in index.generators]
        classes = held_classes(self.gauge.held, generators)
        heights = complex_gaussian(self.rng, k)[classes] if k else np.zeros(0, complex)
        heights = heights / np.maximum(np.abs(heights), 1e-3)
        y = complex_gaussian(self.rng, (1, self.family.dimension))
        theta = self.gauge.assemble(y, heights)
        kept = tuple(
            index
            for index in indices
            if all(np.allclose(self.gauge.heights(theta[:, g]), heights) for g in index.generators)
        )
        return heights, Arrangement(kept)
