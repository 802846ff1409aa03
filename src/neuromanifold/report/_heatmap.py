"""Heat maps of dimensions and defects, one row for each shape and one column for each exponent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.models import Model
from neuromanifold.report._palette import DEFECTS, DIMENSIONS, INK, MUTED

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

    from neuromanifold.geometry import Scan, ScanRow

_ROW_INCHES = 0.24
_LONGEST_INCHES = 40.0
_ROW_PIXELS = 22
_SMALLEST_TEXT_INCHES = 0.13


@dataclass(frozen=True)
class Grid:
    """A scan laid out as a table.

    Attributes:
        rows: The labels of the rows: the fields of the models that vary, without the last.
        columns: The labels of the columns: the last field that varies.
        row_title: What the rows are.
        column_title: What the columns are.
        cells: The entry at (row, column), where there is one.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_title: str
    column_title: str
    cells: dict[tuple[int, int], ScanRow]

    @staticmethod
    def of(scan: Scan) -> Grid:
        """The layout of a scan.

        Raises:
            InvalidInputError: If nothing is known yet.
        """
        if not scan.rows:
            raise InvalidInputError("the scan has no rows yet; compute some before drawing them")
        varying = _varying([row.model for row in scan.rows])
        column_field = varying[-1] if varying else None
        row_fields = varying[:-1]
        places = [
            (_label(row.model, row_fields), _value(row.model, column_field)) for row in scan.rows
        ]
        rows = tuple(dict.fromkeys(label for label, _ in places))
        columns = tuple(sorted({value for _, value in places}, key=_order))
        return Grid(
            rows,
            tuple(map(str, columns)),
            ", ".join(row_fields),
            column_field or "",
            {
                (rows.index(label), columns.index(value)): row
                for (label, value), row in zip(places, scan.rows, strict=True)
            },
        )

    def values(self, column: str) -> np.ndarray:
        """A column of the scan on the grid, with NaN where nothing is known."""
        result = np.full((len(self.rows), len(self.columns)), np.nan)
        for place, row in self.cells.items():
            result[place] = row.record[column]
        return result


