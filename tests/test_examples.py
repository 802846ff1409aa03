"""The examples: tables that are what their pages say, and specifications that fit them."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

import neuromanifold as nm
from neuromanifold.cli._spec import read_spec

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "src/neuromanifold/cli/demo"
SAMPLES = {"attention": 20, "convolution": 300, "mlp": 342}


def specification(name):
    return tomllib.loads((ROOT / "examples" / name / "spec.toml").read_text(encoding="utf-8"))


def table(name):
    data = specification(name)["data"]
    path = ROOT / "examples" / name / data["csv"]
    return nm.Dataset.from_csv(path, inputs=data["inputs"], targets=data["targets"])


@pytest.mark.parametrize("name", SAMPLES)
def test_tables_have_the_samples_their_pages_state(name):
    assert table(name).n_samples == SAMPLES[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_example_names_its_source_and_licence(name):
    page = (ROOT / "examples" / name / "README.md").read_text(encoding="utf-8")
    assert "* Source: " in page
    assert "* Licence: " in page


@pytest.mark.parametrize(
    ("name", "n_complex", "n_real"), [("attention", 14, 6), ("convolution", 10, 4), ("mlp", 13, 7)]
)
def test_landscapes_of_the_examples(name, n_complex, n_real):
    spec = read_spec(ROOT / "examples" / name / "spec.toml")
    model = spec.model()
    land = nm.landscape(model, spec.data(model), seed=spec.tables.solve.seed)
    assert land.is_complete
    assert (land.n_complex, land.n_certified, land.n_real) == (n_complex, n_complex, n_real)


def test_the_demo_is_the_attention_example():
    demo = tomllib.loads((DEMO / "spec.toml").read_text(encoding="utf-8"))
    example = specification("attention")
    csv = example["data"].pop("csv")
    assert (ROOT / "examples/attention" / csv).resolve() == DEMO / demo["data"].pop("csv")
    assert example == demo


def test_columns_of_the_attention_example_are_standardised():
    data = table("attention")
    for columns in (data.X, data.Y):
        np.testing.assert_allclose(columns.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(columns.std(axis=0), 1, atol=1e-4)


def test_columns_of_the_mlp_example_have_unit_root_mean_square():
    data = table("mlp")
    np.testing.assert_allclose(data.X.mean(axis=0), [0, 0, 1], atol=1e-4)
    for columns in (data.X, data.Y):
        np.testing.assert_allclose((columns**2).mean(axis=0), 1, atol=1e-4)


def test_windows_of_the_convolution_example_slide_by_one_year():
    data = table("convolution")
    np.testing.assert_array_equal(data.X[1:, :-1], data.X[:-1, 1:])
    np.testing.assert_array_equal(data.Y[:-5, 0], data.X[5:, -1])
