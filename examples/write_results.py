"""Run the examples and write what they print into their pages, the README and the picture.

Run it from the root of a checkout: `python examples/write_results.py`.
"""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import neuromanifold as nm
from neuromanifold.cli._spec import read_spec
from neuromanifold.report import landscape_figure

ROOT = Path(__file__).parents[1]


def write_example(name: str) -> nm.Landscape:
    """Solve one example and write the printed landscape between the marks of its page."""
    folder = ROOT / "examples" / name
    spec = read_spec(folder / "spec.toml")
    model = spec.model()
    solve = spec.tables.solve
    land = nm.landscape(model, spec.data(model), seed=solve.seed)
    land = land.with_training(land.train(runs=solve.train))
    page = folder / "README.md"
    marks = (f"<!-- results: {name} -->\n", f"<!-- /results: {name} -->")
    before, _, after = page.read_text(encoding="utf-8").partition(marks[0])
    after = after.partition(marks[1])[2]
    page.write_text(f"{before}{marks[0]}```text\n{land}\n```\n{marks[1]}{after}", encoding="utf-8")
    return land


def write_readme() -> None:
    """Run the code of the README and write its output into the block below it."""
    page = ROOT / "README.md"
    text = page.read_text(encoding="utf-8")
    code, output = re.findall(r"```(?:python|text)\n(.*?)```", text, flags=re.DOTALL)[:2]
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    page.write_text(text.replace(output, printed.getvalue(), 1), encoding="utf-8")


if __name__ == "__main__":
    lands = {name: write_example(name) for name in ("attention", "convolution", "mlp")}
    write_readme()
    landscape_figure(lands["attention"]).savefig(ROOT / "docs/assets/landscape.png", dpi=130)
