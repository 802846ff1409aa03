"""Pictures of Voronoi cells in the plane: static and interactive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry import VoronoiCell
from neuromanifold.geometry._voronoi._zero_lines import zero_lines
from neuromanifold.report._palette import MANIFOLD, MINIMUM, MUTED, TARGET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RAYS = 720
_CURVE = MANIFOLD[0][1]
_CELL = MINIMUM


@dataclass(frozen=True, eq=False)
class _Drawing:
    """What is drawn: polylines and a polygon in a square window.

    Attributes:
        center: of the window.
        radius: half its width.
        curve: polylines of S.
        cell: the polygon or the segment of the cell, clipped to the window, (K, 2).
        equation: the polylines of the zero set of the boundary equation.
        others: singular and boundary points of S other than p, (k, 2).
    """

    center: np.ndarray
    radius: float
    curve: list[np.ndarray]
    cell: np.ndarray
    equation: list[np.ndarray]
    others: np.ndarray


def voronoi_figure(cell: VoronoiCell) -> Figure:
    """A static figure: S, its singular and boundary points, p and its cell.

    A full-dimensional cell is shaded, and the curve whose equation bounds it is dotted; the cell of a
    smooth point is a segment of its normal line.

    Raises:
        InvalidInputError: the cell does not lie in a plane.
    """
    from matplotlib.figure import Figure

    drawing = _drawing(cell)
    figure = Figure(figsize=(5.2, 5.6), layout="constrained")
    axes = figure.add_subplot()
    if cell.is_full_dimensional:
        axes.fill(*drawing.cell.T, color=_CELL, alpha=0.22, linewidth=0, label="Voronoi cell")
        label = "boundary equation"
        for line in drawing.equation:
            axes.plot(*line.T, ":", color=_CELL, linewidth=1.4, label=label)
            label = None
    elif cell.dimension == 1:
        axes.plot(*drawing.cell.T, color=_CELL, linewidth=3.0, alpha=0.6, label="Voronoi cell")
    label = "S"
    for line in drawing.curve:
        axes.plot(*line.T, color=_CURVE, linewidth=1.8, label=label)
        label = None
    if len(drawing.others):
        axes.scatter(*drawing.others.T, s=34, color=MUTED, zorder=4, label="other special points")
    axes.scatter(*cell.point, s=52, color=TARGET, zorder=5, label="p")
    x, y = drawing.center
    axes.set(xlim=(x - drawing.radius, x + drawing.radius))
    axes.set(ylim=(y - drawing.radius, y + drawing.radius))
    axes.set_aspect("equal")
    axes.set_xlabel(cell.subset.coordinates[0])
    axes.set_ylabel(cell.subset.coordinates[1])
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(f"Voronoi cell of a {cell.point_kind.value}", fontsize=11)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


def voronoi_picture(cell: VoronoiCell) -> go.Figure:
    """The same, interactive.

    Raises:
        InvalidInputError: the cell does not lie in a plane.
    """
    drawing = _drawing(cell)
    figure = go.Figure()
    if cell.dimension:
        is_full = cell.is_full_dimensional
        figure.add_trace(
            go.Scatter(
                x=drawing.cell[:, 0],
                y=drawing.cell[:, 1],
                mode="lines",
                fill="toself" if is_full else None,
                fillcolor="rgba(10, 143, 124, 0.22)",
                line={"color": _CELL, "width": 0 if is_full else 4},
                name="Voronoi cell",
                hoverinfo="skip",
            )
        )
    for lines, name, style in (
        (drawing.equation, "boundary equation", {"color": _CELL, "width": 1.6, "dash": "dot"}),
        (drawing.curve, "S", {"color": _CURVE, "width": 2.2}),
    ):
        if lines:
            gap = np.full((1, 2), np.nan)
            joined = np.concatenate([part for line in lines for part in (line, gap)])
            x, y = joined.T
            figure.add_trace(go.Scatter(x=x, y=y, mode="lines", name=name, line=style))
    if len(drawing.others):
        x, y = drawing.others.T
        marker = {"color": MUTED, "size": 8}
        figure.add_trace(
            go.Scatter(x=x, y=y, mode="markers", name="other special points", marker=marker)
        )
    figure.add_trace(
        go.Scatter(
            x=cell.point[:1],
            y=cell.point[1:],
            mode="markers",
            name="p",
            marker={"color": TARGET, "size": 10},
            hovertemplate=f"<b>p</b>, a {cell.point_kind.value}<extra></extra>",
        )
    )
    x, y = drawing.center
    r = drawing.radius
    figure.update_layout(
        xaxis={"range": [x - r, x + r], "title": {"text": cell.subset.coordinates[0]}},
        yaxis={
            "range": [y - r, y + r],
            "title": {"text": cell.subset.coordinates[1]},
            "scaleanchor": "x",
        },
        legend={"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top"},
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12},
    )
    return figure


def _drawing(cell: VoronoiCell) -> _Drawing:
    if cell.ambient != 2:
        raise InvalidInputError(
            f"The cell lies in {cell.ambient} dimensions; pictures are drawn in 2."
        )
    others = [site for site in cell.subset.special_sites() if site.exact != cell.site.exact]
    special = np.array([[int(x.p) / int(x.q) for x in site.exact] for site in others])
    special = special.reshape(-1, 2)
    center, radius = _window(cell, special)
    return _Drawing(
        center=center,
        radius=radius,
        curve=cell.subset.polylines(center, radius),
        cell=_cell(cell, center, radius),
        equation=_equation(cell, center, radius),
        others=special,
    )


def _window(cell: VoronoiCell, special: np.ndarray) -> tuple[np.ndarray, float]:
    """A square around p that shows the special points and the ends of a segment."""
    shown = [cell.point, *special]
    if cell.interval is not None:
        direction = cell.normal_space[0]
        shown += [cell.point + s * direction for s in cell.interval if np.isfinite(s)]
    reach = max(float(np.abs(np.array(shown) - cell.point).max()), 0.75)
    return cell.point, 1.6 * reach


def _cell(cell: VoronoiCell, center: np.ndarray, radius: float) -> np.ndarray:
    far = 3 * radius
    if cell.is_full_dimensional:
        angles = np.linspace(0, 2 * np.pi, _RAYS, endpoint=False)
        directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        found = cell.exits(directions)
        return found.start + np.minimum(found.lengths, far)[:, None] * directions
    if cell.interval is None:
        return cell.point[None]
    ends = np.clip(np.array(cell.interval), -far, far)
    return cell.point + ends[:, None] * cell.normal_space[0]


def _equation(cell: VoronoiCell, center: np.ndarray, radius: float) -> list[np.ndarray]:
    return [line for piece in cell.pieces for line in zero_lines(piece.evaluate, center, radius)]
