"""Points kept once per image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FEW = 16
_FEW_PAIRS = 8192


class PointSet:
    """Solutions of one system, identified by their image under a map.

    Two points are the same when their images differ by at most `tolerance` relative to the size
    of the image, coordinate magnitudes being measured together. Where a group acts, a point comes with
    the images of its whole orbit, and it is known when any of them is.

    Looking up B images among N takes O((B + N) log N) time: close images have close values of a random
    linear form, so that only those are compared.
    """

    def __init__(self, n_coordinates: int, n_image: int, tolerance: float = 1e-8) -> None:
        self.points = np.zeros((0, n_coordinates), dtype=np.complex128)
        self.images = np.zeros((0, n_image), dtype=np.complex128)
        self._tolerance = tolerance
        self._keys = np.zeros(0)
        rng = np.random.default_rng(n_image)
        form = np.exp(2j * np.pi * rng.uniform(size=n_image)) * rng.uniform(0.5, 1, n_image)
        # Re Σ cᵢzᵢ as a form in Re z₁, Im z₁, Re z₂, …
        self._form = np.conj(form).view(np.float64)
        self._norm = float(np.sum(np.abs(form)))

    def __len__(self) -> int:
        return len(self.points)

    def emptied(self) -> PointSet:
        """A set without points, with the same sizes and tolerance."""
        return PointSet(self.points.shape[1], self.images.shape[1], self._tolerance)

    def clear(self) -> None:
        """Forget all points."""
        self.__dict__.update(self.emptied().__dict__)

    def add(self, points: np.ndarray, images: np.ndarray) -> int:
        """Add the points whose images are new, in order; returns how many were."""
        before = len(self)
        self.place(points, images)
        return len(self) - before

    def place(self, points: np.ndarray, images: np.ndarray) -> NDArray[np.int64]:
        """The position of each point, after adding those that are new; −1 where an image is not finite.

        Args:
            points: (B, n).
            images: (B, N), or (B, G, N) with the images of the orbit, the point's own first.
        """
        orbits = _as_orbits(images)
        keys, reach = self._keys_of(orbits), self._reach(orbits)
        where = self._known(orbits, keys, reach)
        fresh = np.flatnonzero((where < 0) & (reach.min(axis=1, initial=0.0) >= 0))
        if not len(fresh):
            return where
        orbits, keys = orbits[fresh], keys[fresh]
        first = self._first_equal(orbits, keys, reach[fresh])
        is_first = first == np.arange(len(fresh))
        where[fresh] = len(self) + (np.cumsum(is_first) - 1)[first]
        self.points = np.concatenate([self.points, points[fresh[is_first]]])
        self.images = np.concatenate([self.images, orbits[is_first, 0]])
        self._keys = np.concatenate([self._keys, keys[is_first, 0]])
        return where

    def positions(self, images: np.ndarray) -> NDArray[np.int64]:
        """The index of each image (or orbit of images) among the known ones, −1 where it is unknown."""
        orbits = _as_orbits(images)
        return self._known(orbits, self._keys_of(orbits), self._reach(orbits))

    def _known(self, orbits: np.ndarray, keys: np.ndarray, reach: np.ndarray) -> NDArray[np.int64]:
        where = np.full(len(orbits), -1)
        owner, known, gaps = self._equal(orbits, keys, reach, self.images, self._keys)
        if len(owner):
            # Of several, the nearest; of equally near ones, the first.
            order = np.lexsort((known, gaps, owner))
            owner, known = owner[order], known[order]
            is_best = np.append(True, owner[1:] != owner[:-1])
            where[owner[is_best]] = known[is_best]
        return where

    def _first_equal(
        self, orbits: np.ndarray, keys: np.ndarray, reach: np.ndarray
    ) -> NDArray[np.int64]:
        """For each point the first that it is the same as, among those that are the same as none before."""
        first = np.arange(len(orbits))
        later, earlier, _ = self._equal(orbits, keys, reach, orbits[:, 0], keys[:, 0])
        is_pair = earlier < later
        later, earlier = later[is_pair], earlier[is_pair]
        order = np.lexsort((earlier, later))
        for a, b in zip(earlier[order].tolist(), later[order].tolist(), strict=True):
            if first[a] == a and first[b] == b:
                first[b] = a
        return first

    def _equal(
        self,
        orbits: np.ndarray,
        keys: np.ndarray,
        reach: np.ndarray,
        others: np.ndarray,
        other_keys: np.ndarray,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """All (i, j, distance) where an image of orbit i is within its reach of image j of `others`."""
        flat, reach = keys.reshape(-1), reach.reshape(-1)
        query, candidate = _neighbours(flat, reach * self._norm, other_keys)
        queries = orbits.reshape(-1, orbits.shape[2])
        gaps = np.abs(queries[query] - others[candidate]).max(axis=1, initial=0.0)
        near = gaps <= reach[query]
        return query[near] // orbits.shape[1], candidate[near], gaps[near]

    def _reach(self, images: np.ndarray) -> np.ndarray:
        """The distance within which another image is the same; −1 where an image is not finite."""
        size = np.abs(images).max(axis=-1, initial=0.0)
        return np.where(np.isfinite(size), self._tolerance * np.maximum(size, 1e-12), -1.0)

    def _keys_of(self, images: np.ndarray) -> np.ndarray:
        values = np.ascontiguousarray(images, np.complex128).view(np.float64)
        return np.einsum("...k,k", values, self._form)


def _neighbours(
    keys: np.ndarray, widths: np.ndarray, others: np.ndarray
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All (i, j) with |keysᵢ − othersⱼ| ≤ widthsᵢ."""
    few = min(len(keys), len(others))
    if few <= _FEW or few * max(len(keys), len(others)) <= _FEW_PAIRS:
        i, j = np.nonzero(np.abs(keys[:, None] - others) <= widths[:, None])
        return i, j
    order = np.argsort(others)
    ordered = others[order]
    low = np.searchsorted(ordered, keys - widths, side="left")
    counts = np.searchsorted(ordered, keys + widths, side="right") - low
    counts[~(counts > 0) | ~np.isfinite(keys)] = 0
    i = np.repeat(np.arange(len(keys)), counts)
    offset = np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts, counts)
    return i, order[low[i] + offset]


def _as_orbits(images: np.ndarray) -> np.ndarray:
    return images if images.ndim == 3 else images[:, None, :]
