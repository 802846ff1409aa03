"""`monodromy` finds all solutions of a family, says how sure it is, and knows their Galois group."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from monodromy_families import lines_on_a_cubic, lines_tangent_to_spheres
from neuromanifold.continuation import (
    Confidence,
    Evidence,
    MonodromyResult,
    MonodromyWarning,
    ParameterHomotopy,
    SolutionCount,
    System,
    TraceTest,
    certify,
    monodromy,
    solve,
)
from neuromanifold.errors import InvalidInputError

TWO_CONICS = System(
    ["a*x^2 + b*x*y + c*y^2 + d*x + e", "f*x^2 + g*x*y + h*y + k"],
    ["x", "y"],
    [*"abcdefghk"],
)


def test_lines_on_a_cubic_and_their_galois_group():
    result = monodromy(lines_on_a_cubic())
    assert len(result) == result.n_certified == result.n_certified_distinct == 27
    assert result.completeness.evidence is Evidence.TRACE_TEST
    assert result.galois_group().order() == 51840


@pytest.mark.parametrize("seed", range(3))
def test_four_spheres_have_twelve_common_tangents(seed):
    assert len(monodromy(lines_tangent_to_spheres(), seed=seed)) == 12


@pytest.mark.parametrize(
    ("equations", "names", "expected"),
    [
        (["x^3 + a*x^2 + b*x + c"], "abc", 3),
        (["x^5 + a*x + b"], "ab", 5),
        (["a*x + b"], "ab", 1),
        (["x^2 + y^2 - a", "x*y - b"], "ab", 4),
        (["a*x + b*y + c", "x*y^2 + d*x + a"], "abcd", 3),
    ],
)
def test_counts_with_a_closed_trace(equations, names, expected):
    result = monodromy(System(equations, parameters=[*names]), seed=2)
    assert len(result) == expected
    assert result.is_complete


def test_a_family_that_is_not_linear_gets_an_estimate():
    result = monodromy(System(["x^3 + a^2*x + b^2 + 1"], parameters=["a", "b"]))
    assert len(result) == 3
    assert result.completeness.evidence is Evidence.ESTIMATED
    assert result.completeness.confidence >= 0.999
    assert result.completeness.missing_mass == 0


@pytest.mark.parametrize(
    ("stop", "evidence", "confidence"),
    [
        (None, Evidence.TRACE_TEST, 0.8),
        (TraceTest(), Evidence.TRACE_TEST, 0.8),
        (TraceTest(otherwise=Confidence(0.5)), Evidence.TRACE_TEST, 0.5),
        (Confidence(), Evidence.ESTIMATED, 0.999),
        (Confidence(1 - 1e-8), Evidence.ESTIMATED, 1 - 1e-8),
        (SolutionCount(4), Evidence.COUNT_GIVEN, 0),
        (SolutionCount(5), Evidence.ESTIMATED, 0.999),
        (SolutionCount(5, otherwise=Confidence(1 - 1e-8)), Evidence.ESTIMATED, 1 - 1e-8),
    ],
    ids=str,
)
def test_what_ends_the_search(stop, evidence, confidence):
    result = monodromy(TWO_CONICS, stop=stop)
    assert (len(result), result.completeness.evidence) == (4, evidence)
    assert result.completeness.confidence >= confidence
    assert (result.completeness.trace_residual is None) == (evidence is not Evidence.TRACE_TEST)


def test_the_given_count_spares_paths():
    paths = [monodromy(TWO_CONICS, stop=s).n_tracked for s in (SolutionCount(4), Confidence())]
    assert paths[0] < paths[1] / 5


def test_the_solutions_of_another_member():
    result = monodromy(TWO_CONICS)
    member = {name: 1.0 + k**2 for k, name in enumerate(TWO_CONICS.parameters)}
    start = ParameterHomotopy(result.points, result.parameters)
    there = solve(TWO_CONICS, parameters=member, start=start)
    assert there.n_distinct == solve(TWO_CONICS, parameters=member).n_distinct == 4


def test_an_overdetermined_family():
    twisted = ["y - x^2", "z - x^3", "x*z - y^2", "a*x + b*y + c*z + d"]
    result = monodromy(System(twisted, parameters=[*"abcd"]))
    assert len(result) == 3
    assert np.allclose(result.points[:, 1], result.points[:, 0] ** 2)


def test_bit_identical_for_any_number_of_threads():
    one, three = (monodromy(lines_on_a_cubic(), seed=5, threads=t) for t in (1, 3))
    assert one == three
    assert one.points.tobytes() == three.points.tobytes()


EVEN = System(
    ["a*x^4 + b*x^2*y^2 + c*y^4 + d", "e*x^2 + f*x*y + g*y^2 + h"], parameters=[*"abcdefgh"]
)


@pytest.mark.parametrize(
    "generator", [[[-1, 0], [0, -1]], lambda x: -x], ids=["matrix", "function"]
)
def test_a_group_halves_the_work(generator):
    result = monodromy(EVEN, group=[generator])
    assert (len(result), result.n_symmetries) == (4, 2)
    assert result.is_complete


def test_a_group_of_permutations():
    symmetric = ["x + y + z - a", "x*y + y*z + x*z - b", "x*y*z - c"]
    system = System(symmetric, parameters=[*"abc"])
    assert len(monodromy(system)) == 6
    result = monodromy(system, group=[[1, 2, 0], [1, 0, 2]], stop=SolutionCount(1))
    assert (len(result), result.n_symmetries) == (1, 6)


@pytest.mark.parametrize("identify", [["x^2", "x*y", "y^2"], lambda x: [x[0] ** 2, x[0] * x[1]]])
def test_solutions_identified_by_a_map(identify):
    result = monodromy(EVEN, identify=identify)
    assert len(result) == 4
    assert result.completeness.evidence is Evidence.TRACE_TEST


def test_a_function_that_is_no_polynomial_identifies_too():
    result = monodromy(EVEN, identify=lambda x: np.array([np.abs(x[0]), x[0] / x[1]]))
    assert len(result) == 4
    assert result.completeness.evidence is Evidence.ESTIMATED


@pytest.mark.parametrize(
    "system",
    [
        System(["x^3 - 8"]),
        System(["a*(x^3 - 8)"], parameters=["a"]),
        System(["x^3 - 8"], parameters=["a"]),
    ],
    ids=["no parameter", "factor", "idle"],
)
def test_a_constant_family_is_recognised(system):
    with pytest.warns(MonodromyWarning, match="family is constant"):
        result = monodromy(system)
    assert result.completeness.evidence is Evidence.CONSTANT_FAMILY
    assert 1 <= len(result) <= 3
    assert np.allclose(result.points**3, 8)


def test_loops_that_move_nothing_are_recognised():
    with pytest.warns(MonodromyWarning, match="do not change places"):
        result = monodromy(System(["x^3 - a^3"], parameters=["a"]))
    assert result.completeness.evidence is Evidence.TRIVIAL_MONODROMY
    assert not result.is_complete


def test_idle_parameters_are_named():
    with pytest.warns(MonodromyWarning, match="No equation contains b"):
        assert len(monodromy(System(["x^2 - a"], parameters=["a", "b"]))) == 2


def test_a_start_pair_may_be_given():
    result = monodromy(System(["x^2 - a"], parameters=["a"]), start=([3.0], {"a": 9.0}))
    assert sorted(result.points[:, 0].real.round(9)) == [-3, 3]
    assert result.parameters == [9]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": ([2.0], {"a": 9.0})}, "no regular solution"),
        ({"start": ([2.0, 3.0], {"a": 9.0})}, "start solution has shape"),
        ({"group": [lambda x: x + 1]}, "more than 5000"),
        ({"group": [[[2.0]]]}, "to infinity"),
        ({"group": [[[1j]]]}, "does not map solutions to solutions"),
        ({"group": []}, "no generators"),
        ({"group": [[[1.0, 2.0]]]}, "no function, no 1×1 matrix"),
        ({"stop": 4}, "stop is 4; give TraceTest"),
        ({"threads": 0}, "threads is 0"),
        ({"checkpoint": "/nowhere/at/all"}, "does not exist"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        monodromy(System(["x^2 - a"], parameters=["a"]), **arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Confidence(1.0), "level is 1.0"),
        (lambda: Confidence(0.0), "level is 0.0"),
        (lambda: SolutionCount(0), "count is 0"),
    ],
)
def test_bad_stopping_criteria(make, message):
    with pytest.raises(InvalidInputError, match=message):
        make()


def test_written_and_read(tmp_path):
    result = monodromy(TWO_CONICS)
    result.save(tmp_path / "conics.json")
    again = MonodromyResult.load(tmp_path / "conics.json")
    assert again == result
    assert np.array_equal(again.parameters, result.parameters)
    assert "trace test" in str(again)
    assert certify(again.system, again.points).n_distinct == 4
    with pytest.raises(InvalidInputError, match="no result of monodromy"):
        MonodromyResult.from_json("{}")


def test_an_interrupt_returns_what_was_found():
    def stop(loops: int, known: int) -> None:
        if known > 5:
            raise KeyboardInterrupt

    result = monodromy(lines_on_a_cubic(), on_progress=stop)
    assert 5 < len(result) < 27
    assert result.is_interrupted
    assert not result.is_complete
    assert result.n_certified == len(result)


def test_a_checkpoint_goes_on_where_the_search_was(tmp_path):
    path = tmp_path / "search.json"

    def stop(loops: int, known: int) -> None:
        if known > 5:
            raise KeyboardInterrupt

    partial = monodromy(lines_on_a_cubic(), checkpoint=path, on_progress=stop)
    whole = monodromy(lines_on_a_cubic(), checkpoint=path)
    assert partial.n_distinct < 27
    assert whole == monodromy(lines_on_a_cubic())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "something else"}'])
def test_files_that_are_no_checkpoints(tmp_path, text):
    path = tmp_path / "search.json"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match="no checkpoint"):
        monodromy(TWO_CONICS, checkpoint=path)
    assert path.read_text() == text


def test_a_checkpoint_of_another_search(tmp_path):
    path = tmp_path / "search.json"
    monodromy(TWO_CONICS, checkpoint=path)
    with pytest.raises(InvalidInputError, match="another system, start or seed"):
        monodromy(TWO_CONICS, checkpoint=path, seed=1)
    damaged = path.read_text().replace('"forward": "', '"forward": "?')
    path.write_text(damaged)
    with pytest.raises(InvalidInputError, match="damaged"):
        monodromy(TWO_CONICS, checkpoint=path)


_CHILD = """
import sys, time
from monodromy_families import lines_on_a_cubic
from neuromanifold.continuation import monodromy
monodromy(lines_on_a_cubic(), checkpoint=sys.argv[1], on_progress=lambda *_: time.sleep(0.2))
"""


def test_a_killed_search_resumes(tmp_path):
    path = tmp_path / "search.json"
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])
    }
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(path)], env=environment)
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.3)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert monodromy(lines_on_a_cubic(), checkpoint=path) == monodromy(lines_on_a_cubic())
