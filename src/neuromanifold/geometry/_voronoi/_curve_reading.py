"""Read the parametrization of a curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq, fmpq_poly

from neuromanifold.continuation._systems._reading import read_equations
from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._voronoi._rational_function import RationalFunction
from neuromanifold.geometry._voronoi._rationals import exact_number
from neuromanifold.rings import Evaluator


def coordinate_names(n: int, given: Sequence[str] | None) -> tuple[str, ...]:
    """Names of n coordinates.

    Raises:
        InvalidInputError: there are not n different ones.
    """
    if given is None:
        return ("x", "y", "z")[:n] if n <= 3 else tuple(f"x{i + 1}" for i in range(n))
    names = tuple(str(name) for name in given)
    if len(set(names)) != n or len(names) != n:
        raise InvalidInputError(f"names is {', '.join(names)}; give {n} different names.")
    return names


def read_coordinates(coordinates: Sequence[Any]) -> list[RationalFunction]:
    """Rational functions of one variable, from text or SymPy expressions.

    Raises:
        InvalidInputError: there are less than two, or not exactly one variable.
    """
    if isinstance(coordinates, str) or len(coordinates) < 2:
        raise InvalidInputError(f"coordinates is {coordinates!r}; give at least two of them.")
    read = read_equations(list(coordinates), None, ())
    if len(read.variables) != 1 or read.iota is not None:
        raise InvalidInputError(
            f"The coordinates have the variables {', '.join(read.variables) or '(none)'} and need "
            "exactly one, with real coefficients."
        )
    variable = RationalFunction(fmpq_poly([0, 1]), fmpq_poly([1]))
    return Evaluator(read.outputs)({read.variable_nodes[0]: variable}, RationalFunction.constant)


def read_interval(given: Sequence[Any]) -> tuple[fmpq | None, fmpq | None]:
    """Rational ends a < b, None where they are infinite.

    Raises:
        InvalidInputError: they are not two numbers in this order.
    """
    if len(given) != 2:
        raise InvalidInputError(f"interval is {given!r}; give its two ends.")
    a, b = (
        None if isinstance(end, float) and np.isinf(end) else exact_number(end, "interval")
        for end in given
    )
    if a is not None and b is not None and a >= b:
        raise InvalidInputError(f"interval is ({a}, {b}); the first end must be the smaller one.")
    return a, b
