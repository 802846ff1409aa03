"""The command line: what a person types, reads and finds on disk."""

import subprocess
import sys

import pytest

import neuromanifold
from neuromanifold.cli._spec import read_spec
from neuromanifold.errors import InvalidInputError

MLP = '[model]\nfamily = "mlp"\nwidths = [2, 1, 1]\nactivation = {monomial = 2}\n'
RANDOM = "[data]\nrandom = {samples = 8, seed = 1}\n"


@pytest.fixture
def spec(tmp_path):
    """Write a specification."""

    def spec_(text):
        path = tmp_path / "spec.toml"
        path.write_text(text)
        return path

    return spec_


MISTAKES = [
    ('[model]\nfamily = "mlp"\nwidths = [2, 0, 1]', "[model] widths[1] is 0; it must be a whole"),
    (
        '[model]\nfamily = "mlp"\nwidths = [2]',
        "[model] widths is [2]; the list is too short",
    ),
    ('[model]\nfamily = "mlp"', "[model] has no key 'widths'; add it."),
    ('[model]\nfamily = "mpl"\nwidths = [2, 1]', "did you mean 'mlp'?"),
    ("[model]\nwidths = [2, 1]", "[model] has no key 'family'"),
    ('[model]\nfamily = "mlp"\nwidth = [2, 1]', "no key 'width'; did you mean 'widths'? allowed:"),
    ('[model]\nfamily = "mlp"\nwidths = "2,1"', '[model] widths is "2,1"; it must be a list'),
    ('[model]\nfamily = "mlp"\nwidths = [2, 1.5]', "[model] widths[1] is 1.5; it must be a whole"),
    (
        '[model]\nfamily = "mlp"\nwidths = [2, true]',
        "[model] widths[1] is true; it must be a whole",
    ),
    (MLP + "bias = 1", "[model] bias is 1; it must be true or false."),
    (MLP.replace("{monomial = 2}", '"relu"'), '[model] activation is "relu"; it must be a polynom'),
    (MLP.replace("= 2}", "= 0}"), "[model] activation.monomial is 0; it must be a whole number"),
    (
        MLP.replace("= 2}", "= 2, power = 3}"),
        "[model] activation has no key 'power'; allowed: mono",
    ),
    (
        MLP.replace("monomial = 2", "polynomial = []"),
        "activation.polynomial is []; the list is too short",
    ),
    (
        MLP.replace("monomial = 2", "polynomial = [nan]"),
        "polynomial[0] is nan; it must be a finite",
    ),
    ('[model]\nfamily = "convolution"\nfilters = [2, 2]\nstrides = [1]', "one stride for each"),
    ('[model]\nfamily = "lightning-attention"\nd = 2', "[model] has no key 'tokens'; add it."),
    (MLP + "[data]\n", "neither 'csv' nor 'random'; give exactly one"),
    (MLP + '[data]\ncsv = "a.csv"\nrandom = {samples = 3}', "both 'csv' and 'random'"),
    (MLP + '[data]\ncsv = "a.csv"\ntargets = ["y"]', "'csv' but no 'inputs'"),
    (MLP + '[data]\nrandom = {samples = 3}\ninputs = ["x"]', "remove them beside 'random'"),
    (MLP + "[data]\nrandom = {samples = 0}", "[data] random.samples is 0"),
    (
        MLP + "[data]\nrandom = {samples = 3, sed = 1}",
        "[data] random has no key 'sed'; did you mean",
    ),
    (MLP + "[solve]\nseed = -1", "[solve] seed is -1; it must be a whole number of at least 0."),
    (MLP + "[sovle]\nseed = 1", "[sovle] is not a table of a specification; did you mean 'solve'?"),
    ("model = 3", "[model] is 3; it must be a table."),
    ("", "The table [model] is missing"),
    ("[model", "is not valid TOML"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_mistakes_are_sentences(text, sentence, spec):
    with pytest.raises(InvalidInputError) as caught:
        read_spec(spec(text))
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value) or "has no key" in str(caught.value)


def test_every_mistake_is_reported(spec):
    with pytest.raises(InvalidInputError) as caught:
        read_spec(spec('[model]\nfamily = "mlp"\nwidths = [0, 1]\n[solve]\nseed = "x"'))
    assert [line.split(": ", 1)[1] for line in str(caught.value).splitlines()] == [
        "[model] widths[0] is 0; it must be a whole number of at least 1.",
        '[solve] seed is "x"; it must be a whole number.',
    ]


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ('family = "mlp"\nwidths = [2, 1, 1]\nactivation = {monomial = 2}', (2,)),
        ('family = "mlp"\nwidths = [3, 2, 3]', (3,)),
        (
            'family = "mlp"\nwidths = [2, 1]\nactivation = {polynomial = [0, 1, 1]}\nbias = true',
            (2,),
        ),
        (
            'family = "convolution"\nfilters = [3, 2]\nstrides = [2, 1]\nactivation = "identity"',
            (5,),
        ),
        ('family = "lightning-attention"\nd = 2\na = 2\nd_out = 1\ntokens = 2', (2, 2)),
    ],
)
def test_models_of_every_family(table, shown, spec):
    assert read_spec(spec(f"[model]\n{table}\n")).model().input_shape == shown


