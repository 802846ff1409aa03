"""A landscape on the terminal: the summary and a coloured table."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from neuromanifold.landscapes import Landscape
from neuromanifold.report._rows import columns, real_rows
from neuromanifold.report._text import MAX_ROWS, landscape_summary, omitted

_STYLES = {"global minimum": "bold green", "local minimum": "green", "local maximum": "magenta"}
_RIGHT = frozenset({"point", "loss", "index", "runs"})


def show(landscape: Landscape, console: Console) -> None:
    """Print the landscape."""
    console.print(_coloured(landscape_summary(landscape)), soft_wrap=True)
    rows = real_rows(landscape)
    if rows:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for head in columns(landscape):
            table.add_column(head, justify="right" if head in _RIGHT else "left", no_wrap=True)
        for row in rows[:MAX_ROWS]:
            table.add_row(*map(Text, row.cells), style=_STYLES.get(row.kind))
        console.print(table)
    note = omitted(landscape)
    if note:
        console.print(Text(note))


def _coloured(summary: str) -> Text:
    text = Text(summary)
    text.highlight_regex(r"\A[^\n]*", "bold")
    text.highlight_regex(r"• complete \(estimated\)", "green")
    text.highlight_regex(r"NOT COMPLETE", "bold red")
    text.highlight_regex(r"!!! WARNING(?s:.*)", "bold red")
    return text
