"""Saving and loading: nothing is lost, nothing is destroyed."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fake_landscape import crowded, fake_landscape
from neuromanifold.errors import InvalidInputError
from neuromanifold.landscapes import CompletenessStatus, Landscape
from neuromanifold.landscapes._json import from_dict, to_dict
from neuromanifold.theory import Prediction, Status

PROMISED = {
    "n_complex", "n_real", "n_certified", "is_complete", "completeness", "dimension",
    "ambient_dimension", "critical_points", "seed", "version",
}  # fmt: skip


@pytest.mark.parametrize(
    "landscape",
    [
        fake_landscape(),
        fake_landscape(runs=50),
        fake_landscape(status=CompletenessStatus.INTERRUPTED),
        fake_landscape(prediction=Prediction(4, "what is counted", "a source", Status.PROVED)),
        replace(fake_landscape(), critical_points=()),
        crowded(fake_landscape(), 50),
    ],
)
def test_round_trip(landscape, tmp_path):
    path = tmp_path / "land.json"
    landscape.save(path)
    loaded = Landscape.load(path)
    assert loaded == landscape
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_equality_sees_one_bit(tmp_path):
    landscape = fake_landscape()
    landscape.save(tmp_path / "land.json")
    nudged = replace(landscape, target=np.nextafter(landscape.target, np.inf))
    assert Landscape.load(tmp_path / "land.json") != nudged


@settings(max_examples=60, deadline=None)
@given(
    numbers=hnp.arrays(np.complex128, st.integers(1, 5)),
    reals=hnp.arrays(np.float64, st.integers(1, 5)),
)
def test_every_float_survives(numbers, reals):
    landscape = fake_landscape()
    point = replace(
        landscape.critical_points[0], parameters=numbers, coefficients=reals, loss=numbers[0]
    )
    landscape = replace(landscape, critical_points=(point,), constant=float(reals[0]))
    text = json.dumps(to_dict(landscape), allow_nan=False)
    read = from_dict(json.loads(text))
    assert read.critical_points[0].parameters.tobytes() == _plain(numbers).tobytes()
    assert read.critical_points[0].coefficients.tobytes() == _plain(reals).tobytes()


def test_promised_keys(tmp_path):
    landscape = fake_landscape()
    landscape.save(tmp_path / "land.json")
    document = json.loads((tmp_path / "land.json").read_text())
    assert document.keys() >= PROMISED
    assert (document["n_complex"], document["n_real"], document["n_certified"]) == (4, 2, 4)
    assert document["critical_points"][0].keys() >= {
        "loss", "is_real", "index", "certified", "coefficients", "parameters",
    }  # fmt: skip
    assert document["critical_points"][2]["loss"] == [
        landscape.critical_points[2].loss.real,
        landscape.critical_points[2].loss.imag,
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        ("[1, 2", "not valid JSON"),
        ("[]", "'format'"),
        ('{"format": "something else"}', "'format'"),
        ('{"format": "neuromanifold landscape 1"}', "is missing"),
    ],
)
def test_foreign_file(text, message, tmp_path):
    path = tmp_path / "land.json"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=message) as caught:
        Landscape.load(path)
    assert "land.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("n_real", 3, "'n_real' is 3 but its points give 2"),
        ("target", "far", "wrong type"),
        ("metric", [1.0, 2.0], "array of 2 axes has 1"),
        ("completeness", None, "wrong type"),
        ("critical_points", [{}], "missing"),
    ],
)
def test_damaged_file(key, value, message, tmp_path):
    document = to_dict(fake_landscape()) | {key: value}
    path = tmp_path / "land.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InvalidInputError, match=message):
        Landscape.load(path)


def test_missing_file(tmp_path):
    with pytest.raises(InvalidInputError, match="no such file"):
        Landscape.load(tmp_path / "absent.json")


def test_unwritable(tmp_path):
    with pytest.raises(InvalidInputError, match="does not exist"):
        fake_landscape().save(tmp_path / "absent" / "land.json")
    with pytest.raises(InvalidInputError, match="is a directory"):
        fake_landscape().save(tmp_path)


def test_failure_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "land.json"
    path.write_text("precious")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(InvalidInputError, match="no space left"):
        fake_landscape().save(path)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_writes_through_a_link_and_keeps_the_mode(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    fake_landscape().save(link)
    assert link.is_symlink()
    assert Landscape.load(real) == fake_landscape()
    assert real.stat().st_mode & 0o777 == 0o600


def _plain(array):
    """NaN has one spelling in the file, so its sign and payload are not kept."""
    parts = array.view(np.float64).copy()
    parts[np.isnan(parts)] = np.nan
    return parts
