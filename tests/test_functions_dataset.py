"""Datasets: what is accepted, what is refused and in which words, and the laws of reshaping."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions._dataset import Dataset


@pytest.fixture
def csv_file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "data.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_arrays_are_copied_converted_and_read_only():
    X = np.arange(6, dtype=np.int32).reshape(3, 2)
    data = Dataset(X, [1, 2, 3])
    X[0, 0] = 99
    assert data.X.dtype == data.Y.dtype == np.float64
    assert data.X[0, 0] == 0
    assert data.output_shape == ()
    with pytest.raises(ValueError, match="read-only"):
        data.X[0, 0] = 1


@pytest.mark.parametrize(
    ("X", "Y", "words"),
    [
        ([[1.0], [2.0]], [[1.0]], "X has 2 samples but Y has 1"),
        ([[1.0], [np.nan]], [[1.0], [2.0]], r"X[1, 0] is nan"),
        ([[1.0]], [[np.inf]], r"Y[0, 0] is inf"),
        ([[1j]], [[1.0]], "X has entries of type complex128"),
        ([["a"]], [[1.0]], "X has entries of type <U1"),
        ([[True]], [[1.0]], "X has entries of type bool"),
        (np.zeros((0, 2)), np.zeros((0, 1)), "X has shape (0, 2), which holds no sample"),
        (3.0, [1.0], "X has shape (), which holds no sample"),
        ([[1.0], [1.0, 2.0]], [1.0, 1.0], "X is not a rectangular array"),
    ],
)
def test_bad_arrays(X, Y, words):
    with pytest.raises(InvalidInputError, match=re.escape(words)):
        Dataset(X, Y)


def test_names_must_match_the_columns():
    with pytest.raises(InvalidInputError, match="inputs names 1 column but a sample has 2 numbers"):
        Dataset([[1.0, 2.0]], [[1.0]], inputs=["x"])


def test_csv_columns_in_the_order_asked(csv_file):
    path = csv_file("\ufeffa, b ,note,c\r\n1,2,hello,3\r\n\r\n-4e1,.5,,6\r\n")
    data = Dataset.from_csv(path, inputs=["c", "a"], targets=["b", "a"])
    assert data.X.tolist() == [[3, 1], [6, -40]]
    assert data.Y.tolist() == [[2, 1], [0.5, -40]]
    assert (data.inputs, data.targets) == (("c", "a"), ("b", "a"))


@pytest.mark.parametrize(
    ("text", "inputs", "targets", "words"),
    [
        ("", ["x"], ["y"], "is empty; its first line must name the columns, for example x,y"),
        ("x,y\n", ["x"], ["y"], "has a header but no rows"),
        ("x,y\n1,2\n", ["z"], ["y"], "has no column 'z'; its columns are x, y."),
        ("x,x,y\n1,2,3\n", ["x"], ["y"], "names the column 'x' 2 times"),
        ("x,y\n1,2\n", ["x", "x"], ["y"], "inputs repeats the column 'x'"),
        ("x,y\n1,2\n", ["x"], [], "targets is empty"),
        ("x,y\n1,2\n", ["x"], "y", "targets is the text 'y'; give a list, ['y']"),
        ("x,y\n1,2\nred,4\n", ["x"], ["y"], "line 3, column 'x' is 'red', which is not a number"),
        ("x,y\n1,2\n\n3,NaN\n", ["x"], ["y"], "line 4, column 'y' is 'NaN', which is not finite"),
        ("x,y\n1,\n", ["x"], ["y"], "line 2, column 'y' is empty"),
        ("x,y\n,\n", ["x"], ["y"], "line 2, column 'x' is empty"),
        ("x,y\n1,1e999\n", ["x"], ["y"], "line 2, column 'y' is '1e999', which is not finite"),
        ("x,y\n1,1_000\n", ["x"], ["y"], "'1_000', which is not a number"),
        ("x,y\n1,2,3\n", ["x"], ["y"], "line 2 has 3 cells but the header names 2 columns"),
    ],
)
def test_bad_csv(csv_file, text, inputs, targets, words):
    with pytest.raises(InvalidInputError, match=re.escape(words)) as caught:
        Dataset.from_csv(csv_file(text), inputs=inputs, targets=targets)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path, csv_file):
    columns = {"inputs": ["x"], "targets": ["y"]}
    with pytest.raises(InvalidInputError, match="does not exist"):
        Dataset.from_csv(tmp_path / "absent.csv", **columns)
    with pytest.raises(InvalidInputError, match="is a directory"):
        Dataset.from_csv(tmp_path, **columns)
    with pytest.raises(InvalidInputError, match="is not a CSV file in UTF-8"):
        Dataset.from_csv(csv_file("x,y\n1,ü\n", encoding="latin-1"), **columns)


def test_missing_column_of_a_wide_file_lists_only_some(csv_file):
    path = csv_file(",".join(f"c{i}" for i in range(1000)) + "\n")
    with pytest.raises(InvalidInputError, match=r"c11, … and 988 more\.$"):
        Dataset.from_csv(path, inputs=["x"], targets=["y"])


def test_random_is_fixed_by_its_seed():
    first = Dataset.random((2, 3), 2, samples=5, seed=4)
    assert first == Dataset.random((2, 3), 2, 5, 4)
    assert first != Dataset.random((2, 3), 2, 5, 5)
    assert (first.X.shape, first.Y.shape) == ((5, 2, 3), (5, 2))


@pytest.mark.parametrize(
    ("shape", "samples", "seed", "words"),
    [
        ((2,), 0, 0, "samples is 0"),
        ((0,), 1, 0, "input_shape is 0"),
        ((2,), 1, -1, "seed is -1"),
        ((2,), 1.5, 0, "samples is 1.5"),
        ((2,), True, 0, "samples is True"),
    ],
)
def test_bad_random(shape, samples, seed, words):
    with pytest.raises(InvalidInputError, match=words):
        Dataset.random(shape, (1,), samples, seed)


@given(st.lists(st.integers(1, 3), max_size=3), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_flattening_and_reshaping_are_inverse(shape, samples, seed):
    data = Dataset.random(shape, (2,), samples, seed)
    flat = data.reshaped((data.X[0].size,), (2, 1))
    assert flat.X.shape == (samples, data.X[0].size)
    assert flat.reshaped(shape, (2,)) == data
    assert hash(flat.reshaped(shape, (2,))) == hash(data)


def test_reshaping_to_a_model_that_does_not_fit():
    data = Dataset([[1.0, 2.0, 3.0]], [[1.0]])
    words = (
        "the model takes 4 numbers per sample (shape (2, 2)) but the dataset has 3 input columns"
    )
    with pytest.raises(InvalidInputError, match=re.escape(words)):
        data.reshaped((2, 2), (1,))
    with pytest.raises(InvalidInputError, match="the model gives 2 numbers per sample"):
        data.reshaped((3,), (2,))


def test_equality_needs_equal_values_shapes_and_names():
    data = Dataset([[1.0, -0.0]], [[1.0]], inputs=["a", "b"])
    assert data == Dataset([[1.0, 0.0]], [[1.0]], inputs=["a", "b"])
    assert hash(data) == hash(Dataset([[1.0, 0.0]], [[1.0]], inputs=["a", "b"]))
    assert data != Dataset([[1.0, 0.0]], [[1.0]])
    assert data != Dataset([[[1.0, 0.0]]], [[1.0]], inputs=["a", "b"])
    assert data != "data"


def test_print_shows_sizes_and_columns():
    text = str(Dataset([[1.0, 2.0]], [[3.0]], inputs=["mass", "speed"], targets=["energy"]))
    assert text.splitlines() == [
        "Dataset with 1 sample",
        "=====================",
        "• inputs: 2 numbers per sample, shape (2,): mass, speed",
        "• targets: 1 number per sample, shape (1,): energy",
    ]
