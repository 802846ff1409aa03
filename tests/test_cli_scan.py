"""The command `scan`: what a person types and reads."""

import csv
import sys

import pytest

from neuromanifold.cli import main
from neuromanifold.geometry import Scan


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `neuromanifold scan` in this process: exit status, output, errors."""

    def run_(text, *more):
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setattr(sys, "argv", ["neuromanifold", "scan", *text.split(), *map(str, more)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return run_


def test_a_family_of_networks(run, tmp_path):
    files = [tmp_path / name for name in ("scan.json", "scan.csv", "scan.png")]
    status, out, _ = run(
        "mlp --widths 3,2-3,1 --degrees 2-3 --workers 1",
        "--json", files[0], "--csv", files[1], "--plot", files[2],
    )  # fmt: skip
    assert status == 0
    lines = [line.split() for line in out.splitlines()]
    assert ["3,2,1", "x^2", "5", "6", "1", "6", "no", "3", "6", "no", "5"] in lines
    assert [row["dimension"] for row in csv.DictReader(files[1].read_text().splitlines())] == [
        "5",
        "6",
        "6",
        "9",
    ]
    assert len(Scan.load(files[0]).rows) == 4
    assert files[2].read_bytes().startswith(b"\x89PNG")
    again, out_again, _ = run("mlp --widths 3,2-3,1 --degrees 2-3 --workers 1 --json", files[0])
    assert again == 0
    assert out_again.split("Saved")[0] == out.split("Saved")[0]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("mlp --widths 2,2,1 --widths 2,2,2,1", "Dimensions of 2 architectures"),
        ("convolution --filters 2-3,2 --strides 1-2,1 --degrees 1-2", "theory beside 8: 8 agree"),
        ("attention --d 2 --a 1-2 --d-out 1-2 --layers 1-2", "theory beside 8: 8 agree"),
        ("filling --inputs 2 --hidden 3 --largest 4", "(2, 3, 3, 2, 1)"),
        ("threshold --widths 2,3,1 --up-to 7", "threshold 4: dimension 6 for 4 < r ≤ 7"),
    ],
)
def test_commands_read_well_at_80_columns(run, command, expected):
    workers = "" if command.split()[0] in ("filling", "threshold") else " --workers 1"
    status, out, err = run(command + workers)
    assert status == 0
    assert not err
    assert expected in out
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out.replace("(2, …, 1)", "")


def test_an_interactive_page(run, tmp_path):
    page = tmp_path / "scan.html"
    status, _, _ = run("attention --d 1-2 --a 1 --workers 1 --plot", page)
    assert status == 0
    assert "LightningAttention(d=2, a=1" in page.read_text()


def test_ctrl_c_keeps_the_rows(run, tmp_path, monkeypatch):
    from neuromanifold.geometry._scans import _scan

    outcome, calls = _scan._outcome, []

    def interrupted(model, seed):
        calls.append(model)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return outcome(model, seed)

    monkeypatch.setattr(_scan, "_outcome", interrupted)
    path = tmp_path / "scan.json"
    status, out, err = run("mlp --widths 2,2-5,1 --workers 1 --json", path)
    assert status == 130
    assert "NOT COMPLETE: 2 of 4" in out
    assert "Run the same command again" in err
    assert len(Scan.load(path).rows) == 2
    status, out, _ = run("mlp --widths 2,2-5,1 --workers 1 --json", path)
    assert status == 0
    assert len(calls) == 5


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("mlp --widths 2-4,0,1", "where '0' is no range of sizes; give low-high"),
        ("mlp --widths 2,a", "'a' is neither a whole number nor a range; write for example"),
        ("mlp --widths 4-2,1", "'4-2' is no range of sizes"),
        ("mlp --widths 2", "widths is (2,); give at least 2"),
        ("mlp --widths 1-100,1-100,1-100", "1000000 architectures, and 100000 is the limit"),
        ("mlp --widths 2,1 --plot x.gif", "--plot is 'x.gif'; end the name in one of .html"),
        ("convolution --filters 2,2 --strides 1", "give a stride for each"),
        ("threshold --widths 2-3,1", "give one number for each width"),
        ("mlp --widths 2,1 --csv missing/a.csv", "does not exist; create it first"),
    ],
)
def test_mistakes_are_sentences(run, command, sentence):
    status, _, err = run(command)
    assert status == 1
    assert sentence in err
    assert "Traceback" not in err
