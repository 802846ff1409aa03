"""Sweeps through singular members of a family: each is judged as `solve` does."""

import numpy as np
import pytest
import sympy

from neuromanifold.continuation import PathEnd, PathStatus, System, TotalDegree, solve, solve_many
from neuromanifold.continuation._paths._ends import Ends, Tracked
from neuromanifold.continuation._paths._judged import judged

PAIRS = System(["x^2 - 2*x*y + a", "y^2 - b"], parameters=["a", "b"])
ROOTS = System(["a*x^2 - 2*x + 1", "b*x*y^2 - y + c"], parameters=["a", "b", "c"])
SEVENTH = System(["a*x^8 - x + 1"], parameters=["a"])


@pytest.mark.parametrize(
    ("family", "values"),
    [
        (PAIRS, [[1, 1], [0, 1], [1, 0], [0, 0], [0.5, 1]]),
        (
            ROOTS,
            [[1, 1, 1], [0, 1, 1], [1, 0, 1], [0, 0, 1], [0.75, 1, 1], [0.75, 3 / 8, 1], [1, 1, 0]],
        ),
        (SEVENTH, [[0], [1], [7**7 / 8**8]]),
    ],
)
def test_every_member_is_judged_as_by_solve(family, values):
    sweep = solve_many(family, values)
    members = [solve(family.bound(value), start=TotalDegree()) for value in values]
    for end in (PathEnd.REGULAR, PathEnd.SINGULAR, PathEnd.FAILED):
        assert sweep.count(end).tolist() == [member.ledger.count(end) for member in members]
    for k, member in enumerate(members):
        regular = member.points[~member.distinct.is_singular]
        distances = np.abs(sweep.at(k)[:, None] - regular[None]).max(axis=2)
        assert (distances.min(axis=0, initial=np.inf) < 1e-8).all()


def test_slow_paths_run_to_infinity():
    """a·x⁸ = x − 1: seven zeros of size a^{−1/7}."""
    sweep = solve_many(SEVENTH, [0, 0.5])
    assert sweep.count(PathEnd.AT_INFINITY).tolist() == [7, 0]
    assert sweep.n_regular.tolist() == [1, 8]


def test_a_singular_end_must_be_a_zero():
    ends = Ends(3, 2)
    tracked = Tracked.at_start(np.array([[1, 1], [1, 1], [1.5, 1]], complex))
    tracked.status[:] = PathStatus.SINGULAR.code
    ends.record(np.arange(3), tracked)
    kinds, found = judged(System(["(x - y)^2", "(y - 1)^2"]), ends, np.ones(2))
    singular, failed = PathEnd.SINGULAR.code, PathEnd.FAILED.code
    assert kinds.tolist() == [singular, singular, failed]
    assert found.multiplicity.tolist() == [2]


def test_a_regular_end_belongs_to_one_path():
    ends = Ends(2, 1)
    ends.record(np.arange(2), Tracked.at_start(np.ones((2, 1), complex)))
    kinds, _ = judged(System(["x - 1"]), ends, np.ones(1))
    assert sorted(kinds.tolist()) == sorted([PathEnd.REGULAR.code, PathEnd.FAILED.code])


def test_ends_of_one_member():
    ends = Ends(6, 1)
    ends.record(np.array([1, 2, 3, 5]), Tracked.at_start(np.arange(4.0)[:, None] + 0j))
    part = ends.within(2, 4)
    assert part.numbers.tolist() == [0, 1]
    assert part.points[:, 0].tolist() == [1, 2]
    part.reject(np.array([0]))
    assert ends.numbers.tolist() == [1, 2, 3, 5]


def test_members_with_badly_conditioned_zeros():
    """Critical points of the distance from u to the cubics with a double root: 7, one with λ = 1.5·10⁶."""
    names, u = sympy.symbols("A B C D"), sympy.symbols("u0:4")
    t, multiplier = sympy.symbols("t l")
    F = sympy.discriminant(sum(c * t**k for c, k in zip(names, (3, 2, 1, 0), strict=True)), t)
    equations = [x - a - multiplier * sympy.diff(F, x) for x, a in zip(names, u, strict=True)]
    family = System([*equations, F], [*names, multiplier], u)
    sweep = solve_many(family, [(-9, 1, -8, -4), (3, -2, 5, 7)])
    assert sweep.n_regular.tolist() == [7, 7]
    assert np.abs(sweep.at(0)[:, 4]).max() == pytest.approx(1481293.9, rel=1e-6)
