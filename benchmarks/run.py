"""Compares neuromanifold with the polynomial solvers that are installed here.

    python benchmarks/run.py [--quick] [--only katsura-10,noon-7] [--json FILE] [--markdown FILE]

Every run is a process of its own on one processor (two for two threads). Runs alternate: ours, a peer,
ours, the next peer. The peers are Macaulay2 (`M2`), PHCpack (`phc`) and the Python package bertini2, whose
environment `--bertini-python` names; one that is not installed is reported as such.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from comparison import Comparison, compare
from contenders import (
    AbstractContender,
    Bertini2,
    Macaulay2,
    MonodromySolver,
    Neuromanifold,
    Phcpack,
    Run,
)
from environment import environment, load_average
from process import Machine
from systems import ParametricFamily, by_name
from table import markdown

QUICK = ("katsura-8", "noon-5", "cyclic-5", "eco-8", "rank-one-3x3")
FULL = (
    *("katsura-8", "katsura-10", "katsura-12", "noon-5", "noon-7", "unequal-noon-7"),
    *("cyclic-5", "cyclic-6", "cyclic-7", "eco-8", "eco-10"),
    *("rank-one-3x3", "rank-one-3x4", "rank-one-3x5", "rank-one-4x4", "rank-one-4x5"),
)
_STARTS = {
    "katsura": "TotalDegree",
    "noon": "TotalDegree",
    "unequal-noon": "TotalDegree",
    "cyclic": "Polyhedral",
    "eco": "Polyhedral",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the files."""
    options = _options(arguments)
    machine = Machine(limit=options.limit)
    peers = [Macaulay2(), MonodromySolver(), Phcpack(), Bertini2(options.bertini_python)]
    versions = {
        contender.name: contender.version()
        for contender in (Neuromanifold("neuromanifold"), *peers)
    }
    for name, version in versions.items():
        print(f"{name}: {version or 'not available'}", file=sys.stderr)
    where = environment() | {
        "contenders": versions,
        "rounds": options.rounds,
        "limit_seconds": options.limit,
        "measured": {peer.name: peer.measures for peer in peers},
    }
    installed = [
        peer for peer in peers if versions[peer.name] and _wanted(peer.name, options.peers)
    ]
    comparisons: list[Comparison] = []
    for name in options.only:
        comparisons.append(
            _compare(name, bool(versions["neuromanifold"]), installed, options.rounds, machine)
        )
        where["load_average_end"] = load_average()
        _write(options, where, comparisons)
    print(markdown(comparisons, where))
    return 0


def _compare(
    name: str, is_ours_there: bool, peers: list[AbstractContender], rounds: int, machine: Machine
) -> Comparison:
    case = by_name(name)
    start = _STARTS.get(name.rpartition("-")[0])
    if isinstance(case, ParametricFamily):
        start = None
    reference = Neuromanifold("neuromanifold", start) if is_ours_there else None
    others = [peer for peer in peers if peer.accepts(case)]
    if is_ours_there:
        ours = [
            Neuromanifold("without certificates", start, certify=False),
            Neuromanifold("two threads", start, threads=2),
        ]
        n_processors = len(machine.processors)
        others[:0] = [o for o in ours if o.accepts(case) and o.threads <= n_processors]

    def report(contender: str, run: Run) -> None:
        outcome = run.failure or f"{run.seconds:.3f} s, {run.count} of {case.count}"
        print(f"{name:14} {contender:32} {outcome}", file=sys.stderr)

    label = start or ("monodromy" if isinstance(case, ParametricFamily) else "default")
    return compare(case, label, reference, others, rounds=rounds, machine=machine, report=report)


def _wanted(name: str, chosen: Sequence[str]) -> bool:
    return not chosen or name in chosen


def _write(
    options: argparse.Namespace, where: dict[str, object], comparisons: list[Comparison]
) -> None:
    """Rewrites the files after every system, so that a stopped run leaves what it has measured."""
    if options.json:
        content = {"environment": where, "systems": [c.to_json() for c in comparisons]}
        _replace(options.json, json.dumps(content, indent=1) + "\n")
    if options.markdown:
        _replace(options.markdown, markdown(comparisons, where))


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    part.replace(path)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _systems(text: str) -> tuple[str, ...]:
    names = _names(text)
    for name in names:
        try:
            by_name(name)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    return names


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small systems, two rounds, 30 s")
    parser.add_argument("--only", type=_systems, metavar="NAMES", help="systems, comma-separated")
    parser.add_argument("--peers", type=_names, default=(), metavar="NAMES", help="some peers only")
    parser.add_argument("--rounds", type=int, metavar="N", help="runs of each peer (default 5)")
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="for one run (default 120)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every run, with the environment")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the table")
    parser.add_argument(
        "--bertini-python",
        default=os.environ.get("BERTINI_PYTHON", sys.executable),
        metavar="PYTHON",
        help="interpreter that can import bertini (default: $BERTINI_PYTHON, else this one)",
    )
    options = parser.parse_args(arguments)
    options.only = options.only or (QUICK if options.quick else FULL)
    if os.sep in options.bertini_python:
        options.bertini_python = os.path.abspath(options.bertini_python)
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.limit = options.limit or (30 if options.quick else 120)
    return options


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the running process ends too
    sys.exit(main())
