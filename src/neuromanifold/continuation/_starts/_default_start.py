"""Which start system to take when the user does not say."""

from __future__ import annotations

from math import prod

import numpy as np

from neuromanifold.continuation._starts._mixed_cells import mixed_cells
from neuromanifold.continuation._starts._polyhedral import (
    Polyhedral,
    excludes_zero_coordinates,
    with_origin,
)
from neuromanifold.continuation._starts._start_system import AbstractStart
from neuromanifold.continuation._starts._total_degree import TotalDegree
from neuromanifold.continuation._systems._sparse import expanded_in_doubles
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import NeuromanifoldError

_FEW = 500
_MOST_TERMS = 20_000
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
        supports = [p.exponents for p in expanded_in_doubles(system, _MOST_TERMS)]
        if not excludes_zero_coordinates(supports):
            supports = [with_origin(A) for A in supports]
        volume = mixed_cells(supports, rng).mixed_volume
    except NeuromanifoldError:
        return TotalDegree()
    return Polyhedral() if 0 < _DEAR * volume < n_paths else TotalDegree()
