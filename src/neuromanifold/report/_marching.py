"""The zero set of a function sampled on a grid, as triangles: marching tetrahedra."""

from __future__ import annotations

from itertools import permutations

import numpy as np

_CUBE = np.indices((2, 2, 2)).reshape(3, -1).T


def zero_set(values: np.ndarray, axis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangulate {F = 0} for F given at the points (axis[i], axis[j], axis[k]).

    Each cube of the grid is cut into the six tetrahedra of Kuhn's subdivision; a tetrahedron whose
    corners differ in sign contributes one or two triangles, whose corners are interpolated linearly
    along its edges. All triangles are oriented towards positive values.

    Args:
        values: shape (n, n, n).
        axis: shape (n,).

    Returns:
        points, shape (P, 3), and triangles as indices into them, shape (T, 3).
    """
    n = len(axis)
    flat = values.ravel()
    positive = flat > 0
    corners = _tetrahedra(n, positive)
    if not len(corners):
        return np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64)
    count = positive[corners].sum(axis=1)
    edges, triangles = [], []
    for k in (1, 2, 3):
        chosen = corners[count == k]
        # Positive corners first, so that the cases differ only in how many there are.
        order = np.argsort(~positive[chosen], axis=1, kind="stable")
        a, b, c, d = np.take_along_axis(chosen, order, axis=1).T
        cut = {
            1: [((a, b), (a, c), (a, d))],
            2: [((a, c), (a, d), (b, d)), ((a, c), (b, d), (b, c))],
            3: [((a, d), (b, d), (c, d))],
        }[k]
        for sides in cut:
            edges.append(np.stack([np.sort(np.stack(side, axis=1), axis=1) for side in sides], 1))
            triangles.append((a, d))
    ends = np.concatenate(edges).reshape(-1, 2)
    keys, index = np.unique(ends[:, 0] * n**3 + ends[:, 1], return_inverse=True)
    low, high = np.divmod(keys, n**3)

    def place(vertices: np.ndarray) -> np.ndarray:
        return axis[vertices[:, None] // np.array([n * n, n, 1]) % n]

    weight = (flat[low] / (flat[low] - flat[high]))[:, None]
    points = (1 - weight) * place(low) + weight * place(high)
    upward = np.concatenate([place(a) - place(d) for a, d in triangles])
    return points, _oriented(points, index.reshape(-1, 3), upward)


def _tetrahedra(n: int, positive: np.ndarray) -> np.ndarray:
    """Corners of the tetrahedra of all cubes whose corners differ in sign, shape (T, 4)."""
    strides = np.array([n * n, n, 1])
    first = np.indices((n - 1,) * 3).reshape(3, -1).T @ strides
    above = sum(positive[first + shift @ strides].astype(np.int8) for shift in _CUBE)
    first = first[(above > 0) & (above < 8)]
    paths = [np.cumsum([0, *strides[list(order)]]) for order in permutations(range(3))]
    return np.concatenate([first[:, None] + path for path in paths])


def _oriented(points: np.ndarray, faces: np.ndarray, upward: np.ndarray) -> np.ndarray:
    p, q, r = (points[corner] for corner in faces.T)
    downward = np.einsum("ij,ij->i", np.cross(q - p, r - p), upward) < 0
    faces[downward] = faces[downward][:, [0, 2, 1]]
    return faces
