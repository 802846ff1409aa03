"""Alternating runs of several contenders on one system, and what they say."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from contenders import AbstractContender, Case, Run
from process import Machine


@dataclass
class Series:
    """All runs of one contender on one system, in order.

    Attributes:
        name: of the contender.
        threads: it may use.
        expected: how many solutions there are.
        runs: of the contender.
        beside: our run just before each of `runs`, for a peer.
    """

    name: str
    threads: int
    expected: int
    runs: list[Run] = field(default_factory=list)
    beside: list[Run] = field(default_factory=list)

    @property
    def times(self) -> list[float]:
        """Wall seconds of the runs that ended."""
        return [run.seconds for run in self.runs if run.seconds is not None]

    @property
    def median(self) -> float | None:
        """Median of the wall seconds; `None` if no run ended."""
        return statistics.median(self.times) if self.times else None

    @property
    def ratios(self) -> list[float]:
        """Wall time of each run over that of our run just before it: how many times faster we are."""
        return [
            run.seconds / ours.seconds
            for run, ours in zip(self.runs, self.beside, strict=False)
            if run.seconds and ours.seconds
        ]

    @property
    def wrong_counts(self) -> list[int]:
        """The counts that are not the known one."""
        counts = [run.count for run in self.runs if run.count is not None]
        return [count for count in counts if count != self.expected]

    @property
    def failure(self) -> str | None:
        """Why the last run has no time, if it has none."""
        return self.runs[-1].failure if self.runs else None

    def to_json(self) -> dict[str, object]:
        """Every run, and the summary."""
        return {
            "contender": self.name,
            "threads": self.threads,
            "median_seconds": self.median,
            "ratios": self.ratios,
            "median_ratio": statistics.median(self.ratios) if self.ratios else None,
            "wrong_counts": self.wrong_counts,
            "runs": [dataclasses.asdict(run) for run in self.runs],
        }


@dataclass(frozen=True)
class Comparison:
    """One system: the reference contender (ours on one thread) and the others, run in turn.

    Attributes:
        case: the system.
        start: our start system.
        series: one per contender; the first is the reference.
    """

    case: Case
    start: str
    series: tuple[Series, ...]

    def to_json(self) -> dict[str, object]:
        """The system's name and count, and every series."""
        return {
            "system": self.case.name,
            "solutions": self.case.count,
            "source": self.case.source,
            "start": self.start,
            "contenders": [series.to_json() for series in self.series],
        }


def compare(
    case: Case,
    start: str,
    reference: AbstractContender | None,
    others: Sequence[AbstractContender],
    *,
    rounds: int,
    machine: Machine,
    report: Callable[[str, Run], None],
) -> Comparison:
    """Run reference, other, reference, next other, … `rounds` times; a contender that failed is left out.

    Every run of round k has the seed k.
    """
    known = Series(reference.name, reference.threads, case.count) if reference else None
    series = [Series(other.name, other.threads, case.count) for other in others]
    for seed in range(1, rounds + 1):
        for other, runs in zip(others, series, strict=True):
            if runs.failure:
                continue
            if reference and known and not known.failure:
                ours = reference.run(case, seed, machine)
                known.runs.append(ours)
                runs.beside.append(ours)
                report(known.name, ours)
            run = other.run(case, seed, machine)
            runs.runs.append(run)
            report(runs.name, run)
        if reference and known and not others and not known.failure:
            known.runs.append(reference.run(case, seed, machine))
            report(known.name, known.runs[-1])
    return Comparison(case, start, (*([known] if known else []), *series))
