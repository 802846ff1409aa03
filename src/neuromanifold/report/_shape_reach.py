"""Which functions of a view real parameters reach."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from neuromanifold.report._sampler import Sampler, evenly_spaced

_NEIGHBOURS = 6
_RANDOM = 6
_TOLERANCE = 1e-3
_BISECTIONS = 30
_CAREFUL = 12
_REMEMBERED = (3, 5, 7)
_VOTES = 7
_COARSER = 1.4
_FINE = 1e-11


class Reach:
    """Parameters known so far, and Newton's method from them.

    A function counts as reached if Newton's method finds real parameters of it from some of the starts:
    those of functions near it, and random ones. On a surface Levenberg and Marquardt's method starts
    again from the parameters of reached neighbours. A failure is no proof.
    """

    def __init__(self, sampler: Sampler, theta: np.ndarray, drawn: np.ndarray) -> None:
        self.sampler = sampler
        self.theta = theta
        self.drawn = drawn

    def __call__(self, points: np.ndarray, tolerance: float = _TOLERANCE) -> np.ndarray:
        """Which points y, (B, 3), are functions of real parameters, up to a small distance."""
        return self.parameters(points, tolerance * self.sampler.radius)[1]

    def parameters(self, points: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
        """θ for each point, (B, P), with NaN where none was found, and where one was found, (B,)."""
        result = np.full((len(points), self.theta.shape[1]), np.nan)
        open_ = np.arange(len(points))
        if not len(points) or not len(self.theta):
            return result, np.zeros(len(points), bool)
        k = min(_NEIGHBOURS, len(self.theta))
        nearest = np.asarray(KDTree(self.drawn).query(points, k=k)[1]).reshape(len(points), k)
        scale = float(np.sqrt(np.mean(self.theta**2)))
        for attempt in range(k + _RANDOM):
            if attempt < k:
                starts = self.theta[nearest[open_, attempt]]
            else:
                shape = (len(open_), self.theta.shape[1])
                starts = scale * self.sampler.rng.standard_normal(shape)
            found, rows = self.sampler.moved_to(starts, points[open_], tolerance)
            result[open_[rows]] = found
            open_ = np.delete(open_, rows)
            if not len(open_):
                break
        return result, np.isfinite(result[:, 0])

    def of_vertices(self, vertices: np.ndarray) -> np.ndarray:
        """Which vertices of a surface are reached, (n,): every one is tested where this changes.

        A vertex that is not reached is tried again from the parameters of reached ones near it, until
        no more are found.
        """
        if not len(vertices):
            return np.zeros(0, bool)
        coarse = vertices[evenly_spaced(vertices, 0.8 * self.sampler.spacing)]
        theta, reached = self.parameters(coarse, _TOLERANCE * self.sampler.radius)
        self._grow(coarse, theta, reached)
        self._learn(theta[reached], coarse[reached])
        k = min(_NEIGHBOURS, len(coarse))
        near = np.asarray(KDTree(coarse).query(vertices, k=k)[1]).reshape(-1, k)
        votes = reached[near]
        result = votes[:, 0].copy()
        mixed = np.flatnonzero(votes.any(axis=1) & ~votes.all(axis=1))
        theta, result[mixed] = self.parameters(vertices[mixed], _TOLERANCE * self.sampler.radius)
        if len(mixed):
            reached = result[mixed]
            self._grow(vertices[mixed], theta, reached)
            result[mixed] = reached
        return result

    def _grow(self, points: np.ndarray, theta: np.ndarray, reached: np.ndarray) -> None:
        """Fill in `theta` and `reached` from reached points to those next to them."""
        k = min(_VOTES, len(points))
        near = np.asarray(KDTree(points).query(points, k=k)[1]).reshape(-1, k)[:, 1:]
        for column in range(near.shape[1]):
            fresh = reached.copy()
            while True:
                source = near[:, column]
                open_ = np.flatnonzero(~reached & fresh[source])
                found, rows = self.sampler.pulled_to(
                    theta[source[open_]], points[open_], _TOLERANCE * self.sampler.radius
                )
                fresh = np.zeros(len(points), bool)
                fresh[open_[rows]] = True
                if not len(rows):
                    break
                theta[open_[rows]], reached[open_[rows]] = found, True

    def _learn(self, theta: np.ndarray, drawn: np.ndarray) -> None:
        self.theta = np.concatenate([self.theta, theta])
        self.drawn = np.concatenate([self.drawn, drawn])

    def separates(self, points: np.ndarray, normals: np.ndarray, step: float) -> np.ndarray:
        """Where a surface separates reached functions from others, (n,).

        Returns:
            1 where those on the side of the normal are reached, −1 where those on the other side
            are, 0 where both or neither are.
        """
        coarse = evenly_spaced(points, _COARSER * self.sampler.spacing)
        above, below = (
            self(points[coarse] + sign * step * normals[coarse]).astype(np.int64)
            for sign in (1, -1)
        )
        # Two sheets may be close to each other: a majority of samples on the same one.
        places = np.concatenate([points, 3.0 * step * normals], axis=1)
        k = min(_VOTES, len(coarse))
        near = np.asarray(KDTree(places[coarse]).query(places, k=k)[1]).reshape(-1, k)
        return np.sign((above - below)[near].sum(axis=1))

    def boundary(self, radius: float, count: int) -> np.ndarray:
        """Points where segments from reached to unreached points of the cube leave M, (n, 3)."""
        rng = self.sampler.rng
        tolerance = _FINE * self.sampler.radius
        points = rng.uniform(-radius, radius, (2 * count, 3))
        theta, reached = self.parameters(points, tolerance)
        if reached.all() or not reached.any():
            return np.zeros((0, 3))
        inside = rng.choice(np.flatnonzero(reached), count)
        outside = rng.choice(np.flatnonzero(~reached), count)
        low, high, known = points[inside], points[outside], theta[inside]
        self._learn(theta[reached], points[reached])
        for step in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            found, rows = self.sampler.moved_to(known, middle, tolerance)
            known[rows] = found
            is_in = np.zeros(count, bool)
            is_in[rows] = True
            if step < _CAREFUL:
                rest = np.flatnonzero(~is_in)
                found, more = self.parameters(middle[rest], tolerance)
                known[rest[more]] = found[more]
                is_in[rest[more]] = True
            low[is_in], high[~is_in] = middle[is_in], middle[~is_in]
            if step in _REMEMBERED:  # near the boundary, and not yet ill-conditioned
                self._learn(known, low)
        return low
