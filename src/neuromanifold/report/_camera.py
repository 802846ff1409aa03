"""Where to look from, so that the surface hides as little as possible."""

from __future__ import annotations

import numpy as np

_DIRECTIONS = 72
_TUBE = 0.07
_TARGET_WEIGHT = 3.0
_MAX_OCCLUDERS = 3000


def view_direction(points: np.ndarray, surface: np.ndarray, radius: float) -> np.ndarray:
    """A unit vector from the target towards the eye.

    Among directions spread over the upper half sphere, the one from which most of the points can be
    seen past the surface, the first of them (the target) counting most, and from which they lie
    furthest apart.

    Args:
        points: what should be seen, the target first, shape (n, 3).
        surface: points of the surface, shape (m, 3).
        radius: radius of the ball drawn.
    """
    occluders = surface[:: max(1, len(surface) // _MAX_OCCLUDERS)]
    weights = np.ones(len(points))
    weights[0] = _TARGET_WEIGHT
    best, best_score = np.array([0.6, 0.6, 0.5]), -np.inf
    for direction in _directions():
        visible = [_is_visible(point, direction, occluders, radius) for point in points]
        across = points - np.outer(points @ direction, direction)
        spread = float(np.linalg.norm(across)) / (float(np.linalg.norm(points)) or 1.0)
        score = float(weights @ np.array(visible)) / weights.sum() + 0.5 * spread
        if score > best_score:
            best, best_score = direction, score
    return best


def label_offsets(points: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Unit vectors on the screen, right and up, that lead labels away from the points and apart.

    The points keep their cyclic order around their mean; their labels are spread evenly.

    Args:
        points: what is labelled, shape (n, 3).
        direction: towards the eye, shape (3,).
    """
    right = np.cross([0.0, 0.0, 1.0], direction)
    right /= np.linalg.norm(right)
    screen = (points - points.mean(axis=0)) @ np.stack([right, np.cross(direction, right)], axis=1)
    own = np.arctan2(screen[:, 1], screen[:, 0])
    rank = np.empty(len(points))
    rank[np.argsort(own, kind="stable")] = np.arange(len(points))
    even = 2.0 * np.pi * rank / len(points)
    angle = even + np.angle(np.exp(1j * (own - even)).mean())
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _directions() -> np.ndarray:
    # A Fibonacci spiral between 15° and 50° above the horizon: steeper views look flat.
    k = np.arange(_DIRECTIONS)
    height = 0.26 + 0.5 * (k + 0.5) / _DIRECTIONS
    angle = k * np.pi * (3.0 - np.sqrt(5.0))
    flat = np.sqrt(1.0 - height**2)
    return np.stack([flat * np.cos(angle), flat * np.sin(angle), height], axis=1)


def _is_visible(
    point: np.ndarray, direction: np.ndarray, occluders: np.ndarray, radius: float
) -> bool:
    ahead = occluders - point
    depth = ahead @ direction
    ahead, depth = ahead[depth > _TUBE * radius], depth[depth > _TUBE * radius]
    aside = np.linalg.norm(ahead - np.outer(depth, direction), axis=1)
    return not bool((aside < _TUBE * radius).any())
