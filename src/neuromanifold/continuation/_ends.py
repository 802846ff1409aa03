"""Where paths end, and which of these ends are to be doubted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation._clusters import cluster
from neuromanifold.continuation._track import PathBatch, PathStatus

FAILED = (
    PathStatus.INVALID_START,
    PathStatus.STEP_TOO_SMALL,
    PathStatus.MAX_STEPS,
    PathStatus.ACCURACY_LIMIT,
)
_SINGULAR_RADIUS = 1e-7
_COARSEST = 1e-3
_ROUNDING = 1e-13  # error of a regular end, relative to its condition number


@dataclass
class Tracked:
    """Where some paths end; arrays as in `PathBatch`."""

    points: np.ndarray
    status: np.ndarray
    accuracy: np.ndarray
    condition: np.ndarray
    is_interrupted: bool = False

    def enter(self, rows: np.ndarray, batch: PathBatch, arrived: np.ndarray) -> None:
        """Overwrite `rows` where the paths of a batch have arrived."""
        rows = rows[arrived]
        self.points[rows] = batch.solutions[arrived]
        self.status[rows] = batch.status[arrived]
        self.accuracy[rows] = batch.accuracy[arrived]
        self.condition[rows] = batch.condition[arrived]

    def at(self, mask: np.ndarray) -> Tracked:
        """Some of the paths."""
        return Tracked(
            self.points[mask],
            self.status[mask],
            self.accuracy[mask],
            self.condition[mask],
            self.is_interrupted,
        )


class Ends:
    """Where all paths of a homotopy end; only ends in finite space keep their coordinates.

    Attributes:
        status: (N,), codes of `PathStatus`.
        attempts: (N,), how often each path was tracked.
        numbers: (K,), paths with an end in finite space, ascending.
        points: (K, n), these ends.
        accuracy: (K,), estimated relative errors.
        condition: (K,), condition numbers of the Jacobian there.
    """

    def __init__(self, n_paths: int, n_variables: int) -> None:
        self.status = np.full(n_paths, PathStatus.INTERRUPTED.code, np.int8)
        self.attempts = np.zeros(n_paths, np.int8)
        self.numbers = np.zeros(0, np.int64)
        self.points = np.zeros((0, n_variables), np.complex128)
        self.accuracy = np.zeros(0)
        self.condition = np.zeros(0)
        self.is_interrupted = False
        self._coincident: dict[int, np.ndarray] = {}

    @property
    def is_regular(self) -> np.ndarray:
        """Which of the K ends are regular solutions."""
        return self.status[self.numbers] == PathStatus.SUCCESS.code

    def record(self, numbers: np.ndarray, tracked: Tracked) -> None:
        """Enter (new) ends for some paths."""
        self._coincident.clear()
        self.attempts[numbers] += 1
        self.status[numbers] = tracked.status
        finite = np.isin(tracked.status, [PathStatus.SUCCESS.code, PathStatus.SINGULAR.code])
        finite &= np.isfinite(tracked.points).all(axis=1)
        if not len(self.numbers):
            order = np.argsort(numbers[finite], kind="stable")
            self.numbers = numbers[finite][order]
            for name in ("points", "accuracy", "condition"):
                setattr(self, name, getattr(tracked, name)[finite][order])
            return
        keep = ~np.isin(self.numbers, numbers)
        joined = np.concatenate([self.numbers[keep], numbers[finite]])
        order = np.argsort(joined, kind="stable")
        self.numbers = joined[order]
        for name in ("points", "accuracy", "condition"):
            old, new = getattr(self, name)[keep], getattr(tracked, name)[finite]
            setattr(self, name, np.concatenate([old, new])[order])

    def call_singular(self, numbers: np.ndarray) -> None:
        """Enter that the ends of some paths are singular."""
        self._coincident.clear()
        self.status[numbers] = PathStatus.SINGULAR.code

    def reject(self, numbers: np.ndarray) -> None:
        """Enter that some paths came to no zero after all."""
        self._coincident.clear()
        self.status[numbers] = PathStatus.ACCURACY_LIMIT.code
        keep = ~np.isin(self.numbers, numbers)
        self.numbers = self.numbers[keep]
        for name in ("points", "accuracy", "condition"):
            setattr(self, name, getattr(self, name)[keep])

    def radii(self) -> np.ndarray:
        """Within which distance two ends are the same point, for each of the K ends."""
        size = np.max(np.abs(self.points), axis=1, initial=0.0)
        regular = np.clip(_ROUNDING * self.condition, 1e-12, 1e-6) * np.maximum(size, 1e-3)
        singular = np.clip(10 * self.accuracy, _SINGULAR_RADIUS, _COARSEST) * np.maximum(size, 1.0)
        return np.where(self.is_regular, regular, singular)

    def failed(self) -> np.ndarray:
        """Numbers of the paths that were lost on the way."""
        return np.flatnonzero(np.isin(self.status, [status.code for status in FAILED]))

    def singular(self) -> np.ndarray:
        """Numbers of the paths said to end in a singular point."""
        return np.flatnonzero(self.status == PathStatus.SINGULAR.code)

    def coincident(self, n_problems: int = 1) -> np.ndarray:
        """Numbers of the regular ends that another path of the same problem has too.

        That is impossible for generic homotopies.
        """
        if n_problems not in self._coincident:
            regular = np.flatnonzero(self.is_regular)
            shared = regular[self._company(regular, n_problems) > 1]
            self._coincident[n_problems] = self.numbers[shared]
        return self._coincident[n_problems]

    def clusters(self, positions: np.ndarray) -> np.ndarray:
        """Labels 0, 1, … of the ends at `positions`, equal where they are one point."""
        if self.is_regular[positions].all() and not len(self.coincident()):
            return np.arange(len(positions))
        return cluster(self.points[positions], self.radii()[positions])

    def _company(self, positions: np.ndarray, n_problems: int) -> np.ndarray:
        """How many of the ends at `positions` each of them is together with, itself included."""
        points, radii = self.points[positions], self.radii()[positions]
        if n_problems > 1 and len(positions):
            problem = self.numbers[positions] * n_problems // len(self.status)
            points = np.column_stack([points, problem * (4 * radii.max() + 1.0)])
        labels = cluster(points, radii)
        return np.bincount(labels, minlength=1)[labels]
