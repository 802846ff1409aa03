"""Witness sets of neuromanifolds."""

from __future__ import annotations

import numpy as np

from neuromanifold.continuation import (
    Parametrization,
    SlicedVariety,
    WitnessSet,
    sliced_variety,
    witness_set,
)
from neuromanifold.functions import FunctionSpace
from neuromanifold.models import Model
from neuromanifold.rings import PolynomialMap

__all__ = ["WitnessSet", "witness_set"]


@sliced_variety.register
def _(variety: Model, dimension: int | None, rng: np.random.Generator) -> SlicedVariety:
    """The closure of M in the coordinates of V."""
    space = FunctionSpace.of(variety)
    coefficients = PolynomialMap(space.coefficients_of_theta, space.expansion.parameters)
    return sliced_variety(Parametrization(coefficients), dimension, rng)
