"""Solves systems with known counts again and again, with other random numbers each time.

    python benchmarks/reliability.py [--seeds N] [--few N] [--only NAMES] [--json FILE]

A run is right when it finds exactly the known number of solutions, all regular, and certified when so
many different ones are proved: each has a certificate, and no two of the boxes meet. Systems with random
coefficients have other ones for every seed. The heavy systems are solved with `--few` seeds. The exit
status is 1 when a run is not right or not certified.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from environment import environment, load_average
from kinematics import inverse_kinematics, stewart_gough
from systems import PolynomialSystem, by_name

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from monodromy_families import lines_on_a_cubic, lines_tangent_to_spheres
from neuromanifold.continuation import AbstractStart, Polyhedral, System, TotalDegree, solve
from neuromanifold.continuation._certificates._distinct import count_distinct

CLASSICAL = ("katsura-8", "noon-5", "unequal-noon-5", "cyclic-5", "cyclic-6", "eco-8")
HEAVY = ("cyclic-7", "noon-7", "unequal-noon-7", "katsura-12")
GENERIC = ("lines-on-a-cubic", "tangents-to-spheres", "stewart-gough", "inverse-kinematics-6r")
STARTS: dict[str, AbstractStart] = {"total degree": TotalDegree(), "polyhedral": Polyhedral()}
_DENOMINATOR = 2**10


@dataclass(frozen=True)
class Case:
    """A system with a known number of solutions.

    Attributes:
        name: as in `CLASSICAL`, `HEAVY`, `GENERIC`.
        count: how many solutions there are.
        member: the system for a seed; always the same one unless it is generic.
    """

    name: str
    count: int
    member: Callable[[int], System]


@dataclass(frozen=True)
class Trial:
    """What one run found; `n_proved` solutions are certified in boxes that do not meet."""

    seed: int
    n_regular: int
    n_singular: int
    n_failed: int
    n_retracked: int
    n_restarts: int
    n_proved: int
    seconds: float


@dataclass(frozen=True)
class Series:
    """All runs of one system from one start."""

    case: Case
    start: str
    threads: int
    trials: list[Trial] = field(default_factory=list)

    def is_right(self, trial: Trial) -> bool:
        """The known number of solutions, all of them regular."""
        return (trial.n_regular, trial.n_singular) == (self.case.count, 0)

    def is_certified(self, trial: Trial) -> bool:
        """The known number of solutions is proved to exist."""
        return trial.n_proved == self.case.count

    @property
    def bad_seeds(self) -> list[int]:
        """Seeds of the runs that are not right or not certified."""
        return [t.seed for t in self.trials if not (self.is_right(t) and self.is_certified(t))]

    def to_json(self) -> dict[str, object]:
        """Every run, as plain values."""
        return {
            "system": self.case.name,
            "count": self.case.count,
            "start": self.start,
            "threads": self.threads,
            "runs": len(self.trials),
            "right": sum(map(self.is_right, self.trials)),
            "certified": sum(map(self.is_certified, self.trials)),
            "bad_seeds": self.bad_seeds,
            "trials": [asdict(trial) for trial in self.trials],
        }

    def __str__(self) -> str:
        worst = max((t.n_regular for t in self.trials), key=lambda n: abs(n - self.case.count))
        cells = (
            self.case.name,
            self.start,
            self.threads,
            len(self.trials),
            sum(map(self.is_right, self.trials)),
            sum(map(self.is_certified, self.trials)),
            f"{worst} of {self.case.count}",
            sum(t.n_failed for t in self.trials),
            sum(t.n_retracked for t in self.trials),
            sum(t.n_restarts for t in self.trials),
            f"{statistics.median(t.seconds for t in self.trials):.3f}",
        )
        seeds = f"  seeds {self.bad_seeds[:9]}" if self.bad_seeds else ""
        return _line(cells) + seeds


_COLUMNS = {
    **{"system": -22, "start": -13, "threads": 7, "runs": 5, "right": 6, "certified": 10},
    **{"worst": 14, "failed": 7, "retracked": 10, "restarts": 9, "seconds": 9},
}


def case(name: str) -> Case:
    """The system a name stands for.

    Raises:
        ValueError: there is none.
    """
    match name:
        case "lines-on-a-cubic":
            return Case(name, 27, _generic(lines_on_a_cubic))
        case "tangents-to-spheres":
            return Case(name, 12, _generic(lines_tangent_to_spheres))
        case "stewart-gough":
            return Case(name, 40, lambda seed: _system(stewart_gough(seed)))
        case "inverse-kinematics-6r":
            return Case(name, 16, lambda seed: _system(inverse_kinematics(seed)))
    found = by_name(name)
    if not isinstance(found, PolynomialSystem):
        raise ValueError(f"{name} is a family for monodromy; name a system without parameters.")
    system = _system(found)
    return Case(name, found.count, lambda seed: system)


def run(series: Series, seed: int) -> None:
    """Solve once and note what was found."""
    result = solve(
        series.case.member(seed), start=STARTS[series.start], threads=series.threads, seed=seed
    )
    boxes = [s.certificate for s in result.distinct if s.certificate is not None]
    series.trials.append(
        Trial(
            seed=seed,
            n_regular=result.n_regular,
            n_singular=result.n_singular,
            n_failed=result.n_failed,
            n_retracked=result.ledger.n_retracked,
            n_restarts=result.ledger.n_restarts,
            n_proved=count_distinct(boxes),
            seconds=result.seconds,
        )
    )


def planned(names: Sequence[str], seeds: int, few: int) -> Iterator[tuple[Series, range]]:
    """Every system from both starts, and katsura-8 on two threads."""
    for name in names:
        number = range(few if name in HEAVY else seeds)
        for start in STARTS:
            yield Series(case(name), start, 1), number
    if "katsura-8" in names:
        yield Series(case("katsura-8"), "total degree", 2), range(seeds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything, print the table, write the file."""
    options = _options(arguments)
    where = environment()
    finished: list[Series] = []
    print(_line(tuple(_COLUMNS)))
    for series, seeds in planned(options.only, options.seeds, options.few):
        reported = time.monotonic()
        for seed in seeds:
            run(series, seed)
            if time.monotonic() - reported > 10:
                reported = time.monotonic()
                print(f"{series.case.name}: {seed + 1} of {len(seeds)}", file=sys.stderr)
        finished.append(series)
        print(series, flush=True)
        if options.json:
            where["load_average_end"] = load_average()
            content = {"environment": where, "series": [s.to_json() for s in finished]}
            options.json.write_text(json.dumps(content, indent=1) + "\n")
    return int(any(series.bad_seeds for series in finished))


def _system(found: PolynomialSystem) -> System:
    return System(found.equations, found.variables)


def _generic(family: Callable[[], System]) -> Callable[[int], System]:
    """Members with random rational parameters between −1 and 1."""
    made = cache(family)

    def member(seed: int) -> System:
        draw = random.Random(seed)
        numbers = [draw.randint(-_DENOMINATOR, _DENOMINATOR) for _ in made().parameters]
        return made().bound([number / _DENOMINATOR for number in numbers])

    return member


def _line(cells: Sequence[object]) -> str:
    return "".join(
        f"{cell!s:<{-width}}" if width < 0 else f"{cell!s:>{width}}"
        for cell, width in zip(cells, _COLUMNS.values(), strict=True)
    )


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        try:
            case(name)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    return names


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=100, metavar="N", help="runs (default 100)")
    parser.add_argument("--few", type=int, default=5, metavar="N", help="of heavy ones (default 5)")
    parser.add_argument(
        "--only",
        type=_names,
        default=(*CLASSICAL, *HEAVY, *GENERIC),
        metavar="NAMES",
        help="systems, comma-separated",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="every run, with the environment")
    options = parser.parse_args(arguments)
    if min(options.seeds, options.few) < 1:
        parser.error("--seeds and --few must be at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())
