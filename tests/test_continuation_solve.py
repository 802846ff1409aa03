"""All solutions, every time: classical counts, singular ends, roots with zeros, bad input."""

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from neuromanifold.continuation import (
    Multihomogeneous,
    ParameterHomotopy,
    PathEnd,
    PathStatus,
    Polyhedral,
    SolveResult,
    System,
    TotalDegree,
    TrackerOptions,
    solve,
    solve_many,
    verify_solutions,
)
from neuromanifold.continuation._paths._ends import Ends
from neuromanifold.continuation._paths._follow import follow
from neuromanifold.continuation._paths._lost_at_infinity import find_lost_at_infinity
from neuromanifold.continuation._starts._default_start import default_start
from neuromanifold.continuation._starts._start_system import AbstractStart
from neuromanifold.errors import InvalidInputError, TooLargeError

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
by_name = import_module("systems").by_name

CLASSICAL = ["katsura-5", "katsura-8", "noon-3", "noon-4", "noon-5", "cyclic-5", "eco-6", "eco-8"]


def adds_up(result: SolveResult) -> bool:
    ends = [
        result.n_regular,
        result.n_singular,
        result.n_at_infinity,
        result.n_excess,
        result.n_failed,
    ]
    return result.n_paths == sum(ends) == len(result.ledger)


def points_match(result: SolveResult, expected: np.ndarray, tolerance: float = 1e-8) -> bool:
    """The regular solutions are the expected ones."""
    x = np.array([s.x for s in result.distinct if not s.is_singular])
    if x.shape != expected.shape:
        return False
    distances = np.abs(x[:, None] - expected[None]).max(axis=2)
    size = np.maximum(1, np.abs(expected).max(axis=1))
    return bool((distances.min(axis=0) <= tolerance * size).all())


@pytest.mark.parametrize("name", CLASSICAL)
def test_classical_counts(name):
    case = by_name(name)
    result = solve(case.equations, case.variables, start=TotalDegree(), seed=1)
    assert adds_up(result)
    assert (result.n_paths, result.n_failed, result.n_singular) == (case.bezout, 0, 0)
    assert result.n_regular == result.n_distinct == result.n_certified == case.count


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("equations", "roots"),
    [
        (["y*(x - y)", "x^2 - 1"], [(1, 0), (-1, 0), (1, 1), (-1, -1)]),
        (["y*(x - y)", "x + y - 2"], [(2, 0), (1, 1)]),
        (["-2*x + x^3"], [(0,), (2**0.5,), (-(2**0.5),)]),
        (["x^3 = 8"], [(2,), (-1 + 3**0.5 * 1j,), (-1 - 3**0.5 * 1j,)]),
        (["x*y*z", "x + y + z - 1", "x - y"], [(0, 0, 1), (0.5, 0.5, 0)]),
        (["x^2 - 1e-20", "y - 1e10*x"], [(1e-10, 1), (-1e-10, -1)]),
        (["x^2 - 10^200", "y^3 - 1e-30"], [(s * 1e100, 1e-10 * w) for s in (1, -1)
                                           for w in np.exp(2j * np.pi * np.arange(3) / 3)]),
    ],
    ids=str,
)  # fmt: skip
def test_no_root_is_lost_at_zero_or_far_away(equations, roots, seed):
    result = solve(equations, seed=seed)
    expected = np.array(roots, complex)
    multiplicity = sum(s.multiplicity for s in result.distinct)
    assert adds_up(result)
    assert multiplicity + result.n_at_infinity == result.n_paths
    for root in expected:
        size = np.where(root == 0, 1, np.abs(root))
        assert min(np.max(np.abs(s.x - root) / size) for s in result.distinct) < 1e-8


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    ("equations", "root", "multiplicity"),
    [
        (["(x - 2)^2"], [2], 2),
        (["x^2 - 4*x + 4"], [2], 2),
        (["x^3"], [0], 3),
        (["(x - 1)^4*(x + 1)"], [1], 4),
        (["x^2 + y^2 - 1", "x - 1"], [1, 0], 2),
        (["x^2 - y", "y^2"], [0, 0], 4),
    ],
)
def test_multiplicities_are_the_same_every_time(equations, root, multiplicity, seed):
    result = solve(equations, seed=seed)
    singular = [s for s in result.distinct if s.is_singular]
    assert [s.multiplicity for s in singular] == [multiplicity]
    np.testing.assert_allclose(singular[0].x, root, atol=1e-6)
    assert result.n_singular == multiplicity
    assert result.n_failed == 0
    assert singular[0].certificate is None


def test_overdetermined_systems_have_excess():
    result = solve(["(x - 1)*(x - 2)", "(x - 1)*(x - 3)", "x^3 - 1"])
    assert (result.n_regular, result.n_excess, result.n_certified) == (1, 2, 1)
    assert result.distinct[0].x == pytest.approx(1)
    assert solve(["x^2 - 1", "x^2 - 4"]).n_excess == 2


