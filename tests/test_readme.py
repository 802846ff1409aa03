"""The README's code prints what the README says it prints."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def deterministic(text):
    """The title, the counts, the dimensions and the table: what no processor changes."""
    counts = re.findall(r"^• (?:\d+ critical points|dim M|global minimum).*$", text, re.MULTILINE)
    rows = re.findall(r"^ +\d+ .*$", text, re.MULTILINE)
    return [*text.strip().splitlines()[:2], *counts, *rows]


def test_the_readme_prints_what_it_says(monkeypatch):
    monkeypatch.chdir(ROOT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code, output = re.findall(r"```(?:python|text)\n(.*?)```", readme, flags=re.DOTALL)[:2]
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    assert deterministic(printed.getvalue()) == deterministic(output)
    assert len(deterministic(output)) == 11


def test_the_readme_gives_exactly_two_commands_to_set_up():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^pip install .*$", readme, re.MULTILINE)
    assert commands == [
        "pip install . && neuromanifold demo",
        'pip install -e ".[dev]" && pytest',
    ]


def without_measurements(text):
    """Seconds and rounding errors, which differ from run to run, replaced by a sign."""
    text = re.sub(r"\b[0-9.]+(e[+-]?[0-9]+)? s\b", "… s", text)
    return re.sub(r"(residual|up to) [0-9.]+e-[0-9]+", r"\1 …", text)


PAGES = sorted([ROOT / "docs" / "own-network.md", *(ROOT / "docs" / "guides").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_prints_what_it_says(page):
    text = page.read_text(encoding="utf-8")
    pairs = re.findall(r"```python\n(.*?)```\s*```text\n(.*?)```", text, flags=re.DOTALL)
    assert len(pairs) == text.count("```python")
    names: dict[str, object] = {}
    for code, output in pairs:
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(code, names)
        assert without_measurements(printed.getvalue()) == without_measurements(output)
