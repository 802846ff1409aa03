"""Start systems: where the paths of a homotopy begin."""

from __future__ import annotations

import abc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from neuromanifold.errors import TooLargeError
from neuromanifold.rings import PolynomialMap

if TYPE_CHECKING:
    from neuromanifold.continuation._starts._path_orbits import PathOrbits
    from neuromanifold.continuation._systems._system import System

MOST_PATHS = 10**8
"""Paths that are still worth starting."""

Points = Callable[[np.ndarray], np.ndarray]
"""From path numbers (B,) to start solutions (B, n); the same numbers give the same points."""


@dataclass(frozen=True, eq=False)
class Begun:
    """A homotopy H(x; p) with its start solutions, ready to be tracked.

    Paths lead along straight segments from `start_parameters` through the `stops` to
    `target_parameters`; the target system is H(x; target_parameters) = 0.

    Attributes:
        homotopy: H, as many equations as variables.
        points: start solutions by path number, made when they are tracked and never all stored.
        n_paths: how many there are.
        start_parameters: (m,), or (n_paths, m) where every path has its own.
        target_parameters: (m,), or (K, m) for K problems, to each of which n_paths/K consecutive paths
            lead.
        stops: (m,) each, random points of the parameter space that keep off singular systems.
        sizes: (n,), what size the coordinates of solutions are expected to have; 1 by default.
        block: how many paths are tracked together, their start solutions being made before.
        name: the start in words, for the printed result.
        orbits: paths that a symmetry of the homotopy moves to each other; None where none is known.
    """

    homotopy: PolynomialMap
    points: Points
    n_paths: int
    start_parameters: np.ndarray
    target_parameters: np.ndarray
    stops: tuple[np.ndarray, ...] = field(default=())
    sizes: np.ndarray | None = None
    block: int = 2**15
    name: str = "given start solutions"
    orbits: PathOrbits | None = None

    @property
    def last_stop(self) -> np.ndarray:
        """Where the segment to the target begins."""
        return self.stops[-1] if self.stops else self.start_parameters


class AbstractStart(abc.ABC):
    """A method that begins the solution of a square polynomial system."""

    @abc.abstractmethod
    def begin(self, system: System, rng: np.random.Generator, threads: int = 1) -> Begun:
        """Build the homotopy that ends at the system.

        Args:
            system: square, polynomial, with values for all its parameters.
            rng: the source of all randomness; another state gives another generic homotopy.
            threads: of the path tracker, if there is something to track already.

        Raises:
            InvalidInputError: the method does not apply to this system.
            TooLargeError: it would have more paths than can be tracked.
        """


def stored(points: np.ndarray) -> Points:
    """Start solutions that are kept in an array (N, n).

    >>> stored(np.array([[1.0], [2.0]]))(np.array([1]))
    array([[2.+0.j]])
    """
    array = np.asarray(points, np.complex128)
    return lambda numbers: array[numbers]


def require_trackable(n_paths: int, what: str, remedy: str) -> None:
    """Refuse starts with too many paths.

    Raises:
        TooLargeError: naming the number.
    """
    if n_paths > MOST_PATHS:
        size = f"{n_paths:,}" if n_paths < 10**15 else f"about 10^{len(str(n_paths)) - 1}"
        raise TooLargeError(f"{what} has {size} paths, too many to track; {remedy}.")


def random_unit(rng: np.random.Generator) -> complex:
    """A random complex number of absolute value 1."""
    return complex(np.exp(2j * np.pi * rng.uniform()))
