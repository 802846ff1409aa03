"""Which start system to take when the user does not say."""

from __future__ import annotations

from math import prod

import numpy as np

from neuromanifold.continuation._mixed_cells import mixed_cells
from neuromanifold.continuation._polyhedral import Polyhedral
from neuromanifold.continuation._sparse import expanded
from neuromanifold.continuation._start_system import AbstractStart
from neuromanifold.continuation._system import System
from neuromanifold.continuation._total_degree import TotalDegree
from neuromanifold.errors import NeuromanifoldError

_FEW = 5_000
_DEAR = 3  # a polyhedral path is tracked twice, and the mixed cells come first


def default_start(system: System, rng: np.random.Generator) -> AbstractStart:
    """Total degree while its paths are few; polyhedral where that saves most of them.

    Args:
        system: square.
        rng: for the lifting.
    """
    n_paths = prod(system.degrees)
    if n_paths <= _FEW:
        return TotalDegree()
    try:
        volume = mixed_cells([p.exponents for p in expanded(system)], rng).mixed_volume
    except NeuromanifoldError:
        return TotalDegree()
    return Polyhedral() if 0 < _DEAR * volume < n_paths else TotalDegree()
