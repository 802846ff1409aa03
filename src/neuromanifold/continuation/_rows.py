"""Sequences whose members are made from arrays when they are asked for."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class AbstractRows(Sequence[T], Generic[T]):
    """An immutable sequence kept as arrays: member k is made from row k of each of them.

    It equals any sequence with equal members; a slice is a tuple.
    """

    @abc.abstractmethod
    def __len__(self) -> int:
        """How many members there are."""

    @abc.abstractmethod
    def _row(self, k: int) -> T:
        """Member k, for 0 ≤ k < len(self)."""

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(map(self._row, range(len(self))[index]))
        return self._row(range(len(self))[index])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (AbstractRows, tuple, list)) or len(self) != len(other):
            return False
        return all(mine == its for mine, its in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