def test_matrices_of_rank_one_meet_a_linear_space():
    """The four 2×2 minors of a 2×3 matrix and its entries as affine forms: degree 3."""
    entries = np.random.default_rng(1).integers(-9, 9, (2, 3, 3))
    a = [[f"(({c[0]}) + ({c[1]})*x + ({c[2]})*y)" for c in row] for row in entries]
    minors = [f"{a[0][i]}*{a[1][j]} - {a[0][j]}*{a[1][i]}" for i, j in ((0, 1), (0, 2), (1, 2))]
    result = solve(minors)
    assert (result.n_paths, result.n_regular, result.n_excess) == (4, 3, 1)


def test_vanishing_denominators_are_excess():
    result = solve(["(x^2 - 1)/(x - y)", "y - 1"])
    assert (result.n_regular, result.n_excess) == (1, 1)
    assert result.distinct[0].x == pytest.approx([-1, 1])
    assert solve(["(x^2 - 1)/(x - 1)"]).n_paths == 1
    assert solve(["1/x - y", "x + y - 3"]).n_real == 2


def test_vanishing_denominators_at_the_origin_are_excess():
    """The numerators vanish at (0, 0), which is only reached up to some 10⁻⁵⁰."""
    a, b = "(x - 1)/(2*x)", "(y - 1)/(2*y)"
    result = solve([f"3*({a}) + 7*({b}) + 2", f"2*({a}) + 5*({b}) + 1"], start=TotalDegree())
    assert (result.n_regular, result.n_certified) == (1, 1)
    np.testing.assert_allclose(result.distinct[0].x, [1 / 7, -1])
    assert verify_solutions(result).is_confirmed
    assert solve(["1/x - 1e20"]).distinct[0].x == pytest.approx(1e-20)
    family = System(["1/x + a/y - 3", "1/x + 3/y - 4"], parameters=["a"])
    sweep = solve_many(family, [1, 2, 2.5])
    assert sweep.n_regular.tolist() == [1, 1, 1]


def test_complex_constants_are_not_real():
    result = solve(["(x + I)^2 - 3", "y - x"])
    assert (result.n_regular, result.n_real, result.n_certified) == (2, 0, 2)
    assert solve(["I*x^2 - I"]).n_regular == 2


def test_multihomogeneous_starts_save_paths():
    equations = ["x*y - 2*z + 1", "x*z + y - 3", "z*x + x - 1 + y"]
    groups = Multihomogeneous([["x"], ["y", "z"]])
    dense = solve(equations, seed=3)
    fewer = solve(equations, start=groups, seed=3)
    assert (dense.n_paths, fewer.n_paths) == (8, 3)
    assert points_match(fewer, dense.points)
    with pytest.raises(InvalidInputError, match="no partition"):
        solve(equations, start=Multihomogeneous([["x"], ["y"]]))


def test_eigenvalues_by_multihomogeneous_paths():
    """(A − λ)(v; 1) = 0 has 4 solutions, which is the Bezout number for the groups {λ}, {v}."""
    A = np.random.default_rng(2).integers(-9, 9, (4, 4))
    v = ["a", "b", "c", "1"]
    rows = [" + ".join(f"({A[i, j]})*{v[j]}" for j in range(4)) + f" - l*{v[i]}" for i in range(4)]
    result = solve(rows, start=Multihomogeneous([["l"], ["a", "b", "c"]]))
    eigenvalues = result.points[:, result.variables.index("l")]
    assert result.n_paths == result.n_certified == 4
    np.testing.assert_allclose(
        np.sort_complex(eigenvalues), np.sort_complex(np.linalg.eigvals(A)), atol=1e-9
    )


def test_parameter_homotopy_between_real_values():
    family = System(["x^3 - a*x + b"], parameters=["a", "b"])
    start = solve(family, parameters={"a": 7, "b": 6})  # −3, 1, 2
    result = solve(family.bound([13, 12]), start=ParameterHomotopy(start.points, {"a": 7, "b": 6}))
    np.testing.assert_allclose(np.sort(result.points[:, 0].real), [-4, 1, 3], atol=1e-12)


def test_start_values_of_every_size():
    start = ParameterHomotopy([[1e100], [-1e100]], [1e200])
    result = solve(System(["x^2 - a"], parameters=["a"]).bound([2e200 + 1e200j]), start=start)
    assert result.n_regular == 2


