"""Nearest points of a parametrized curve for many targets at once."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from flint import fmpq, fmpq_poly

from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._rational_function import real_roots
from neuromanifold.geometry._voronoi._rationals import floats, to_float

if TYPE_CHECKING:
    from neuromanifold.geometry._voronoi._curve import ParametricCurve

_NEWTON_STEPS = 2
_BLOCK = 8192
_TINY = 1e-14


class CurveDistance:
    """The critical points of t ↦ ‖c(t) − u‖² as roots of h₀(t) − Σᵢ uᵢ·hᵢ(t).

    With c = X/W and V = X′W − XW′, h₀ = ⟨V, X⟩ and hᵢ = ⟨V, eᵢ⟩·W. Their common roots, such as
    cusps, are critical for every u. Any real t gives a point of S, so the real parts of complex
    roots do no harm: the nearest point is the nearest one of all of them.
    """

    def __init__(self, curve: ParametricCurve, metric: Metric) -> None:
        X, W = curve.upper, curve.lower
        velocity = [x.derivative() * W - x * W.derivative() for x in X]
        dual = [
            sum((metric.exact[i, j] * velocity[j] for j in range(len(X))), fmpq_poly([0]))
            for i in range(len(X))
        ]
        forms = [sum((d * x for d, x in zip(dual, X, strict=True)), fmpq_poly([0]))]
        forms += [-d * W for d in dual]
        common = reduce(lambda f, g: f.gcd(g), forms)
        size = max(f.degree() for f in forms) - common.degree() + 1
        self._forms = np.array([_floats(f // common, size) for f in forms])
        self._metric = metric
        self._X = np.array([_floats(x, max(y.degree() for y in X) + 1) for x in X])
        self._W = _floats(W, W.degree() + 1)
        ends = [to_float(t) for t in curve.interval if t is not None]
        fixed = [float(t.mid()) for t, _ in real_roots(common) if curve.holds(t)]
        self._fixed = np.array(ends + fixed)
        a, b = curve.interval
        self._low = -np.inf if a is None else ends[0]
        self._high = np.inf if b is None else ends[-1]
        limits = [floats(limit) for side in (1, -1) if (limit := curve.limit(side)) is not None]
        self._limits = np.array(limits).reshape(-1, len(X))

    def points(self, t: np.ndarray) -> np.ndarray:
        """c(t), shape (*t.shape, n)."""
        values = np.stack([np.polynomial.polynomial.polyval(t, x) for x in self._X], axis=-1)
        return values / np.polynomial.polynomial.polyval(t, self._W)[..., None]

    def candidates(self, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Parameters (B, K), and points (B, K + limits, n) among which a nearest point is."""
        coefficients = self._forms[0] + targets @ self._forms[1:]
        t = _real_parts(coefficients)
        t = np.concatenate([t, np.tile(self._fixed, (len(targets), 1))], axis=1)
        t = np.clip(t, self._low, self._high)
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.points(t)
        limits = np.broadcast_to(self._limits, (len(targets), *self._limits.shape))
        return t, np.concatenate([found, limits], axis=1)

    def nearest(self, targets: np.ndarray) -> np.ndarray:
        """The nearest of these points, (B, n)."""
        blocks = [targets[i : i + _BLOCK] for i in range(0, len(targets), _BLOCK)]
        return np.concatenate([np.zeros((0, targets.shape[1])), *map(self._nearest, blocks)])

    def nearest_other(
        self, target: np.ndarray, point: np.ndarray, same: float
    ) -> np.ndarray | None:
        """The nearest of these points that is not `point`."""
        _, found = self.candidates(target[None])
        size = max(1.0, float(np.abs(point).max()))
        found = found[0][np.isfinite(found[0]).all(axis=1)]
        found = found[np.linalg.norm(found - point, axis=1) > same * size]
        if not len(found):
            return None
        return found[int(self._metric.squared_norms(found - target).argmin())]

    def parameter(self, target: np.ndarray) -> float:
        """The parameter of a nearest point to one target."""
        t, found = self.candidates(target[None])
        distances = self._metric.squared_norms(found[0, : t.shape[1]] - target)
        return float(t[0, int(np.nanargmin(distances))])

    def _nearest(self, targets: np.ndarray) -> np.ndarray:
        _, found = self.candidates(targets)
        distances = self._metric.squared_norms(found - targets[:, None, :])
        distances = np.where(np.isnan(distances), np.inf, distances)
        return found[np.arange(len(targets)), distances.argmin(axis=1)]


def _real_parts(coefficients: np.ndarray) -> np.ndarray:
    """Real parts of the roots of Σ aⱼtʲ for each row a, after Newton steps on the real line."""
    degree = coefficients.shape[1] - 1
    if degree < 1:
        return np.zeros((len(coefficients), 0))
    leading = coefficients[:, -1]
    size = np.abs(coefficients).max(axis=1) + np.finfo(float).tiny
    leading = np.where(np.abs(leading) < _TINY * size, _TINY * size, leading)
    companion = np.zeros((len(coefficients), degree, degree))
    companion[:, np.arange(1, degree), np.arange(degree - 1)] = 1.0
    companion[:, :, -1] = -coefficients[:, :-1] / leading[:, None]
    t = np.linalg.eigvals(companion).real
    slopes = coefficients[:, 1:] * np.arange(1, degree + 1)
    with np.errstate(all="ignore"):
        for _ in range(_NEWTON_STEPS):
            step = _values(coefficients, t) / _values(slopes, t)
            trial = t - step
            better = np.abs(_values(coefficients, trial)) < np.abs(_values(coefficients, t))
            t = np.where(better, trial, t)
    return t


def _values(coefficients: np.ndarray, t: np.ndarray) -> np.ndarray:
    value = np.zeros_like(t)
    for column in coefficients.T[::-1]:
        value = value * t + column[:, None]
    return value


def _floats(f: fmpq_poly, size: int) -> np.ndarray:
    row = np.zeros(size)
    for j, c in enumerate(f.coeffs()):
        c = fmpq(c)  # noqa: PLW2901
        row[j] = to_float(c)
    return row