def scan_figure(scan: Scan) -> Figure:
    """Dimensions on the left, defects on the right; a framed cell is a filling architecture.

    The figure belongs to no window and to no global state; save it with ``figure.savefig``.

    Raises:
        InvalidInputError: If nothing is known yet.
    """
    from matplotlib.figure import Figure

    grid = Grid.of(scan)
    height = min(_LONGEST_INCHES, _ROW_INCHES * len(grid.rows))
    width = 2.6 + max(2.2, 0.42 * len(grid.columns))
    label = 0.075 * max(map(len, grid.rows))
    figure = Figure(figsize=(2 * width + label - 2.0, height + 1.5), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw(left, grid, "dimension", DIMENSIONS)
    _draw(right, grid, "defect", DEFECTS)
    left.set_title("dimension, filling framed", fontsize=11)
    right.set_title("defect", fontsize=11)
    left.set_ylabel(grid.row_title)
    return figure


def scan_chart(scan: Scan) -> go.Figure:
    """The same heat maps, interactive.

    Raises:
        InvalidInputError: If nothing is known yet.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    grid = Grid.of(scan)
    figure = make_subplots(
        1, 2, subplot_titles=("dimension", "defect"), shared_yaxes=True, horizontal_spacing=0.04
    )
    hover = np.full((len(grid.rows), len(grid.columns)), "not computed", dtype=object)
    for place, row in grid.cells.items():
        hover[place] = _hover(row)
    for panel, (column, ramp) in enumerate(
        (("dimension", DIMENSIONS), ("defect", DEFECTS)), start=1
    ):
        values = grid.values(column)
        figure.add_trace(
            go.Heatmap(
                z=values,
                x=grid.columns,
                y=grid.rows,
                text=[[_cell(value) for value in line] for line in values],
                texttemplate="%{text}",
                customdata=hover,
                hovertemplate="%{customdata}<extra></extra>",
                colorscale=list(ramp),
                zmin=0,
                zmax=max(1.0, float(np.nanmax(values))),
                showscale=False,
                xgap=1,
                ygap=1,
            ),
            1,
            panel,
        )
        figure.update_xaxes(title={"text": grid.column_title}, type="category", col=panel)
    figure.update_yaxes(type="category", autorange="reversed", automargin=True)
    figure.update_yaxes(title={"text": grid.row_title}, col=1)
    figure.update_layout(
        height=140 + _ROW_PIXELS * len(grid.rows),
        margin={"l": 8, "r": 16, "t": 40, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12},
        hoverlabel={"align": "left"},
    )
    return figure


def _draw(axes: Any, grid: Grid, column: str, ramp: Sequence[tuple[float, str]]) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    values = grid.values(column)
    top = max(1.0, float(np.nanmax(values)))
    shades = LinearSegmentedColormap.from_list(column, list(ramp)).with_extremes(bad="#f3f4f6")
    axes.imshow(values, cmap=shades, vmin=0, vmax=top, aspect="auto", interpolation="nearest")
    inches = min(_ROW_INCHES, _LONGEST_INCHES / len(grid.rows))
    step = int(np.ceil(_SMALLEST_TEXT_INCHES / inches))
    axes.set_xticks(range(len(grid.columns)), grid.columns)
    axes.set_yticks(range(0, len(grid.rows), step), grid.rows[::step], fontsize=8)
    axes.set_xticks(np.arange(0.5, len(grid.columns) - 1), minor=True)
    axes.set_yticks(np.arange(0.5, len(grid.rows) - 1), minor=True)
    axes.grid(which="minor", color="white", linewidth=1.0)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(grid.column_title)
    for (i, j), row in grid.cells.items():
        value = values[i, j]
        if step == 1:
            dark = value > 0.55 * top
            muted = column == "defect" and value == 0
            color = MUTED if muted else "white" if dark else INK
            axes.text(j, i, _cell(value), ha="center", va="center", fontsize=8, color=color)
        if column == "dimension" and row.dimension.is_filling:
            frame = Rectangle(
                (j - 0.46, i - 0.44), 0.92, 0.88, fill=False, edgecolor=INK, linewidth=1.3
            )
            axes.add_patch(frame)


def _hover(row: ScanRow) -> str:
    result = row.dimension
    lines = [
        f"<b>{result.model}</b>",
        f"dimension {result.value}, {result.expected} expected, defect {result.defect}",
    ]
    if result.ambient is not None:
        lines.append(f"ambient {result.ambient}: {'' if result.is_filling else 'not '}filling")
    lines.append(f"{result.n_parameters} parameters, fibers of dimension {result.fiber_dimension}")
    if row.recursive_bound is not None:
        lines.append(f"recursive bound {row.recursive_bound}")
    if row.prediction is not None:
        lines.append(f"theory {row.prediction.value} ({row.prediction.source})")
    return "<br>".join(lines)


def _cell(value: float) -> str:
    return "" if np.isnan(value) else str(int(value))


def _varying(models: Sequence[Model]) -> list[str]:
    """The fields that differ among the models, in the order of their declaration."""
    first = models[0]
    if any(type(model) is not type(first) for model in models) or not is_dataclass(first):
        return ["model"] if len(models) > 1 else []
    names = [field.name for field in fields(first)]
    return [name for name in names if len({getattr(model, name) for model in models}) > 1]


def _value(model: Model, name: str | None) -> Any:
    if name is None:
        return ""
    return getattr(model, name) if hasattr(model, name) else model.name


def _label(model: Model, names: Sequence[str]) -> str:
    if not names:
        return model.name
    if len(names) == 1:
        return str(_value(model, names[0]))
    return ", ".join(f"{name}={_value(model, name)}" for name in names)


def _order(value: Any) -> tuple[str, Any]:
    degree = getattr(value, "degree", None)
    if degree is not None:
        return "", (degree, repr(value))
    return type(value).__name__, value