def test_parameter_homotopies_check_their_start():
    with pytest.raises(InvalidInputError, match="system with parameters"):
        solve(["x^2 - 1"], start=ParameterHomotopy([[1]], [1]))
    family = System(["x^2 - a"], parameters=["a"]).bound([2])
    with pytest.raises(InvalidInputError, match="2 coordinates"):
        solve(family, start=ParameterHomotopy([[1, 2]], [1]))
    wrong = solve(family, start=ParameterHomotopy([[5]], [1]))
    assert list(wrong.ledger.failures.values()) == [PathStatus.INVALID_START.value]


def test_many_parameter_values():
    family = System(["x^2 + y^2 - 1", "x + y = a"], parameters=["a"])
    values = np.linspace(-2, 2, 1001)
    sweep = solve_many(family, values)
    assert (sweep.n_regular == 2).all()
    np.testing.assert_array_equal(sweep.n_real, np.where(np.abs(values) < 2**0.5, 2, 0))
    x = sweep.at(700)
    np.testing.assert_allclose(x.sum(axis=1), values[700], atol=1e-12)
    again = solve_many(family, values, start=sweep.generic)
    np.testing.assert_array_equal(again.n_real, sweep.n_real)
    assert len(sweep.to_dataframe()) == 2002
    assert "1001 values of a" in str(sweep)


def test_sweeps_see_singular_values_and_infinity():
    sweep = solve_many(System(["a*x^2 - b*x + 1"], parameters=["a", "b"]), [[1, 2], [0, 1], [1, 0]])
    assert sweep.count(PathEnd.SINGULAR).tolist() == [2, 0, 0]
    assert sweep.count(PathEnd.AT_INFINITY).tolist() == [0, 1, 0]
    assert sweep.n_real.tolist() == [0, 1, 0]


def test_sweeps_check_their_input():
    with pytest.raises(InvalidInputError, match="no parameters"):
        solve_many(System(["x^2 - 1"]), [1])
    family = System(["x^2 - a*x + b"], parameters=["a", "b"])
    with pytest.raises(InvalidInputError, match="one row of 2 numbers"):
        solve_many(family, [1, 2, 3])
    with pytest.raises(InvalidInputError, match="finite"):
        solve_many(family, [[1, np.inf]])


def test_same_seed_same_bits_for_any_number_of_threads():
    case = by_name("noon-4")
    one, three = (solve(case.equations, threads=k, seed=5) for k in (1, 3))
    assert one == three
    assert one != solve(case.equations, seed=6)


def test_failures_are_listed_with_their_reason():
    case = by_name("katsura-4")
    hopeless = TrackerOptions(max_steps=1)
    result = solve(case.equations, options=hopeless)
    assert result.n_regular == case.count  # tracked again
    assert result.ledger.n_retracked == case.bezout
    assert "tracked again" in str(result.ledger)


@pytest.mark.parametrize("k", [4, 10])
def test_paths_come_back_from_far_out(k):
    """x = Π_j ((a − d_j)/(a − c_j))²⁰ exceeds 10²¹ between a = 1 and a = 0, where it is below 10⁻⁶."""
    places = np.linspace(0.8, 0.2, 2 * k)
    poles, zeros = places[::2] - 0.01j, places[1::2] + 0.01j
    x_start, x_end = (np.prod(((a - zeros) / (a - poles)) ** 20) for a in (1, 0))
    left, right = ("*".join(f"(a - {name}{j})^20" for j in range(k)) for name in "cd")
    names = ["a", *(f"{name}{j}" for name in "cd" for j in range(k))]
    system = System([f"x*{left} - {right}"], ["x"], parameters=names)
    start = ParameterHomotopy([[x_start]], [1, *poles, *zeros])
    begun = start.begin(system.bound([0, *poles, *zeros]), np.random.default_rng(0))
    ends = follow(begun, TrackerOptions.normal(), threads=1)
    assert ends.attempts.tolist() == [1]
    assert ends.points[0, 0] == pytest.approx(x_end, rel=1e-9)


@pytest.mark.parametrize("seed", [0, 6, 40])
def test_steep_paths_are_no_reason_to_begin_anew(seed):
    """Some paths of eco-9 exceed 10¹⁰ at t = 0.3 and come back before they run to infinity."""
    result = solve(by_name("eco-9").equations, start=TotalDegree(), seed=seed)
    assert (result.n_certified, result.n_at_infinity) == (128, 2 * 3**7 - 128)
    assert result.ledger.n_restarts == 0


