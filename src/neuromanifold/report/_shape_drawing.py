"""M in a view, drawn onto matplotlib axes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from scipy.spatial import KDTree

from neuromanifold.report._palette import (
    CLOSURE,
    LOCI,
    MUTED,
    OTHER_SIDE,
    SINGULAR,
    SURFACE,
)
from neuromanifold.report._shape import Locus, Shape
from neuromanifold.report._shape_words import locus_name
from neuromanifold.report._strands import Strands

_LIGHT = np.array([-0.5, 0.6, 0.8])
_DIM = 0.3
_WIDTH = 2.4
_CASING = 3.6
_SIZE = 46
_TUBE = 0.02
_BEHIND = 0.05
_WINDOW = 7


def draw_shape(axes: Any, drawn: Shape, eye: np.ndarray) -> list[Any]:
    """Draw onto three-dimensional axes, seen from the direction `eye`; the entries of the legend."""
    r = drawn.view.radius
    axes.set_proj_type("ortho")
    axes.view_init(np.degrees(np.arcsin(eye[2])), np.degrees(np.arctan2(eye[1], eye[0])))
    axes.set(xlim=(-r, r), ylim=(-r, r), zlim=(-r, r))
    axes.set_box_aspect((1, 1, 1), zoom=0.97)
    axes.set_axis_off()
    _frame(axes, drawn, eye)
    handles = []
    if len(drawn.triangles):
        handles += _surface(axes, drawn, eye)
    elif len(drawn.points):
        style = {"s": 2.2, "color": SURFACE, "alpha": 0.5, "linewidths": 0}
        handles.append(axes.scatter(*drawn.points.T, label="M", **style))
    handles += _singular(axes, drawn, eye)
    for locus, color in zip(drawn.loci, LOCI, strict=False):
        handles += _locus(axes, drawn, locus, color, eye)
    return handles


def _surface(axes: Any, drawn: Shape, eye: np.ndarray) -> list[Any]:
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Patch
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    corners = drawn.points[drawn.triangles]
    if drawn.is_boundary:
        first = np.less(drawn.normals @ eye, 0)
        entries = [(SURFACE, "boundary, seen from M"), (OTHER_SIDE, "seen from outside")]
    else:
        first = drawn.reached[drawn.triangles].all(axis=1)
        entries = [(SURFACE, "M"), (CLOSURE, "only in the closure of M")]
    colors = np.where(np.reshape(first, (-1, 1)), to_rgb(entries[0][0]), to_rgb(entries[1][0]))
    colors = shaded(colors, drawn.normals, eye)
    depth = corners.mean(axis=1) @ eye
    order = np.argsort(depth)
    axes.add_collection3d(
        Poly3DCollection(
            corners[order],
            facecolors=colors[order],
            edgecolors=colors[order],
            linewidths=0.3,
            antialiased=True,
            zorder=2,
            rasterized=True,
            shade=False,
        )
    )
    shown = zip(entries, (first.any(), not first.all()), strict=True)
    return [Patch(color=color, label=label) for (color, label), used in shown if used]


def shaded(colors: np.ndarray, normals: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Colours of faces lit from the upper left of the picture, both sides alike, (n, 3)."""
    right = np.cross([0.0, 0.0, 1.0], eye)
    right /= np.linalg.norm(right)
    light = _LIGHT @ np.stack([right, np.cross(eye, right), eye]) / np.linalg.norm(_LIGHT)
    facing = np.where(normals @ eye < 0, -1.0, 1.0)
    brightness = 0.5 + 0.5 * (facing * (normals @ light))[:, None]
    dark, bright = 0.72 * colors, 1.0 - 0.55 * (1.0 - colors)
    return dark + brightness * (bright - dark)


def _singular(axes: Any, drawn: Shape, eye: np.ndarray) -> list[Any]:
    handles = []
    strands, reached = drawn.singular, drawn.singular_reached
    both = reached[strands.links].all(axis=1)
    for chosen, style, label in (
        (both, "-", "singular locus"),
        (~both, (0, (2.2, 1.4)), "singular locus, not reached"),
    ):
        handles += _lines(
            axes, drawn, strands, strands.links[chosen], eye, SINGULAR, style, label, _CASING
        )
    if len(strands.loose):
        handles += _dots(axes, drawn, strands.loose, eye, SINGULAR, "singular point")
    return handles


def _locus(axes: Any, drawn: Shape, locus: Locus, color: str, eye: np.ndarray) -> list[Any]:
    strands, name = locus.strands, locus_name(locus)
    if len(strands.links):
        return _lines(axes, drawn, strands, strands.links, eye, color, "-", name)
    return _dots(axes, drawn, strands.points, eye, color, name)


