"""Points kept once per image."""

from __future__ import annotations

import numpy as np


class PointSet:
    """Solutions of one system, identified by their image under a map.

    Two points are the same when their images differ by less than `tolerance` relative to the size
    of the image, coordinate magnitudes being measured together.
    """

    def __init__(self, n_coordinates: int, n_image: int, tolerance: float = 1e-8) -> None:
        self.points = np.zeros((0, n_coordinates), dtype=np.complex128)
        self.images = np.zeros((0, n_image), dtype=np.complex128)
        self._tolerance = tolerance

    def __len__(self) -> int:
        return len(self.points)

    def add(self, points: np.ndarray, images: np.ndarray) -> int:
        """Add the points whose images are new, in order; returns how many were."""
        fresh: list[int] = []
        known = self.images
        nearest = _nearest(images, known)
        for i in np.flatnonzero(nearest > self._tolerance):
            if _nearest(images[i : i + 1], images[fresh])[0] > self._tolerance:
                fresh.append(int(i))
        self.points = np.concatenate([self.points, points[fresh]])
        self.images = np.concatenate([known, images[fresh]])
        return len(fresh)

    def positions(self, images: np.ndarray) -> np.ndarray:
        """The index of each image among the known ones, −1 where it is unknown."""
        if not len(self):
            return np.full(len(images), -1)
        distance = _distances(images, self.images)
        closest = distance.argmin(axis=1)
        return np.where(distance.min(axis=1) <= self._tolerance, closest, -1)


def _nearest(images: np.ndarray, known: np.ndarray) -> np.ndarray:
    if not len(known):
        return np.full(len(images), np.inf)
    return _distances(images, known).min(axis=1)


def _distances(images: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Relative distances ‖a − b‖∞ / max(1e−12, ‖a‖∞), shape (len(images), len(known))."""
    if not len(images):
        return np.zeros((0, len(known)))
    scale = np.maximum(np.abs(images).max(axis=1), 1e-12)
    blocks = [
        np.abs(image[None, :] - known).max(axis=1) / size
        for image, size in zip(images, scale, strict=True)
    ]
    return np.stack(blocks)
