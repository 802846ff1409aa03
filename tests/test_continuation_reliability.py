"""No solution is lost: systems with known zeros, many seeds, both starts."""

import math
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuromanifold.continuation import (
    ParameterHomotopy,
    Polyhedral,
    System,
    TotalDegree,
    solve,
)
from random_systems import (
    linear_products,
    substituted_circuits,
    substituted_fractions,
    triangular,
)

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
kinematics = import_module("kinematics")
process = import_module("process")
reliability = import_module("reliability")
by_name = import_module("systems").by_name

STARTS = pytest.mark.parametrize("start", reliability.STARTS)


def run(name, start, seeds, threads=1):
    series = reliability.Series(reliability.case(name), start, threads)
    for seed in seeds:
        reliability.run(series, seed)
    assert series.bad_seeds == [], str(series)


@STARTS
@pytest.mark.parametrize("name", [*reliability.CLASSICAL, *reliability.GENERIC])
def test_known_counts_are_proved(name, start):
    run(name, start, range(1))


@pytest.mark.long
@STARTS
@pytest.mark.parametrize("name", [*reliability.CLASSICAL, *reliability.GENERIC])
def test_known_counts_proved_a_hundred_times(name, start):
    run(name, start, range(100))


@pytest.mark.long
@STARTS
@pytest.mark.parametrize("name", reliability.HEAVY)
def test_large_known_counts(name, start):
    run(name, start, range(3))


@pytest.mark.long
def test_two_threads_a_hundred_times():
    run("katsura-8", "total degree", range(100), threads=2)


_CHILD = """
import sys
from neuromanifold.continuation import System, TotalDegree, solve
equations, n_paths = sys.stdin.read().split(";"), int(sys.argv[1])
result = solve(System(equations), start=TotalDegree(), certify=False)
assert result.n_paths == n_paths
status = open("/proc/self/status").read()  # what the parent had before the fork does not count
print(status.partition("VmHWM:")[2].split()[0])
"""


def peak_mb(name):
    if not Path("/proc/self/status").exists():
        pytest.skip("needs /proc")
    found = by_name(name)
    finished = process.Machine(limit=600).run(
        [sys.executable, "-c", _CHILD, str(found.bezout)],
        threads=2,
        stdin=";".join(found.equations),
    )
    assert finished.status == 0, finished.errors
    return int(finished.output.split()[-1]) * 1024 / 1e6


@pytest.mark.long
def test_memory_of_katsura_12():
    assert peak_mb("katsura-12") < 300


@pytest.mark.long
def test_memory_does_not_grow_with_the_number_of_paths():
    """13,122 and 118,098 paths, of which 256 and 1024 end at solutions."""
    assert peak_mb("eco-12") - peak_mb("eco-10") < 64


def start_values(family, points, here, there):
    start = ParameterHomotopy(np.array(points, float) * 1e150, [1e300 * p for p in here])
    result = solve(family.bound([1e300 * p for p in there]), start=start)
    return result.n_certified, result.points / 1e150


def test_start_values_of_size_1e150():
    square = System(["x^2 - a"], parameters=["a"])
    n, points = start_values(square, [[1], [-1]], [1], [2])
    assert n == 2
    np.testing.assert_allclose(np.sort(points[:, 0].real), [-(2**0.5), 2**0.5])
    circle = System(["x^2 + y^2 - a", "x*y - b"], parameters=["a", "b"])
    n, points = start_values(circle, [[2, 1], [1, 2], [-2, -1], [-1, -2]], [5, 2], [13, 6])
    assert n == 4
    assert sorted(map(tuple, points.real.round(9))) == [(-3, -2), (-2, -3), (2, 3), (3, 2)]


def test_legs_measure_distances():
    """At e = (1, 1, 0, 0), where R maps (x, y, z) to (x, −z, y), and g = t·e/2."""
    base, platform, (x, y, z) = (3, 1, -2), (5, 7, 4), (2, -4, 6)
    there = (platform[0] + x, y - platform[2], platform[1] + z)
    square = sum((a - b) ** 2 for a, b in zip(there, base, strict=True))
    g = (-x / 2, x / 2, (y + z) / 2, (z - y) / 2)
    pose = dict(zip(("e1", "e2", "e3", "g0", "g1", "g2", "g3"), (1, 0, 0, *g), strict=True))
    for wrong_by in (0, 3):
        leg = kinematics.leg(base, platform, square - wrong_by)
        value = sum(c * math.prod(pose[k] for k in key) for key, c in leg.items())
        assert value == 2 * wrong_by


def finds_all(names, equations, points):
    """All known zeros and no others; a path that fails on its way to infinity loses none."""
    for start in (TotalDegree(), Polyhedral()):
        result = solve(equations, names, start=start, certify=False)
        x = np.array([s.x for s in result.distinct if not s.is_singular])
        assert x.shape == points.shape
        size = np.maximum(1, np.abs(points).max(axis=1))
        distances = np.abs(x[:, None] - points[None]).max(axis=2).min(axis=0)
        assert (distances <= 1e-6 * size).all()


FAMILIES = pytest.mark.parametrize(
    "family",
    [linear_products, triangular, substituted_circuits, substituted_fractions],
    ids=lambda f: f.__name__,
)


@FAMILIES
@settings(max_examples=75, deadline=None)
@given(data=st.data())
def test_no_known_zero_is_lost(family, data):
    finds_all(*data.draw(family()))


@pytest.mark.long
@FAMILIES
@settings(max_examples=2500, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_no_known_zero_is_lost_in_thousands(family, data):
    finds_all(*data.draw(family()))
