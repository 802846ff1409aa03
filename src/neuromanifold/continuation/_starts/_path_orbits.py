"""Start paths that a symmetry group moves to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation._starts._symmetry import orbits


@dataclass(frozen=True, eq=False)
class PathOrbits:
    """Paths of a homotopy H with H(σx, t) = σH(x, t): where one goes, its images go.

    If x(t) is a path, so is σx(t), with (σx)_{σ(j)} = x_j. One path of each orbit, the root, is
    tracked, and x_k(t)_j = x_{root}(t)_{places[k, j]} for the others.

    Attributes:
        root_of: (N,), the number of the root of each path; a root is its own.
        places: (N, n).
    """

    root_of: np.ndarray
    places: np.ndarray

    @staticmethod
    def of_digits(degrees: Sequence[int], generators: Sequence[np.ndarray]) -> PathOrbits:
        """Paths whose numbers are tuples of digits k_j < d_j, moved like coordinates.

        Among interchangeable coordinates the root has sorted digits. Trees of paths then grow together
        as in Boruvka's algorithm: each joins one with a smaller root that a generator leads to, until
        none does.

        >>> orbits = PathOrbits.of_digits((2, 2), [np.array([1, 0])])  # 00, 01, 10, 11
        >>> orbits.root_of.tolist(), orbits.places[2].tolist()
        ([0, 1, 1, 3], [1, 0])
        """
        digits = np.stack(np.unravel_index(np.arange(np.prod(degrees)), degrees), axis=1)
        swaps = [sigma for sigma in generators if _is_transposition(sigma)]
        others = [sigma for sigma in generators if not _is_transposition(sigma)]
        root_of, places = _sorted_within(_classes(swaps, len(degrees)), digits, degrees)
        moved = []
        for sigma in others:
            image = np.empty_like(digits)
            image[:, sigma] = digits
            moved.append(np.ravel_multi_index(tuple(image.T), tuple(degrees)))
        while True:
            best, by = root_of.copy(), np.full(len(digits), -1)
            for g, images in enumerate(moved):
                nearer = root_of[images] < best
                best[nearer], by[nearer] = root_of[images[nearer]], g
            joining = np.flatnonzero(by >= 0)
            if not len(joining):
                return PathOrbits(root_of, places)
            joining = joining[np.lexsort([best[joining], root_of[joining]])]
            joining = joining[np.diff(root_of[joining], prepend=-1) > 0]  # one for each root
            parent = np.arange(len(digits))
            link = _in_place(digits.shape)
            # The root is e_k⁻¹ of path k, which is g⁻¹ of path g·k, which is e_{g·k} of its root.
            there = np.array([moved[by[k]][k] for k in joining])
            steps = np.array([others[g] for g in by[joining]], np.int8)
            back = np.argsort(places[joining], axis=1)
            parent[root_of[joining]] = root_of[there]
            link[root_of[joining]] = _composed(places[there], _composed(steps, back))
            while not np.array_equal(parent, parent[parent]):
                link, parent = _composed(link[parent], link), parent[parent]
            places, root_of = _composed(link[root_of], places), parent[root_of]

    @property
    def roots(self) -> np.ndarray:
        """The paths to track, ascending."""
        return np.flatnonzero(self.root_of == np.arange(len(self.root_of)))

    def members(self, roots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All paths in the orbits of some roots, and the position of their roots among these.

        Args:
            roots: ascending.
        """
        position = np.searchsorted(roots, self.root_of).clip(max=len(roots) - 1)
        numbers = np.flatnonzero(roots[position] == self.root_of)
        return numbers, position[numbers]


def _is_transposition(sigma: np.ndarray) -> bool:
    return int(np.sum(sigma != np.arange(len(sigma)))) == 2


def _classes(swaps: Sequence[np.ndarray], n: int) -> list[np.ndarray]:
    """Coordinates that transpositions make interchangeable."""
    least = orbits(swaps, n)
    members = [np.flatnonzero(least == v) for v in sorted(set(least.tolist()))]
    return [cell for cell in members if len(cell) > 1]


def _sorted_within(
    classes: list[np.ndarray], digits: np.ndarray, degrees: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The number of the tuple that is sorted within each class, and the places there."""
    least, places = digits.copy(), _in_place(digits.shape)
    for cell in classes:
        order = np.argsort(digits[:, cell], axis=1, kind="stable")
        least[:, cell] = np.take_along_axis(digits[:, cell], order, axis=1)
        np.put_along_axis(places, cell[order], cell.astype(np.int8)[None, :], axis=1)
    return np.asarray(np.ravel_multi_index(tuple(least.T), tuple(degrees))), places


def _in_place(shape: tuple[int, ...]) -> np.ndarray:
    return np.tile(np.arange(shape[1], dtype=np.int8), (shape[0], 1))


def _composed(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Row by row outer[inner]: places by `outer`, then those by `inner`."""
    return np.take_along_axis(outer, inner.astype(np.int64), axis=1)
