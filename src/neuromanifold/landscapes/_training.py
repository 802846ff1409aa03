"""Where gradient descent from random starts actually ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold._equality import same_fields


@dataclass(frozen=True, eq=False)
class Training:
    """The ends of `runs` gradient descents.

    Attributes:
        coefficients: the function each run ended at, shape (runs, N).
        losses: its loss, shape (runs,).
        critical_point: index into ``landscape.critical_points`` of the point each run ended at,
            or −1 for "elsewhere": a singular or boundary point of M, infinity, or a run that was
            still moving when its steps ran out; shape (runs,).
        converged: whether the gradient had vanished to tolerance, shape (runs,).
        seed: the seed of the starts.
    """

    coefficients: np.ndarray
    losses: np.ndarray
    critical_point: np.ndarray
    converged: np.ndarray
    seed: int

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.losses)

    @property
    def frequencies(self) -> dict[int, float]:
        """Fraction of runs that ended at each critical point; key −1 is "elsewhere"."""
        ends, counts = np.unique(self.critical_point, return_counts=True)
        return {int(end): float(count) / self.runs for end, count in zip(ends, counts, strict=True)}