def _lines(
    axes: Any,
    drawn: Shape,
    strands: Strands,
    links: np.ndarray,
    eye: np.ndarray,
    color: str,
    style: Any,
    label: str,
    width: float = _WIDTH,
) -> list[Any]:
    from matplotlib.lines import Line2D

    if not len(links):
        return []
    for path in strands.paths(links):
        visible = _steady(~hidden(path, drawn, eye))
        for part, is_visible in _runs(path, visible):
            axes.plot(
                *part.T,
                linestyle=style,
                color=color,
                linewidth=width if is_visible else 0.7 * width,
                alpha=1.0 if is_visible else _DIM,
                solid_capstyle="round",
                zorder=4 if is_visible else 3,
            )
    return [Line2D([], [], linestyle=style, color=color, linewidth=width, label=label)]


def _dots(
    axes: Any, drawn: Shape, points: np.ndarray, eye: np.ndarray, color: str, label: str
) -> list[Any]:
    from matplotlib.lines import Line2D

    visible = ~hidden(points, drawn, eye)
    for chosen, alpha in ((visible, 1.0), (~visible, _DIM)):
        axes.scatter(
            *points[chosen].T,
            s=_SIZE,
            color=color,
            alpha=alpha,
            edgecolors="white",
            linewidths=0.8,
            depthshade=False,
            zorder=5,
        )
    return [Line2D([], [], linestyle="", marker="o", color=color, label=label)]


def hidden(points: np.ndarray, drawn: Shape, eye: np.ndarray) -> np.ndarray:
    """Which points have a part of the surface between them and the eye, (n,)."""
    if not len(drawn.triangles) or not len(points):
        return np.zeros(len(points), bool)
    right = np.cross([0.0, 0.0, 1.0], eye)
    right /= np.linalg.norm(right)
    screen = np.stack([right, np.cross(eye, right)], axis=1)
    centers = drawn.points[drawn.triangles].mean(axis=1)
    tube, behind = _TUBE * drawn.view.radius, _BEHIND * drawn.view.radius
    close = KDTree(centers @ screen).query_ball_point(points @ screen, tube)
    depth = centers @ eye
    return np.array(
        [
            bool((depth[near] > own + behind).any())
            for near, own in zip(close, points @ eye, strict=True)
        ]
    )


def _steady(visible: np.ndarray) -> np.ndarray:
    """The majority among neighbours: a curve on the surface is not to flicker."""
    if len(visible) < _WINDOW:
        return visible
    padded = np.pad(visible.astype(float), _WINDOW // 2, mode="edge")
    return np.convolve(padded, np.full(_WINDOW, 1 / _WINDOW), mode="valid") > 0.5


def _runs(path: np.ndarray, visible: np.ndarray) -> list[tuple[np.ndarray, bool]]:
    """The path cut where it goes behind the surface; neighbours share a point."""
    changes = np.flatnonzero(visible[1:] != visible[:-1]) + 1
    cuts = [0, *changes.tolist(), len(path)]
    return [(path[a : min(b + 1, len(path))], bool(visible[a])) for a, b in pairwise(cuts)]


def _frame(axes: Any, drawn: Shape, eye: np.ndarray) -> None:
    """The edges of the cube that do not cross the picture, and the names of the coordinates."""
    r = drawn.view.radius
    signs = np.indices((2, 2, 2)).reshape(3, -1).T * 2.0 - 1.0
    for a, low in enumerate(signs):
        for b in range(a + 1, 8):
            if np.sum(low != signs[b]) == 1:
                axis = int(np.flatnonzero(low != signs[b])[0])
                faces = [i for i in range(3) if i != axis]
                # Edges whose two faces both turn towards the eye would cross the surface.
                if not all(low[i] * eye[i] > 0 for i in faces):
                    ends = r * np.stack([low, signs[b]])
                    axes.plot(*ends.T, color="#c3cad4", linewidth=0.8, zorder=1)
    for axis, (name, place) in enumerate(zip(drawn.view.names, _edges(eye), strict=True)):
        axes.text(*(1.12 * r * place), name, color=MUTED, fontsize=12, ha="center", va="center")
        value = drawn.view.origin_values[axis]
        for end in (-1.0, 1.0):
            at = 1.07 * place
            at[axis] = 0.9 * end
            text = f"{value + end * r:.3g}".replace("-", "−")
            axes.text(*(r * at), text, color=MUTED, fontsize=9, ha="center", va="center")


def _edges(eye: np.ndarray) -> list[np.ndarray]:
    """The middles of three edges on the outline of the cube, below where possible."""
    right = np.cross([0.0, 0.0, 1.0], eye)
    up = np.cross(eye, right)
    result = []
    for axis in range(3):
        others = [i for i in range(3) if i != axis]
        candidates = []
        for signs in ((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)):
            middle = np.zeros(3)
            middle[others] = signs
            if (middle[others[0]] * eye[others[0]] > 0) != (middle[others[1]] * eye[others[1]] > 0):
                candidates.append(middle)
        key = up if axis < 2 else right
        result.append(min(candidates, key=lambda middle: float(middle @ key)))
    return result
