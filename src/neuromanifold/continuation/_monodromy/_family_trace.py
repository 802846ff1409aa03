"""The trace test of a search: which cut it uses, and when it is too expensive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from neuromanifold.continuation._monodromy._bilinear_cut import Trace
from neuromanifold.continuation._monodromy._linear_family import LinearFamily
from neuromanifold.continuation._monodromy._partial_trace import PartialTraceTest
from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.continuation._monodromy._trace_test import BilinearTraceTest
from neuromanifold.continuation._monodromy._walk import MonodromyOptions

_MANY = 100
_FEW_TIMES = 2
_PROBES = 4
_MOST_COORDINATES = 24
_MOST_TRIED = 3
_LARGEST_CUT = 3
_SMALL_CUT = 200
_AFFORDABLE = 2
_MINUTE = 40_000
_QUIET_LOOPS = 1

Report = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class _Candidate:
    test: PartialTraceTest
    estimate: float


class FamilyTrace:
    """Decides, at acceptable cost, whether all solutions of a linear family are known.

    The second cut of the bilinear trace test takes about as long per point as the search took per
    solution. With a form in all coordinates it is cheap for most families. Where it is not, forms in
    single coordinates are tried: for each, a few solutions moved to the cut show by how often they
    meet how many points it has. The smallest cut is used if its points are at most 3k + 200 for k
    solutions, or at most twice the paths of the search and 40 000, which is a minute of tracking for
    systems of moderate size.

    Args:
        family: with μ.
        linear: h at the base point.
        rng: the source of all randomness.
        options: how to track.
    """

    def __init__(
        self,
        family: LinearFamily,
        linear: np.ndarray,
        rng: np.random.Generator,
        options: MonodromyOptions,
    ) -> None:
        self._family = family
        self._linear = linear
        self._rng = rng
        (self._probing,) = rng.spawn(1)
        self._options = options
        self._general = BilinearTraceTest(family)
        self._is_general_first: bool | None = None
        self._candidates: list[_Candidate] | None = None
        self._needs_majority = False

    @property
    def needs_majority(self) -> bool:
        """The last trace, if closed, proves completeness only with more than half of the solutions."""
        return self._needs_majority

    def run(self, solutions: PointSet, n_tracked: int, on_progress: Report | None) -> Trace:
        """One trace test.

        Args:
            solutions: the known solutions.
            n_tracked: how many paths it took to find them.
            on_progress: called with (loops walked, points of the second cut known).
        """
        k = len(solutions)
        small = _LARGEST_CUT * k + _SMALL_CUT
        largest = max(small, min(_AFFORDABLE * n_tracked, _MINUTE))
        if self._is_general_first is None:
            everything = np.arange(solutions.images.shape[1])
            self._is_general_first = (
                k < _MANY or self._estimate(solutions, everything).estimate < _FEW_TIMES * k
            )
        if self._is_general_first:
            trace = self._tested(self._general, solutions, small, on_progress)
            if not trace.is_abandoned:
                return trace
            self._is_general_first = False
        if self._candidates is None:
            self._candidates = self._choose(solutions)
        while self._candidates and self._candidates[0].estimate <= largest:
            trace = self._tested(self._candidates[0].test, solutions, largest, on_progress)
            if not trace.is_abandoned:
                return trace
            self._candidates.pop(0)
        if self._candidates:
            return Trace(np.inf, 0, False, is_abandoned=True)
        return self._tested(self._general, solutions, small, on_progress)

    def _tested(
        self,
        test: BilinearTraceTest | PartialTraceTest,
        solutions: PointSet,
        largest: int,
        on_progress: Report | None,
    ) -> Trace:
        options = replace(self._options, max_solutions=largest)
        self._needs_majority = isinstance(test, PartialTraceTest)
        if self._needs_majority:
            options = replace(options, quiet_loops=_QUIET_LOOPS)
        return test.run(
            solutions, self._linear, rng=self._rng, options=options, on_progress=on_progress
        )

    def _choose(self, solutions: PointSet) -> list[_Candidate]:
        """The most promising cuts."""
        n_image = solutions.images.shape[1]
        single = self._probing.permutation(n_image)[:_MOST_COORDINATES]
        candidates = [
            self._estimate(solutions, coordinates)
            for coordinates in (np.arange(n_image), *single[:, None])
        ]
        candidates = [each for each in candidates if np.isfinite(each.estimate)]
        return sorted(candidates, key=lambda each: each.estimate)[:_MOST_TRIED]

    def _estimate(self, solutions: PointSet, coordinates: np.ndarray) -> _Candidate:
        test = PartialTraceTest(self._family, coordinates)
        n_probes = int(np.ceil(_PROBES * np.sqrt(len(solutions))))
        estimate = test.estimate(
            solutions, self._linear, n_probes, rng=self._probing, options=self._options
        )
        return _Candidate(test, estimate)
