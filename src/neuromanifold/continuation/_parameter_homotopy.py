"""Parameter homotopies: from a member of a family that is solved to another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.continuation._start_system import AbstractStart, Begun, stored
from neuromanifold.continuation._system import System
from neuromanifold.errors import InvalidInputError


@dataclass(frozen=True, eq=False, init=False)
class ParameterHomotopy(AbstractStart):
    """Follows the solutions of F(x; p₀) = 0 to F(x; p) = 0.

    If p₀ is generic (random and complex) and `points` are all solutions there, every isolated
    solution at p is the end of a path. The path is the segment from p₀ to p; where both are real, so
    that the segment might meet a singular system, it makes a detour through a random complex value.

    Args:
        points: (N, n), solutions at p₀.
        p0: values of the parameters, by name or in order.

    >>> from neuromanifold.continuation import System
    >>> family = System(["x^2 - a"], parameters=["a"])
    >>> start = ParameterHomotopy([[1], [-1]], {"a": 1})
    >>> start.begin(family.bound({"a": 9}), np.random.default_rng(0)).n_paths
    2
    """

    points: np.ndarray
    p0: Any

    def __init__(self, points: Any, p0: Any) -> None:
        array = np.array(points, np.complex128)
        if array.ndim == 1:
            array = array[:, None]
        if array.ndim != 2:
            raise InvalidInputError(
                f"Start solutions have shape {array.shape}; give (number of points, variables)."
            )
        array.setflags(write=False)
        object.__setattr__(self, "points", array)
        object.__setattr__(self, "p0", p0)

    def check(self, system: System) -> None:
        """Raise if the system has no parameters or another number of variables.

        Raises:
            InvalidInputError: it has.
        """
        if not system.parameters:
            raise InvalidInputError(
                "A parameter homotopy needs a system with parameters; name them, for example "
                "System(equations, parameters=['a'])."
            )
        if self.points.shape[1] != system.n_variables:
            raise InvalidInputError(
                f"Start solutions have {self.points.shape[1]} coordinates; the system has "
                f"{system.n_variables} variables."
            )

    def in_units(self, sizes: np.ndarray) -> ParameterHomotopy:
        """The same start with coordinates divided by `sizes`."""
        return ParameterHomotopy(self.points / sizes, self.p0)

    def begin(self, system: System, rng: np.random.Generator) -> Begun:
        self.check(system)
        start, target = system.bound(self.p0).values, system.values
        return Begun(
            system.map,
            stored(self.points),
            len(self.points),
            start,
            target,
            detour(start, target, len(system.parameters), rng),
            name="parameter homotopy",
        )


def detour(
    start: np.ndarray, target: np.ndarray, n_moving: int, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """A random complex stop between two real parameter vectors; none where one is complex."""
    if np.any(np.imag(start[:n_moving])) or np.any(np.imag(target[:n_moving])):
        return ()
    middle = (start + target) / 2
    size = np.max(np.abs(np.concatenate([start[:n_moving], target[:n_moving]])), initial=0.0)
    offset = rng.standard_normal(n_moving) + 1j * rng.standard_normal(n_moving)
    middle[:n_moving] += offset * np.maximum(np.abs(middle[:n_moving]), 0.1 * size or 1.0)
    return (middle,)
