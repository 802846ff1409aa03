"""How sure it is that monodromy found all solutions."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass


class MonodromyWarning(UserWarning):
    """Monodromy cannot find all solutions in the family as it is parametrised."""


class Evidence(enum.Enum):
    """Why a search by monodromy ended; the value is a sentence that says what it means."""

    TRACE_TEST = (
        "trace test: the trace closed, so no solution is missing on the component of the start pair"
    )
    COUNT_GIVEN = "count given: as many solutions were found as were asked for"
    ESTIMATED = (
        "estimated: a missing solution would have turned up, with the stated confidence, if paths "
        "end at every solution equally often"
    )
    TRACE_OPEN = (
        "incomplete or lost paths: the trace did not close; search again with another seed or a "
        "higher confidence"
    )
    INTERRUPTED = "interrupted: solutions may be missing; a checkpoint lets the search go on"
    LOOPS_EXHAUSTED = "incomplete: the search ended after max_loops; raise it"
    PATHS_LOST = (
        "no path arrived: the start pair may be too large or too small for the tracker; scale variables "
        "and parameters to sizes near 1"
    )
    CONSTANT_FAMILY = (
        "the family is constant: no parameter moves the solutions, so monodromy cannot find others; "
        "make coefficients parameters, or use solve"
    )
    TRIVIAL_MONODROMY = (
        "no loop led to another solution: either there is just one, or the solutions do not change "
        "places in this family; make more coefficients parameters, or use solve"
    )

    @property
    def word(self) -> str:
        """Two words at most, such as "trace test" or "estimated"."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True)
class SearchCompleteness:
    """What is known about solutions that were not found.

    Suppose every path leads to each of D solutions with the same probability. If one more than the k
    found exists, N paths in a row all end at known ones with probability at most (k/(k+1))^N.

    Attributes:
        evidence: why the search ended.
        confidence: 1 − (k/(k+1))^N.
        n_arrivals: N, paths since the last discovery that might have brought a new solution.
        missing_mass: Good and Turing's estimate of the share of paths that would end at an unknown
            solution: solutions reached once, divided by all arrivals.
        trace_residual: how far the trace is from closed; None without a trace test.
        n_trace_points: points of the second cut of the trace test; None without one.
    """

    evidence: Evidence
    confidence: float
    n_arrivals: int
    missing_mass: float
    trace_residual: float | None = None
    n_trace_points: int | None = None

    @property
    def is_complete(self) -> bool:
        """The trace closed, or the given number was reached."""
        return self.evidence in {Evidence.TRACE_TEST, Evidence.COUNT_GIVEN}

    def __str__(self) -> str:
        text = self.evidence.value
        if self.evidence in {Evidence.ESTIMATED, Evidence.TRACE_OPEN}:
            text += f" (confidence {_percent(self.confidence)}, {self.n_arrivals} paths)"
        if self.evidence is Evidence.TRACE_TEST and self.trace_residual is not None:
            text += f" (residual {self.trace_residual:.0e})"
        return text


def confidence(n_known: int, n_arrivals: int) -> float:
    """1 − (k/(k+1))^N.

    >>> round(confidence(10, 30), 2)
    0.94
    """
    if n_known < 1:
        return 0.0
    return -math.expm1(n_arrivals * math.log1p(-1 / (n_known + 1)))


def arrivals_needed(n_known: int, wanted: float) -> int:
    """The least N with `confidence(n_known, N)` ≥ `wanted`.

    >>> arrivals_needed(10, 0.94)
    30
    """
    return math.ceil(math.log1p(-wanted) / math.log1p(-1 / (n_known + 1)))


def _percent(value: float) -> str:
    return f"{100 * value:.4g} %"
