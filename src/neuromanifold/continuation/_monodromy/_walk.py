"""Monodromy: all solutions for one parameter value from a few, by walking loops of parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from neuromanifold.continuation._monodromy._homotopy_graph import HomotopyGraph, Image
from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.continuation._paths._track import TrackerOptions
from neuromanifold.rings import PolynomialMap

Sampler = Callable[[np.random.Generator], np.ndarray]

_FIRST_VERTICES = 4
_MOST_NEIGHBOURS = 5
_FEW_SOLUTIONS = 8
_FEW_NEIGHBOURS = 3
_FEWEST_ARRIVALS = 8


@dataclass(frozen=True)
class MonodromyOptions:
    """When to stop walking loops.

    Attributes:
        quiet_loops: stop when so many loops in a row have brought nothing new: that many arrivals for
            each known solution, and 8 at least.
        max_loops: stop after this many loops in all.
        threads: threads of the tracker.
        tracker: options of the tracker.
        max_solutions: stop when that many are known; None sets no limit.
        patience: stop also when other vertices have solutions that the base point lacks, after so many
            times the arrivals that are otherwise enough; None sets no limit.
    """

    quiet_loops: int = 3
    max_loops: int = 200
    threads: int = 1
    tracker: TrackerOptions = field(default_factory=TrackerOptions.normal)
    max_solutions: int | None = None
    patience: int | None = None


@dataclass(frozen=True, eq=False)
class LoopWalk:
    """What a walk found.

    Attributes:
        solutions: the points found at `parameters`, one per image.
        parameters: the base point of all loops.
        n_loops: independent loops walked.
        n_tracked: paths tracked.
        n_lost: paths that failed on the way; their ends are usually found on other loops.
        is_interrupted: the walk was stopped from outside.
        graph: whose loops were walked.
    """

    solutions: PointSet
    parameters: np.ndarray
    n_loops: int
    n_tracked: int
    n_lost: int
    is_interrupted: bool
    graph: HomotopyGraph


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
) -> LoopWalk:
    """Walk the loops of a growing homotopy graph until they bring nothing new.

    Args:
        system: as many equations as variables.
        solutions: at least one solution at `parameters`; new ones are added to it.
        parameters: the base point p of the loops.
        image: the map that identifies solutions, called with points and parameters.
        sample: draws the other vertices from the family.
        rng: the source of all randomness.
        options: when to stop.
        on_progress: called with (loops walked, solutions known).
    """
    graph = HomotopyGraph(system, solutions, parameters, image, options.tracker, options.threads)
    is_interrupted = explore(
        graph,
        sample=lambda _: sample(rng),
        quiet=lambda known: max(options.quiet_loops * known, _FEWEST_ARRIVALS),
        max_loops=options.max_loops,
        enough=options.max_solutions,
        patience=options.patience,
        on_step=None if on_progress is None else lambda: on_progress(graph.n_loops, len(solutions)),
    )
    return LoopWalk(
        solutions,
        parameters,
        graph.n_loops,
        graph.n_tracked,
        graph.n_lost,
        is_interrupted,
        graph,
    )


def explore(
    graph: HomotopyGraph,
    *,
    sample: Callable[[int], np.ndarray],
    quiet: Callable[[int], int],
    max_loops: int,
    enough: int | None = None,
    n_expected: int | None = None,
    patience: int | None = None,
    on_step: Callable[[], None] | None = None,
) -> bool:
    """Track along the edges of a graph and add vertices to it until nothing new comes.

    Args:
        graph: it grows from four vertices, all joined.
        sample: draws the parameters of vertex k.
        quiet: how many arrivals without a discovery are enough, given the number of known solutions.
        max_loops: stop when the graph has that many independent loops.
        enough: stop when so many solutions are known.
        n_expected: how many solutions there are, if that is known.
        patience: stop after so many times the arrivals that are enough, even if vertices have solutions
            that the base point lacks.
        on_step: called after each batch of paths.

    Returns:
        Whether Ctrl-C stopped the walk.
    """
    while enough is None or len(graph.vertices[0].known) < enough:
        batch = graph.step(n_expected)
        if batch is None:
            needed = quiet(graph.n_known)
            missing = needed - graph.n_quiet
            is_long = patience is not None and graph.n_quiet >= patience * needed
            is_done = missing <= 0 and (is_long or _is_level(graph))
            if graph.n_loops >= max_loops or is_done:
                return False
            _grow(graph, sample, missing)
            continue
        if on_step is not None:
            on_step()
        if batch.is_interrupted:
            return True
    return False


def _is_level(graph: HomotopyGraph) -> bool:
    """The base point has as many solutions as any vertex."""
    return len(graph.vertices[0].known) == graph.n_known


def _grow(graph: HomotopyGraph, sample: Callable[[int], np.ndarray], missing: int) -> None:
    """Add a vertex with as many edges as the missing arrivals need: the first of them brings none."""
    n_vertices = len(graph.vertices)
    if n_vertices < _FIRST_VERTICES:
        for k in range(n_vertices, _FIRST_VERTICES):
            graph.add_vertex(sample(k), range(k))
        return
    wanted = 1 + -(-max(missing, 1) // max(graph.n_known, 1))
    degrees = np.bincount([v for edge in graph.edges for v in (edge.a, edge.b)])
    # Loops of one small complete graph resemble each other: for few solutions, use more vertices.
    most = _FEW_NEIGHBOURS if graph.n_known <= _FEW_SOLUTIONS else _MOST_NEIGHBOURS
    n_edges = min(max(wanted, 2), most, n_vertices)
    neighbours = np.argsort(degrees, kind="stable")[:n_edges]
    graph.add_vertex(sample(n_vertices), sorted(int(v) for v in neighbours))
