"""The static picture of M in a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.models import Model
from neuromanifold.report._camera import view_direction
from neuromanifold.report._palette import INK, MUTED
from neuromanifold.report._shape import Shape, shape
from neuromanifold.report._shape_drawing import draw_shape
from neuromanifold.report._shape_view import AffineView
from neuromanifold.report._shape_words import caption

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GRID = 72
_SEEN = 40
_WIDE, _ABOVE, _ROW = 5.0, 0.72, 0.22
_SHORT = 27
_LONG = 50


def shape_figure(
    model: Model,
    view: AffineView | None = None,
    *,
    eye: Sequence[float] | None = None,
    seed: int = 0,
) -> Figure:
    """A static figure of M in function space: a surface in a section of V.

    If M has codimension 1, its section by a 3-space is drawn from its exact equation, or, where the
    degree is above 6, from an equation fitted to its functions. What real parameters do not reach is
    in another colour. The singular locus is where the gradient of the equation vanishes; it is
    dashed where no real parameters were found. If M has higher codimension, a surface in it is
    projected. If M fills V, its boundary is drawn: points where segments leave it are found by
    bisection, and an equation is fitted to them. Subnetworks are lines and points.

    What is not reached is numerical: Newton's method found no real parameters from several starts.

    The figure belongs to no window and to no global state; save it with ``figure.savefig``.

    Args:
        model: A polynomial model with dim V ≥ 3 and dim M ≥ 2.
        view: Where to look. By default a view that contains singular functions, if there are any.
        eye: The direction from which to look, three numbers.
        seed: Determines all random choices.

    Raises:
        InvalidInputError: There is no surface to draw, or no function of M in the view.
        NotPolynomialError: The model is not polynomial.

    Examples:
        >>> from neuromanifold.models import MLP, monomial
        >>> figure = shape_figure(MLP([2, 1, 1], monomial(2)))  # the cone c2² = 4·c1·c3
        >>> figure.get_suptitle()
        'MLP((2, 1, 1), x^2)'
    """
    from matplotlib.figure import Figure

    drawn = shape(AffineView.chosen(model, seed) if view is None else view, grid=_GRID, seed=seed)
    figure = Figure()
    axes: Any = figure.add_axes((0, 0, 1, 1), projection="3d", computed_zorder=False)
    handles = draw_shape(axes, drawn, eye_direction(drawn, eye))
    longest = max((len(part.get_label()) for part in handles), default=0)
    text = min(10.5, 10.5 * _LONG / max(longest, 1))
    columns = 2 if longest <= _SHORT else 1
    below = 0.1 + _ROW * -(-len(handles) // columns)
    height = _ABOVE + _WIDE + below
    figure.set_size_inches(_WIDE, height)
    axes.set_position((0, below / height, 1, _WIDE / height))
    figure.suptitle(drawn.view.model.name, fontsize=13, color=INK, y=1 - 0.08 / height)
    style = {"fontsize": 9.5, "color": MUTED, "ha": "center", "va": "top"}
    figure.text(0.5, 1 - 0.38 / height, caption(drawn), **style)
    figure.legend(handles=handles, loc="lower center", ncols=columns, frameon=False, fontsize=text)
    return figure


def eye_direction(drawn: Shape, eye: Sequence[float] | None) -> np.ndarray:
    """From where to look, of length 1: what was asked for, or where the surface hides little.

    Raises:
        InvalidInputError: It is no vector of three numbers, or 0.
    """
    if eye is not None:
        asked = np.asarray(eye, np.float64)
        length = float(np.linalg.norm(asked))
        if asked.shape != (3,) or not np.isfinite(length) or not length:
            raise InvalidInputError(f"eye is {eye}; give three numbers that are not all 0")
        return asked / length
    seen = [drawn.singular.points, *(locus.strands.points for locus in drawn.loci)]
    points = np.concatenate([np.zeros((1, 3)), *seen])
    points = points[:: max(1, len(points) // _SEEN)]
    return view_direction(points, drawn.points, drawn.view.radius)
