"""A view for those who name none."""

from __future__ import annotations

import numpy as np

from neuromanifold.functions import FunctionSpace
from neuromanifold.models import Model
from neuromanifold.report._newton import gauss_newton
from neuromanifold.report._shape_equation import Hypersurface
from neuromanifold.report._shape_surface import tangency
from neuromanifold.report._shape_view import AffineView, surface_space

_SAMPLES = 400
_SOLVED = 1e-9
_CUTOFF = 0.1
_WIDER = 1.2
_SECTIONS = 12
_GRID = 36


def chosen_view(model: Model, seed: int) -> AffineView:
    """A view through random functions of M of length 1.

    It is the affine hull of four of them where M has codimension 1 or fills V. Two of them are singular
    if M is a singular hypersurface, so that the singular locus crosses the picture; of twelve such
    sections it is the one in which the least of M̄ consists of two sheets that almost touch. In higher
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
    hypersurface = Hypersurface.of(model, seed) if dim == N - 1 else None
    if hypersurface is None:
        return _section(model, points[:4], "section through random functions")
    singular = _singular_functions(hypersurface, points)
    sections = []
    for _ in range(_SECTIONS):
        corners, words = rng.permutation(points)[:4], "section through random functions"
        if len(singular):
            corners = np.concatenate([_apart(singular, rng), corners])[:4]
            words += ", two of them singular"
        sections.append(_section(model, corners, words))
    return min(sections, key=lambda view: tangency(hypersurface.restricted(view), _GRID))


def _section(model: Model, corners: np.ndarray, words: str) -> AffineView:
    """The affine hull of four functions, all of them inside the picture."""
    center = corners.mean(axis=0)
    directions = np.linalg.svd(corners - center)[2][:3]
    radius = _WIDER * float(np.abs((corners - center) @ directions.T).max())
    return AffineView.through(model, [center, *directions], radius=radius, words=words)


def _functions(space: FunctionSpace, rng: np.random.Generator) -> np.ndarray:
    theta = rng.standard_normal((_SAMPLES, space.model.n_parameters))
    points = np.real(space.coefficients(theta))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def _singular_functions(hypersurface: Hypersurface, points: np.ndarray) -> np.ndarray:
    """Singular points of M̄, of length 1 if M is a cone; or none."""
    scale = float(np.abs(hypersurface.jet(points)).max()) or 1.0

    def residual(c: np.ndarray, _: np.ndarray) -> np.ndarray:
        length = np.sum(c**2, axis=1, keepdims=True) - 1.0
        parts = [hypersurface.jet(c) / scale, *([length] if hypersurface.is_cone else [])]
        return np.concatenate(parts, axis=1)

    found, _ = gauss_newton(residual, points, _SOLVED, _CUTOFF)
    return found if len(found) > 1 else points[:0]


def _apart(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of the points, and one in the middle distance from it."""
    first = points[rng.integers(len(points))]
    away = np.linalg.norm(points - first, axis=1)
    return np.stack([first, points[int(np.argsort(away)[len(away) // 2])]])
