"""Points of parameter space up to permutations of hidden units."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from neuromanifold.geometry._symmetries._finite import IndexPermutations


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Brings θ into a normal form under permutations of indices.

    The values of an index are sorted by a random polynomial of the entries they belong to, which does not
    depend on the order of any other index.

    Attributes:
        indices: The permutations.
    """

    indices: tuple[IndexPermutations, ...]

    @cached_property
    def order(self) -> int:
        """The number of permutations."""
        return int(np.prod([_factorial(index.n_values) for index in self.indices], dtype=object))

    def normal_form(self, theta: np.ndarray) -> np.ndarray:
        """θ of shape (B, P), each in the order of its keys."""
        theta = np.array(theta, np.complex128)
        if not np.isfinite(theta).all():
            return theta
        for index in self.indices:
            order = np.argsort(np.real(self._keys(index, theta)), axis=1)
            theta = _reordered(index, theta, order)
        return theta

    def orbit(self, theta: np.ndarray) -> np.ndarray:
        """All permuted θ, for one θ (P,): shape (order, P)."""
        points = theta[None, :]
        for index in self.indices:
            moves = [index.moved(order) for order in itertools.permutations(range(index.n_values))]
            points = np.concatenate([points[:, move] for move in moves])
        return points

    def _keys(self, index: IndexPermutations, theta: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng(index.n_values)
        total = np.zeros((len(theta), index.n_values), np.complex128)
        for array, axis in index.axes:
            where = index.layout.positions[array]
            permuted = {a for i in self.indices for (leaf, a) in i.axes if leaf == array}
            shape = [1 if a in permuted else n for a, n in enumerate(where.shape)]
            values = theta[:, where]
            key = np.zeros_like(values)
            for power in (1, 2, 3):
                key += np.exp(2j * np.pi * rng.uniform(size=shape)) * values**power
            others = tuple(a + 1 for a in range(where.ndim) if a != axis)
            total += key.sum(axis=others)
        return total


def _reordered(index: IndexPermutations, theta: np.ndarray, order: np.ndarray) -> np.ndarray:
    result = theta.copy()
    for array, where in enumerate(index.layout.positions):
        axes = [axis for leaf, axis in index.axes if leaf == array]
        if not axes:
            continue
        values = theta[:, where]
        for axis in axes:
            shape = [len(theta), *[1] * where.ndim]
            shape[axis + 1] = index.n_values
            values = np.take_along_axis(values, order.reshape(shape), axis + 1)
        result[:, where.ravel()] = values.reshape(len(theta), where.size)
    return result


class Partition:
    """Items 0, …, n − 1 in classes that are joined one by one."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def find(self, item: int) -> int:
        """The representative of the item's class."""
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, a: int, b: int) -> bool:
        """Put both into one class; returns whether they were in two."""
        a, b = self.find(a), self.find(b)
        self._parent[max(a, b)] = min(a, b)
        return a != b

    def extend(self, n: int) -> None:
        """Add items until there are n."""
        self._parent.extend(range(len(self._parent), n))

    @property
    def labels(self) -> np.ndarray:
        """The class of each item, numbered in order of appearance."""
        roots = [self.find(item) for item in range(len(self._parent))]
        numbers: dict[int, int] = {}
        return np.array([numbers.setdefault(root, len(numbers)) for root in roots], int)


def held_classes(held: np.ndarray, generators: Sequence[np.ndarray]) -> np.ndarray:
    """Classes of held positions that permutations of θ carry into each other."""
    number = {int(q): k for k, q in enumerate(held)}
    partition = Partition(len(held))
    for generator in generators:
        for q, k in number.items():
            moved = number.get(int(generator[q]))
            if moved is not None:
                partition.join(k, moved)
    return partition.labels


def _factorial(n: int) -> int:
    return n * _factorial(n - 1) if n > 1 else 1
