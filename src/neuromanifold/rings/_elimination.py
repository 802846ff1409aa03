"""Gaussian elimination over a prime field whose work is floating-point matrix products.

A residue is a double x ≡ a (mod p) with |x| ≤ p/2 + 8. Sums of k products must stay below
2⁵³ − 2p: then they are exact, and so is their reduction x − p·round(x/p).

* p < 2²³: this holds for k ≤ 352.
* p < 2³¹: a factor is split as a = h·R + l with R ≈ 2^15.5, so that a·b = h·(R·b mod p) + l·b, one
  matrix product with twice the inner dimension. With |h|, |l| ≤ R/2 + 1 it holds for k ≤ 176.
"""

from __future__ import annotations

import numpy as np

SMALL = 2**23
_EXACT_TERMS_SMALL = 352
_EXACT_TERMS = 176
_RADIX = 46341.0
_NARROW = 16
# One tile of a product, its operands and its quotients stay in the cache.
_TILE_ROWS = 512
_TILE_COLUMNS = 512


def rank_overwriting(matrix: np.ndarray, prime: int) -> int:
    """The rank of a matrix of residues in [0, p), for an odd prime p < 2³¹.

    The columns are eliminated in blocks. The int64 matrix is overwritten, with doubles in the same
    memory. A prime below 2²³ takes half as long.
    """
    a = matrix.view(np.float64)
    for start in range(0, len(a), _TILE_ROWS):
        rows = matrix[start : start + _TILE_ROWS]
        a[start : start + _TILE_ROWS] = rows - prime * (rows > prime // 2)
    top, columns = 0, a.shape[1]
    width = _EXACT_TERMS_SMALL if prime < SMALL else _EXACT_TERMS
    for left in range(0, columns, width):
        right = min(columns, left + width)
        pivots = _eliminate(a[top:, left:right], a[top:], prime)
        if pivots:
            lower = a[top:, left : left + pivots]
            _clear(lower, a[top:, right:], prime)
        top += pivots
        if top == len(a):
            break
    return top


def _eliminate(panel: np.ndarray, rows: np.ndarray, prime: int) -> int:
    """Decompose a panel and return its number r of pivots.

    The first r columns of the panel then hold a unit lower trapezoidal L below the diagonal, in
    the order of `rows`, the whole rows of which the panel is a part and which are swapped.
    """
    width = panel.shape[1]
    if width <= _NARROW:
        return _eliminate_narrow(panel, rows, prime)
    half = width // 2
    first = _eliminate(panel[:, :half], rows, prime)
    if first:
        _clear(panel[:, :first], panel[:, half:], prime)
    if first == len(panel):
        return first
    second = _eliminate(panel[first:, half:], rows[first:], prime)
    if first < half:
        panel[first:, first : first + second] = panel[first:, half : half + second].copy()
    return first + second


def _eliminate_narrow(panel: np.ndarray, rows: np.ndarray, prime: int) -> int:
    rank = 0
    for column in range(panel.shape[1]):
        if rank == len(panel):
            break
        if not panel[rank, column]:
            candidates = np.flatnonzero(panel[rank:, column])
            if not len(candidates):
                continue
            row = rank + int(candidates[0])
            rows[[rank, row]] = rows[[row, rank]]
        inverse = pow(int(panel[rank, column]), -1, prime)
        below = panel[rank + 1 :, column].astype(np.int64) * inverse % prime
        multipliers = (below - prime * (below > prime // 2)).astype(np.float64)[:, None]
        _subtract_product(
            panel[rank + 1 :, column + 1 :],
            multipliers,
            panel[rank : rank + 1, column + 1 :],
            prime,
        )
        panel[rank + 1 :, rank] = multipliers[:, 0]
        rank += 1
    return rank


def _clear(lower: np.ndarray, rest: np.ndarray, prime: int) -> None:
    """Subtract from `rest` the multiples of its upper rows that L prescribes."""
    pivots = lower.shape[1]
    upper = rest[:pivots]
    _solve_unit_lower(lower[:pivots], upper, prime)
    _subtract_product(rest[pivots:], lower[pivots:], upper, prime)


def _solve_unit_lower(lower: np.ndarray, b: np.ndarray, prime: int) -> None:
    """b ← L⁻¹b for the unit lower triangular part L of `lower`."""
    size = len(lower)
    if size <= _NARROW:
        for i in range(1, size):
            _subtract_product(b[i : i + 1], lower[i : i + 1, :i], b[:i], prime)
        return
    half = size // 2
    _solve_unit_lower(lower[:half, :half], b[:half], prime)
    _subtract_product(b[half:], lower[half:, :half], b[:half], prime)
    _solve_unit_lower(lower[half:, half:], b[half:], prime)


def _subtract_product(c: np.ndarray, a: np.ndarray, b: np.ndarray, prime: int) -> None:
    """c ← c − a·b modulo p, for an inner dimension whose sums are exact."""
    if not c.size:
        return
    left, right = a, b
    if prime >= SMALL:
        high = np.rint(a / _RADIX)
        left = np.concatenate([high, a - _RADIX * high], axis=1)
        right = np.concatenate([_reduced(_RADIX * b, prime), b])
    for i in range(0, c.shape[0], _TILE_ROWS):
        rows = left[i : i + _TILE_ROWS]
        for j in range(0, c.shape[1], _TILE_COLUMNS):
            tile = c[i : i + _TILE_ROWS, j : j + _TILE_COLUMNS]
            product = rows @ right[:, j : j + _TILE_COLUMNS]
            np.subtract(tile, product, out=product)
            tile[...] = _reduced(product, prime)


def _reduced(x: np.ndarray, prime: int) -> np.ndarray:
    """x ← x − p·round(x/p)."""
    quotients = x * (1.0 / prime)
    np.rint(quotients, out=quotients)
    quotients *= prime
    x -= quotients
    return x
