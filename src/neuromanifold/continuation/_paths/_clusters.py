"""Points that lie together."""

from __future__ import annotations

import numpy as np


def max_norms(points: np.ndarray) -> np.ndarray:
    """max_j |x_j| for each of the points (N, n)."""
    # NumPy is slow along short rows.
    return np.max(np.abs(points).T.copy(), axis=0, initial=0.0)


def cluster(points: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Labels 0, 1, … of the points (N, n), equal where a chain of close points joins them.

    Points a and b are close when max_j |a_j − b_j| ≤ max(radius_a, radius_b). Labels follow the first
    member of each cluster. Points that are all apart take O(N log N) time.

    >>> cluster(np.array([[1.0, 0], [2, 0], [1 + 1e-12, 0]]), np.full(3, 1e-10))
    array([0, 1, 0])
    """
    labels = np.arange(len(points))
    pairs = _close_pairs(points, radii)
    if not pairs:
        return labels
    for a, b in pairs:
        root_a, root_b = _root(labels, a), _root(labels, b)
        labels[max(root_a, root_b)] = min(root_a, root_b)
    for a, b in pairs:
        labels[a], labels[b] = _root(labels, a), _root(labels, b)
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def _close_pairs(points: np.ndarray, radii: np.ndarray) -> list[tuple[int, int]]:
    """Sweeps along a random real-linear form, in which close points are neighbours."""
    n_points, n = points.shape
    if n_points < 2:
        return []
    rng = np.random.default_rng(0)
    form = np.exp(2j * np.pi * rng.uniform(size=n)) * rng.uniform(0.5, 1, n)
    shadow = np.einsum("ij,j->i", points, form).real
    order = np.argsort(shadow, kind="stable")
    shadow, radii = shadow[order], radii[order]
    pairs: list[tuple[int, int]] = []
    for k in range(1, n_points):
        radius = np.maximum(radii[k:], radii[:-k])
        near = np.flatnonzero(shadow[k:] - shadow[:-k] <= n * radius.max())
        if not len(near):
            break
        gap = max_norms(points[order[near + k]] - points[order[near]])
        near = near[gap <= radius[near]]
        pairs += zip(order[near].tolist(), order[near + k].tolist(), strict=True)
    return pairs


def _root(parent: np.ndarray, k: int) -> int:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = int(parent[k])
    return k
