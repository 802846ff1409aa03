"""The two kinds of boundary points of linear convolutional networks."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise

from neuromanifold.models import Convolution, Model, Monomial
from neuromanifold.theory import reduced_architecture


class BoundaryType(Enum):
    """Where a boundary point of a linear convolutional network comes from.

    Attributes:
        REDUCED: it is a boundary point of the reduced architecture too; these have codimension ≥ 2.
        STRIDE_ONE: it is inside M for the reduced architecture, but a merged filter does not split
            into real factors nearby; these have codimension 1.

    Source: Kohn, Montúfar, Shahverdi, Trager, "Function space and critical points of linear
    convolutional networks", 2024.
    """

    REDUCED = "boundary point of the reduced architecture"
    STRIDE_ONE = "boundary point from layers without a stride between them"


def reduced_convolution(model: Model) -> Convolution | None:
    """The same functions over ℂ with fewer layers: those without a stride between them are merged.

    None if the model is not a linear convolutional network.
    """
    match model:
        case Convolution(activation=Monomial(exponent=1)):
            filters, spacing = reduced_architecture(model.filters, model.strides)
            strides = [int(after / before) for before, after in pairwise(spacing)]
            return Convolution(filters, [*strides, model.strides[-1]], outputs=model.outputs)
    return None
