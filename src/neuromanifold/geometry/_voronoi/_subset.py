"""What a Voronoi diagram needs to know of a closed subset S of ℝⁿ."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum

import numpy as np

from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rationals import Vector


class PointKind(Enum):
    """What a subset looks like around one of its points."""

    SMOOTH = "smooth point"
    BOUNDARY = "boundary point"
    SINGULAR = "singular point"


@dataclass(frozen=True)
class Site:
    """A point p of S.

    Attributes:
        exact: p as rational numbers.
        is_exact: p lies on S exactly; otherwise it is a point of S up to rounding.
    """

    exact: Vector
    is_exact: bool


@dataclass(frozen=True, eq=False)
class LocalShape:
    """S around p, and the cone of v = u − p for which p is the nearest point among those close to p.

    Attributes:
        kind: smooth, boundary or singular.
        dimension: of that cone, which is the dimension of the cell of p; None if not known.
        normals: a basis of a linear space that contains the cone.
        is_proved: all of this was decided exactly.
    """

    kind: PointKind
    dimension: int | None
    normals: tuple[Vector, ...]
    is_proved: bool = True


@dataclass(frozen=True, eq=False)
class Decision:
    """Whether no point of S is closer to u than p.

    Attributes:
        is_inside: the answer.
        kind: "exact", "certified" or "numerical".
        competitor: the nearest point of S to u other than p, as far as known; shape (n,).
    """

    is_inside: bool
    kind: str
    competitor: np.ndarray | None


@dataclass(frozen=True, eq=False)
class IntervalEnd:
    """Where the ray p + s·ν, s > 0 or s < 0, leaves the cell.

    Attributes:
        s: the parameter; infinite if it never does.
        radius: |s − true value| is at most this; 0 if s is infinite.
        competitor: the point of S that is as close there, p itself at a centre of curvature; None
            if s is infinite.
        kind: "exact", "certified" or "numerical".
    """

    s: float
    radius: float
    competitor: np.ndarray | None
    kind: str


class AbstractSubset(ABC):
    """A closed semialgebraic subset S of ℝⁿ."""

    @property
    @abstractmethod
    def coordinates(self) -> tuple[str, ...]:
        """Names of the n coordinates."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """dim S."""

    @abstractmethod
    def site(self, point: object) -> Site:
        """Read a point of S.

        Raises:
            InvalidInputError: it is no point of S.
        """

    @abstractmethod
    def local_shape(self, site: Site, metric: Metric) -> LocalShape:
        """S around one of its points."""

    @abstractmethod
    def nearest(self, targets: np.ndarray, metric: Metric, seed: int) -> np.ndarray:
        """A nearest point of S for each target, (B, n) → (B, n), from all critical points."""

    @abstractmethod
    def decide(self, site: Site, target: Vector, metric: Metric, seed: int) -> Decision:
        """Whether no point of S is closer to the target than the site."""

    @abstractmethod
    def interval_end(
        self, site: Site, normal: Vector, metric: Metric, seed: int
    ) -> tuple[IntervalEnd, IntervalEnd]:
        """Where the line p + s·ν leaves the cell, for s ≤ 0 and for s ≥ 0."""

    @abstractmethod
    def envelope(
        self, site: Site, metric: Metric, count: int, p: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Random points over F_p of the hypersurface of targets at which S touches a bisector.

        These u have a q in S, other than the site, with ‖u − q‖² = ‖u − site‖² and u − q orthogonal
        to S at q. Shape (at most count, n); no points if there are none.
        """

    @abstractmethod
    def tangents(self, site: Site) -> list[Vector]:
        """Directions of the branches of a curve at one of its points; none for other sets."""

    @abstractmethod
    def special_sites(self) -> tuple[Site, ...]:
        """Singular and boundary points of S, as far as they are isolated."""

    @abstractmethod
    def polylines(self, center: np.ndarray, radius: float) -> list[np.ndarray]:
        """S in a square of the plane, as lines (K, 2) to be drawn; n = 2."""

    def __len__(self) -> int:
        return len(self.coordinates)
