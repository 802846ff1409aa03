"""Which enclosed vectors are proved to be different."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._certificates._certificate import Certificate, Certificates
from neuromanifold.continuation._rows import AbstractRows

_ROUNDING = 2.0**-50
_PAIRS_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class Enclosure:
    """Balls midpoint ± radius (for real and imaginary part alike) that contain exact values."""

    midpoints: NDArray[np.complex128]
    radii: NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Enclosures(AbstractRows[Enclosure]):
    """Enclosures of equally many values, as arrays.

    Attributes:
        midpoints: (B, m).
        radii: (B, m).
    """

    midpoints: NDArray[np.complex128]
    radii: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.midpoints)

    def _row(self, k: int) -> Enclosure:
        return Enclosure(self.midpoints[k], self.radii[k])

    @property
    def excludes_zero(self) -> NDArray[np.bool_]:
        """(B,), where no enclosed value is 0."""
        z = self.midpoints
        return np.all(np.maximum(np.abs(z.real), np.abs(z.imag)) > self.radii, axis=1)


def distinct(enclosures: Sequence[Enclosure]) -> np.ndarray:
    """Which enclosed values are proved different from all the others: boolean, one per enclosure."""
    proved = np.ones(len(enclosures), dtype=bool)
    for i, j in _overlaps(
        [enclosure.midpoints for enclosure in enclosures],
        [enclosure.radii for enclosure in enclosures],
    ):
        proved[i] = proved[j] = False
    return proved


def count_distinct(certificates: Sequence[Certificate]) -> int:
    """How many different zeros the certified boxes hold at least.

    Boxes that do not meet hold different zeros; boxes joined by a chain of boxes that meet are
    counted once.
    """
    boxes = Certificates.of(certificates)
    center, radii = boxes.center[boxes.is_certified], boxes.reach[boxes.is_certified]
    group = np.arange(len(center))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = int(group[i])
        return i

    for left, right in _overlaps(center, radii):
        for i, j in zip(left.tolist(), right.tolist(), strict=True):
            group[root(i)] = root(j)
    return int(np.sum(group == np.arange(len(center))))


def _overlaps(
    midpoints: Sequence[np.ndarray] | np.ndarray,
    radii: Sequence[np.ndarray] | np.ndarray,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Arrays (i, j) of all pairs i ≠ j of boxes that may have a common point.

    The boxes are sorted by their shadows on a random line, and only those whose shadows meet are
    compared coordinate by coordinate.
    """
    if len(midpoints) < 2:
        return
    z = np.asarray(midpoints, np.complex128)
    r = np.asarray(radii, np.float64)
    low, high = _shadows(z, r)
    order = np.argsort(low, kind="stable")
    low, high = low[order], high[order]
    # Box k of the order meets at most those after it whose shadows begin before its own ends.
    end = np.searchsorted(low, high, side="right")
    first = np.arange(len(order)) + 1
    counts = np.maximum(end - first, 0)
    total = np.concatenate([[0], np.cumsum(counts)])
    for start in range(0, int(total[-1]), _PAIRS_AT_ONCE):
        number = np.arange(start, min(start + _PAIRS_AT_ONCE, int(total[-1])))
        k = np.searchsorted(total, number, side="right") - 1
        i, j = order[k], order[first[k] + number - total[k]]
        meets = ~_apart(z[i], r[i], z[j], r[j])
        yield i[meets], j[meets]


def _shadows(z: NDArray[np.complex128], r: NDArray[np.float64]) -> tuple[np.ndarray, np.ndarray]:
    """An interval for each box that contains w·x for all its points x, with w a random vector."""
    rng = np.random.default_rng(0)
    scale = np.abs(z).max(axis=0)
    w = rng.uniform(0.5, 1.0, (2, z.shape[1])) / np.where(scale > 0, scale, 1.0)
    middle = z.real @ w[0] + z.imag @ w[1]
    reach = r @ (w[0] + w[1])
    # An a priori bound for the roundings of a sum of 2n products.
    error = (4 * z.shape[1] + 16) * 2.0**-52 * (np.abs(z.real) @ w[0] + np.abs(z.imag) @ w[1])
    reach = (reach + error) * (1 + (4 * z.shape[1] + 16) * 2.0**-52) + 1e-300
    low, high = middle - reach, middle + reach
    unknown = ~(np.isfinite(low) & np.isfinite(high))
    return np.where(unknown, -np.inf, low), np.where(unknown, np.inf, high)


def _apart(
    za: NDArray[np.complex128],
    ra: NDArray[np.float64],
    zb: NDArray[np.complex128],
    rb: NDArray[np.float64],
) -> np.ndarray:
    """Pairs of boxes with a coordinate whose real or imaginary parts do not meet."""
    reach = (ra + rb) * (1 + _ROUNDING)
    gap = np.maximum(np.abs(za.real - zb.real), np.abs(za.imag - zb.imag)) * (1 - _ROUNDING)
    return np.asarray(np.any(gap > reach, axis=1))
