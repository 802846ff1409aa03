"""What can be given as a variety."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np

from neuromanifold.continuation._systems._system import System
from neuromanifold.continuation._varieties._equations import variety_of_equations
from neuromanifold.continuation._varieties._parametrization import (
    Parametrization,
    variety_of_parametrization,
)
from neuromanifold.continuation._varieties._sliced_variety import SlicedVariety
from neuromanifold.rings import PolynomialMap


@singledispatch
def sliced_variety(variety: Any, dimension: int | None, rng: np.random.Generator) -> SlicedVariety:
    """An irreducible variety, ready to be cut; anything that makes a `System` by default.

    Other rooms register what describes a variety there.

    Args:
        variety: what describes it.
        dimension: the dimension it should have, if that is known.
        rng: the source of all randomness.

    Raises:
        InvalidInputError: the description cannot be read, or the variety has another dimension.
    """
    return variety_of_equations(System(variety), dimension, rng)


@sliced_variety.register
def _(variety: System, dimension: int | None, rng: np.random.Generator) -> SlicedVariety:
    return variety_of_equations(variety, dimension, rng)


@sliced_variety.register
def _(variety: PolynomialMap, dimension: int | None, rng: np.random.Generator) -> SlicedVariety:
    system = System(variety.outputs, variety.variables, variety.parameters)
    return variety_of_equations(system, dimension, rng)


@sliced_variety.register
def _(variety: Parametrization, dimension: int | None, rng: np.random.Generator) -> SlicedVariety:
    return variety_of_parametrization(variety, dimension, rng)
