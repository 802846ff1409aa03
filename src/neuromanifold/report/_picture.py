"""The interactive picture of M near the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from neuromanifold.landscapes._result import CriticalPoint, Landscape
from neuromanifold.report._beads import Solid, ball, cube, octahedron
from neuromanifold.report._camera import label_offsets, view_direction
from neuromanifold.report._palette import MANIFOLD, MUTED, TARGET, index_color, index_name
from neuromanifold.report._projection import Projection, real_coefficients
from neuromanifold.report._section import Section, view_radius
from neuromanifold.report._words import kind, number, percent, position

_HOVERED_COORDINATES = 8
_SEEN = 12
_EYE_DISTANCE = 1.5
_BEAD = 0.03
_MAX_LABELS = 6
_LABEL_DISTANCE = 62
MATTE = {
    "ambient": 0.72,
    "diffuse": 0.42,
    "specular": 0.08,
    "roughness": 0.8,
    "facenormalsepsilon": 0,
    "vertexnormalsepsilon": 0,
}


def picture(landscape: Landscape, projection: Projection, section: Section | None) -> go.Figure:
    """M, its real critical points, the target, and the ends of training, in three dimensions."""
    radius = view_radius(landscape, projection)
    figure = go.Figure()
    if section is not None and len(section.points):
        figure.add_trace(_surface(section) if len(section.triangles) else _cloud(section))
    if landscape.n_real:
        figure.add_trace(_normals(landscape, projection))
    for index in sorted({p.index for p in landscape.real_points if p.index is not None}):
        for trace in _critical(landscape, projection, index, radius):
            figure.add_trace(trace)
    figure.add_trace(_target(landscape, radius))
    if landscape.training is not None:
        for trace in _ended_elsewhere(landscape, projection, radius):
            figure.add_trace(trace)
    eye = _eye(landscape, projection, section, radius)
    axis = {
        "range": [-radius, radius],
        "showbackground": False,
        "showspikes": False,
        "zeroline": False,
        "nticks": 5,
        "title": {"text": ""},
        "tickfont": {"size": 10},
    }
    figure.update_layout(
        scene={
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": axis,
            "aspectmode": "cube",
            "camera": {"eye": dict(zip("xyz", (_EYE_DISTANCE * eye).tolist(), strict=True))},
            "annotations": _labels(landscape, projection, eye),
        },
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemsizing": "constant"},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        font={"size": 12},
        hoverlabel={"align": "left"},
    )
    return figure


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


def _surface(section: Section) -> go.Mesh3d:
    return _mesh(
        section.points,
        section.triangles,
        name="M",
        intensity=section.losses.astype(np.float32),
        colorscale=MANIFOLD,
        showscale=False,
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
    drawn = projection(real_coefficients(landscape))
    segments = np.full((3 * len(drawn), 3), np.nan)
    segments[0::3], segments[1::3] = 0.0, drawn
    x, y, z = segments.T
    return go.Scatter3d(
        x=x,
        y=y,
        z=z,
        mode="lines",
        name="normals from u",
        line={"color": MUTED, "width": 3},
        hoverinfo="skip",
    )


def _critical(
    landscape: Landscape, projection: Projection, index: int, radius: float
) -> list[go.Mesh3d]:
    points = [point for point in landscape.real_points if point.index == index]
    name = index_name(index, landscape.dimension)
    color = index_color(index, landscape.dimension)
    shares = {} if landscape.training is None else landscape.training.frequencies
    traces = []
    for reached, solid, label in (
        (True, ball(len(points)), name),
        (False, cube(), f"{name}, not reached by real parameters"),
    ):
        chosen = [point for point in points if point.has_real_parameters is reached]
        if chosen:
            size = [1 + 1.1 * shares.get(position(p, landscape), 0.0) ** 0.5 for p in chosen]
            traces.append(
                _beads(
                    solid,
                    projection(np.array([np.real(p.coefficients) for p in chosen])),
                    _BEAD * radius * np.array(size),
                    [describe_point(point, landscape) for point in chosen],
                    name=label,
                    color=color,
                )
            )
    return traces


def _target(landscape: Landscape, radius: float) -> go.Mesh3d:
    said = f"<b>target u</b>, the best function in V<br>loss {number(landscape.constant)}"
    size = np.array([1.6 * _BEAD * radius])
    return _beads(octahedron(), np.zeros((1, 3)), size, [said], name="target u", color=TARGET)


def _ended_elsewhere(
    landscape: Landscape, projection: Projection, radius: float
) -> list[go.Scatter3d]:
    training = landscape.training
    assert training is not None
    ends = np.real(training.coefficients[training.critical_point < 0])
    drawn = projection(ends[np.isfinite(ends).all(axis=1)])
    drawn = drawn[np.linalg.norm(drawn, axis=1) <= radius]
    if not len(drawn):
        return []
    x, y, z = drawn.T
    return [
        go.Scatter3d(
            x=x,
            y=y,
            z=z,
            mode="markers",
            name="training ended elsewhere",
            marker={"size": 3.5, "symbol": "x", "color": MUTED},
            hovertemplate="training ended here, at no critical point<extra></extra>",
        )
    ]


def _labels(landscape: Landscape, projection: Projection, eye: np.ndarray) -> list[dict[str, Any]]:
    """Names beside the target, the global minimum and the most frequent ends of training."""
    shares = {} if landscape.training is None else landscape.training.frequencies
    best = landscape.global_minimum
    labels = [("u", np.zeros(3))]
    ends = sorted((end for end in shares if end >= 0), key=lambda end: -shares[end])
    places = {} if best is None else {position(best, landscape): best}
    places |= {end: landscape.critical_points[end] for end in ends[:_MAX_LABELS]}
    for place, point in list(places.items())[: _MAX_LABELS - 1]:
        words = [kind(point, landscape)] if point is best else []
        words += [percent(shares[place])] if place in shares else []
        labels.append((", ".join(words), projection(np.real(point.coefficients)[None])[0]))
    offsets = label_offsets(np.array([place for _, place in labels]), eye)
    return [
        {
            "x": float(place[0]),
            "y": float(place[1]),
            "z": float(place[2]),
            "text": text,
            "ax": float(_LABEL_DISTANCE * offset[0]),
            "ay": float(-_LABEL_DISTANCE * offset[1]),
            "arrowcolor": MUTED,
            "arrowwidth": 1,
            "arrowhead": 0,
        }
        for (text, place), offset in zip(labels, offsets, strict=True)
    ]


def _eye(
    landscape: Landscape, projection: Projection, section: Section | None, radius: float
) -> np.ndarray:
    drawn = projection(real_coefficients(landscape))
    surface = np.zeros((0, 3)) if section is None else section.points
    seen = np.concatenate([np.zeros((1, 3)), drawn[:_SEEN]])
    return view_direction(seen, surface, radius)


def _beads(
    solid: Solid, centers: np.ndarray, radii: np.ndarray, said: Sequence[str], **style: Any
) -> go.Mesh3d:
    corners, faces = solid.copies(centers, radii)
    text = np.repeat(np.array(said, dtype=object), len(solid.corners)).tolist()
    style |= {"text": text, "hovertemplate": "%{text}<extra></extra>"}
    return _mesh(corners, faces, flatshading=len(solid.corners) < 10, **style)


def _mesh(points: np.ndarray, triangles: np.ndarray, **style: Any) -> go.Mesh3d:
    # Single precision is finer than a pixel and halves the page.
    x, y, z = points.T.astype(np.float32)
    i, j, k = triangles.T.astype(np.int32)
    return go.Mesh3d(x=x, y=y, z=z, i=i, j=j, k=k, showlegend=True, lighting=MATTE, **style)
