"""The interactive picture of M near the target."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from neuromanifold.landscapes._result import CriticalPoint, Landscape
from neuromanifold.report._camera import view_direction
from neuromanifold.report._palette import MANIFOLD, MUTED, TARGET, index_color, index_name
from neuromanifold.report._projection import Projection, real_coefficients
from neuromanifold.report._section import Section, view_radius
from neuromanifold.report._words import kind, number, percent, position

_HOVERED_COORDINATES = 8
_SEEN = 12
_EYE_DISTANCE = 1.5


def picture(landscape: Landscape, projection: Projection, section: Section | None) -> go.Figure:
    """M, its real critical points, the target, and the ends of training, in three dimensions."""
    figure = go.Figure()
    if section is not None and len(section.points):
        figure.add_trace(_surface(section) if len(section.triangles) else _cloud(section))
    if landscape.n_real:
        figure.add_trace(_normals(landscape, projection))
    if landscape.training is not None:
        for trace in _ends(landscape, projection):
            figure.add_trace(trace)
    for index in sorted({p.index for p in landscape.real_points if p.index is not None}):
        figure.add_trace(_critical(landscape, projection, index))
    figure.add_trace(_target(landscape))
    radius = view_radius(landscape, projection)
    axis = {
        "range": [-radius, radius],
        "showbackground": False,
        "showspikes": False,
        "zeroline": False,
        "nticks": 5,
        "title": {"text": ""},
        "tickfont": {"size": 10},
        "gridwidth": 1,
    }
    figure.update_layout(
        scene={
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": axis,
            "aspectmode": "cube",
            "camera": _camera(landscape, projection, section),
        },
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemsizing": "constant"},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        font={"size": 12},
        hoverlabel={"align": "left"},
    )
    return figure


def _camera(landscape: Landscape, projection: Projection, section: Section | None) -> dict[str, Any]:
    drawn = projection(real_coefficients(landscape))
    surface = np.zeros((0, 3)) if section is None else section.points
    seen = np.concatenate([np.zeros((1, 3)), drawn[:_SEEN]])
    eye = _EYE_DISTANCE * view_direction(seen, surface, view_radius(landscape, projection))
    return {"eye": dict(zip("xyz", eye.tolist(), strict=True))}


def _surface(section: Section) -> go.Mesh3d:
    x, y, z = section.points.T
    i, j, k = section.triangles.T
    return go.Mesh3d(
        x=x,
        y=y,
        z=z,
        i=i,
        j=j,
        k=k,
        name="M",
        showlegend=True,
        intensity=section.losses,
        colorscale=MANIFOLD,
        showscale=False,
        lighting={
            "ambient": 0.72,
            "diffuse": 0.42,
            "specular": 0.08,
            "roughness": 0.8,
            "facenormalsepsilon": 0,
            "vertexnormalsepsilon": 0,
        },
        hovertemplate="on M<br>loss %{intensity:.5g}<extra></extra>",
    )


def _cloud(section: Section) -> go.Scatter3d:
    x, y, z = section.points.T
    return go.Scatter3d(
        x=x,
        y=y,
        z=z,
        mode="markers",
        name="M",
        marker={
            "size": 2.2,
            "color": section.losses,
            "colorscale": MANIFOLD,
            "opacity": 0.5,
            "line": {"width": 0},
        },
        hovertemplate="on M<br>loss %{marker.color:.5g}<extra></extra>",
    )


def _normals(landscape: Landscape, projection: Projection) -> go.Scatter3d:
    drawn = projection(_coefficients(landscape.real_points))
    segments = np.full((3 * len(drawn), 3), np.nan)
    segments[0::3], segments[1::3] = 0.0, drawn
    x, y, z = segments.T
    return go.Scatter3d(
        x=x,
        y=y,
        z=z,
        mode="lines",
        name="normals from u",
        line={"color": MUTED, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )


def _critical(landscape: Landscape, projection: Projection, index: int) -> go.Scatter3d:
    points = [point for point in landscape.real_points if point.index == index]
    x, y, z = projection(_coefficients(points)).T
    best = landscape.global_minimum
    return go.Scatter3d(
        x=x,
        y=y,
        z=z,
        mode="markers+text",
        name=index_name(index, landscape.dimension),
        text=["global minimum" if p is best and p.is_minimum else "" for p in points],
        textposition="top center",
        marker={
            "size": [9 if p is best else 6.5 for p in points],
            "symbol": ["circle" if p.has_real_parameters else "circle-open" for p in points],
            "color": index_color(index, landscape.dimension),
            "line": {"color": "#ffffff", "width": 1},
        },
        hovertext=[describe_point(p, landscape) for p in points],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _ends(landscape: Landscape, projection: Projection) -> list[go.Scatter3d]:
    training = landscape.training
    assert training is not None
    shares = {end: share for end, share in training.frequencies.items() if end >= 0}
    traces = []
    if shares:
        reached = [landscape.critical_points[end] for end in shares]
        x, y, z = projection(_coefficients(reached)).T
        traces.append(
            go.Scatter3d(
                x=x,
                y=y,
                z=z,
                mode="markers+text",
                name="ends of training",
                text=[percent(share) for share in shares.values()],
                textposition="bottom center",
                marker={
                    "size": [12 + 26 * share**0.5 for share in shares.values()],
                    "color": [index_color(p.index or 0, landscape.dimension) for p in reached],
                    "opacity": 0.28,
                    "line": {"width": 0},
                },
                hoverinfo="skip",
            )
        )
    elsewhere = training.coefficients[training.critical_point < 0]
    elsewhere = np.real(elsewhere[np.isfinite(elsewhere).all(axis=1)])
    drawn = projection(elsewhere)
    drawn = drawn[np.linalg.norm(drawn, axis=1) <= view_radius(landscape, projection)]
    if len(drawn):
        x, y, z = drawn.T
        traces.append(
            go.Scatter3d(
                x=x,
                y=y,
                z=z,
                mode="markers",
                name="ended elsewhere",
                marker={"size": 3.5, "symbol": "x", "color": MUTED},
                hovertemplate="training ended here, at no critical point<extra></extra>",
            )
        )
    return traces


def _target(landscape: Landscape) -> go.Scatter3d:
    return go.Scatter3d(
        x=[0.0],
        y=[0.0],
        z=[0.0],
        mode="markers+text",
        name="target u",
        text=["u"],
        textposition="top center",
        marker={"size": 7, "symbol": "diamond", "color": TARGET},
        hovertemplate=f"target u, the best function in V<br>loss {number(landscape.constant)}"
        "<extra></extra>",
    )


def describe_point(point: CriticalPoint, landscape: Landscape) -> str:
    """What hovering over a critical point shows."""
    named = list(zip(landscape.coordinates, np.real(point.coefficients), strict=True))
    lines = [
        f"<b>point {position(point, landscape)}: {kind(point, landscape)}</b>",
        f"loss {number(float(np.real(point.loss)))}",
        f"index {point.index}, {'certified' if point.is_certified else 'not certified'}",
    ]
    if not point.has_real_parameters:
        lines.append("no real parameters found: training cannot reach it")
    lines += [f"{name}: {number(value, 4)}" for name, value in named[:_HOVERED_COORDINATES]]
    if len(named) > _HOVERED_COORDINATES:
        lines.append(f"… {len(named) - _HOVERED_COORDINATES} more coordinates")
    return "<br>".join(lines)


def _coefficients(points: Any) -> np.ndarray:
    return np.array([np.real(point.coefficients) for point in points])
