"""The interactive picture of M in a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from neuromanifold.models import Model
from neuromanifold.report._palette import CLOSURE, LOCI, OTHER_SIDE, SINGULAR, SURFACE
from neuromanifold.report._picture import MATTE
from neuromanifold.report._shape import Shape, shape
from neuromanifold.report._shape_figure import eye_direction
from neuromanifold.report._shape_view import AffineView
from neuromanifold.report._shape_words import caption, locus_name
from neuromanifold.report._strands import Strands

_GRID = 36
_EYE_DISTANCE = 1.55
_EDGE = "#c3cad4"
_LIGHTING = {**MATTE, "ambient": 0.55, "diffuse": 0.6}
# Turns with the camera; −z points to the eye, so this is the upper left.
_LIGHT = {"x": 5e4, "y": -6e4, "z": -8e4}
_APART = 0.004


def shape_picture(
    model: Model,
    view: AffineView | None = None,
    *,
    eye: Sequence[float] | None = None,
    seed: int = 0,
) -> go.Figure:
    """The same as `shape_figure`, to be turned: surface, singular locus and subnetworks.

    Args:
        model: A polynomial model with dim V ≥ 3 and dim M ≥ 2.
        view: Where to look. By default a view that contains singular functions, if there are any.
        eye: The direction from which to look at first, three numbers.
        seed: Determines all random choices.

    Raises:
        InvalidInputError: There is no surface to draw, or no function of M in the view.
        NotPolynomialError: The model is not polynomial.
    """
    drawn = shape(AffineView.chosen(model, seed) if view is None else view, grid=_GRID, seed=seed)
    figure = go.Figure([*_surface(drawn), *_singular(drawn), *_loci(drawn)])
    r = drawn.view.radius
    toward = _EYE_DISTANCE * eye_direction(drawn, eye)
    axes = {
        f"{letter}axis": {
            "range": [-r, r],
            "showbackground": False,
            "showspikes": False,
            "zeroline": False,
            "showgrid": False,
            "showline": True,
            "mirror": True,
            "linecolor": _EDGE,
            "title": {"text": name},
            "tickvals": [-0.9 * r, 0.9 * r],
            "ticktext": [f"{start + at:.3g}" for at in (-0.9 * r, 0.9 * r)],
            "tickfont": {"size": 10},
        }
        for letter, name, start in zip(
            "xyz", drawn.view.names, drawn.view.origin_values, strict=True
        )
    }
    figure.update_layout(
        scene={
            **axes,
            "aspectmode": "cube",
            "camera": {
                "eye": dict(zip("xyz", toward.tolist(), strict=True)),
                "projection": {"type": "orthographic"},
            },
        },
        title={
            "text": drawn.view.model.name,
            "subtitle": {"text": caption(drawn).replace("\n", "<br>")},
            "font": {"size": 15},
        },
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemsizing": "constant"},
        margin={"l": 0, "r": 0, "t": 76, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        font={"size": 12},
    )
    return figure


def _surface(drawn: Shape) -> list[Any]:
    if not len(drawn.triangles):
        return [_markers(drawn.points, SURFACE, "M", 2.2)]
    points, triangles, normals = drawn.points, drawn.triangles, drawn.normals
    if drawn.is_boundary:
        # Two copies a hair apart, so that each side has its colour.
        shift = np.zeros_like(points)
        for corner in triangles.T:
            np.add.at(shift, corner, normals)
        shift *= (
            _APART * drawn.view.radius / np.maximum(np.linalg.norm(shift, axis=1), 1e-300)[:, None]
        )
        return [
            _mesh(points + shift, triangles, SURFACE, "boundary, seen from M"),
            _mesh(points - shift, triangles, OTHER_SIDE, "seen from outside"),
        ]
    reached = drawn.reached[triangles].all(axis=1)
    parts = ((reached, SURFACE, "M"), (~reached, CLOSURE, "only in the closure of M"))
    return [
        _mesh(points, triangles[chosen], color, name)
        for chosen, color, name in parts
        if chosen.any()
    ]


def _singular(drawn: Shape) -> list[Any]:
    strands = drawn.singular
    both = drawn.singular_reached[strands.links].all(axis=1)
    parts = ((both, "solid", "singular locus"), (~both, "dot", "singular locus, not reached"))
    traces = [
        _lines(strands, strands.links[chosen], SINGULAR, name, dash, 7)
        for chosen, dash, name in parts
        if chosen.any()
    ]
    if len(strands.loose):
        traces.append(_markers(strands.loose, SINGULAR, "singular point", 5))
    return traces


def _loci(drawn: Shape) -> list[Any]:
    return [
        _lines(locus.strands, locus.strands.links, color, locus_name(locus), "solid", 5)
        if len(locus.strands.links)
        else _markers(locus.strands.points, color, locus_name(locus), 5)
        for locus, color in zip(drawn.loci, LOCI, strict=False)
    ]


def _mesh(points: np.ndarray, triangles: np.ndarray, color: str, name: str) -> go.Mesh3d:
    used, index = np.unique(triangles, return_inverse=True)
    x, y, z = points[used].T.astype(np.float32)
    i, j, k = index.reshape(-1, 3).T.astype(np.int32)
    style = {"color": color, "name": name, "hoverinfo": "name", "showlegend": True}
    return go.Mesh3d(
        x=x, y=y, z=z, i=i, j=j, k=k, lighting=_LIGHTING, lightposition=_LIGHT, **style
    )


def _lines(
    strands: Strands, links: np.ndarray, color: str, name: str, dash: str, width: float
) -> go.Scatter3d:
    paths = strands.paths(links)
    gap = np.full((1, 3), np.nan)
    x, y, z = np.concatenate([part for path in paths for part in (path, gap)]).T
    line = {"color": color, "width": width, "dash": dash}
    return go.Scatter3d(x=x, y=y, z=z, mode="lines", name=name, line=line, hoverinfo="name")


def _markers(points: np.ndarray, color: str, name: str, size: float) -> go.Scatter3d:
    x, y, z = points.T
    marker = {"color": color, "size": size, "line": {"width": 0}}
    return go.Scatter3d(x=x, y=y, z=z, mode="markers", name=name, marker=marker, hoverinfo="name")
