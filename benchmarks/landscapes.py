"""Times what a user waits for: the import, a landscape, the demo, a dimension; each against its target.

    python benchmarks/landscapes.py [--rounds N] [--json FILE] [--markdown FILE]

Every run is a new process on one processor. A landscape is the whole first call after the import: tracing,
monodromy, trace test and certificates.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from environment import environment, load_average
from process import Finished, Machine
from systems import katsura
from table import seconds

_TIMED = """
import json, time
{before}
begin = time.perf_counter()
{timed}
seconds = time.perf_counter() - begin
print()
print(json.dumps({{"seconds": seconds, "answer": {answer}}}))
"""


@dataclass(frozen=True)
class Task:
    """A piece of Python that is timed.

    Attributes:
        name: its row in the table.
        timed: the statements measured; empty to measure the process as a whole.
        before: statements run before the clock starts.
        answer: an expression for what the statements found.
        expected: its right value, and why.
        target: seconds it may take.
        memory_target: resident memory in 10^6 bytes it may take.
    """

    name: str
    timed: str
    before: str = ""
    answer: str = "None"
    expected: object = None
    reason: str = ""
    target: float | None = None
    memory_target: float | None = None


@dataclass(frozen=True)
class Measured:
    """One run of a task."""

    seconds: float | None
    peak_mb: float
    answer: object
    failure: str | None = None


def _landscape(name: str, model: str, samples: int, count: int, reason: str, **targets) -> Task:
    return Task(
        name=name,
        before=(
            "import neuromanifold as nm\n"
            "from neuromanifold.models import Convolution, LightningAttention, MLP, monomial\n"
            f"model = {model}\n"
            "data = nm.Dataset.random(model.input_shape, model.output_shape, "
            f"samples={samples}, seed=1)\nnm.landscape"
        ),
        timed="land = nm.landscape(model, data, seed=1)",
        answer="[land.n_complex, land.n_certified, bool(land.is_complete)]",
        expected=[count, count, True],
        reason=reason,
        **targets,
    )


KATSURA = katsura(12)

TASKS = (
    Task("import neuromanifold", timed="import neuromanifold", target=0.3),
    Task("first use of neuromanifold.landscape", timed="import neuromanifold as nm\nnm.landscape"),
    _landscape(
        "landscape: lightning attention",
        "LightningAttention(d=2, a=2, d_out=1, tokens=2)",
        samples=3,
        count=14,
        reason="arXiv:2512.21029, Section 4.2",
        target=1.0,
    ),
    _landscape(
        "landscape: quadratic convolution",
        "Convolution([2, 3], [1, 1], monomial(2))",
        samples=9,
        count=22,
        reason="arXiv:2410.00722",
    ),
    _landscape(
        "landscape: one quadratic neuron",
        "MLP((3, 1, 1), monomial(2))",
        samples=9,
        count=13,
        reason="generic distance degree of the Veronese surface",
    ),
    Task(
        "neuromanifold demo",
        timed="",
        before="import sys\nfrom neuromanifold.cli import main\nsys.argv[1:] = ['demo']\nmain()",
        target=15.0,
        memory_target=1000.0,
    ),
    Task(
        "dimension: 2 700 parameters",
        before=(
            "import neuromanifold as nm\n"
            "from neuromanifold.models import MLP, monomial\n"
            "model = MLP((30, 30, 30, 30), monomial(2))\nnm.dimension"
        ),
        timed="result = nm.dimension(model, seed=1)",
        answer="result.value",
        expected=2640,
        reason="3·30² − 2·30: no defect for equal widths (Finkel, Rodriguez, Wu, Yahl 2025)",
        target=10.0,
    ),
    Task(
        "first solve of two equations",
        before="import neuromanifold as nm\nsolve = nm.solve",
        timed="result = solve(['x^2*y - 1', 'x + y^2 - 3'])",
        answer="[result.n_distinct, result.n_certified]",
        expected=[5, 5],
        reason="x = 3 − y², so that y (3 − y²)² = 1 has degree 5",
        target=0.05,
    ),
    Task(
        "solve: katsura-12, certified",
        before=(
            "import neuromanifold as nm\n"
            f"equations, variables = {KATSURA.equations!r}, {KATSURA.variables!r}\nnm.solve"
        ),
        timed="result = nm.solve(equations, variables, start=nm.TotalDegree(), threads=1)",
        answer="[result.n_distinct, result.n_certified]",
        expected=[KATSURA.count, KATSURA.count],
        reason=KATSURA.source,
        memory_target=300.0,
    ),
)


def measure(task: Task, machine: Machine) -> Measured:
    """Run a task once."""
    code = (
        _TIMED.format(before=task.before, timed=task.timed, answer=task.answer)
        if task.timed
        else task.before
    )
    finished = machine.run([sys.executable, "-c", code], threads=1)
    if finished.status != 0:
        return Measured(None, finished.peak_mb, None, _complaint(finished))
    if not task.timed:
        return Measured(finished.seconds, finished.peak_mb, None)
    answer = json.loads(finished.output.splitlines()[-1])
    return Measured(answer["seconds"], finished.peak_mb, answer["answer"])


def summary(task: Task, runs: Sequence[Measured]) -> dict[str, object]:
    """Medians, and whether answer and targets are met."""
    times = [run.seconds for run in runs if run.seconds is not None]
    median = statistics.median(times) if times else None
    peak = max(run.peak_mb for run in runs)
    is_right = all(run.failure is None and run.answer == task.expected for run in runs)
    return {
        "task": task.name,
        "median_seconds": median,
        "peak_mb": peak,
        "is_right": is_right,
        "failures": [run.failure for run in runs if run.failure],
        "expected": task.expected,
        "reason": task.reason,
        "target_seconds": task.target,
        "target_mb": task.memory_target,
        "meets_targets": is_right
        and median is not None
        and (task.target is None or median <= task.target)
        and (task.memory_target is None or peak <= task.memory_target),
        "runs": [asdict(run) for run in runs],
    }


def markdown(rows: Sequence[dict], where: dict[str, object]) -> str:
    """One row for each task."""
    lines = [
        f"{where['date']}, {where['processor']}, one processor, Python {where['python']}; medians of "
        f"{where['rounds']} processes; load average {where['load_average']} at the start and "
        f"{where['load_average_end']} at the end.",
        "",
        "| task | time | peak memory | target | met |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        targets = [f"{row['target_seconds']:g} s"] if row["target_seconds"] else []
        targets += [f"{row['target_mb']:g} MB"] if row["target_mb"] else []
        median = row["median_seconds"]
        met = "–" if not targets else "yes" if row["meets_targets"] else "**no**"
        if row["failures"]:
            met = f"**failed:** {row['failures'][0]}".replace("|", "\\|")
        elif not row["is_right"]:
            met = "**wrong answer**"
        cells = [
            row["task"],
            seconds(median) if median is not None else "–",
            f"{row['peak_mb']:.0f} MB",
            ", ".join(targets) or "–",
            met,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="processes (default 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every run")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the table")
    options = parser.parse_args(arguments)
    machine = Machine(limit=120)
    where = environment() | {"rounds": options.rounds}
    rows = []
    for task in TASKS:
        runs = [measure(task, machine) for _ in range(options.rounds)]
        rows.append(summary(task, runs))
        for run in runs:
            print(f"{task.name:34} {run.failure or run.seconds}", file=sys.stderr)
    where["load_average_end"] = load_average()
    text = markdown(rows, where)
    print(text)
    if options.json:
        content = json.dumps({"environment": where, "tasks": rows}, indent=1)
        options.json.write_text(content + "\n")
    if options.markdown:
        options.markdown.write_text(text)
    return 0


def _complaint(finished: Finished) -> str:
    if finished.status is None:
        return f"stopped after {finished.seconds:.0f} s"
    return (finished.errors.strip().splitlines() or [f"exit status {finished.status}"])[-1]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the running process ends too
    sys.exit(main())