def test_missing_specification(run, tmp_path):
    status, out, err = run("landscape", tmp_path / "absent.toml")
    assert (status, out) == (1, "")
    assert "no such file" in err
    assert "Traceback" not in err


def test_version(run):
    assert run("--version") == (0, f"neuromanifold {neuromanifold.__version__}\n", "")


def test_wrong_option_is_a_usage_error(run, spec):
    assert run("landscape", spec(MLP + RANDOM), "--sed", 3)[0] == 2


def test_help_loads_neither_jax_nor_figures():
    script = (
        "import sys; from neuromanifold.cli import main\n"
        "try: main()\n"
        "except SystemExit: print([m for m in ('jax', 'plotly', 'sympy') if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script, "--help"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.endswith("[]\n")
    assert "landscape" in shown.stdout


def test_landscape_from_beginning_to_end(run, spec, tmp_path):
    json, html = tmp_path / "land.json", tmp_path / "land.html"
    status, out, err = run(
        "landscape", spec(MLP + RANDOM), "--seed", 2, "--train", 20, "--json", json, "--html", html
    )
    assert (status, err) == (0, "")
    assert "4 critical points over ℂ" in out
    assert "gradient descent, 20 runs" in out
    assert max(map(len, out.splitlines())) <= 80 or str(tmp_path) in out
    landscape = neuromanifold.Landscape.load(json)
    assert (landscape.n_complex, landscape.seed, landscape.is_complete) == (4, 2, True)
    assert "Plotly.newPlot" in html.read_text()


def test_describe(run, spec):
    status, out, _ = run("describe", spec(MLP))
    assert status == 0
    assert "dim" in out.lower()


def test_landscape_needs_data(run, spec):
    status, _, err = run("landscape", spec(MLP))
    assert status == 1
    assert "has no table [data]" in err


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("a,b,z\n1,2,3\n", "y"),
        ("a,b,y\n1,nan,3\n", "nan"),
        ("a,b,y\n1,two,3\n", "two"),
    ],
)
def test_bad_csv(rows, sentence, run, spec, tmp_path):
    (tmp_path / "a.csv").write_text(rows)
    text = MLP + '[data]\ncsv = "a.csv"\ninputs = ["a", "b"]\ntargets = ["y"]'
    out = tmp_path / "land.json"
    out.write_text("precious")
    status, _, err = run("landscape", spec(text), "--json", out)
    assert status == 1
    assert sentence in err
    assert "Traceback" not in err
    assert out.read_text() == "precious"


def test_unwritable_output_is_refused_first(run, spec, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "neuromanifold.cli._compute.find_landscape", lambda *_, **__: pytest.fail("computed")
    )
    path = spec(MLP + RANDOM)
    for option, target, sentence in (
        ("--json", tmp_path / "absent" / "x.json", "does not exist"),
        ("--html", tmp_path, "is a directory"),
        ("--json", path, "is an input of this run"),
    ):
        status, _, err = run("landscape", path, option, target)
        assert status == 1
        assert sentence in err
    status, _, err = run("landscape", path, "--json", tmp_path / "x", "--html", tmp_path / "x")
    assert (status, "two different files" in err) == (1, True)
    assert path.read_text() == MLP + RANDOM


def test_interrupt_keeps_what_was_found(run, spec, tmp_path, monkeypatch):
    from fake_landscape import fake_landscape
    from neuromanifold.landscapes import CompletenessStatus

    partial = fake_landscape(status=CompletenessStatus.INTERRUPTED)
    monkeypatch.setattr("neuromanifold.cli._compute.find_landscape", lambda *_, **__: partial)
    json = tmp_path / "land.json"
    status, out, err = run("landscape", spec(MLP + RANDOM), "--train", 50, "--json", json)
    assert status == 130
    assert "NOT COMPLETE" in out
    assert "Interrupted" in err
    assert neuromanifold.Landscape.load(json) == partial


def test_interrupt_before_anything_was_found(run, spec, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("neuromanifold.cli._compute.find_landscape", interrupt)
    json = tmp_path / "land.json"
    status, out, err = run("landscape", spec(MLP + RANDOM), "--json", json)
    assert (status, out) == (130, "")
    assert "no file was written" in err
    assert not json.exists()


def test_a_defect_is_not_a_traceback(run, spec, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("neuromanifold.cli._compute.find_landscape", fail)
    status, _, err = run("landscape", spec(MLP + RANDOM))
    assert status == 1
    assert "unexpected ZeroDivisionError" in err
    assert "Traceback" not in err
