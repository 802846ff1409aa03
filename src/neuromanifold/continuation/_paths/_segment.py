"""Paths that stopped on a segment of the parameter space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.continuation._paths._ends import Tracked
from neuromanifold.continuation._paths._path_parameters import path_parameters
from neuromanifold.continuation._starts._start_system import Begun


@dataclass(frozen=True, eq=False)
class Segment:
    """p(t) = t·start + (1 − t)·target, from t = 1 to t = 0.

    Attributes:
        start: (m,), or (B, m) for B paths.
        target: likewise.
    """

    start: np.ndarray
    target: np.ndarray

    @staticmethod
    def last_of(begun: Begun, numbers: np.ndarray) -> Segment:
        """The last one of some paths of a homotopy."""
        start, target = (
            path_parameters(p, numbers, begun.n_paths)
            for p in (begun.last_stop, begun.target_parameters)
        )
        return Segment(start, target)

    @property
    def is_shared(self) -> bool:
        """It is one for all paths."""
        return self.start.ndim == self.target.ndim == 1

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """p(t) for each of B paths, (B, m)."""
        return t[:, None] * self.start + (1 - t[:, None]) * self.target

    def of(self, rows: np.ndarray) -> Segment:
        """Where only some of the paths are meant, by a mask or by positions."""
        return Segment(*(p if p.ndim == 1 else p[rows] for p in (self.start, self.target)))


@dataclass(frozen=True, eq=False)
class StoppedPaths:
    """Paths that stopped on a segment before its end.

    Attributes:
        tracked: what is known of these and other paths; tests enter there what they find.
        rows: (B,), the paths in question.
        segment: where they stopped.
    """

    tracked: Tracked
    rows: np.ndarray
    segment: Segment

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def points(self) -> np.ndarray:
        """(B, n)."""
        return self.tracked.points[self.rows]

    @property
    def t(self) -> np.ndarray:
        """(B,)."""
        return self.tracked.t[self.rows]

    @property
    def parameters(self) -> np.ndarray:
        """p(t), (B, m)."""
        return self.segment(self.t)

    def of(self, rows: np.ndarray) -> StoppedPaths:
        """Some of them, by a mask or by positions."""
        return StoppedPaths(self.tracked, self.rows[rows], self.segment.of(rows))
