"""Colours of critical points: one hue for minima, a ramp for the other indices."""

from __future__ import annotations

import numpy as np

MINIMUM = "#0a8f7c"
RAMP = ("#e3a008", "#dd6b20", "#c53067", "#7c3aad")
MANIFOLD = ((0.0, "#2f6fb3"), (0.5, "#6f9fcb"), (1.0, "#a9bdd3"))
INK = "#1f2937"
DIMENSIONS = ((0.0, "#eef3f8"), (0.5, "#6f9fcb"), (1.0, "#2f6fb3"))
DEFECTS = ((0.0, "#f7f4ef"), (0.4, "#e3a008"), (0.7, "#dd6b20"), (1.0, "#c53067"))
TARGET = "#1d4ed8"
MUTED = "#8a94a3"
SURFACE = "#6f9fcb"
OTHER_SIDE = "#d9d3c7"
CLOSURE = "#f0b45a"
SINGULAR = INK
LOCI = ("#dd6b20", "#c53067", "#7c3aad")


def index_color(index: int, dimension: int) -> str:
    """The colour of a real critical point of this index on a manifold of this dimension."""
    if index == 0:
        return MINIMUM
    place = (index - 1) / max(dimension - 1, 1) * (len(RAMP) - 1)
    low = min(int(place), len(RAMP) - 2)
    channels = [np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) for color in RAMP]
    mixed = channels[low] + (place - low) * (channels[low + 1] - channels[low])
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def index_name(index: int, dimension: int) -> str:
    """``minima``, ``saddles of index 1``, ``maxima``: the legend's entries."""
    if index == 0:
        return "minima"
    return "maxima" if index == dimension else f"saddles of index {index}"
