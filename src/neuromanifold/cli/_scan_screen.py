"""A scan on the terminal: the summary and a table."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from neuromanifold.geometry import Scan, ScanRow
from neuromanifold.models import Model

_MAX_ROWS = 40
_HEADS = ("dim", "exp.", "defect", "ambient", "fills", "fiber", "bound", "sharp", "theory")


def show_scan(scan: Scan, console: Console) -> None:
    """Print a scan; of a long table, its first rows and what is special in the others."""
    summary = Text(str(scan))
    summary.highlight_regex(r"\A[^\n]*", "bold")
    summary.highlight_regex(r"NOT COMPLETE", "bold red")
    summary.highlight_regex(r"!!! WARNING(?s:.*)", "bold red")
    console.print(summary, soft_wrap=True)
    if not scan.rows:
        return
    names = _fields(scan.rows[0].model)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(" ".join("σ" if name == "activation" else name for name in names))
    for head in _HEADS:
        table.add_column(head, justify="right", no_wrap=True, min_width=len(head))
    for row in scan.rows[:_MAX_ROWS]:
        table.add_row(_label(row.model, names), *map(Text, _cells(row)), style=_style(row))
    console.print(table)
    left = len(scan.rows) - _MAX_ROWS
    if left > 0:
        console.print(
            Text(f"{left} more rows: use --csv FILE or --plot FILE to see all of them."),
            soft_wrap=True,
        )


def _cells(row: ScanRow) -> list[str]:
    result = row.dimension
    fills = "?" if result.is_filling is None else "yes" if result.is_filling else "no"
    return [
        str(result.value),
        str(result.expected),
        str(result.defect),
        "?" if result.ambient is None else str(result.ambient),
        fills,
        str(result.fiber_dimension),
        "" if row.recursive_bound is None else str(row.recursive_bound),
        "" if row.is_sharp is None else "yes" if row.is_sharp else "no",
        "" if row.prediction is None else str(row.prediction.value),
    ]


def _style(row: ScanRow) -> str | None:
    if row.contradicts_theory:
        return "bold red"
    if row.dimension.defect:
        return "yellow"
    return "green" if row.dimension.is_filling else None


def _fields(model: Model) -> list[str]:
    if not is_dataclass(model):
        return ["model"]
    constant = {"bias": False, "outputs": 1}
    return [
        f.name
        for f in fields(model)
        if f.name not in constant or getattr(model, f.name) != constant[f.name]
    ]


def _label(model: Model, names: list[str]) -> Text:
    if names == ["model"]:
        return Text(model.name)
    return Text(" ".join(_short(getattr(model, name)) for name in names))


def _short(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
