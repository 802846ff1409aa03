"""Finite groups that act on the solutions of a system."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.errors import InvalidInputError

_LARGEST = 5000
_TOLERANCE = 1e-8
_FARTHEST = 1e8

Action = Callable[[NDArray[np.complex128]], NDArray[np.complex128]]


class GroupAction:
    """A finite group of maps x ↦ g(x), given by generators.

    A generator is a matrix (x ↦ A·x), a permutation of the coordinates as a list (x ↦ (x_π(1), …),
    counted from 0), or a function from a point to a point. Elements are told apart by where they
    move one random point.

    Args:
        generators: at least one.
        n_variables: the number of coordinates.

    Raises:
        InvalidInputError: a generator has the wrong shape, is no permutation, or the group has
            more than 5000 elements.

    >>> swap, cycle = [1, 0, 2], [1, 2, 0]
    >>> group = GroupAction([swap, cycle], 3)
    >>> len(group), group.orbits(np.array([[1.0, 2, 3]])).shape
    (6, (1, 6, 3))
    """

    def __init__(self, generators: Iterable[Any], n_variables: int) -> None:
        self._generators = [_as_action(g, n_variables) for g in _listed(generators)]
        self._words: list[tuple[int, int]] = []  # element k + 1 = generator ∘ (earlier element)
        self._enumerate(n_variables)

    def __len__(self) -> int:
        return len(self._words) + 1

    def orbits(self, points: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """The images of points (B, n) under all elements: (B, G, n), the points themselves first."""
        moved = [np.asarray(points, np.complex128)]
        for generator, parent in self._words:
            moved.append(self._generators[generator](moved[parent]))
        return np.stack(moved, axis=1)

    def _enumerate(self, n: int) -> None:
        rng = np.random.default_rng(0)
        point = (rng.standard_normal((1, n)) + 1j * rng.standard_normal((1, n))) / np.sqrt(2)
        seen = PointSet(n, n, _TOLERANCE)
        seen.add(point, point)
        k = 0
        while k < len(seen):
            for g, action in enumerate(self._generators):
                moved = action(seen.points[k : k + 1])
                if not np.abs(moved).max() < _FARTHEST:
                    raise InvalidInputError(
                        f"Generator {g + 1} of the group moves a random point to infinity; check that "
                        "it has finite order."
                    )
                if seen.add(moved, moved):
                    self._words.append((g, k))
            if len(seen) > _LARGEST:
                raise InvalidInputError(
                    f"The group has more than {_LARGEST} elements; check that its generators have "
                    "finite order."
                )
            k += 1


def _listed(generators: Iterable[Any]) -> list[Any]:
    if callable(generators):
        return [generators]
    listed = list(generators)
    if not listed:
        raise InvalidInputError("The group has no generators; leave it out or give at least one.")
    return listed


def _as_action(generator: Any, n: int) -> Action:
    if callable(generator):
        return _pointwise(generator, n)
    try:
        array = np.asarray(generator)
        is_number = np.issubdtype(array.dtype, np.number)
    except ValueError:
        array, is_number = np.zeros(0), False
    if is_number and array.shape == (n, n):
        matrix = array.astype(np.complex128)
        return lambda points: points @ matrix.T
    if np.issubdtype(array.dtype, np.integer) and sorted(array.ravel().tolist()) == list(range(n)):
        permutation = [int(k) for k in array.ravel()]
        return lambda points: points[:, permutation]
    raise InvalidInputError(
        f"A generator of the group is no function, no {n}×{n} matrix and no permutation of "
        f"0, …, {n - 1}; give one of these."
    )


def _pointwise(function: Callable[[np.ndarray], Any], n: int) -> Action:
    def act(points: NDArray[np.complex128]) -> NDArray[np.complex128]:
        moved = [np.asarray(function(point), np.complex128) for point in points]
        if any(point.shape != (n,) for point in moved):
            raise InvalidInputError(
                f"A generator of the group maps a point to shape {moved[0].shape}; it needs ({n},)."
            )
        return np.array(moved).reshape(len(points), n)

    return act
