"""The table of theorems: every function is in it, and its example prints what it says."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import neuromanifold as nm

GUIDE = (Path(__file__).parents[1] / "docs" / "guides" / "theory.md").read_text(encoding="utf-8")


def test_every_theorem_is_in_the_table():
    rows = [line for line in GUIDE.splitlines() if line.startswith("|")]
    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[-2])]
    results = {"Criterion", "DegenerateMetricCount", "Prediction", "Status"}
    assert sorted(listed) == sorted(set(nm.theory.__all__) - results)


def test_the_example_prints_what_it_says():
    code, output = re.findall(r"```(?:python|text)\n(.*?)```", GUIDE, flags=re.DOTALL)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue() == output


def test_every_status_is_explained():
    rows = [line for line in GUIDE.splitlines() if line.startswith("| `")]
    explained = {re.findall(r"`(\w+)`", row)[0] for row in rows}
    assert explained == {status.name for status in nm.theory.Status}
