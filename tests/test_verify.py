"""Saved results are proved again from their equations; what was changed by hand is found."""

import contextlib
import copy
import dataclasses
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import neuromanifold as nm
from neuromanifold.cli._verify import verify_file
from neuromanifold.continuation import (
    MonodromyResult,
    SolveResult,
    System,
    monodromy,
    solve,
    verify_monodromy,
    verify_solutions,
)
from neuromanifold.errors import InvalidInputError, NeuromanifoldError
from neuromanifold.landscapes import Landscape
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    build_model,
    describe_model,
    monomial,
    polynomial,
)

CONICS = System(["a*x^2 + b*x*y + c*y^2 - 1", "d*x*y + e*x + f*y + 1"], parameters=[*"abcdef"])
TWISTED = System(["y - x^2", "z - x^3", "x*z - y^2", "a*x + b*y + c*z + d"], parameters=[*"abcd"])
EVEN = System(["a*x^2 + b*y^2 + c", "d*x*y + e*y^2 + f"], parameters=[*"abcdef"])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    model = MLP((2, 1, 1), monomial(2))
    nm.landscape(model, nm.Dataset.random((2,), (1,), samples=10, seed=1)).save(
        folder / "land.json"
    )
    solve(["x^2 + y^2 - 5", "x*y - 2/3"]).save(folder / "solutions.json")
    solve(["x^2 + y^2 - 5", "x*y - 2", "x^2 - 4*x + 3 + y - 1"]).save(folder / "excess.json")
    solve(["x^2 + 1", "(x*y - 1)/(y - 7)"]).save(folder / "complex.json")
    monodromy(CONICS).save(folder / "monodromy.json")
    monodromy(TWISTED).save(folder / "twisted.json")
    monodromy(EVEN, group=[[[-1, 0], [0, -1]]]).save(folder / "orbits.json")
    monodromy(CONICS, certify=False).save(folder / "uncertified.json")
    return folder


def changed(files, name, tmp_path, change):
    document = json.loads((files / name).read_text())
    change(document)
    path = tmp_path / name
    path.write_text(json.dumps(document))
    return path


SOLUTIONS = ["solutions.json", "excess.json", "complex.json"]
SEARCHES = ["monodromy.json", "twisted.json", "orbits.json", "uncertified.json"]


@pytest.mark.parametrize("name", ["land.json", *SOLUTIONS, *SEARCHES])
def test_untouched_files_are_confirmed(files, run, name):
    status, output, errors = run("verify", files / name)
    assert (status, errors) == (0, "")
    assert "proved again" in output
    assert "not checked" in output


def move(box, by):
    box["center"][0][0] += by


CHANGES = [
    ("solutions.json", lambda d: move(d["solutions"][0]["certificate"], 1e-3), "not proved"),
    (
        "solutions.json",
        lambda d: d["solutions"][0]["certificate"].update(radii=[1e-30, 1e-30]),
        "not proved",
    ),
    (
        "solutions.json",
        lambda d: d["solutions"][0]["certificate"].update(radii=[5.0, 5.0]),
        "not proved",
    ),
    (
        "solutions.json",
        lambda d: d["solutions"].__setitem__(1, copy.deepcopy(d["solutions"][0])),
        "Only 3 of 4 boxes",
    ),
    (
        "solutions.json",
        lambda d: d["solutions"][0].update(x=[[0.0, 0.0], [0.0, 0.0]]),
        "not near the zero",
    ),
    (
        "complex.json",
        lambda d: [
            d["solutions"][0].update(is_real=True),
            d["solutions"][0]["certificate"].update(is_real=True),
        ],
        "called real",
    ),
    ("solutions.json", lambda d: d["solutions"][2].update(is_real=False), "called not real"),
    (
        "monodromy.json",
        lambda d: move(d["solutions"][3]["certificate"], 1e-3),
        "Solution 4 is not proved",
    ),
    (
        "monodromy.json",
        lambda d: move({"center": d["solutions"][0]["x"]}, 1e-3),
        "not near the zero",
    ),
    (
        "monodromy.json",
        lambda d: d["solutions"].__setitem__(1, copy.deepcopy(d["solutions"][0])),
        "Only 3 of 4 boxes",
    ),
    (
        "monodromy.json",
        lambda d: d["solutions"][2].update(is_real=True),
        "called real",
    ),
    ("monodromy.json", lambda d: d["system"]["values"][0].__setitem__(0, 0.5), "not proved"),
    ("uncertified.json", lambda d: d.update(n_certified_distinct=4), "only 0 are proved"),
    ("orbits.json", lambda d: d["permutations"].__setitem__(0, [0, 0]), "Loop 1 does not permute"),
    ("twisted.json", lambda d: d["permutations"].__setitem__(1, [0, 1, 3]), "Loop 2 does not"),
    (
        "land.json",
        lambda d: d["data"]["Y"][3].__setitem__(0, 0.125),
        "not that of its model and data",
    ),
    ("land.json", lambda d: d["data"]["Y"][3].__setitem__(0, 0.125), "not proved"),
    ("land.json", lambda d: d["model_description"].update(widths=[2, 2, 1]), "not say which"),
    (
        "land.json",
        lambda d: d["critical_points"][0]["certificate"].update(radii=[3.0, 3.0]),
        "not proved",
    ),
    (
        "land.json",
        lambda d: d["critical_points"][0]["certificate"].update(free=[0, 0]),
        "which parameters its certificate varies",
    ),
    (
        "land.json",
        lambda d: d["critical_points"].__setitem__(1, copy.deepcopy(d["critical_points"][0])),
        "not proved different",
    ),
    (
        "land.json",
        lambda d: d["critical_points"][0].update(coefficients=[1.0, 2.0, 3.0]),
        "other coefficients",
    ),
    ("land.json", lambda d: d["critical_points"][0].update(loss=1.5), "another loss"),
    (
        "land.json",
        lambda d: d["critical_points"][0].update(has_real_parameters=False),
        "lacks real parameters",
    ),
]


