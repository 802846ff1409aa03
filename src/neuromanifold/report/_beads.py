"""Small solids that mark points in space: a surface through them hides only half of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

_MANY = 60


@dataclass(frozen=True, eq=False)
class Solid:
    """A convex solid about the origin with corners at distance 1.

    Attributes:
        corners: shape (c, 3).
        faces: indices into `corners`, oriented outwards, shape (f, 3).
    """

    corners: np.ndarray
    faces: np.ndarray

    def copies(self, centers: np.ndarray, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One copy about each centre: all corners, shape (n·c, 3), and faces, shape (n·f, 3)."""
        corners = centers[:, None, :] + radii[:, None, None] * self.corners
        first = len(self.corners) * np.arange(len(centers))
        faces = first[:, None, None] + self.faces
        return corners.reshape(-1, 3), faces.reshape(-1, 3)


def ball(count: int) -> Solid:
    """A round bead, plainer when there are many of them."""
    corners = 180 if count <= _MANY else 42
    k = np.arange(corners)
    height = 1.0 - (2.0 * k + 1.0) / corners
    angle = k * np.pi * (3.0 - np.sqrt(5.0))
    flat = np.sqrt(1.0 - height**2)
    return _hull(np.stack([flat * np.cos(angle), flat * np.sin(angle), height], axis=1))


def octahedron() -> Solid:
    """The bead of the target."""
    return _hull(np.concatenate([np.eye(3), -np.eye(3)]))


def cube() -> Solid:
    """The bead of a function that real parameters do not reach."""
    signs = np.indices((2, 2, 2)).reshape(3, -1).T * 2.0 - 1.0
    return _hull(signs / np.sqrt(3.0))


def _hull(corners: np.ndarray) -> Solid:
    faces = ConvexHull(corners).simplices
    a, b, c = (corners[corner] for corner in faces.T)
    inward = np.einsum("ij,ij->i", np.cross(b - a, c - a), a + b + c) < 0
    faces[inward] = faces[inward][:, [0, 2, 1]]
    return Solid(corners, faces)
