"""Figures of a landscape: interactive ones for notebooks, a static one for papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from neuromanifold.landscapes._result import Landscape
from neuromanifold.report._camera import view_direction
from neuromanifold.report._losses import abscissa, loss_chart, row_name, spans_magnitudes
from neuromanifold.report._palette import MANIFOLD, MUTED, TARGET, index_color
from neuromanifold.report._picture import picture
from neuromanifold.report._projection import Projection, real_coefficients
from neuromanifold.report._section import section, view_radius
from neuromanifold.report._words import number, percent, position

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SEEN = 12


def manifold_figure(landscape: Landscape) -> go.Figure:
    """The interactive picture of M near the target, drawn so that distances are losses."""
    projection = Projection.of(landscape)
    return picture(landscape, projection, section(landscape, projection))


def loss_figure(landscape: Landscape) -> go.Figure:
    """The losses of the real critical points by index, interactive."""
    return loss_chart(landscape)


def landscape_figure(landscape: Landscape) -> Figure:
    """A static figure: M near the target on the left, the losses by index on the right.

    The figure belongs to no window and to no global state; save it with ``figure.savefig``.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 4.6), layout="constrained")
    left, right = figure.add_gridspec(1, 2, width_ratios=(1.15, 1.0))
    _draw_manifold(figure.add_subplot(left, projection="3d", computed_zorder=False), landscape)
    _draw_losses(figure.add_subplot(right), landscape)
    return figure


def _draw_manifold(axes: Any, landscape: Landscape) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    projection = Projection.of(landscape)
    radius = view_radius(landscape, projection)
    drawn = section(landscape, projection)
    shades = LinearSegmentedColormap.from_list("manifold", list(MANIFOLD))
    surface = np.zeros((0, 3)) if drawn is None else drawn.points
    if drawn is not None and len(drawn.triangles):
        mesh = axes.plot_trisurf(
            *drawn.points.T,
            triangles=drawn.triangles,
            cmap=shades,
            linewidth=0.2,
            antialiased=False,
            zorder=1,
            rasterized=True,
        )
        mesh.set_array(drawn.losses[drawn.triangles].mean(axis=1))
        mesh.autoscale()
    elif drawn is not None:
        axes.scatter(
            *drawn.points.T, c=drawn.losses, cmap=shades, s=2.2, alpha=0.35, linewidths=0, zorder=1
        )
    points = projection(real_coefficients(landscape))
    for point, place in zip(landscape.real_points, points, strict=True):
        axes.plot(*np.stack([np.zeros(3), place]).T, ":", color=MUTED, linewidth=0.9, zorder=2)
        color = index_color(point.index or 0, landscape.dimension)
        axes.scatter(
            *place,
            s=46,
            facecolor=color if point.has_real_parameters else "none",
            edgecolor="white" if point.has_real_parameters else color,
            linewidths=0.9,
            depthshade=False,
            zorder=4,
        )
    axes.scatter(0, 0, 0, marker="D", s=42, color=TARGET, depthshade=False, zorder=5)
    axes.text(0, 0, 0, "  u", color=TARGET, zorder=6)
    eye = view_direction(np.concatenate([np.zeros((1, 3)), points[:_SEEN]]), surface, radius)
    axes.view_init(np.degrees(np.arcsin(eye[2])), np.degrees(np.arctan2(eye[1], eye[0])))
    axes.set(xlim=(-radius, radius), ylim=(-radius, radius), zlim=(-radius, radius))
    axes.set_box_aspect((1, 1, 1), zoom=1.5)
    axes.set_axis_off()
    axes.set_title("M near the target u", fontsize=11)


def _draw_losses(axes: Any, landscape: Landscape) -> None:
    shares = {} if landscape.training is None else landscape.training.frequencies
    is_log = spans_magnitudes(landscape)
    indices = sorted({p.index for p in landscape.real_points if p.index is not None})
    labels = 0
    for point in landscape.real_points:
        share = shares.get(position(point, landscape), 0.0)
        color = index_color(point.index or 0, landscape.dimension)
        x, y = abscissa(point, landscape, is_log), indices.index(point.index or 0)
        axes.scatter(
            x,
            y,
            s=60 + 500 * share,
            facecolor=color if point.has_real_parameters else "none",
            edgecolor=color,
            alpha=0.85,
            zorder=3,
        )
        if share:
            axes.annotate(
                percent(share),
                (x, y),
                xytext=(0, 10 + 10 * share**0.5 + 13 * (labels % 2)),
                fontsize=9,
                textcoords="offset points",
                ha="center",
            )
            labels += 1
    if is_log:
        axes.set_xscale("log")
        axes.set_xlabel(f"excess loss L(f) − L(u), where L(u) = {number(landscape.constant, 4)}")
    else:
        axes.axvline(landscape.constant, color=TARGET, linestyle="--", linewidth=1.1)
        axes.set_xlabel("loss L(f); dashed: L(u), the best function in V")
    axes.set_yticks(range(len(indices)), [row_name(i, landscape.dimension) for i in indices])
    axes.set_ylim(len(indices) - 0.5, -0.7)
    axes.margins(x=0.08)
    axes.grid(axis="y", color="#e5e8ee", zorder=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    axes.set_title("Real critical points by index", fontsize=11)
