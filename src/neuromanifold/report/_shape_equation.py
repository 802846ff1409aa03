"""The equation of what is drawn, and where it is singular."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.polynomial import chebyshev
from scipy.spatial import KDTree

from neuromanifold.errors import TooLargeError
from neuromanifold.geometry import equations
from neuromanifold.models import Model
from neuromanifold.report._newton import gauss_newton
from neuromanifold.report._sampler import evenly_spaced
from neuromanifold.report._shape_view import AffineView

_MAX_DEGREE = 6
_STARTS = 12
_FLATTEST = 600
_SOLVED = 1e-9
_CUTOFFS = (0.1, 0.003)
_MAX_SINGULAR = 4000
SINGULAR_FINENESS = 60


@dataclass(frozen=True, eq=False)
class Hypersurface:
    """The polynomial F in c whose zero set is the Zariski closure of M, of codimension 1.

    Attributes:
        text: F.
        degree: of F.
        jet: F and its N partial derivatives at rows c: (B, N) → (B, 1 + N).
        is_cone: M is closed under multiplication by scalars.
    """

    text: str
    degree: int
    jet: Callable[[np.ndarray], np.ndarray]
    is_cone: bool

    @staticmethod
    def of(model: Model, seed: int) -> Hypersurface | None:
        """F from `geometry.equations`, if its degree is at most 6 and it fits in memory."""
        import sympy

        for degree in range(1, _MAX_DEGREE + 1):
            try:
                found = equations(model, degree=degree, seed=seed)
            except TooLargeError:
                return None
            if len(found):
                form = found[0]
                parts = [form, *(sympy.diff(form, symbol) for symbol in found.symbols)]
                jet = partial(_values, sympy.lambdify(found.symbols, parts, "numpy", cse=True))
                return Hypersurface(str(form), degree, jet, found.is_cone)
        return None

    def restricted(self, view: AffineView) -> np.ndarray:
        """F on the cube of the view, as Chebyshev coefficients in y/r."""
        nodes = chebyshev.chebpts1(self.degree + 1)
        grid = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 3)
        values = self.jet(view.functions(view.radius * grid))[:, 0]
        inverse = np.linalg.inv(chebyshev.chebvander(nodes, self.degree))
        cube = values.reshape((self.degree + 1,) * 3)
        return np.einsum("ai,bj,ck,ijk->abc", inverse, inverse, inverse, cube)

    def singular_points(self, view: AffineView, known: np.ndarray) -> np.ndarray:
        """Points y of the cube at which F and its gradient in V vanish, shape (n, 3).

        Args:
            view: A section.
            known: Points of the surface, (k, 3); those where the gradient is small are starts.
        """
        radius, step = view.radius, view.radius / SINGULAR_FINENESS
        axis = np.linspace(-radius, radius, _STARTS)
        starts = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
        scale = float(np.abs(self.jet(view.functions(starts))).max()) or 1.0

        def jet(y: np.ndarray) -> np.ndarray:
            return self.jet(view.functions(y)) / scale

        def solved(starts: np.ndarray) -> np.ndarray:
            # With a small cutoff where two sheets are nearly tangent, with a large one elsewhere.
            parts = [
                gauss_newton(lambda y, _: jet(y), starts, _SOLVED, cutoff)[0] for cutoff in _CUTOFFS
            ]
            found = np.concatenate(parts)
            return found[np.abs(found).max(axis=1, initial=0.0) <= radius * (1 + 1e-9)]

        slopes = np.linalg.norm(jet(known), axis=1)
        found = solved(np.concatenate([starts, known[np.argsort(slopes)[:_FLATTEST]]]))
        found = found[evenly_spaced(found, 0.8 * step)]
        front = found
        # Along the curve in both directions, until it leaves the cube.
        while len(front):
            columns = [(jet(front + h) - jet(front - h)) / 2e-6 for h in 1e-6 * np.eye(3)]
            axes = np.linalg.svd(np.stack(columns, axis=2))[2][:, 1:]
            moves = step * np.concatenate([axes, -axes], axis=1)
            moved = solved((front[:, None] + moves).reshape(-1, 3))
            if len(moved):
                moved = moved[KDTree(found).query(moved)[0] >= 0.8 * step]
            front = moved[evenly_spaced(moved, 0.8 * step)]
            found = np.concatenate([found, front])
            if len(found) > _MAX_SINGULAR:
                break
        return found


def _values(evaluate: Callable[..., list[np.ndarray]], c: np.ndarray) -> np.ndarray:
    return np.stack([np.broadcast_to(value, len(c)) for value in evaluate(*c.T)], axis=1)
