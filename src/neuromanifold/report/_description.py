"""An architecture in at most 80 columns of text."""

from __future__ import annotations

import textwrap

from neuromanifold.geometry import Dimension
from neuromanifold.landscapes import Description

WIDTH = 80
MAX_NAMES = 40


def description_text(description: Description) -> str:
    """Title, underline and bullets: shapes, dimension beside theory, coordinates of V."""
    title = textwrap.shorten(description.model_name, WIDTH, placeholder=" …")
    lines = [title, "=" * len(title)]
    lines += [
        textwrap.fill(bullet, WIDTH, initial_indent="• ", subsequent_indent="  ")
        for bullet in _bullets(description)
    ]
    return "\n".join(lines)


def _bullets(description: Description) -> list[str]:
    dimension = description.dimension
    fiber = dimension.n_parameters - dimension.value
    bullets = [
        f"input of shape {description.input_shape}, output of shape {description.output_shape}; "
        "dataset columns fill them row by row",
        f"dim M = {dimension.value} ({dimension.kind}) in {_ambient(dimension)}",
        f"expected dimension {dimension.expected}, defect {dimension.defect}",
        f"{dimension.n_parameters} parameters; a generic function is reached by a family of "
        f"dimension {fiber} of them",
    ]
    prediction = description.critical_points
    if prediction is None:
        bullets.append("no theorem here predicts the number of critical points")
    else:
        bullets.append(f"theorem: {prediction}")
    bullets.append("parameters: " + _names(description.parameter_names))
    if description.coordinates:
        bullets.append("coordinates of V: " + _names(description.coordinates))
    return bullets


def _ambient(dimension: Dimension) -> str:
    if dimension.ambient is not None:
        filling = "; M fills V" if dimension.is_filling else ""
        return f"V of dimension {dimension.ambient} (exact){filling}"
    if dimension.ambient_bound is not None:
        return f"V of dimension at most {dimension.ambient_bound:,}, too large to list"
    return "a space of rational functions"


def _names(names: tuple[str, ...]) -> str:
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f", and {more} more" if more > 0 else "")
