"""Points along curves, linked to lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import KDTree

_LINKED = 2.6


@dataclass(frozen=True, eq=False)
class Strands:
    """Points along curves, linked into pieces.

    Attributes:
        points: shape (n, 3).
        links: pairs of neighbours, shape (l, 2).
    """

    points: np.ndarray
    links: np.ndarray

    @staticmethod
    def through(points: np.ndarray, spacing: float) -> Strands:
        """Links along a shortest tree, where they are not much longer than `spacing`."""
        none = np.zeros((0, 2), np.int64)
        if len(points) < 2:
            return Strands(points, none)
        pairs = KDTree(points).query_pairs(_LINKED * spacing, output_type="ndarray")
        if not len(pairs):
            return Strands(points, none)
        length = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
        graph = coo_array((length, pairs.T), shape=(len(points),) * 2)
        tree = minimum_spanning_tree(graph.tocsr()).tocoo()
        links = np.stack([tree.row, tree.col], axis=1).astype(np.int64)
        return Strands(points, np.concatenate([links, _closing(points, links, pairs)]))

    @cached_property
    def loose(self) -> np.ndarray:
        """Points without a neighbour."""
        alone = np.ones(len(self.points), bool)
        alone[self.links.ravel()] = False
        return self.points[alone]

    def paths(self, links: np.ndarray) -> list[np.ndarray]:
        """Paths through the links, as long as possible."""
        neighbours: dict[int, list[int]] = {}
        for a, b in links.tolist():
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
        # Ends and crossings first, so that a path runs from one to another.
        order = sorted(neighbours, key=lambda node: len(neighbours[node]) == 2)
        paths = []
        for start in order:
            while neighbours[start]:
                path = [start]
                while neighbours[path[-1]]:
                    following = neighbours[path[-1]].pop()
                    neighbours[following].remove(path[-1])
                    path.append(following)
                    if len(neighbours[following]) != 1:
                        break
                paths.append(self.points[path])
        return paths


def _closing(points: np.ndarray, links: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """What closes the loops that the tree has cut: links between close ends of it."""
    degree = np.bincount(links.ravel(), minlength=len(points))
    ends = pairs[(degree[pairs] == 1).all(axis=1)]
    known = {tuple(sorted(link)) for link in links.tolist()}
    fresh = [pair for pair in ends.tolist() if tuple(sorted(pair)) not in known]
    return np.array(fresh, np.int64).reshape(-1, 2)
