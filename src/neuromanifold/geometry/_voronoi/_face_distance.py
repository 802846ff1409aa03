"""Critical points of the distance to targets on a face of an algebraic set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from flint import arb, ctx, fmpq

from neuromanifold.continuation import (
    ParameterHomotopy,
    PathEnd,
    Solution,
    System,
    solve,
    solve_many,
)
from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._plane_zeros import plane_zeros
from neuromanifold.geometry._voronoi._rationals import Vector
from neuromanifold.rings import dot

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._set_faces import Face

_REAL = 1e-6
_BITS = 128


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """A real critical point x of the distance to u.

    Attributes:
        x: shape (n,).
        squared_distance: ‖x − u‖², in a ball.
        is_proved: there is exactly one critical point close to x, and it has this distance.
    """

    x: np.ndarray
    squared_distance: arb
    is_proved: bool


@dataclass(frozen=True, eq=False)
class FaceDistance:
    """The equations G(x) = 0, Q(x − u) = Σ λᵢ∇Gᵢ(x) of critical points, solved for any u.

    Attributes:
        face: {G = 0}, of positive dimension.
        metric: Q.
        seed: of the target for which they are solved first.
    """

    face: Face
    metric: Metric
    seed: int

    def real_points(self, targets: np.ndarray) -> np.ndarray:
        """Real critical points for many targets, (B, K, n), with NaN in between."""
        sweep = solve_many(self._system, targets, start=self._start, seed=self.seed)
        x = sweep.solutions[:, :, : self.metric.size]
        size = np.maximum(np.abs(x).max(axis=2, initial=0.0), 1.0)
        is_real = np.abs(x.imag).max(axis=2, initial=0.0) <= _REAL * size
        return np.where(is_real[:, :, None], x.real, np.nan)

    def critical_points(self, target: Vector) -> tuple[list[CriticalPoint], bool]:
        """Real critical points for one target, and whether none can be missing.

        None is missing if there are as many regular ones as for a random target, or if they were
        found by resultants, as those of plane curves are.
        """
        with ctx.workprec(_BITS):
            planar = self._planar(target) if self.metric.size == 2 else None
            if planar is not None:
                return planar, True
            bound = self._system.bound(list(target))
            result = solve(bound, start=self._start, seed=self.seed)
            points = [self._point(s, target) for s in result.distinct if s.is_real]
            return points, result.n_regular == len(self._start.points)

    def _planar(self, target: Vector) -> list[CriticalPoint] | None:
        """From resultants of G and ∇G × Q(x − u); None if they have a common factor."""
        x, y = self.face.parent.inputs
        (a, b), step = self.face.jacobian[0], (x - target[0], y - target[1])
        Q = self.metric.exact
        pull = [Q[i, 0] * step[0] + Q[i, 1] * step[1] for i in range(2)]
        try:
            zeros = plane_zeros([*self.face.equations, a * pull[1] - b * pull[0]], (x, y))
        except InvalidInputError:
            return None
        return [
            CriticalPoint(
                np.array([float(arb(z).mid()) for z in zero]),
                self._squared_distance(zero, target),
                True,
            )
            for zero in zeros
        ]

    def _point(self, solution: Solution, target: Vector) -> CriticalPoint:
        n = self.metric.size
        proof = solution.certificate
        if proof is None or not proof.is_certified:
            center, radii, is_proved = solution.x[:n], (0.0,) * n, False
        else:
            center, radii, is_proved = proof.center[:n], proof.radii[:n], True
        x = np.real(np.array(center))
        balls = [arb(float(c), r) for c, r in zip(x, radii, strict=True)]
        return CriticalPoint(x, self._squared_distance(balls, target), is_proved)

    def _squared_distance(self, x: Sequence[fmpq | arb], target: Vector) -> arb:
        off = [arb(z) - arb(u) for z, u in zip(x, target, strict=True)]
        total = arb(0)
        for i in range(len(off)):
            for j in range(len(off)):
                total += arb(self.metric.exact[i, j]) * off[i] * off[j]
        return total

    @cached_property
    def _system(self) -> System:
        equations, x = self.face.equations, self.face.parent.inputs
        circuit = equations[0].circuit
        n = self.metric.size
        multipliers, u = circuit.inputs(len(equations)), circuit.inputs(n)
        off = [x[i] - u[i] for i in range(n)]
        stationary = [
            dot(off, [self.metric.exact[i, j] for j in range(n)], circuit)
            - dot(multipliers, [row[i] for row in self.face.jacobian], circuit)
            for i in range(n)
        ]
        return System([*equations, *stationary], [*x, *multipliers], u)

    @cached_property
    def _start(self) -> ParameterHomotopy:
        probe = np.random.default_rng(self.seed).standard_normal((1, self.metric.size))
        sweep = solve_many(self._system, probe, seed=self.seed)
        if np.any(sweep.ends == PathEnd.FAILED.code):
            sweep = solve_many(self._system, probe, seed=self.seed + 1)
        return sweep.generic
