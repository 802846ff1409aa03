"""Points kept once per image."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

_FEW_PAIRS = 4096


class PointSet:
    """Solutions of one system, identified by their image under a map.

    Two points are the same when their images differ by at most `tolerance` relative to the size
    of the image, coordinate magnitudes being measured together. Where a group acts, a point comes with
    the images of its whole orbit, and it is known when any of them is.

    Looking up B images among N takes O(B log N) time: images are kept in the order of a random linear
    form, in which close images are neighbours.
    """

    def __init__(self, n_coordinates: int, n_image: int, tolerance: float = 1e-8) -> None:
        self.points = np.zeros((0, n_coordinates), dtype=np.complex128)
        self.images = np.zeros((0, n_image), dtype=np.complex128)
        self._tolerance = tolerance
        # Positions in the order of their keys, entered when they are first needed.
        self._keys = np.zeros(0)
        self._order = np.zeros(0, np.int64)
        rng = np.random.default_rng(n_image)
        self._form = np.exp(2j * np.pi * rng.uniform(size=n_image)) * rng.uniform(0.5, 1, n_image)

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
        if orbits.shape[1] == 1 and 0 < len(orbits) * (len(self) + len(orbits)) <= _FEW_PAIRS:
            where = self._place_few(points, orbits[:, 0])
            if where is not None:
                return where
        where = self.positions(orbits)
        fresh = np.flatnonzero(where < 0)
        if not len(fresh):
            return where
        fresh = fresh[np.isfinite(orbits[fresh]).all(axis=(1, 2))]
        if len(fresh):
            where[fresh], chosen = self._grouped(orbits[fresh], len(self))
            kept = fresh[chosen]
            self._append(points[kept], orbits[kept, 0])
        return where

    def _place_few(self, points: np.ndarray, images: np.ndarray) -> NDArray[np.int64] | None:
        """`place` by comparing all pairs; None, with nothing done, if being the same is not transitive."""
        known = len(self)
        reach = self._reach(images)
        gaps = _gap(images[:, None, :], np.concatenate([self.images, images]))
        near = gaps <= reach[:, None]
        where = np.full(len(images), -1)
        if known:
            nearest = gaps[:, :known].argmin(axis=1)
            is_known = near[np.arange(len(images)), nearest]
            where[is_known] = nearest[is_known]
        fresh = np.flatnonzero((where < 0) & (reach >= 0))
        if not len(fresh):
            return where
        first = near[fresh][:, known + fresh].argmax(axis=1)
        is_first = first == np.arange(len(fresh))
        if not is_first[first].all():
            return None
        where[fresh] = known + (np.cumsum(is_first) - 1)[first]
        kept = fresh[is_first]
        self._append(points[kept], images[kept])
        return where

    def _append(self, points: np.ndarray, images: np.ndarray) -> None:
        self.points = np.concatenate([self.points, points])
        self.images = np.concatenate([self.images, images])

    def _sort(self) -> None:
        """Enter the points that were added since."""
        first = len(self._order)
        if first < len(self):
            keys = self._shadows(self.images[first:])
            order = np.argsort(keys, kind="stable")
            at = np.searchsorted(self._keys, keys[order])
            self._order = np.insert(self._order, at, first + order)
            self._keys = np.insert(self._keys, at, keys[order])

    def positions(self, images: np.ndarray) -> NDArray[np.int64]:
        """The index of each image (or orbit of images) among the known ones, −1 where it is unknown."""
        orbits = _as_orbits(images)
        n_points, n_orbit, n_image = orbits.shape
        result = np.full(n_points, -1)
        if not len(self) or not n_points:
            return result
        queries = orbits.reshape(-1, n_image)
        reach = self._reach(queries)
        if n_orbit == 1 and n_points * len(self) <= _FEW_PAIRS:
            gaps = _gap(queries[:, None, :], self.images)
            nearest = gaps.argmin(axis=1)
            return np.where(gaps[np.arange(n_points), nearest] <= reach, nearest, -1)
        self._sort()
        keys = self._shadows(queries)
        width = reach * np.sum(np.abs(self._form))
        low = np.searchsorted(self._keys, keys - width, side="left")
        counts = np.maximum(np.searchsorted(self._keys, keys + width, side="right") - low, 0)
        counts[~np.isfinite(keys)] = 0
        query = np.repeat(np.arange(len(queries)), counts)
        offset = np.arange(len(query)) - np.repeat(np.cumsum(counts) - counts, counts)
        candidate = self._order[low[query] + offset]
        distance = _gap(queries[query], self.images[candidate])
        near = np.flatnonzero(distance <= reach[query])
        # Of several, the nearest; of equally near ones, the first.
        best = near[np.lexsort((candidate[near], distance[near], query[near] // n_orbit))]
        owner, start = np.unique(query[best] // n_orbit, return_index=True)
        result[owner] = candidate[best[start]]
        return result

    def _grouped(self, orbits: np.ndarray, first: int) -> tuple[np.ndarray, list[int]]:
        """Positions, counted from `first`, of points new to the set, and which of them are kept."""
        total = float(np.sum(np.abs(self._form)))
        shadows = self._shadows(orbits.reshape(-1, orbits.shape[2])).reshape(orbits.shape[:2])
        reaches = self._reach(orbits)
        keys, members = [], []
        chosen: list[int] = []
        where = np.zeros(len(orbits), np.int64)
        for k, orbit in enumerate(orbits):
            found = -1
            for image, key, reach in zip(orbit, shadows[k], reaches[k], strict=True):
                low = bisect_left(keys, key - reach * total)
                high = bisect_right(keys, key + reach * total)
                for m in members[low:high]:
                    if _gap(image, orbits[chosen[m], 0]) <= reach:
                        found = m
                        break
                if found >= 0:
                    break
            if found < 0:
                found = len(chosen)
                chosen.append(k)
                at = bisect_left(keys, shadows[k, 0])
                keys.insert(at, shadows[k, 0])
                members.insert(at, found)
            where[k] = first + found
        return where, chosen

    def _reach(self, images: np.ndarray) -> np.ndarray:
        """The distance within which another image is the same; −1 where an image is not finite."""
        size = np.max(np.abs(images), axis=-1, initial=0.0)
        return np.where(np.isfinite(size), self._tolerance * np.maximum(size, 1e-12), -1.0)

    def _shadows(self, images: np.ndarray) -> np.ndarray:
        return np.real(images) @ np.real(self._form) - np.imag(images) @ np.imag(self._form)


def _as_orbits(images: np.ndarray) -> np.ndarray:
    return images if images.ndim == 3 else images[:, None, :]


def _gap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.max(np.abs(a - b), axis=-1, initial=0.0)
