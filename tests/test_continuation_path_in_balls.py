"""Ends of paths followed in high precision, where they are known in closed form."""

import numpy as np
import pytest
from flint import acb

from neuromanifold.continuation import System
from neuromanifold.continuation._paths._linear_in_balls import LinearizedInBalls
from neuromanifold.continuation._paths._path_in_balls import PathsInBalls, slowing
from neuromanifold.continuation._starts._start_system import Begun, stored


def begun_path(equation, start, target, x, t):
    """The path through x at t of an equation in x and a, and the parameters start and target."""
    family = System([equation], ["x"], parameters=["a"]).map
    begun = Begun(family, stored(np.array([[x]])), 1, np.array([start]), np.array([target]))
    method = LinearizedInBalls(family, [target])
    return PathsInBalls(begun).path(0, method, [acb(x)], t)


def test_a_regular_zero():
    """x(t) = √(2 + 3t)."""
    path = begun_path("x^2 - a", 5.0, 2.0, 1.5, 1e-2)
    times = []
    for one in slowing([path], 10_000):
        (x,) = one.x
        times.append(one.t)
        assert abs(complex(x**2 - 2 - 3 * acb(one.t))) < 1e-6
        one.has_arrived = one.t < 1e-30
    assert path.has_arrived
    assert (np.diff(times) < 0).all()


def test_many_decades_before_the_end():
    """x(t) = (t + 10⁻⁴⁰)^{1/5} shrinks like t^{1/5} until it stays at 10⁻⁸."""
    path = begun_path("x^5 - a", 1.0, 1e-40, 1e-2, 1e-10)
    found = next(slowing([path], 100_000))
    (x,) = found.x
    assert found.t < 1e-39
    assert complex(x).real == pytest.approx((found.t + 1e-40) ** 0.2, rel=1e-6)
    assert found.speed < 0.03


def test_the_path_that_grows_least_comes_first():
    """x(t) = 1/t is left when its growth has not changed for a while, and is not met at all before."""
    far = begun_path("a*x - 1", 1.0, 0.0, 1e3, 1e-3)
    near = begun_path("x^2 - a", 5.0, 2.0, 1.5, 1e-3)
    near.number = 1
    begun = far.n_operations
    found = slowing([far, near], 10_000)
    assert next(found) is near
    assert far.n_operations == begun
    near.has_arrived = True
    assert list(found) == []
    assert far.growth == pytest.approx(1)
    assert far.is_steady
    assert 1e-10 < far.t < 1e-4


def test_points_off_any_path():
    assert not begun_path("x^2 - a", 5.0, 2.0, 0.0, 1e-3).is_on_path
    assert not begun_path("x^2 + a", 5.0, 2.0, 1.0, 1e-3).is_on_path
