"""Zeros that double precision takes for singular or infinite ends are found in high precision."""

import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sympy
from flint import acb, ctx, fmpq

from neuromanifold.continuation import (
    Certificate,
    Polyhedral,
    SolveResult,
    System,
    TotalDegree,
    solve,
    verify_solutions,
)
from neuromanifold.continuation._certificates._distinct import count_distinct
from neuromanifold.continuation._paths._newton_in_balls import NewtonInBalls

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
reliability = import_module("reliability")
by_name = import_module("systems").by_name

STARTS = pytest.mark.parametrize(
    "start", [TotalDegree(), Polyhedral()], ids=lambda s: type(s).__name__
)


def critical_points_on_a_discriminant(u):
    """Of the distance from u to the cubics with a double root; the dual of the twisted cubic: 7."""
    names = sympy.symbols("A B C D")
    t, multiplier = sympy.symbols("t l")
    F = sympy.discriminant(sum(c * t**k for c, k in zip(names, (3, 2, 1, 0), strict=True)), t)
    equations = [x - a - multiplier * sympy.diff(F, x) for x, a in zip(names, u, strict=True)]
    return System([*equations, F], [*names, multiplier])


@STARTS
def test_a_multiplier_of_a_million(start):
    """λ = 1.5·10⁶ at a point whose scaled condition number is about 10¹⁵."""
    system = critical_points_on_a_discriminant((-9, 1, -8, -4))
    result = solve(system, start=start)
    assert (result.n_regular, result.n_certified, result.n_failed) == (7, 7, 0)
    far = max(result.distinct, key=lambda solution: abs(solution.x[4]))
    np.testing.assert_allclose(
        far.x.real, [-0.41438672, -2.80215668, -6.31620701, -4.74567122, 1481293.9], rtol=1e-6
    )
    assert verify_solutions(result).is_confirmed


@STARTS
def test_a_line_that_rounding_sends_to_infinity(start):
    """A slope of 17149, which is infinite when a coefficient changes by 10⁻¹⁷."""
    cubic = reliability.case("lines-on-a-cubic").member(93)
    result = solve(cubic, start=start, seed=93)
    assert (result.n_regular, result.n_certified, result.n_failed) == (27, 27, 0)
    assert count_distinct([solution.certificate for solution in result.distinct]) == 27
    steep = max(result.distinct, key=lambda solution: np.abs(solution.x).max())
    assert steep.is_real
    assert steep.x[0].real == pytest.approx(-17148.672413576147)
    certificate = steep.certificate
    assert len(certificate.tail) == 4
    assert max(certificate.radii) < 1e-16
    again = SolveResult.from_json(result.to_json())
    assert again == result
    assert verify_solutions(again).is_confirmed


@pytest.mark.parametrize("seed", [12, 29])
def test_zeros_beside_a_multiple_point_at_infinity(seed):
    """Doubles end where the paths to both zeros and 14 others still go alike: at |y| ~ t^{−2/7} = 600."""
    z = "(-2*x/(-x - 1) + 5*(y - 1/2 - (x/(x + 1))^2))"
    first = f"x/(-x - 1) - 2*(y - 1/2 - (x/(x + 1))^2) - 3 + ({z} - 4)*({z} - 1)"
    result = solve([first, f"({z} - 4)*({z} - 1)"], start=Polyhedral(), seed=seed)
    assert result.n_certified == 2
    found = [solution.x.real for solution in result.distinct]
    np.testing.assert_allclose(found, [(-23 / 24, 539.5), (-17 / 18, 296.5)], rtol=1e-12)


def test_zeros_beside_a_multiple_point_of_many_paths():
    """Only 2 of 64 paths do not run to infinity, and part from the others at t = 10⁻³⁵."""
    z = "(-2/(x + 1) + 7*(y - 1/3 - 3/(x + 1)^3))"
    first = f"1/(x + 1) - 2*(y - 1/3 - 3/(x + 1)^3) - 3 + {z}*({z} - 2)"
    result = solve([first, f"{z}*({z} - 2)"], start=TotalDegree())
    assert result.n_certified == 2
    found = [solution.x.real for solution in result.distinct]
    np.testing.assert_allclose(found, [(-22 / 25, 15652 / 9), (-6 / 7, 3094 / 3)], rtol=1e-12)


def test_nothing_is_sought_where_no_path_is_in_doubt(monkeypatch):
    """The paths of noon-5 to infinity are on expansions that their initial forms determine."""
    monkeypatch.setattr(NewtonInBalls, "step", lambda self, x: pytest.fail("a step was taken"))
    result = solve(by_name("noon-5").equations, start=TotalDegree())
    assert (result.n_regular, result.n_at_infinity) == (233, 10)


def test_steps_are_bounded(monkeypatch):
    """All 50 paths of cyclic-5 to infinity come to the same few singular points there."""
    steps, step = [], NewtonInBalls.step
    monkeypatch.setattr(NewtonInBalls, "step", lambda self, x: steps.append(0) or step(self, x))
    result = solve(by_name("cyclic-5").equations, start=TotalDegree())
    assert (result.n_certified, result.n_at_infinity) == (70, 50)
    assert 0 < len(steps) < 1000


def test_multiple_zeros_stay_singular():
    result = solve(["(x - 2)^2*(x - y)", "(y - 1)^3"], ["x", "y"], start=TotalDegree())
    assert (result.n_regular, result.n_singular) == (0, 9)


def test_newton_doubles_the_digits():
    system = System(["x^3 - 2", "x*y - 1/3"])
    newton = NewtonInBalls(system.map, ())
    x, sizes = [acb(1.26), acb(0.26)], []
    for _ in range(5):
        x, size = newton.step(x)
        sizes.append(size)
    assert all(b < 10 * a**2 for a, b in pairwise(sizes))
    with ctx.workprec(256):
        assert abs(complex(x[0] ** 3 - 2)) < 1e-70
    assert newton.condition(x) == pytest.approx(3, rel=1)


def test_newton_has_no_step_at_a_singular_point():
    newton = NewtonInBalls(System(["x^2 - a"], parameters=["a"]).map, [fmpq(2)])
    assert newton.step([acb(0)])[1] == np.inf


def test_parameters_are_exact():
    """x = 10¹⁷·(a − 1/3) for a = 1/3 + 10⁻¹⁷, which is no double."""
    a = fmpq(1, 3) + fmpq(1, 10**17)
    newton = NewtonInBalls(System(["x - 10^17*(a - 1/3)"], parameters=["a"]).map, [a])
    x, _ = newton.step([acb(1.25)])
    with ctx.workprec(256):
        assert abs(complex(x[0] - 1)) < 1e-50


def test_a_tail_moves_the_box():
    box = Certificate((1 + 0j,), (1e-20,), True, True, 256, (1e-17 + 0j,))
    other = Certificate((1 + 0j,), (1e-20,), True, True, 256, (-1e-17 + 0j,))
    assert box.is_positive
    assert count_distinct([box, other]) == 1  # their reaches meet
