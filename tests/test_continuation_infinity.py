"""Large finite solutions are told from infinity, and ends that are no zeros from solutions."""

import numpy as np
import pytest
import sympy

from neuromanifold.continuation import (
    ParameterHomotopy,
    Polyhedral,
    System,
    TotalDegree,
    monodromy,
    solve,
)
from neuromanifold.continuation._paths._initial_forms import InitialForms
from neuromanifold.continuation._systems._numerator import numerators
from neuromanifold.continuation._systems._sparse import expanded, expanded_segment
from neuromanifold.continuation._systems._square_up import vanishes_at
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Circuit

STARTS = pytest.mark.parametrize(
    "start", [TotalDegree(), Polyhedral()], ids=["total", "polyhedral"]
)
SQUARE = System(["x^2 - a"], parameters=["a"])


@pytest.mark.parametrize("exponent", [4, 8, 12, 15, 20, 50, 150])
def test_roots_of_any_size(exponent):
    result = solve([f"(x - 1)*(x - 10^{exponent})"], start=TotalDegree())
    assert (result.n_certified, result.n_at_infinity) == (2, 0)
    found = np.sort(result.points[:, 0].real)
    np.testing.assert_allclose(found, [1, 10.0**exponent], rtol=1e-12)


def test_nearly_parallel_lines_meet_and_parallel_ones_do_not():
    result = solve(["x + y - 1", "x + (1 + 1e-12)*y - 2"])
    assert result.n_certified == 1
    assert result.distinct[0].x[1] == pytest.approx(1e12, rel=1e-3)
    assert solve(["x + y - 1", "x + y - 2"]).n_at_infinity == 1


def test_initial_forms_decide_by_their_zeros():
    """The path x = −y = 1/t of the two lines x + y = 1 and x + (1 + ε)·y = 1 + t·(…)."""
    for epsilon, is_infinite in (("0", True), ("1e-10", False)):
        lines = System(["x + y - 1", f"x + (1 + {epsilon})*y - 2 + t*x"], ["x", "y", "t"])
        forms = InitialForms(expanded(lines))
        t = 1e-5
        A = np.array([[1, 1], [1 + t, 1 + float(epsilon)]])
        x = np.linalg.solve(A, [1, 2]).astype(complex)
        w, m, _ = forms.valuations(x[None], np.array([t]))
        assert (w.tolist(), m.tolist()) == (([[-1, -1]], [1]) if is_infinite else ([[0, 0]], [0]))


def test_segments_of_a_homotopy_are_multiplied_out():
    (line,) = expanded_segment(SQUARE.map, [3 + 1j], [1], 100)
    terms = dict(zip(map(tuple, line.exponents.tolist()), line.coefficients, strict=True))
    assert terms == {(2, 0): 1, (0, 0): -1, (0, 1): -2 - 1j}


@STARTS
@pytest.mark.parametrize("c", [2, -2])
def test_zeros_of_a_rational_system_far_out(start, c):
    z = f"({c}*x/(-x - 1) + 5*(y - 1/2 - (x/(x + 1))^2))"
    result = solve(
        [
            f"x/(-x - 1) - 2*(y - 1/2 - (x/(x + 1))^2) - 3 + ({z} - 4)*({z} - 1)",
            f"({z} - 4)*({z} - 1)",
        ],
        start=start,
    )
    assert (result.n_regular, result.n_certified) == (2, 2)


def test_initial_forms_with_multiple_zeros_are_not_taken_for_infinity():
    """y + 2·x² is small at all zeros, and its square dominates."""
    z = "(-2*x + 5*(y + 2*x^2))"
    system = [
        f"(x - 2*(y + 2*x^2) + 2)*(x - 2*(y + 2*x^2)) + ({z} + 2)*({z} + 3)",
        f"({z} + 2)*({z} + 3)",
    ]
    result = solve(system, start=Polyhedral(), certify=False)
    np.testing.assert_allclose(np.sort(np.abs(result.points).max(axis=1)), [34, 75, 398, 519])


@STARTS
def test_powers_of_a_denominator_are_cleared_once(start):
    g = "(1/(x - 1) + 2*y + 2/(x - 1)^2)"
    result = solve(
        [f"1/(x - 1) + y + 1/(x - 1)^2 - 2 + {g}*({g} - 1)", f"{g}*({g} - 1)"], start=start
    )
    np.testing.assert_allclose(np.sort(np.abs(result.points).max(axis=1)), [10, 18])


def test_fractions_are_in_lowest_terms():
    x, y = Circuit().inputs(2)
    assert numerators([1 / (x - 1) + y / (1 - x)])[0] in ([1 - y], [y - 1])
    for f, degree in (
        (x / (x * y - y) + 1 / y, 1),
        ((x**2 - 1) / (x - 1), 1),
        (1 / (1 / x), 1),
        ((1 / x + y) / (1 / x - y), 2),
    ):
        system = System(numerators([f, y])[0], [x, y])
        assert system.degrees[0] == degree


def test_a_point_that_only_looks_like_an_end_is_no_zero():
    system = System(["x^2 - y", "x*y - 1"])
    points = np.array([[1, 1], [0, 0], [1e-9, 1e-9]], complex)
    assert vanishes_at(system, points, np.full(3, 1e-12)).tolist() == [True, False, False]
    assert vanishes_at(System(["x^2"]), np.array([[1e-7 + 0j]]), np.array([1e-9])).all()


@pytest.mark.long
def test_cyclic_7_has_no_zero_at_the_origin():
    x = [f"x{i}" for i in range(7)]
    sums = [
        "+".join("*".join(x[(i + k) % 7] for k in range(d)) for i in range(7)) for d in range(1, 7)
    ]
    result = solve([*sums, f"{'*'.join(x)} - 1"], x, start=TotalDegree(), certify=False)
    assert (result.n_regular, result.n_singular, result.n_failed) == (924, 0, 0)


@pytest.mark.parametrize(("here", "there"), [(1, 1e20), (1e20, 1), (1e200, 1e250)])
def test_parameters_of_very_different_sizes(here, there):
    start = ParameterHomotopy([[here**0.5], [-(here**0.5)]], [here])
    result = solve(SQUARE.bound([there]), start=start)
    assert result.n_certified == 2
    np.testing.assert_allclose(np.sort(result.points[:, 0].real) / there**0.5, [-1, 1])


def test_what_gets_lost_between_sizes_has_failed():
    result = solve(SQUARE.bound([1]), start=ParameterHomotopy([[1e150], [-1e150]], [1e300]))
    assert result.n_singular == 0
    assert result.n_regular + result.n_failed == 2


def test_coefficients_up_to_the_largest_double():
    assert solve(["x^2 - 10^308"]).n_certified == 2
    with pytest.raises(InvalidInputError, match="beyond the range"):
        System(["x^2 - 10^309"])


def test_monodromy_from_large_solutions():
    result = monodromy(SQUARE, start=([1e10], [1e20]), max_loops=50)
    assert result.n_distinct == 2


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: solve([sympy.nan]), "not finite"),
        (lambda: solve([sympy.Symbol("x") ** 2 - sympy.nan]), "not finite"),
        (lambda: ParameterHomotopy([[1.0], [np.nan]], [1]), "Start solution 1 is not finite"),
    ],
)
def test_numbers_that_are_none(call, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        call()
