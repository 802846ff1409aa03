"""What became of every path to one system."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._paths._ends import Ends
from neuromanifold.continuation._paths._gather import Gathered, gathered
from neuromanifold.continuation._paths._ledger import PathEnd
from neuromanifold.continuation._paths._track import PathStatus
from neuromanifold.continuation._systems._square_up import ExcessTest, vanishes_at
from neuromanifold.continuation._systems._system import System


def judged(
    problem: System, ends: Ends, sizes: NDArray[np.float64]
) -> tuple[NDArray[np.int8], Gathered]:
    """Codes of `PathEnd` for the N paths to a system, and the distinct ends of those that count.

    A singular end must be a zero; it is rejected in `ends` otherwise. Ends that do not solve the given
    system are set apart, and a regular end belongs to one path.

    Args:
        problem: the given system.
        ends: of its scaled and squared-up form.
        sizes: x/sizes are the coordinates of the ends.
    """
    singular = np.flatnonzero(~ends.is_regular)
    is_zero = vanishes_at(problem, ends.points[singular] * sizes, ends.accuracy[singular])
    ends.reject(ends.numbers[singular[~is_zero]])
    kinds = np.full(len(ends.status), PathEnd.FAILED.code, np.int8)
    kinds[ends.status == PathStatus.DIVERGED.code] = PathEnd.AT_INFINITY.code
    excess = ExcessTest(problem).excess(ends.points * sizes, problem.values)
    kinds[ends.numbers[excess]] = PathEnd.EXCESS.code
    found = gathered(ends, np.flatnonzero(~excess))
    kinds[found.paths] = np.where(
        found.is_singular[found.owner], PathEnd.SINGULAR.code, PathEnd.REGULAR.code
    )
    return kinds, found
