"""Which start system to take when the user does not say."""

from __future__ import annotations

import numpy as np

from neuromanifold.continuation._start_system import AbstractStart
from neuromanifold.continuation._system import System
from neuromanifold.continuation._total_degree import TotalDegree


def default_start(system: System, rng: np.random.Generator) -> AbstractStart:
    """The start with the fewest paths to track."""
    return TotalDegree()
