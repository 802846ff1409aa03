"""A landscape as one page that needs no network, and as a cell of a notebook."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from plotly.io import to_json
from plotly.offline import get_plotlyjs

from neuromanifold._files import write_atomically
from neuromanifold.landscapes._result import CompletenessStatus, CriticalPoint, Landscape
from neuromanifold.report import _words
from neuromanifold.report._losses import loss_chart
from neuromanifold.report._palette import index_color
from neuromanifold.report._picture import picture
from neuromanifold.report._projection import Projection
from neuromanifold.report._rows import Row, columns, complex_rows, real_rows
from neuromanifold.report._section import Section, section
from neuromanifold.report._text import landscape_summary

MAX_ROWS = 300
_FRAGMENT_ROWS = 20


def write_html(landscape: Landscape, path: Path) -> None:
    """Write one self-contained HTML page.

    Raises:
        InvalidInputError: `path` cannot be written.
    """
    write_atomically(path, landscape_html(landscape))


def landscape_html(landscape: Landscape) -> str:
    """The page: verdict, picture, losses, table, and what the certificates prove."""
    projection = Projection.of(landscape)
    drawn = section(landscape, projection)
    return _template("landscape.html").render(
        land=landscape,
        words=_words,
        columns=columns(landscape),
        real=real_rows(landscape),
        complex=complex_rows(landscape),
        max_rows=MAX_ROWS,
        details=_details(landscape),
        caption=_caption(landscape, projection, drawn),
        color=_color(landscape),
        interrupted=landscape.completeness.status is CompletenessStatus.INTERRUPTED,
        plotly=get_plotlyjs(),
        picture=_json(picture(landscape, projection, drawn)),
        losses=_json(loss_chart(landscape)),
    )


def landscape_html_fragment(landscape: Landscape) -> str:
    """A notebook cell: the summary and the table of real critical points, without scripts."""
    heads = "".join(f"<th>{escape(head)}</th>" for head in columns(landscape))
    rows = real_rows(landscape)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells) + "</tr>"
        for row in rows[:_FRAGMENT_ROWS]
    )
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
    more = len(rows) - _FRAGMENT_ROWS
    note = f"<p>{_words.plural(more, 'more real point')}</p>" if more > 0 else ""
    return f"<div><pre>{escape(landscape_summary(landscape))}</pre>{table}{note}</div>"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("neuromanifold.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _json(figure: go.Figure) -> str:
    # Inside a <script> element only "<" could end it.
    return str(to_json(figure, validate=False)).replace("<", "\\u003c")


def _color(landscape: Landscape):
    def color(row: Row) -> str:
        index = row.point.index
        return "transparent" if index is None else index_color(index, landscape.dimension)

    return color


def _details(landscape: Landscape):
    def details(point: CriticalPoint) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            ("coefficients", _named(landscape.coordinates, point.coefficients, point.is_real)),
            (
                "parameters",
                _named(landscape.parameter_names, point.parameters, point.has_real_parameters),
            ),
        ]

    return details


def _named(names: tuple[str, ...], values: np.ndarray, is_real: bool) -> list[tuple[str, str]]:
    shown = np.real(values) if is_real else values
    return [(name, _words.number(value)) for name, value in zip(names, shown, strict=True)]


def _caption(landscape: Landscape, projection: Projection, drawn: Section | None) -> str:
    N = landscape.ambient_dimension
    sentences = [
        "Distances are square roots of excess loss: a function at distance r from the target u has "
        "loss L(u) + r²" + ("." if projection.is_faithful else ", or more by what is hidden.")
    ]
    if projection.is_faithful:
        sentences.append(f"V has dimension {N}, so nothing is hidden.")
    else:
        through = f"u and {_listed(projection.spanning)}"
        sentences.append(
            f"V has dimension {N}; it is projected orthogonally, in the metric Q of the loss, onto "
            f"the 3-space through {through}, where nothing is hidden. Of the excess loss of "
            f"all real critical points together, {_words.percent(projection.kept)} is drawn."
        )
    if landscape.dimension == N:
        sentences.append("M fills an open part of V, so it is not drawn.")
    elif drawn is None:
        sentences.append("M itself is not drawn: it needs the model and a real critical point.")
    elif not drawn.is_section:
        sentences.append("The small dots are functions of M for real parameters, projected too.")
    elif projection.is_faithful:
        sentences.append("The surface is M, for real parameters, darker at lower loss.")
    else:
        sentences.append(
            "The surface is the section of M by that 3-space, for real parameters, darker at lower "
            "loss; the other critical points may lie beside it."
        )
    return " ".join(sentences)


def _listed(positions: tuple[int, ...]) -> str:
    if not positions:
        return "the zero function"
    if len(positions) == 1:
        return f"point {positions[0]}"
    first = ", ".join(map(str, positions[:-1]))
    return f"points {first} and {positions[-1]}"