@pytest.mark.parametrize(("name", "change", "sentence"), CHANGES)
def test_changed_statements_are_found(files, run, tmp_path, name, change, sentence):
    status, output, errors = run("verify", changed(files, name, tmp_path, change))
    assert status == 1
    assert sentence in output
    assert "says something that is not proved" in errors


WRONG = [
    ("", "it is no json file"),
    ("[1, 2]", "its format is None"),
    ('{"format": "neuromanifold checkpoint 1"}', "its format is 'neuromanifold checkpoint 1'"),
    ('{"format": "neuromanifold solutions 1"}', "no file of solutions"),
    ('{"format": "neuromanifold monodromy 1"}', "no result of monodromy"),
    ('{"format": "neuromanifold monodromy checkpoint 1"}', "is 'neuromanifold monodromy checkp"),
    ('{"format": "neuromanifold landscape 1"}', "is missing"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_other_files_are_refused_in_a_sentence(run, tmp_path, text, sentence):
    path = tmp_path / "file.json"
    path.write_text(text)
    status, output, errors = run("verify", path)
    assert (status, output) == (1, "")
    assert sentence in errors
    assert "Traceback" not in errors
    assert len(errors.strip().splitlines()) == 1


def test_missing_files_are_named(run, tmp_path):
    status, _, errors = run("verify", tmp_path / "nothing.json")
    assert status == 1
    assert "no such file" in errors


def test_a_python_function_is_asked_for(files, tmp_path):
    model = Model.from_function(lambda w, x: w[1] * (w[0] @ x) ** 2, [np.ones(2), np.ones(1)], (2,))
    data = nm.Dataset.random((2,), (1,), samples=10, seed=1)
    path = tmp_path / "function.json"
    nm.landscape(model, data).save(path)
    with pytest.raises(InvalidInputError, match="Python function; verify it in Python"):
        verify_file(path)
    assert Landscape.load(path).verify(model).is_confirmed
    other = MLP((2, 1, 1), monomial(3))
    assert not Landscape.load(path).verify(other).is_confirmed


def test_results_in_memory_are_verified():
    result = solve(["x^3 - 2", "y^2 - x"])
    verification = verify_solutions(result)
    assert (verification.n_points, verification.n_confirmed, verification.n_real) == (6, 6, 2)
    assert verify_solutions(SolveResult.from_json(result.to_json())) == verification


def test_searches_in_memory_are_verified():
    result = monodromy(CONICS, seed=2)
    verification = verify_monodromy(result)
    assert verification.n_points == verification.n_confirmed == len(result) == 4
    assert verify_monodromy(MonodromyResult.from_json(result.to_json())) == verification
    with pytest.raises(InvalidInputError, match="seed is -1"):
        verify_monodromy(dataclasses.replace(result, seed=-1))


leaf = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(),
    st.sampled_from(["", "inf", "nan", "1/0", "MLP"]),
    st.just([]),
    st.just({}),
)


def places(document, path=()):
    """The paths to every value inside a document."""
    if isinstance(document, dict | list):
        items = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in items:
            yield (*path, key)
            yield from places(value, (*path, key))


@pytest.mark.parametrize("name", ["land.json", "solutions.json", "twisted.json"])
@given(data=st.data())
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_files_never_crash(files, tmp_path, name, data):
    document = json.loads((files / name).read_text())
    *way, last = data.draw(st.sampled_from(list(places(document))))
    parent = document
    for key in way:
        parent = parent[key]
    parent[last] = data.draw(leaf)
    path = tmp_path / name
    path.write_text(json.dumps(document))
    with contextlib.suppress(NeuromanifoldError):
        assert verify_file(path) in {True, False}


@pytest.mark.parametrize(
    "model",
    [
        MLP((2, 3, 1), polynomial([0.1, 1, 1 / 3]), bias=True),
        Convolution([2, 2], [2, 1], monomial(2), outputs=3),
        LightningAttention(d=2, a=1, d_out=1, tokens=3),
    ],
)
def test_models_survive_a_file(model):
    assert build_model(json.loads(json.dumps(describe_model(model)))) == model


@pytest.mark.parametrize(
    "description",
    [None, {}, {"class": "Path"}, {"class": "Monomial", "exponent": 2}, {"class": "MLP"}],
)
def test_other_descriptions_are_refused(description):
    with pytest.raises(InvalidInputError):
        build_model(description)
