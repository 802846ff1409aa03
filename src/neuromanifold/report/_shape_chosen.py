"""A view for those who name none."""

from __future__ import annotations

import numpy as np

from neuromanifold.functions import FunctionSpace
from neuromanifold.models import Model
from neuromanifold.report._newton import gauss_newton
from neuromanifold.report._shape_equation import Hypersurface
from neuromanifold.report._shape_view import AffineView, surface_space

_SAMPLES = 400
_SOLVED = 1e-9
_CUTOFF = 0.1
_WIDER = 1.2


def chosen_view(model: Model, seed: int) -> AffineView:
    """A view through random functions of M of length 1.

    It is the affine hull of four of them where M has codimension 1 or fills V. Two of them are singular
    if M is a singular hypersurface, so that the singular locus crosses the picture. In higher
    codimension m − 2 random linear conditions hold. Where V has three dimensions it is all of V.
    """
    space, dim = surface_space(model)
    N = space.dimension
    rng = np.random.default_rng([seed, 2])
    if N == 3:
        return AffineView.fixing(model, {})
    points = _functions(space, rng)
    if dim < N - 1:
        conditions = rng.standard_normal((max(dim - 2, 0), N))
        return AffineView.meeting(model, points[0], conditions)
    special = _singular_functions(model, points, seed) if dim == N - 1 else points[:0]
    corners = np.concatenate([special[:2], points])[:4]
    center = corners.mean(axis=0)
    directions = np.linalg.svd(corners - center)[2][:3]
    radius = _WIDER * float(np.abs((corners - center) @ directions.T).max())
    words = "section through random functions" + (", two of them singular" if len(special) else "")
    return AffineView.through(model, [center, *directions], radius=radius, words=words)


def _functions(space: FunctionSpace, rng: np.random.Generator) -> np.ndarray:
    theta = rng.standard_normal((_SAMPLES, space.model.n_parameters))
    points = np.real(space.coefficients(theta))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def _singular_functions(model: Model, points: np.ndarray, seed: int) -> np.ndarray:
    """Two singular points of M̄ far from each other, of length 1 if M is a cone; or none."""
    hypersurface = Hypersurface.of(model, seed)
    if hypersurface is None:
        return points[:0]
    scale = float(np.abs(hypersurface.jet(points)).max()) or 1.0

    def residual(c: np.ndarray, _: np.ndarray) -> np.ndarray:
        length = np.sum(c**2, axis=1, keepdims=True) - 1.0
        parts = [hypersurface.jet(c) / scale, *([length] if hypersurface.is_cone else [])]
        return np.concatenate(parts, axis=1)

    found, _ = gauss_newton(residual, points, _SOLVED, _CUTOFF)
    if len(found) < 2:
        return found
    first = found[0]
    away = np.linalg.norm(found - first, axis=1)
    return np.stack([first, found[int(np.argsort(away)[len(away) // 2])]])
