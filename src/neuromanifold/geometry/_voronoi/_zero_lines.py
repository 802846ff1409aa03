"""Zero sets of functions in a window of the plane, as polylines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_GRID = 401


def zero_lines(
    f: Callable[[np.ndarray], np.ndarray], center: np.ndarray, radius: float
) -> list[np.ndarray]:
    """Polylines of f = 0 in a square, by linear interpolation on a grid of 401 × 401 points.

    Args:
        f: values at points (B, 2).
        center: of the square.
        radius: half its side.
    """
    from contourpy import contour_generator

    # An odd shift keeps grid points off the axes, where singular points like to be.
    x = center[0] + 0.00137 * radius + radius * np.linspace(-1.01, 1.01, _GRID)
    y = center[1] + 0.00091 * radius + radius * np.linspace(-1.01, 1.01, _GRID)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    values = f(points).reshape(_GRID, _GRID)
    lines = contour_generator(x, y, values).lines(0.0)
    return [np.asarray(line) for line in lines]


def parts_where(
    holds: Callable[[np.ndarray], np.ndarray], lines: list[np.ndarray]
) -> list[np.ndarray]:
    """The parts of polylines with at least two successive points at which a condition holds.

    Args:
        holds: truth values at points (K, 2).
        lines: polylines (K, 2).
    """
    parts = []
    for line in lines:
        kept = holds(line)
        runs = np.split(np.arange(len(line)), np.flatnonzero(np.diff(kept)) + 1)
        parts += [line[run] for run in runs if kept[run[0]] and len(run) > 1]
    return parts
