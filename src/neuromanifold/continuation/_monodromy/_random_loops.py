"""Single solutions on random loops of their own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._paths._track import TrackerOptions, track
from neuromanifold.rings import PolynomialMap

_CORNERS = 4


def random_loops(
    system: PolynomialMap,
    points: NDArray[np.complex128],
    parameters: NDArray[np.complex128],
    sample: Callable[[], NDArray[np.complex128]],
    *,
    options: TrackerOptions,
    threads: int,
) -> NDArray[np.complex128]:
    """Where loops take solutions: each solution follows a polygon of its own with random corners.

    Args:
        system: as many equations as variables.
        points: (B, n), solutions at `parameters`.
        parameters: the base point of the loops.
        sample: draws the parameters of one corner.
        options: options of the tracker.
        threads: threads of the tracker.

    Returns:
        The ends of the loops that were not lost.
    """
    here: NDArray[np.complex128] = np.tile(parameters, (len(points), 1))
    for k in range(_CORNERS + 1):
        is_last = k == _CORNERS
        there = np.array([parameters if is_last else sample() for _ in points])
        batch = track(system.tape, points, here, there, options=options, threads=threads)
        if batch.is_interrupted:
            raise KeyboardInterrupt
        points, here = batch.solutions[batch.success], there[batch.success]
        if not len(points):
            break
    return points
