"""Monodromy: all solutions for one parameter value from a few, by walking loops of parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from neuromanifold.continuation._point_set import PointSet
from neuromanifold.continuation._track import TrackerOptions, track
from neuromanifold.rings import PolynomialMap

Sampler = Callable[[np.random.Generator], np.ndarray]
Image = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class MonodromyOptions:
    """When to stop walking loops.

    Attributes:
        quiet_loops: stop after this many loops in a row without a new solution.
        max_loops: stop after this many loops in all.
        threads: threads of the tracker.
        tracker: options of the tracker.
    """

    quiet_loops: int = 3
    max_loops: int = 200
    threads: int = 1
    tracker: TrackerOptions = field(default_factory=TrackerOptions.normal)


@dataclass(frozen=True, eq=False)
class MonodromyResult:
    """What a walk found.

    Attributes:
        solutions: the points found at `parameters`, one per image.
        parameters: the base point of all loops.
        n_loops: loops walked.
        n_tracked: paths tracked.
        n_lost: paths that failed on the way; their ends are usually found on other loops.
        is_interrupted: the walk was stopped from outside.
    """

    solutions: PointSet
    parameters: np.ndarray
    n_loops: int
    n_tracked: int
    n_lost: int
    is_interrupted: bool


def walk_loops(
    system: PolynomialMap,
    solutions: PointSet,
    parameters: np.ndarray,
    *,
    image: Image,
    sample: Sampler,
    rng: np.random.Generator,
    options: MonodromyOptions,
    on_progress: Callable[[int, int], None] | None = None,
) -> MonodromyResult:
    """Walk triangles p → p₁ → p₂ → p, following every known solution, until they bring nothing new.

    Args:
        system: as many equations as variables.
        solutions: at least one solution at `parameters`; new ones are added to it.
        parameters: the base point p of the loops.
        image: the map that identifies solutions, called with points and parameters.
        sample: draws p₁ and p₂ from the family.
        rng: the source of all randomness.
        options: when to stop.
        on_progress: called with (loops walked, solutions known).
    """
    quiet, loops, tracked, lost = 0, 0, 0, 0
    interrupted = False
    while quiet < options.quiet_loops and loops < options.max_loops and not interrupted:
        ends = solutions.points
        stops = [parameters, sample(rng), sample(rng), parameters]
        for start, target in pairwise(stops):
            batch = track(
                system.tape, ends, start, target, options=options.tracker, threads=options.threads
            )
            tracked += len(ends)
            lost += int(np.sum(~batch.success))
            interrupted = interrupted or batch.is_interrupted
            ends = batch.solutions[batch.success]
        found = solutions.add(ends, image(ends, parameters)) if len(ends) else 0
        loops += 1
        quiet = 0 if found else quiet + 1
        if on_progress is not None:
            on_progress(loops, len(solutions))
    return MonodromyResult(solutions, parameters, loops, tracked, lost, interrupted)
