"""A landscape in at most 80 columns of text."""

from __future__ import annotations

import textwrap

from neuromanifold.landscapes._result import Landscape
from neuromanifold.report import _words
from neuromanifold.report._rows import columns, real_rows

WIDTH = 80
MAX_ROWS = 20


def landscape_text(landscape: Landscape) -> str:
    """Title, underline, bullets, and a table of the real critical points."""
    parts = [landscape_summary(landscape)]
    rows = [row.cells for row in real_rows(landscape)]
    if rows:
        parts.append(_table(columns(landscape), rows[:MAX_ROWS]))
    note = omitted(landscape)
    if note:
        parts.append(textwrap.fill(note, WIDTH))
    return "\n\n".join(parts)


def landscape_summary(landscape: Landscape) -> str:
    """Title, underline and bullets."""
    title = textwrap.shorten(_words.title(landscape), WIDTH, placeholder=" …")
    bullets = (
        _words.counts(landscape),
        _words.theorem(landscape),
        _words.certified(landscape),
        _words.completeness(landscape),
        _words.dimensions(landscape),
        _words.minimum(landscape),
        _words.training_ends(landscape),
        _words.provenance(landscape),
    )
    lines = [title, "=" * len(title)]
    lines += [_wrap("• ", bullet) for bullet in bullets if bullet]
    warning = _words.disagreement(landscape)
    if warning:
        lines += ["", _wrap("!!! ", warning)]
    return "\n".join(lines)


def omitted(landscape: Landscape) -> str:
    """What the table leaves out, and where to find it."""
    hidden = max(landscape.n_real - MAX_ROWS, 0)
    n_complex = landscape.n_complex - landscape.n_real
    parts = []
    if hidden:
        parts.append(_words.plural(hidden, "more real point"))
    if n_complex:
        parts.append(_words.plural(n_complex, "complex point"))
    if not parts:
        return ""
    verb = "is" if hidden + n_complex == 1 else "are"
    return f"Not shown {verb} {' and '.join(parts)}: see to_dataframe() or the JSON file."


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    right = {"point", "loss", "index", "runs"}

    def line(cells: tuple[str, ...]) -> str:
        padded = [
            cell.rjust(width) if head in right else cell.ljust(width)
            for head, cell, width in zip(heads, cells, widths, strict=True)
        ]
        return "  ".join(padded).rstrip()

    rule = "  ".join("─" * width for width in widths)
    return "\n".join([line(heads), rule, *(line(row) for row in rows)])


def _wrap(bullet: str, sentence: str) -> str:
    indent = " " * len(bullet)
    return textwrap.fill(sentence, WIDTH, initial_indent=bullet, subsequent_indent=indent)
