"""Times the 3264 conics tangent to five conics by monodromy, from one random start pair, certified.

    python benchmarks/conics.py [--seed N] [--threads N] [--json FILE]

Three rows: the count given, the search ended by its own estimate, and the default, which proves by a trace
test that no conic is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from environment import environment

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from monodromy_families import conics_tangent_to_five
from neuromanifold.continuation import Confidence, SolutionCount, TraceTest, monodromy

COUNT = 3264
TARGET = 120.0


def main() -> int:
    """Measure and print; the exit status is 1 when a count is wrong or takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    family = conics_tangent_to_five()
    rows = []
    for name, stop in (
        ("count given", SolutionCount(COUNT)),
        ("estimated", Confidence()),
        ("default", TraceTest()),
    ):
        result = monodromy(family, seed=options.seed, threads=options.threads, stop=stop)
        rows.append(
            {
                "search": name,
                "seconds": result.seconds,
                "count": len(result),
                "certified_distinct": result.n_certified_distinct,
                "paths": result.n_tracked,
                "evidence": result.completeness.evidence.word,
                "confidence": result.completeness.confidence,
                "trace_points": result.completeness.n_trace_points,
            }
        )
        print(
            f"{name:12} {result.seconds:7.1f} s  {len(result)} solutions, {result.n_tracked} paths, "
            f"{result.completeness.evidence.word}"
        )
    if options.json:
        content = {"environment": environment(), "seed": options.seed, "rows": rows}
        options.json.write_text(json.dumps(content, indent=1) + "\n")
    good = all(row["certified_distinct"] == COUNT and row["seconds"] < TARGET for row in rows)
    good = good and rows[-1]["evidence"] == "trace test"
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
