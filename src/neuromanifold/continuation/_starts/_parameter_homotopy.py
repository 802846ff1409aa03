"""Parameter homotopies: from a member of a family that is solved to another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from neuromanifold.continuation._starts._start_system import AbstractStart, Begun, stored
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError

_LARGEST_STEP = np.log(1e6)


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
        if not np.isfinite(array).all():
            row = int(np.argmin(np.isfinite(array).all(axis=1)))
            raise InvalidInputError(f"Start solution {row} is not finite; give finite numbers.")
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

    def begin(self, system: System, rng: np.random.Generator, threads: int = 1) -> Begun:
        self.check(system)
        start, target = system.bound(self.p0).values, system.values
        n_moving = len(system.parameters)
        return Begun(
            system.map,
            stored(self.points),
            len(self.points),
            start,
            target,
            ladder(start, target, n_moving, rng) or detour(start, target, n_moving, rng),
            name="parameter homotopy",
        )


def ladder(
    start: np.ndarray, target: np.ndarray, n_moving: int, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Random complex stops between parameters of very different sizes; none where sizes are alike.

    From one stop to the next no parameter grows or shrinks by more than a factor of 10⁶: a segment
    from 1 to 10³⁰ would pass all smaller sizes within rounding errors.
    """
    sizes = np.abs(start[:n_moving]), np.abs(target[:n_moving])
    both = (sizes[0] > 0) & (sizes[1] > 0)
    with np.errstate(divide="ignore"):
        low, high = (np.log(np.where(both, size, 1.0)) for size in sizes)
    n_steps = int(np.ceil(np.max(np.abs(high - low), initial=0.0) / _LARGEST_STEP))
    stops = []
    for k in range(1, n_steps):
        s = k / n_steps
        stop = (1 - s) * start + s * target
        turns = np.exp(2j * np.pi * rng.uniform(size=n_moving))
        middle = np.exp((1 - s) * low + s * high) * turns
        stop[:n_moving] = np.where(both, middle, stop[:n_moving])
        stops.append(stop)
    return tuple(stops)


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
