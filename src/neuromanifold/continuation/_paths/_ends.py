"""Where paths end, and which of these ends are to be doubted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation._paths._clusters import cluster, max_norms
from neuromanifold.continuation._paths._track import PathBatch, PathStatus, with_status
from neuromanifold.continuation._paths._valuations import Valuations, outside

FAILED = (
    PathStatus.INVALID_START,
    PathStatus.STEP_TOO_SMALL,
    PathStatus.MAX_STEPS,
    PathStatus.ACCURACY_LIMIT,
)
_FEW_FAR, _MOST_FAR = 24, 64
_SINGULAR_RADIUS = 1e-7
_COARSEST = 1e-3
_ROUNDING = 1e-13  # error of a regular end, relative to its condition number


@dataclass
class Tracked:
    """Where some paths end; arrays as in `PathBatch` and in `Valuations`.

    `t` (B,) is where on the last segment they stopped, 0 at its end.
    """

    points: np.ndarray
    status: np.ndarray
    accuracy: np.ndarray
    condition: np.ndarray
    numerators: np.ndarray
    denominators: np.ndarray
    t: np.ndarray
    is_interrupted: bool = False

    @staticmethod
    def at_start(points: np.ndarray) -> Tracked:
        """Paths that have not left yet."""
        count = len(points)
        return Tracked(
            points,
            np.full(count, PathStatus.SUCCESS.code, np.int8),
            np.zeros(count),
            np.zeros(count),
            np.zeros(points.shape, np.int32),
            np.zeros(count, np.int32),
            np.zeros(count),
        )

    def enter(self, rows: np.ndarray, batch: PathBatch, arrived: np.ndarray) -> None:
        """Overwrite `rows` where the paths of a batch have arrived."""
        rows = rows[arrived]
        self.points[rows] = batch.solutions[arrived]
        self.status[rows] = batch.status[arrived]
        self.accuracy[rows] = batch.accuracy[arrived]
        self.condition[rows] = batch.condition[arrived]

    def at(self, rows: np.ndarray) -> Tracked:
        """Some of the paths, by a mask or by positions."""
        return Tracked(
            self.points[rows],
            self.status[rows],
            self.accuracy[rows],
            self.condition[rows],
            self.numerators[rows],
            self.denominators[rows],
            self.t[rows],
            self.is_interrupted,
        )

    def moved(self, rows: np.ndarray, places: np.ndarray) -> Tracked:
        """Images of some of the paths: the coordinates of row k are those at places[k] of its path."""
        images = self.at(rows)
        places = places.astype(np.int64)
        images.points = np.take_along_axis(images.points, places, axis=1)
        images.numerators = np.take_along_axis(images.numerators, places, axis=1)
        return images


@dataclass(frozen=True, eq=False)
class FarPoints:
    """Where paths that are said to run to infinity stopped: of those that are the most doubtful.

    Attributes:
        numbers: (K,), of the paths; those without known exponents come first, and of these the one with
            the smallest w in |x| = t^{−w}.
        points: (K, n).
        t: (K,), where on the last segment.
        is_known: (K,), whether the exponents are.
    """

    numbers: np.ndarray
    points: np.ndarray
    t: np.ndarray
    is_known: np.ndarray

    def replaced(self, numbers: np.ndarray, tracked: Tracked) -> FarPoints:
        """With what is known now of some paths."""
        far = np.flatnonzero((tracked.status == PathStatus.DIVERGED.code) & (tracked.t > 0))
        keep = outside(self.numbers, numbers)
        joined = FarPoints(
            np.concatenate([self.numbers[keep], numbers[far]]),
            np.concatenate([self.points[keep], tracked.points[far]]),
            np.concatenate([self.t[keep], tracked.t[far]]),
            np.concatenate([self.is_known[keep], tracked.denominators[far] > 0]),
        )
        n_open = int(np.sum(~joined.is_known))
        return joined.in_order(min(max(n_open, _FEW_FAR), _MOST_FAR))

    def __iter__(self) -> Iterator[tuple[int, np.ndarray, float]]:
        return zip(self.numbers.tolist(), self.points, self.t.tolist(), strict=True)

    def in_order(self, most: int) -> FarPoints:
        """The most doubtful ones, at most so many."""
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = np.log(max_norms(self.points)) / -np.log(self.t)
        return self.at(np.lexsort((growth, self.is_known))[:most])

    def at(self, rows: np.ndarray) -> FarPoints:
        """Some of them."""
        return FarPoints(self.numbers[rows], self.points[rows], self.t[rows], self.is_known[rows])


class Ends:
    """Where all paths of a homotopy end.

    Attributes:
        status: (N,), codes of `PathStatus`.
        attempts: (N,), how often each path was tracked.
        numbers: (K,), paths with an end in finite space, ascending.
        points: (K, n), these ends.
        accuracy: (K,), estimated relative errors.
        condition: (K,), condition numbers of the Jacobian there.
        far: where those paths to infinity stopped that grew least.
        valuations: of paths to infinity, as far as they are known, and to zero coordinates.
    """

    def __init__(self, n_paths: int, n_variables: int) -> None:
        self.status = np.full(n_paths, PathStatus.INTERRUPTED.code, np.int8)
        self.attempts = np.zeros(n_paths, np.int8)
        self.numbers = np.zeros(0, np.int64)
        self.points = np.zeros((0, n_variables), np.complex128)
        self.accuracy = np.zeros(0)
        self.condition = np.zeros(0)
        self.far = FarPoints(self.numbers, self.points, np.zeros(0), np.zeros(0, np.bool_))
        self.valuations = Valuations.none(n_variables)
        self.is_interrupted = False
        self._coincident: dict[int, np.ndarray] = {}

    @property
    def is_regular(self) -> np.ndarray:
        """Which of the K ends are regular solutions."""
        return self.status[self.numbers] == PathStatus.SUCCESS.code

    def record(self, numbers: np.ndarray, tracked: Tracked) -> None:
        """Enter (new) ends for some paths."""
        self._coincident.clear()
        self.status[numbers] = tracked.status
        self.far = self.far.replaced(numbers, tracked)
        known = tracked.denominators > 0
        self.valuations = self.valuations.without(numbers).joined(
            numbers[known], tracked.numerators[known], tracked.denominators[known]
        )
        finite = with_status(tracked.status, [PathStatus.SUCCESS, PathStatus.SINGULAR])
        finite &= np.isfinite(tracked.points).all(axis=1)
        if not len(self.numbers):
            rows = np.flatnonzero(finite)
            rows = rows[np.argsort(numbers[rows], kind="stable")]
            self.numbers = numbers[rows]
            for name in ("points", "accuracy", "condition"):
                setattr(self, name, getattr(tracked, name)[rows])
            return
        keep = outside(self.numbers, numbers)
        joined = np.concatenate([self.numbers[keep], numbers[finite]])
        order = np.argsort(joined, kind="stable")
        self.numbers = joined[order]
        for name in ("points", "accuracy", "condition"):
            old, new = getattr(self, name)[keep], getattr(tracked, name)[finite]
            setattr(self, name, np.concatenate([old, new])[order])

    def within(self, first: int, last: int) -> Ends:
        """The ends of the paths first, …, last − 1, with numbers that begin at 0."""
        part = Ends(last - first, self.points.shape[1])
        part.status = self.status[first:last].copy()
        part.attempts = self.attempts[first:last].copy()
        low, high = np.searchsorted(self.numbers, [first, last])
        part.numbers = self.numbers[low:high] - first
        for name in ("points", "accuracy", "condition"):
            setattr(part, name, getattr(self, name)[low:high])
        return part

    def call_singular(self, numbers: np.ndarray) -> None:
        """Enter that the ends of some paths are singular."""
        self._coincident.clear()
        self.status[numbers] = PathStatus.SINGULAR.code

    def reject(self, numbers: np.ndarray) -> None:
        """Enter that some paths came to no zero after all."""
        if not len(numbers):
            return
        self._coincident.clear()
        self.status[numbers] = PathStatus.ACCURACY_LIMIT.code
        keep = outside(self.numbers, numbers)
        self.numbers = self.numbers[keep]
        for name in ("points", "accuracy", "condition"):
            setattr(self, name, getattr(self, name)[keep])

    def radii(self) -> np.ndarray:
        """Within which distance two ends are the same point, for each of the K ends."""
        size = max_norms(self.points)
        regular = np.clip(_ROUNDING * self.condition, 1e-12, 1e-6) * np.maximum(size, 1e-3)
        singular = np.clip(10 * self.accuracy, _SINGULAR_RADIUS, _COARSEST) * np.maximum(size, 1.0)
        return np.where(self.is_regular, regular, singular)

    @property
    def has_zeros(self) -> np.ndarray:
        """Which coordinates of the K ends are 0, (K, n)."""
        sizes = np.abs(self.points)
        small = sizes.min(axis=1, initial=np.inf) <= _COARSEST * sizes.max(axis=1, initial=1.0)
        return sizes <= np.where(small, self.radii(), -1.0)[:, None] if small.any() else sizes < 0

    def failed(self) -> np.ndarray:
        """Numbers of the paths that were lost on the way."""
        return np.flatnonzero(with_status(self.status, FAILED))

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
