"""A landscape known in closed form, for tests of what is printed, drawn and saved.

M = {s (x₀ + t x₁)²} is the image of MLP((2, 1, 1), x²) in V = span(x₀², x₀x₁, x₁²). With
v(t) = (1, 2t, t²) and s(t) = uᵀQv / vᵀQv, the loss s ↦ ‖s v − u‖²_Q is least at s(t), where it is
−(uᵀQv)²/vᵀQv + const; the critical t of that are the roots of (uᵀQv′)(vᵀQv) − (uᵀQv)(vᵀQv′), a
polynomial of degree 4.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.polynomial import Polynomial

from neuromanifold.continuation import Certificate
from neuromanifold.landscapes._result import (
    Completeness,
    CompletenessStatus,
    CriticalPoint,
    Landscape,
)
from neuromanifold.landscapes._training import Training


def fake_landscape(
    *,
    seed: int = 3,
    samples: int = 12,
    status: CompletenessStatus = CompletenessStatus.COMPLETE,
    prediction=None,
    runs: int = 0,
) -> Landscape:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(samples, 2))
    A = np.stack([X[:, 0] ** 2, X[:, 0] * X[:, 1], X[:, 1] ** 2], axis=1)
    b = rng.normal(size=samples)
    metric = A.T @ A
    target = np.linalg.solve(metric, A.T @ b)
    constant = float(np.sum((A @ target - b) ** 2))
    v = np.array([Polynomial([1.0]), Polynomial([0.0, 2.0]), Polynomial([0.0, 0.0, 1.0])])
    dv = np.array([p.deriv() for p in v])
    Qu = metric @ target
    uv, udv = sum(Qu * v), sum(Qu * dv)
    vv = sum(v[i] * metric[i, j] * v[j] for i in range(3) for j in range(3))
    vdv = sum(v[i] * metric[i, j] * dv[j] for i in range(3) for j in range(3))
    roots = (udv * vv - uv * vdv).trim(1e-9).roots()
    points = [_point(root, uv(root) / vv(root), target, metric, constant) for root in roots]
    points.sort(key=lambda p: (not p.has_real_parameters, not p.is_real, np.real(p.loss)))
    landscape = Landscape(
        critical_points=tuple(points),
        completeness=Completeness(status, 4, len(points), 9, 3.1e-14, 6),
        model_name="MLP((2, 1, 1), x²)",
        dimension=2,
        ambient_dimension=3,
        coordinates=("x0²", "x0·x1", "x1²"),
        parameter_names=("W0[0,0]", "W0[0,1]", "W1[0,0]"),
        target=target,
        metric=metric,
        constant=constant,
        n_samples=samples,
        prediction=prediction,
        training=None,
        seed=seed,
        seconds=0.125,
        version="0.1.0",
    )
    return landscape if not runs else landscape.with_training(_training(landscape, runs, rng))


def crowded(landscape: Landscape, copies: int) -> Landscape:
    """The same points repeated, to see tables with many rows."""
    points = (replace(p) for _ in range(copies) for p in landscape.critical_points)
    return replace(landscape, critical_points=tuple(points))


def _point(t, s, target, metric, constant) -> CriticalPoint:
    is_real = abs(t.imag) < 1e-8
    t, s = (t.real, s.real) if is_real else (complex(t), s)
    c = s * np.array([1.0, 2 * t, t**2])
    loss = (c - target) @ metric @ (c - target) + constant
    theta = np.array([1.0, t, s])
    index = None
    if is_real:
        index = int(np.sum(np.linalg.eigvalsh(_hessian(s, t, target, metric)) < 0))
    certificate = Certificate(
        center=tuple(complex(z) for z in (t, s)),
        radii=(1e-12, 1e-12),
        is_certified=True,
        is_real=is_real,
        precision=128,
    )
    return CriticalPoint(
        theta, c, loss if not is_real else float(loss), is_real, is_real, index, certificate
    )


def _hessian(s, t, target, metric):
    v, dv, ddv = np.array([1, 2 * t, t**2]), np.array([0, 2, 2 * t]), np.array([0, 0, 2])
    r = metric @ (s * v - target)
    J = np.stack([v, s * dv], axis=1)
    second = np.array([[0, r @ dv], [r @ dv, s * (r @ ddv)]])
    return J.T @ metric @ J + second


def _training(landscape: Landscape, runs: int, rng) -> Training:
    real = [i for i, p in enumerate(landscape.critical_points) if p.is_minimum]
    ends = rng.choice([*real, -1], size=runs, p=[*([0.9 / len(real)] * len(real)), 0.1])
    points = landscape.critical_points
    return Training(
        coefficients=np.array([points[e].coefficients if e >= 0 else np.zeros(3) for e in ends]),
        losses=np.array([np.real(points[e].loss) if e >= 0 else np.nan for e in ends]),
        critical_point=ends.astype(np.int64),
        converged=ends >= 0,
        seed=landscape.seed,
    )
