"""The losses of the real critical points, row by row of index."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from neuromanifold.landscapes._result import CriticalPoint, Landscape
from neuromanifold.report._palette import TARGET, index_color
from neuromanifold.report._picture import describe_point
from neuromanifold.report._words import number, percent, position

_LOG_RANGE = 20.0


def loss_chart(landscape: Landscape) -> go.Figure:
    """One row for each index, the loss along it; a marker grows with the share of training runs.

    Losses that differ by magnitudes above L(u), the least in V, are drawn as log(L − L(u)).
    """
    figure = go.Figure()
    is_log = spans_magnitudes(landscape)
    indices = sorted({p.index for p in landscape.real_points if p.index is not None})
    shares = {} if landscape.training is None else landscape.training.frequencies
    for index in indices:
        points = [p for p in landscape.real_points if p.index == index]
        ended = [shares.get(position(p, landscape), 0.0) for p in points]
        figure.add_trace(
            go.Scatter(
                x=[abscissa(p, landscape, is_log) for p in points],
                y=[row_name(index, landscape.dimension)] * len(points),
                mode="markers+text",
                text=[percent(share) if share else "" for share in ended],
                textposition="top center",
                cliponaxis=False,
                marker={
                    "size": [11 + 24 * share**0.5 for share in ended],
                    "symbol": [
                        "circle" if p.has_real_parameters else "circle-open" for p in points
                    ],
                    "color": index_color(index, landscape.dimension),
                    "opacity": 0.85,
                    "line": {"width": 1},
                },
                hovertext=[describe_point(p, landscape) for p in points],
                hovertemplate="%{hovertext}<extra></extra>",
                showlegend=False,
            )
        )
    if not is_log:
        figure.add_vline(
            x=landscape.constant,
            line={"dash": "dash", "width": 1.5, "color": TARGET},
            annotation={
                "text": f"L(u) = {number(landscape.constant, 4)}",
                "yref": "paper",
                "y": 1.0,
                "yanchor": "bottom",
                "xanchor": "left",
                "xshift": -4,
                "showarrow": False,
            },
        )
    title = (
        f"excess loss L(f) − L(u), where L(u) = {number(landscape.constant, 4)}"
        if is_log
        else "loss L(f)"
    )
    figure.update_layout(
        xaxis={"title": {"text": title}, "type": "log" if is_log else "linear", "dtick": 1}
        if is_log
        else {"title": {"text": title}},
        yaxis={"type": "category", "autorange": "reversed", "fixedrange": True},
        height=120 + 52 * max(len(indices), 1),
        margin={"l": 8, "r": 16, "t": 34, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12},
        dragmode=False,
        hoverlabel={"align": "left"},
    )
    figure.update_yaxes(automargin=True)
    return figure


def spans_magnitudes(landscape: Landscape) -> bool:
    """The losses are better told apart by log(L(f) − L(u))."""
    excess = [float(np.real(p.loss)) - landscape.constant for p in landscape.real_points]
    noise = 1e-9 * (1.0 + abs(landscape.constant))
    return bool(excess) and excess[0] > noise and excess[-1] > _LOG_RANGE * excess[0]


def abscissa(point: CriticalPoint, landscape: Landscape, is_log: bool) -> float:
    """Where a critical point stands on the axis of losses."""
    loss = float(np.real(point.loss))
    return loss - landscape.constant if is_log else loss


def row_name(index: int, dimension: int) -> str:
    """The label of a row."""
    if index == 0:
        return "minimum "
    return "maximum " if index == dimension else f"index {index} "
