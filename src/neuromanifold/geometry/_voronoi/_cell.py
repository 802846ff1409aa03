"""What `voronoi` returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._voronoi._boundary_piece import BoundaryPiece
from neuromanifold.geometry._voronoi._membership import Membership
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._probability import NearestProbability, nearest_probability
from neuromanifold.geometry._voronoi._rationals import (
    Vector,
    difference,
    floats,
    null_space,
    read_vector,
    shown,
    to_float,
)
from neuromanifold.geometry._voronoi._rays import RayExits, ray_exits
from neuromanifold.geometry._voronoi._subset import AbstractSubset, IntervalEnd, PointKind, Site
from neuromanifold.geometry._voronoi._targets import AbstractTargets

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import sympy
    from matplotlib.figure import Figure

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class VoronoiCell:
    """The Voronoi cell {u ∈ ℝⁿ : ‖u − p‖ ≤ ‖u − q‖ for all q ∈ S} of p ∈ S, ‖v‖² = vᵀQv.

    It is convex, an intersection of half-spaces 2⟨u − p, q − p⟩ ≤ ‖q − p‖².

    Attributes:
        subset: S.
        site: p, exact where possible.
        metric: Q.
        point_kind: smooth, boundary or singular.
        dimension: of the cell.
        kind: of the dimension: "exact"; "certified", where it is that of the hull of targets that are
            proved to be in the cell; or "numerical", where only a lower bound may be proved.
        normals: a basis of a linear space N with the cell in p + N.
        pieces: of the boundary of a full-dimensional cell, those that random rays hit.
        unexplained: the share of the rays that leave the cell across none of the pieces.
        ends: where a cell in a line p + ℝν ends, for s < 0 and s > 0; None for others.
        seed: of all random choices.
        seconds: wall time.
    """

    subset: AbstractSubset = field(repr=False)
    site: Site
    metric: Metric = field(repr=False)
    point_kind: PointKind
    dimension: int
    kind: str
    normals: tuple[Vector, ...] = field(repr=False)
    pieces: tuple[BoundaryPiece, ...]
    unexplained: float
    ends: tuple[IntervalEnd, IntervalEnd] | None
    inside: np.ndarray = field(repr=False)
    seed: int
    seconds: float

    @property
    def point(self) -> np.ndarray:
        """p in double precision, shape (n,)."""
        return floats(self.site.exact)

    @property
    def ambient(self) -> int:
        """n."""
        return len(self.subset)

    @property
    def is_full_dimensional(self) -> bool:
        """The cell has the dimension of the ambient space, so random targets can lie in it."""
        return self.dimension == self.ambient

    @property
    def normal_space(self) -> np.ndarray:
        """A basis of the linear space N with the cell in p + N, as rows of unit length, (k, n)."""
        rows = np.array([floats(v) for v in self.normals]).reshape(-1, self.ambient)
        lengths = np.sqrt(self.metric.squared_norms(rows))
        return rows / np.where(lengths > 0, lengths, 1.0)[:, None]

    @property
    def interval(self) -> tuple[float, float] | None:
        """For a cell in a line: the signed distances from p at which it ends."""
        if self.ends is None:
            return None
        length = float(np.sqrt(self.metric.squared_norms(floats(self.normals[0]))))
        return self.ends[0].s * length, self.ends[1].s * length

    @property
    def boundary_equation(self) -> sympy.Expr | None:
        """The product of the equations of all pieces of the boundary, in the coordinates of S.

        None if the cell is not full-dimensional, is all of ℝⁿ, or a part of its boundary has no
        known equation.

        Raises:
            InvalidInputError: SymPy is not installed.
        """
        if not self.pieces or self.unexplained > 0:
            return None
        try:
            import sympy
        except ImportError as error:
            raise InvalidInputError(
                "boundary_equation needs SymPy; install it with `pip install sympy`."
            ) from error
        symbols = sympy.symbols(self.subset.coordinates)
        return sympy.Mul(*(piece.expression(symbols) for piece in self.pieces))

    def contains(self, u: Any) -> Membership:
        """Whether no point of S is closer to u than p.

        A target that misses p + N by no more than rounding is moved there.

        Args:
            u: n numbers; a float is the dyadic number it stands for, "1/3" is exact.

        Raises:
            InvalidInputError: u has not n real coordinates.
        """
        target = self._on_normals(read_vector(u, self.ambient, "u"))
        step = difference(target, self.site.exact)
        own = self.metric.squared_norm(step)
        decision = self.subset.decide(self.site, target, self.metric, self.seed)
        other = np.inf
        if decision.competitor is not None:
            other = float(self.metric.squared_norms(decision.competitor - floats(target))) ** 0.5
        is_inside, kind = (True, "exact") if own == 0 else (decision.is_inside, decision.kind)
        return Membership(
            target=floats(target),
            is_inside=is_inside,
            distance=to_float(own) ** 0.5,
            competitor=decision.competitor,
            competitor_distance=other,
            kind=kind,
        )

    def exits(self, directions: np.ndarray) -> RayExits:
        """Where rays from inside the cell leave it, with the points of S that are as close there.

        Each of these points q gives a half-space 2⟨u − p, q − p⟩ ≤ ‖q − p‖² that supports the cell;
        together they are an outer description of it.

        Args:
            directions: in the normal space, (B, n).
        """
        return ray_exits(
            self.subset, self.point, self.metric, self.inside, np.asarray(directions), self.seed
        )

    def halfspaces(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """A, b with A(u − p) ≤ b on the cell: supporting half-spaces along random rays in N."""
        rng = np.random.default_rng(self.seed)
        directions = rng.standard_normal((count, len(self.normals))) @ self.normal_space
        found = self.exits(directions)
        steps = found.competitors[np.isfinite(found.lengths)] - self.point
        return 2 * steps @ self.metric.array, self.metric.squared_norms(steps)

    def probability(
        self, targets: AbstractTargets, *, samples: int = 10_000, seed: int | None = None
    ) -> NearestProbability:
        """The probability that p is the nearest point of S to a random target, by simulation."""
        chosen = self.seed if seed is None else seed
        return nearest_probability(
            self.subset, targets, [self.site.exact], self.metric, samples=samples, seed=chosen
        )

    def plot(self) -> Figure:
        """A static picture of S, p and its cell; for n = 2."""
        from neuromanifold.report import voronoi_figure

        return voronoi_figure(self)

    def plot_interactive(self) -> go.Figure:
        """An interactive picture of S, p and its cell; for n = 2."""
        from neuromanifold.report import voronoi_picture

        return voronoi_picture(self)

    def __str__(self) -> str:
        title = f"Voronoi cell of {_exactly(self.site)}"
        metric = (
            "Euclidean metric" if self.metric.is_euclidean else f"metric of rank {self.metric.rank}"
        )
        lines = [title, "=" * len(title), f"• of the {self.subset}; {metric}"]
        full = ", full-dimensional" if self.is_full_dimensional else ""
        lines.append(
            f"• a {self.point_kind.value}: dimension {self.dimension} in {self.ambient}{full} "
            f"({self.kind})"
        )
        if self.interval is not None and self.ends is not None:
            low, high = self.interval
            kind = (
                "certified"
                if {e.kind for e in self.ends} <= {"certified", "exact"}
                else "numerical"
            )
            lines.append(f"• from {low:.6g} to {high:.6g} along its normal ({kind})")
        lines += [f"• boundary: {piece}, exact" for piece in self.pieces]
        if self.unexplained:
            lines.append(
                f"• no equation for {self.unexplained:.0%} of the boundary, by random rays"
            )
        lines.append(f"• seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)

    def _on_normals(self, target: Vector) -> Vector:
        """The orthogonal projection to p + N if it is closer than rounding."""
        if len(self.normals) == self.ambient or self.metric.rank < self.ambient:
            return target
        moved = self._projected(target)
        off = float(np.abs(floats(moved) - floats(target)).max())
        size = max(1.0, float(np.abs(floats(target)).max()))
        return moved if off <= _ROUNDING * size else target

    def _projected(self, target: Vector) -> Vector:
        step = difference(target, self.site.exact)
        for w in self._orthogonal:
            factor = self.metric.product(w, step) / self.metric.squared_norm(w)
            step = tuple(a - factor * b for a, b in zip(step, w, strict=True))
        return tuple(a + b for a, b in zip(self.site.exact, step, strict=True))

    @cached_property
    def _orthogonal(self) -> list[Vector]:
        """An orthogonal basis of the complement of N, by Gram and Schmidt over ℚ."""
        basis: list[Vector] = []
        for v in null_space([self.metric.dual(w) for w in self.normals], self.ambient):
            for w in basis:
                factor = self.metric.product(w, v) / self.metric.squared_norm(w)
                v = tuple(a - factor * b for a, b in zip(v, w, strict=True))  # noqa: PLW2901
            basis.append(v)
        return basis


def _exactly(site: Site) -> str:
    if site.is_exact and all(len(str(x)) < 12 for x in site.exact):
        return "(" + ", ".join(str(x) for x in site.exact) + ")"
    return shown(floats(site.exact))
