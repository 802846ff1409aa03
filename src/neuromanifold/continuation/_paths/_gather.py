"""From the ends of paths to distinct solutions with multiplicities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation._paths._ends import Ends

_NEARLY_SINGULAR = 1e8


@dataclass(frozen=True, eq=False)
class Gathered:
    """Distinct ends of paths.

    Attributes:
        x: (D, n).
        is_singular: (D,).
        condition: (D,), infinite at a singular end.
        multiplicity: (D,), how many paths end there.
        paths: (K,), numbers of the paths with these ends; paths left out have failed, because
            another one has the same regular end.
        owner: (K,), the position of the end of each of these paths.
    """

    x: np.ndarray
    is_singular: np.ndarray
    condition: np.ndarray
    multiplicity: np.ndarray
    paths: np.ndarray
    owner: np.ndarray

    def at(self, order: np.ndarray) -> Gathered:
        """The same ends in another order."""
        position = np.empty(len(order), np.int64)
        position[order] = np.arange(len(order))
        return Gathered(
            self.x[order],
            self.is_singular[order],
            self.condition[order],
            self.multiplicity[order],
            self.paths,
            position[self.owner],
        )


def gathered(ends: Ends, positions: np.ndarray) -> Gathered:
    """Cluster the ends in finite space at `positions`.

    The paths into a singular end come around it in a cycle, x = x* + c·ω^k·t^{1/m} + …, so the mean of
    their ends is closer to x* than each of them. A regular solution belongs to one path.
    """
    labels = ends.clusters(positions)
    n_clusters = int(labels.max(initial=-1)) + 1
    is_regular = ends.is_regular[positions]
    # A cluster is regular if it has a regular end, unless singular ends surround a dubious one.
    best = _first(labels, is_regular, n_clusters)
    has_regular = best >= 0
    has_singular = _first(labels, ~is_regular, n_clusters) >= 0
    dubious = ends.condition[positions[np.maximum(best, 0)]] > _NEARLY_SINGULAR
    is_singular = ~has_regular | (has_singular & dubious)
    counted = is_singular[labels]
    counted[best[~is_singular]] = True
    kept, owner = positions[counted], labels[counted]
    multiplicity = np.bincount(owner, minlength=n_clusters)
    first = _first(owner, np.ones(len(owner), np.bool_), n_clusters)
    others = np.flatnonzero(first[owner] != np.arange(len(owner)))
    x = ends.points[kept[first]]
    np.add.at(x, owner[others], ends.points[kept[others]])
    shared = multiplicity > 1
    x[shared] /= multiplicity[shared, None]
    condition = np.full(n_clusters, np.inf)
    condition[owner] = np.where(is_singular[owner], np.inf, ends.condition[kept])
    return Gathered(x, is_singular, condition, multiplicity, ends.numbers[kept], owner)


def _first(labels: np.ndarray, mask: np.ndarray, n_clusters: int) -> np.ndarray:
    """The first member of each cluster that the mask admits, −1 where there is none."""
    first = np.full(n_clusters, -1)
    members = np.flatnonzero(mask)[::-1]
    first[labels[members]] = members
    return first
