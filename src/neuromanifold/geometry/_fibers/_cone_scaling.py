"""Rescalings of parameters that multiply every function by a number."""

from __future__ import annotations

import numpy as np

from neuromanifold.rings import PolynomialMap

_POINTS = 3
_EXACT = 1e-10
_FACTOR = 3.0


def cone_scaling(coefficients: PolynomialMap, rng: np.random.Generator) -> np.ndarray | None:
    """Exponents a with c(t^a₁ θ₁, …, t^a_P θ_P) = t·c(θ) for t > 0; None if there are none.

    Differentiated at t = 1 this is Σ a_i θ_i ∂c/∂θ_i = c, linear equations for a at random θ. The
    solution of smallest norm is taken, and checked at t = 3.
    """
    P = len(coefficients.variables)
    theta = rng.standard_normal((_POINTS, P)).astype(complex)
    values, J = coefficients.linearize(theta)
    rows = np.real(J * theta[:, None, :]).reshape(-1, P)
    exponents = np.linalg.lstsq(rows, np.real(values).ravel(), rcond=_EXACT)[0]
    scaled = coefficients(theta * _FACTOR**exponents)
    error = np.abs(scaled - _FACTOR * values).max()
    return exponents if error <= _EXACT * np.abs(scaled).max() else None
