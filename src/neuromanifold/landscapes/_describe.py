"""What is known about an architecture before any data."""

from __future__ import annotations

from dataclasses import dataclass

from neuromanifold.functions import FunctionSpace, term_bound
from neuromanifold.geometry import Dimension, dimension
from neuromanifold.landscapes._prediction import predicted_critical_points
from neuromanifold.models import Model
from neuromanifold.theory import Prediction

_MAX_TERMS = 5000


@dataclass(frozen=True)
class Description:
    """A model's shape, the dimension of its neuromanifold, and what theorems say about it.

    Attributes:
        model_name: the model, in one line.
        input_shape: of one sample; dataset columns fill it row by row.
        output_shape: of one sample.
        parameter_names: the P parameters.
        coordinates: names of the N coordinates of V; empty where V is too large to list.
        dimension: dim M, exact, beside the expected one.
        critical_points: the number of critical points a theorem gives, where there is one.
    """

    model_name: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    parameter_names: tuple[str, ...]
    coordinates: tuple[str, ...]
    dimension: Dimension
    critical_points: Prediction | None

    def __str__(self) -> str:
        from neuromanifold.report import description_text

        return description_text(self)


def describe(model: Model, *, seed: int = 0) -> Description:
    """Describe an architecture.

    Examples:
        >>> from neuromanifold.models import Convolution
        >>> description = describe(Convolution([3, 2], [2, 1]))
        >>> description.dimension.value, len(description.coordinates)
        (4, 5)
    """
    return Description(
        model_name=str(model),
        input_shape=model.input_shape,
        output_shape=model.output_shape,
        parameter_names=tuple(model.parameter_names),
        coordinates=_coordinates(model),
        dimension=dimension(model, seed=seed),
        critical_points=predicted_critical_points(model),
    )


def _coordinates(model: Model) -> tuple[str, ...]:
    bound = term_bound(model)
    if bound is None or bound > _MAX_TERMS:
        return ()
    return FunctionSpace.of(model).coordinates
