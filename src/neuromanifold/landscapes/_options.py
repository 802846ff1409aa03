"""Options and progress of a landscape computation."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from neuromanifold.continuation import MonodromyOptions, TrackerOptions


@dataclass(frozen=True)
class LandscapeOptions:
    """How hard to look for critical points.

    Attributes:
        quiet_loops: monodromy loops without a new solution before the trace test is tried.
        max_loops: loops walked at most between two trace tests.
        max_rounds: how often loops and trace test alternate before giving up.
        threads: threads of the path tracker; the result does not depend on it.
        tracker: options of the path tracker.
    """

    quiet_loops: int = 2
    max_loops: int = 100
    max_rounds: int = 12
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    tracker: TrackerOptions = field(default_factory=TrackerOptions.normal)

    @property
    def monodromy(self) -> MonodromyOptions:
        """The options of one round of loops."""
        return MonodromyOptions(self.quiet_loops, self.max_loops, self.threads, self.tracker)


@dataclass(frozen=True)
class Progress:
    """What is being done right now.

    Attributes:
        stage: "space", "monodromy", "trace test", "target" or "certificates".
        done: steps done in this stage.
        total: steps of this stage, where that is known.
        found: critical points known.
    """

    stage: str
    done: int
    total: int | None
    found: int


OnProgress = Callable[[Progress], None]
