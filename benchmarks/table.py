"""The comparisons as a Markdown table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from comparison import Comparison, Series

ABSENT = "–"


def markdown(comparisons: Sequence[Comparison], environment: dict[str, object]) -> str:
    """Where and how it was measured, then one row for each system and one column for each contender."""
    columns = list(
        dict.fromkeys(series.name for comparison in comparisons for series in comparison.series)
    )
    rows = [["system", "solutions", "our start", *columns]]
    rows.append(["---", "---:", "---", *["---:"] * len(columns)])
    for comparison in comparisons:
        by_name = {series.name: series for series in comparison.series}
        cells = [cell(by_name[name]) if name in by_name else ABSENT for name in columns]
        rows.append([comparison.case.name, str(comparison.case.count), comparison.start, *cells])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{heading(environment)}\n\n{table}\n"


def heading(environment: dict[str, object]) -> str:
    """A paragraph with the machine, the versions and how busy the machine was."""
    contenders = environment.get("contenders", {})
    assert isinstance(contenders, dict)
    versions = ", ".join(
        f"{name} {version}" if version else f"{name} (not available)"
        for name, version in contenders.items()
    )
    lines = [
        f"{environment['date']}, {environment['processor']}, "
        f"{environment['processors']} processor{'s' * (environment['processors'] != 1)}, "
        f"{environment['system']}, Python {environment['python']}.",
        f"{versions}.",
        f"Medians of wall times, rounds: {environment['rounds']}; ×k is the median of the ratios to "
        "our run just before.",
        f"Load average {environment['load_average']} at the start and "
        f"{environment['load_average_end']} at the end.",
    ]
    return "\n".join(lines)


def cell(series: Series) -> str:
    """Median time, ratio, and every count that was wrong."""
    if series.median is None:
        return (series.failure or ABSENT).replace("|", "\\|")
    parts = [seconds(series.median)]
    if series.ratios:
        parts.append(f"(×{statistics.median(series.ratios):.2g})")
    if wrong := series.wrong_counts:
        parts.append(
            f"**wrong: {', '.join(map(str, wrong))}** in {len(wrong)} of {len(series.runs)} runs"
        )
    if unproved := _n_uncertified(series):
        parts.append(f"certificates missing in {unproved} of {len(series.runs)} runs")
    if series.failure:
        parts.append(f"then {series.failure}")
    return " ".join(parts)


def seconds(value: float) -> str:
    """Three significant digits, with the unit.

    >>> seconds(0.01234), seconds(1.234), seconds(123.4)
    ('12.3 ms', '1.23 s', '123 s')
    """
    if value < 1:
        return f"{1000 * value:.3g} ms"
    return f"{value:.3g} s" if value < 1000 else f"{value:.0f} s"


def _n_uncertified(series: Series) -> int:
    return sum(
        run.certified is not None and run.certified != series.expected for run in series.runs
    )
