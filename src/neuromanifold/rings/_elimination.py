"""Gaussian elimination over a prime field whose work is matrix products."""

from __future__ import annotations

import numpy as np

from neuromanifold.rings._ring import AbstractRing

_NARROW = 16


def rank_by_elimination(field: AbstractRing, matrix: np.ndarray) -> int:
    """The rank of a matrix over a field, by an LU decomposition that halves the columns.

    The matrix is overwritten.
    """
    return len(_eliminate(field, matrix, 0, 0, matrix.shape[1]))


def _eliminate(field: AbstractRing, a: np.ndarray, top: int, left: int, right: int) -> list[int]:
    """Decompose the columns left, …, right − 1 of the rows from `top` on, and return the pivots.

    Pivot i lies in row top + i, after swaps of whole rows. Below it stand the multipliers, so that
    the pivot columns hold a unit lower trapezoidal L.
    """
    if right - left <= _NARROW:
        return _eliminate_narrow(field, a, top, left, right)
    middle = (left + right) // 2
    pivots = _eliminate(field, a, top, left, middle)
    if pivots:
        bottom = top + len(pivots)
        lower = a[top:, pivots]
        upper = a[top:bottom, middle:right]
        _solve_unit_lower(field, lower[: len(pivots)], upper)
        rest = a[bottom:, middle:right]
        rest[...] = field.subtract(rest, field.dot(lower[len(pivots) :], upper))
        top = bottom
    if top == len(a):
        return pivots
    return pivots + _eliminate(field, a, top, middle, right)


def _eliminate_narrow(
    field: AbstractRing, a: np.ndarray, top: int, left: int, right: int
) -> list[int]:
    pivots: list[int] = []
    for column in range(left, right):
        candidates = np.flatnonzero(a[top:, column])
        if not len(candidates):
            continue
        row = top + int(candidates[0])
        if row != top:
            a[[top, row]] = a[[row, top]]
        inverse = field.divide(field.array(1), a[top, column])
        multipliers = field.multiply(a[top + 1 :, column], inverse)
        a[top + 1 :, column] = multipliers
        rest = a[top + 1 :, column + 1 : right]
        rest[...] = field.subtract(
            rest, field.multiply(multipliers[:, None], a[top, column + 1 : right])
        )
        pivots.append(column)
        top += 1
    return pivots


def _solve_unit_lower(field: AbstractRing, lower: np.ndarray, b: np.ndarray) -> None:
    """b ← L⁻¹b for the unit lower triangular part L of `lower`."""
    size = len(lower)
    if size <= _NARROW:
        for i in range(1, size):
            b[i] = field.subtract(b[i], field.dot(lower[i : i + 1, :i], b[:i])[0])
        return
    half = size // 2
    _solve_unit_lower(field, lower[:half, :half], b[:half])
    b[half:] = field.subtract(b[half:], field.dot(lower[half:, :half], b[:half]))
    _solve_unit_lower(field, lower[half:, half:], b[half:])
