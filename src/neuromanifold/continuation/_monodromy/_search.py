"""One search by monodromy: where it starts, and what decides when it ends."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from neuromanifold.continuation._monodromy._bilinear_cut import Trace
from neuromanifold.continuation._monodromy._checkpoint import Checkpoint, fingerprint
from neuromanifold.continuation._monodromy._completeness import (
    Evidence,
    MonodromyWarning,
    SearchCompleteness,
    arrivals_needed,
    confidence,
)
from neuromanifold.continuation._monodromy._family_trace import FamilyTrace
from neuromanifold.continuation._monodromy._galois import loop_permutations
from neuromanifold.continuation._monodromy._homotopy_graph import HomotopyGraph
from neuromanifold.continuation._monodromy._identification import Identification
from neuromanifold.continuation._monodromy._linear_family import LinearFamily
from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.continuation._monodromy._random_loops import random_loops
from neuromanifold.continuation._monodromy._start_pair import StartPairs
from neuromanifold.continuation._monodromy._stopping import (
    Confidence,
    SolutionCount,
    StoppingCriterion,
    TraceTest,
)
from neuromanifold.continuation._monodromy._walk import MonodromyOptions, explore
from neuromanifold.continuation._paths._track import TrackerOptions, track
from neuromanifold.continuation._systems._linear_parameters import (
    entering_parameters,
    linear_parameters,
    spanning_parameters,
)
from neuromanifold.continuation._systems._square_up import ExcessTest, squared_up
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import PolynomialMap

_BEFORE_TRACE = 0.8
_MOST_ROUNDS = 5
_FEWEST_ARRIVALS = 24
_FEWEST_WITHOUT_TRACE = 150
_STILL = 1e-10
_EXTRA_STARTS = 8
_LOOPS_FOR_MAJORITY = 128
_ROOM = 1e5
_LARGEST_BOUND = 1e150
_SIZES = (-1.0, 2.0)


@dataclass(eq=False)
class Search:
    """One search: the graph, and what decides when it ends."""

    family: System
    identification: Identification
    stop: StoppingCriterion
    max_loops: int
    seed: int
    threads: int
    tracker: TrackerOptions
    on_progress: Callable[[int, int], object] | None
    square: System = field(init=False)
    pairs: StartPairs = field(init=False)
    linear: tuple[int, ...] = field(init=False)
    graph: HomotopyGraph = field(init=False)
    checkpoint: Checkpoint = field(init=False)
    is_constant: bool = field(init=False)
    is_start_given: bool = field(init=False)

    def rng(self, *purpose: int) -> np.random.Generator:
        """A generator of its own for every purpose: what one draws does not depend on the others."""
        return np.random.default_rng([self.seed, *purpose])

    def begin(self, start: tuple[Any, Any] | None, checkpoint: str | Path | None) -> None:
        """Find a start pair and build the graph, or take it from the checkpoint."""
        family = self.family
        self.is_start_given = start is not None
        self.square = squared_up(family, self.rng(0))
        entering = entering_parameters(family)
        self._warn_of_idle(entering)
        self.linear = linear_parameters(family)
        self.pairs = StartPairs(family, entering, self.linear)
        x, p = self._pair() if start is None else self._given(*start)
        self.scale = _root_mean_square(p[: len(family.parameters)])
        self.tracker = _reaching(self.tracker, float(np.max(np.abs(x), initial=0.0)))
        self.is_constant = not entering or self.pairs.velocity(x, p) < _STILL
        images = self.identification.images(x[None, :], p)
        self._check_group(x, p)
        known = PointSet(family.n_variables, images.shape[-1])
        known.add(x[None, :], images)
        self.graph = HomotopyGraph(
            self.square.map, known, p, self.identification.images, self.tracker, self.threads
        )
        mark = "" if checkpoint is None else self._fingerprint(p, images)
        self.checkpoint = Checkpoint(checkpoint, mark)
        self.checkpoint.restore(self.graph)

    def _fingerprint(self, p: np.ndarray, images: np.ndarray) -> str:
        own = self.family.map
        return fingerprint(
            own.outputs,
            (*own.variables, *own.parameters),
            self.seed,
            np.round(p, 6).tolist(),
            np.round(images, 6).tolist(),
        )

    def run(self) -> SearchCompleteness:
        """Search until the evidence is there."""
        if self.is_constant:
            self._more_starts()
            return self._completeness(Evidence.CONSTANT_FAMILY)
        trace = None
        try:
            evidence, trace = self._search()
        except KeyboardInterrupt:
            evidence = Evidence.INTERRUPTED
        is_over = evidence not in {Evidence.INTERRUPTED, Evidence.COUNT_GIVEN, Evidence.TRACE_TEST}
        if is_over and 0 < self.graph.n_tracked == self.graph.n_lost:
            evidence = Evidence.PATHS_LOST
        if evidence is Evidence.ESTIMATED and self._is_trivial():
            evidence = Evidence.TRIVIAL_MONODROMY
        self.checkpoint.save(self.graph, now=True)
        return self._completeness(evidence, trace)

    def _search(self) -> tuple[Evidence, Trace | None]:
        test = self._trace_test() if isinstance(self.stop, TraceTest) else None
        trace = None
        wanted, fewest = self._wanted, _FEWEST_WITHOUT_TRACE
        if test is not None:
            wanted, fewest = min(self._wanted, _BEFORE_TRACE), _FEWEST_ARRIVALS
        for _ in range(_MOST_ROUNDS):
            if self._explore(wanted, fewest):
                return Evidence.INTERRUPTED, trace
            if self._count is not None and len(self.known) >= self._count:
                return Evidence.COUNT_GIVEN, trace
            if test is None and self._more_starts():
                continue
            if test is None:
                is_sure = self._confidence() >= wanted
                return Evidence.ESTIMATED if is_sure else Evidence.LOOPS_EXHAUSTED, trace
            trace = self._traced(test)
            if trace.is_interrupted:
                return Evidence.INTERRUPTED, trace
            if trace.is_closed and (not test.needs_majority or self._has_majority()):
                return Evidence.TRACE_TEST, trace
            if trace.is_abandoned:
                test, trace = None, None
                wanted, fewest = self._wanted, _FEWEST_WITHOUT_TRACE
            else:
                wanted, fewest = 1 - (1 - wanted) ** 2, 3 * fewest
        return Evidence.LOOPS_EXHAUSTED if trace is None else Evidence.TRACE_OPEN, trace

    @property
    def _count(self) -> int | None:
        """How many solutions there are, if that is known."""
        return self.stop.count if isinstance(self.stop, SolutionCount) else None

    @property
    def _wanted(self) -> float:
        """The confidence that is enough where nothing better decides."""
        return (self.stop if isinstance(self.stop, Confidence) else self.stop.otherwise).level

    @property
    def known(self) -> PointSet:
        """Solutions at the base point."""
        return self.graph.vertices[0].known

    def _explore(self, wanted: float, fewest: int) -> bool:
        def report() -> None:
            self.checkpoint.save(self.graph)
            if self.on_progress is not None:
                self.on_progress(self.graph.n_loops, len(self.known))

        return explore(
            self.graph,
            sample=self._vertex,
            quiet=lambda known: max(arrivals_needed(known, wanted), fewest),
            max_loops=self.max_loops,
            enough=self._count,
            n_expected=self._count,
            on_step=report,
        )

    def _vertex(self, k: int) -> np.ndarray:
        """Random parameters of varying size: branch points may lie far out, or near the origin."""
        rng = self.rng(2, k)
        return self.pairs.parameters(rng, self.scale * 2 ** rng.uniform(*_SIZES))

    def _confidence(self) -> float:
        return confidence(self.graph.n_known, self.graph.n_quiet)

    def _trace_test(self) -> FamilyTrace | None:
        """The bilinear trace test in the parameters that occur linearly, if there are any."""
        image = self.identification.map
        if not self.linear or image is None:
            return None
        own, p = self.square.map, self.graph.vertices[0].parameters
        # Fewer parameters make a second cut of fewer points.
        h = np.array(
            spanning_parameters(self.family, self.linear, self.known.points[0], p) or self.linear
        )
        q = np.delete(np.arange(len(p)), h)
        nodes = tuple(own.parameters[k] for k in (*h, *q))
        pairs = StartPairs(self.family, h.tolist(), h.tolist())

        def start_pair(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
            x, values = pairs.pair(generator, p)
            return x, values[h]

        family = LinearFamily(
            system=PolynomialMap(own.outputs, own.variables, nodes),
            image=PolynomialMap(image.outputs, own.variables, nodes),
            frame=np.eye(len(image.outputs)),
            held=p[q],
            sample=lambda generator: self.pairs.parameters(generator, self.scale)[h],
            start_pair=start_pair,
        )
        options = MonodromyOptions(
            max_loops=self.max_loops, threads=self.threads, tracker=self.tracker
        )
        return FamilyTrace(family, p[h], self.rng(3), options)

    def _traced(self, test: FamilyTrace) -> Trace:
        """One trace test of everything that is known."""
        points = self.identification.expanded(self.known.points)
        images = self.identification.values(points, self.graph.vertices[0].parameters)
        everything = PointSet(points.shape[1], images.shape[1])
        everything.add(points, images)
        return test.run(everything, self.graph.n_tracked, self._report_cut)

    def _report_cut(self, loops: int, _: int) -> None:
        if self.on_progress is not None:
            self.on_progress(self.graph.n_loops + loops, len(self.known))

    def _has_majority(self) -> bool:
        """Whether single solutions on random loops end at known ones, again and again.

        If half of the solutions were unknown, N loops would have that outcome with probability 2⁻ᴺ.
        """
        rng = self.rng(5, len(self.known))
        base = self.graph.vertices[0]
        ends = random_loops(
            self.square.map,
            base.known.points[rng.integers(len(base.known), size=_LOOPS_FOR_MAJORITY)],
            base.parameters,
            lambda: self.pairs.parameters(rng, self.scale * 2 ** rng.uniform(*_SIZES)),
            options=self.tracker,
            threads=self.threads,
        )
        return not self.graph.add_solutions(ends) and 2 * len(ends) > _LOOPS_FOR_MAJORITY

    def _pair(self) -> tuple[np.ndarray, np.ndarray]:
        return self.pairs.pair(self.rng(1))

    def _given(self, x: Any, p: Any) -> tuple[np.ndarray, np.ndarray]:
        bound = self.family.bound(p).values
        point = np.array(x, np.complex128).reshape(-1)
        if point.shape != (self.family.n_variables,) or not np.isfinite(point).all():
            raise InvalidInputError(
                f"The start solution has shape {np.shape(x)}; give {self.family.n_variables} finite "
                f"numbers, in the order {', '.join(self.family.variables)}."
            )
        refined = self.pairs.refined(point, bound)
        size = max(float(np.abs(point).max()), 1e-8)
        if refined is None or np.abs(refined[: len(point)] - point).max() > 1e-3 * size:
            raise InvalidInputError(
                "The start point is no regular solution for the start parameters: Newton's method "
                "leads away from it; check both, or leave start out."
            )
        return refined[: len(point)], bound

    def _check_group(self, x: np.ndarray, p: np.ndarray) -> None:
        group = self.identification.group
        if group is None:
            return
        for moved in group.orbits(x[None, :])[0]:
            there = self.pairs.refined(moved, p)
            size = max(float(np.abs(moved).max()), 1e-8)
            if there is None or np.abs(there[: len(moved)] - moved).max() > 1e-6 * size:
                raise InvalidInputError(
                    "The group does not map solutions to solutions: it moves the start solution to a "
                    "point that is none; check its generators."
                )

    def _warn_of_idle(self, entering: tuple[int, ...]) -> None:
        names = self.family.parameters
        idle = [name for k, name in enumerate(names) if k not in entering]
        if idle and entering:
            warnings.warn(
                f"No equation contains {', '.join(idle)}; leave idle parameters out.",
                MonodromyWarning,
                stacklevel=4,
            )

    def _more_starts(self) -> bool:
        """Bring other start pairs to the base point; returns whether one was new.

        They show what loops cannot: solutions that do not change places with those that are known.
        A start pair that was given asks for its own component only.
        """
        if self.is_start_given:
            return False
        base = self.graph.vertices[0]
        rng = self.rng(4, len(self.known))
        pairs = [self.pairs.pair(rng, n_draws=1) for _ in range(_EXTRA_STARTS)]
        batch = track(
            self.square.map.tape,
            np.array([x for x, _ in pairs]),
            np.array([p for _, p in pairs]),
            base.parameters,
            options=self.tracker,
            threads=self.threads,
        )
        ends = batch.solutions[batch.success]
        ends = ends[~ExcessTest(self.family).excess(ends, base.parameters)]
        if not len(ends):
            return False
        return self.graph.add_solutions(ends) > 0

    def _is_trivial(self) -> bool:
        """No loop moved a solution."""
        permutations = loop_permutations(self.graph)
        here = np.arange(permutations.shape[1])
        return bool(np.all((permutations == here) | (permutations < 0)))

    def _completeness(self, evidence: Evidence, trace: Trace | None = None) -> SearchCompleteness:
        return SearchCompleteness(
            evidence,
            confidence=self._confidence(),
            n_arrivals=self.graph.n_quiet,
            missing_mass=self.graph.missing_mass,
            trace_residual=None if trace is None else trace.residual,
            n_trace_points=None if trace is None else trace.n_cut_points,
        )


def _reaching(tracker: TrackerOptions, size: float) -> TrackerOptions:
    """Solutions of the size of the start solution are not taken for infinite ones."""
    if size * _ROOM < tracker.divergence_bound:
        return tracker
    bound = min(size * tracker.divergence_bound, _LARGEST_BOUND)
    return replace(tracker, divergence_bound=bound)


def _root_mean_square(values: np.ndarray) -> float:
    largest = float(np.max(np.abs(values), initial=0.0))
    return largest * float(np.sqrt(np.mean(np.abs(values / largest) ** 2))) if largest else 1.0
