"""Bad input is refused in a sentence, and no file is left half-written."""

import os
import re

import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from neuromanifold.continuation import (
    MonodromyResult,
    Multihomogeneous,
    ParameterHomotopy,
    Polyhedral,
    SolveResult,
    System,
    TotalDegree,
    certify,
    monodromy,
    solve,
    solve_many,
)
from neuromanifold.errors import InvalidInputError, NeuromanifoldError, TooLargeError

X = sympy.Symbol("x")
ROOT = System(["x^2 - a"], parameters=["a"])
DENSE = [f"x{i}^10 + x{i}*x{(i + 1) % 9} + 1" for i in range(9)]


def function_of(number):
    return lambda x: jnp.array([x[0] ** 2 - number])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: solve(["x + y - 1"]), "1 equation in 2 variables"),
        (lambda: monodromy(System(["x + y - a"], parameters=["a"])), "1 equation in 2 variables"),
        (lambda: certify(["x + y - 1"], [[1, 0]]), "as many equations as variables"),
        (lambda: certify(["x - 1", "x^2 - 1"], [[1]]), "as many equations as variables"),
        (lambda: solve([]), "no equations"),
        (lambda: solve(["3"]), "contain no variables"),
        (lambda: solve(["x - x", "y - 1"], ["x", "y"]), "Equation 1 is 0 = 0"),
        (lambda: solve(["(x + 1)^2 - x^2 - 2*x - 1"]), "Equation 1 is 0 = 0"),
        (lambda: solve([X**2 - sympy.oo]), "not finite"),
        (lambda: solve([X**2 - sympy.zoo]), "not finite"),
        (lambda: solve(function_of(jnp.nan), 1), "not finite"),
        (lambda: solve(function_of(jnp.inf), 1), "not finite"),
        (lambda: solve(["x^2 - inf"]), "must be finite"),
        (lambda: ROOT.bound([complex(0, np.inf)]), "not finite"),
        (lambda: solve(ROOT.bound([2]), start=ParameterHomotopy([[1]], [np.nan])), "not finite"),
        (lambda: solve_many(ROOT, [np.nan]), "finite"),
        (lambda: solve([X**2 - sympy.Symbol("y")], ["x"]), "y is neither a variable"),
        (lambda: solve(ROOT, parameters={"b": 1}), "b is no parameter"),
    ],
)
def test_bad_systems(call, sentence):
    with pytest.raises(InvalidInputError, match=sentence) as refused:
        call()
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("start", [TotalDegree(), Polyhedral(), None])
def test_systems_with_more_paths_than_memory(start):
    with pytest.raises(TooLargeError, match="00,000,000 paths"):
        solve(DENSE, start=start)


def test_groups_with_more_paths_than_memory():
    with pytest.raises(TooLargeError, match="multihomogeneous start has"):
        solve(DENSE, start=Multihomogeneous([[f"x{i}"] for i in range(9)]))


def test_powers_that_cannot_be_stored():
    with pytest.raises(InvalidInputError, match="exponents up to"):
        solve(["x^(2^70) - 1"])


@pytest.fixture(scope="module")
def saved():
    return {
        "solve": solve(["x^2 - 2*y", "y^2 - x"]).to_json(),
        "monodromy": monodromy(System(["x^3 + a*x + b"], parameters=["a", "b"])).to_json(),
    }


@pytest.mark.parametrize("kind", ["solve", "monodromy"])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.999])
def test_files_cut_off_are_no_results(saved, tmp_path, kind, part):
    text, path = saved[kind], tmp_path / "result.json"
    path.write_text(text[: int(part * len(text))])
    for reader in (SolveResult, MonodromyResult):
        with pytest.raises(InvalidInputError, match="save a result to get one"):
            reader.load(path)


def test_results_are_not_taken_for_one_another(saved):
    with pytest.raises(InvalidInputError, match="no result of monodromy"):
        MonodromyResult.from_json(saved["solve"])
    with pytest.raises(InvalidInputError, match="no file of solutions"):
        SolveResult.from_json(saved["monodromy"])


def test_a_result_is_no_checkpoint(saved, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(saved["monodromy"])
    with pytest.raises(InvalidInputError, match="no checkpoint"):
        monodromy(System(["x^3 + a*x + b"], parameters=["a", "b"]), checkpoint=path)
    assert path.read_text() == saved["monodromy"]


def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path, monkeypatch):
    result = solve(["x^2 - 2*y", "y^2 - x"])
    path = tmp_path / "result.json"
    path.write_text("before")

    def full(descriptor):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidInputError, match="no space left"):
        result.save(path)
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.json"]


@pytest.mark.parametrize("target", ["missing/result.json", "."])
def test_places_that_cannot_be_written(tmp_path, target):
    with pytest.raises(NeuromanifoldError, match=re.escape("Cannot write")):
        solve(["x^2 - 2"]).save(tmp_path / target)
    assert list(tmp_path.iterdir()) == []