def test_zeros_found_in_high_precision_are_no_reason_to_begin_anew():
    result = solve(["(x - 1)*(x - 10^100)"], start=Polyhedral())
    assert (result.n_certified, result.n_failed, result.ledger.n_restarts) == (2, 0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_lost_paths_run_to_infinity(seed):
    """The solutions of cyclic-4 form curves; doubles lose a path with x ~ t⁻⁸ in affine coordinates."""
    sums = ["a + b + c + d", "a*b + b*c + c*d + d*a", "a*b*c + b*c*d + c*d*a + d*a*b"]
    result = solve([*sums, "a*b*c*d - 1"], start=TotalDegree(), seed=seed)
    assert (result.n_singular, result.n_at_infinity, result.n_failed) == (20, 4, 0)


def test_only_ends_at_infinity_are_called_so():
    """The parabola y = x² and a translate meet at (1, 1) and three times at infinity."""
    parabolas = System(["x^2 - y", "x^2 - y + x - 1"])
    begun = TotalDegree().begin(parabolas, np.random.default_rng(0))
    ends = Ends(begun.n_paths, 2)
    ends.status[:] = PathStatus.MAX_STEPS.code
    find_lost_at_infinity(begun, ends, threads=1)
    assert sorted(ends.status) == [PathStatus.MAX_STEPS.code, *[PathStatus.DIVERGED.code] * 3]


class LateSuccess(AbstractStart):
    """A total degree start whose first start solutions are wrong."""

    def __init__(self):
        self.n_attempts = 0

    def begin(self, system, rng, threads=1):
        self.n_attempts += 1
        begun = TotalDegree().begin(system, rng, threads)
        if self.n_attempts > 1:
            return begun
        return replace(begun, points=lambda numbers: begun.points(numbers) + 1)


def test_what_fails_again_begins_anew():
    case = by_name("katsura-4")
    start = LateSuccess()
    result = solve(case.equations, start=start)
    assert (result.n_certified, result.n_failed) == (case.count, 0)
    assert result.ledger.n_restarts == start.n_attempts - 1 == 1
    assert "1 times all tracked anew" in str(result.ledger)


def test_results_print_and_survive_json(tmp_path):
    result = solve(["x^2 - 2*x*y + 1/3", "(y - 1)^2*(x + 1)"])
    assert result.n_singular == 4
    path = tmp_path / "solutions.json"
    result.save(path)
    again = SolveResult.load(path)
    assert again == result
    assert str(again) == str(result)
    assert again.to_json() == result.to_json()
    assert str(result).splitlines()[1] == "=" * len(str(result).splitlines()[0])
    frame = result.to_dataframe()
    assert list(frame.columns) == ["x", "y", "multiplicity", "is_real", "is_certified", "condition"]
    path.write_text('{"format": "something else"}')
    with pytest.raises(InvalidInputError, match="no file of solutions"):
        SolveResult.load(path)
    with pytest.raises(InvalidInputError, match="Cannot read"):
        SolveResult.load(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((["x + y"],), InvalidInputError, "1 equation in 2 variables"),
        ((["x^2 - 1", "4"],), InvalidInputError, "Equation 2 contains no variable"),
        ((["x^2 - 1"], ["y"]), InvalidInputError, "neither a variable"),
        ((System(["x^2 - a"], parameters=["a"]),), InvalidInputError, "a without values"),
        ((System(["x^2"]), ["x"]), InvalidInputError, "variables already"),
        (
            ([f"x{i}^10 + x{i}*x{(i + 1) % 9} + 1" for i in range(9)],),
            TooLargeError,
            "1,000,000,000",
        ),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        solve(*arguments, start=TotalDegree())


def test_bad_options_are_refused():
    with pytest.raises(InvalidInputError, match="threads is 0"):
        solve(["x"], threads=0)
    with pytest.raises(InvalidInputError, match="need names"):
        solve(["x - a"], parameters=[1])


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("cyclic-5", TotalDegree),
        ("noon-7", TotalDegree),
        ("cyclic-6", Polyhedral),
        ("eco-8", Polyhedral),
    ],
)
def test_the_default_start_is_polyhedral_where_that_saves_paths(name, start):
    system = System(by_name(name).equations)
    assert isinstance(default_start(system, np.random.default_rng(0)), start)


def test_cyclic_7_from_text_to_certificates():
    case = by_name("cyclic-7")
    result = solve(case.equations)
    assert result.start.startswith("polyhedral")
    assert (result.n_paths, result.n_certified) == (924, 924)


def test_progress_is_reported_and_an_interrupt_returns_what_was_found():
    case = by_name("katsura-8")
    seen = []
    solve(case.equations, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (256, 256)

    def interrupt(done, total):
        raise KeyboardInterrupt

    result = solve(by_name("katsura-10").equations, on_progress=interrupt)
    assert result.is_interrupted
    assert adds_up(result)
    assert "interrupted" in str(result)


@pytest.mark.parametrize("seed", range(3))
def test_overdetermined_systems_with_a_solution_at_the_origin(seed):
    node = solve(["y^2-x^3-x^2", "3*x^2+2*x", "2*y"], seed=seed)
    assert (node.n_distinct, node.n_regular) == (1, 1)
    cusp = solve(["y^2-x^3", "3*x^2", "2*y"], seed=seed)
    assert [solution.multiplicity for solution in cusp.distinct] == [2]
