"""Real functions of the closure of M near one of its points."""

from __future__ import annotations

import numpy as np

from neuromanifold.functions import FunctionSpace
from neuromanifold.rings import PolynomialMap

_STEPS = 60
_REAL = 1e-13
_DRAWS = 8
_NEGLIGIBLE = 1e-6


def nearby_functions(
    space: FunctionSpace,
    center: np.ndarray,
    parameters: np.ndarray,
    size: float,
    count: int,
    is_filling: bool,
    rng: np.random.Generator,
) -> np.ndarray:
    """Random real points of the closure of M at a distance of at most `size` from a function c.

    Where M fills V these are random points of V. Otherwise complex parameters near those of c are
    moved until their function is real: Gauss–Newton steps solve Im c(θ) = 0 over (Re θ, Im θ).

    Args:
        space: V.
        center: c, real: (N,).
        parameters: Points of the fibre of c, complex: (n, P).
        size: The distance, absolute.
        count: How many are wanted; fewer may be found.
        is_filling: Whether M is dense in V.
        rng: Of the directions.

    Returns:
        Coefficients, real: (at most `count`, N).
    """
    if is_filling:
        directions = rng.standard_normal((count, len(center)))
        return center + size * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    if not len(parameters):
        return np.zeros((0, len(center)))
    coefficients = PolynomialMap(space.coefficients_of_theta, space.expansion.parameters)
    theta = parameters[np.arange(_DRAWS * count) % len(parameters)].astype(np.complex128)
    # parameters of different layers may differ in size; zeros move as little as the smallest others
    sizes = np.abs(theta)
    largest = sizes.max(axis=1, keepdims=True)
    visible = np.where(sizes > _NEGLIGIBLE * largest, sizes, largest)
    scale = np.maximum(sizes, visible.min(axis=1, keepdims=True))
    # where the rank drops, a step of ε in θ moves the function by ε² or less
    relative = size / max(float(np.abs(center).max()), 1e-300)
    steps = relative ** rng.uniform(0.5, 1.0, (len(theta), 1)) * scale / len(theta[0])
    noise = rng.standard_normal(theta.shape) + 1j * rng.standard_normal(theta.shape)
    found = coefficients(_with_real_function(coefficients, theta + steps * noise, scale))
    is_real = np.abs(np.imag(found)).max(axis=1) <= _REAL * np.abs(found).max(axis=1)
    is_near = np.linalg.norm(found - center, axis=1) <= size
    return np.real(found[is_real & is_near][:count])


def _with_real_function(
    coefficients: PolynomialMap, theta: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Gauss–Newton steps that are smallest relative to the size of the parameters."""
    P = theta.shape[1]
    theta = theta.copy()
    active = np.arange(len(theta))
    for _ in range(_STEPS):
        values, J = coefficients.linearize(theta[active])
        is_real = np.abs(np.imag(values)).max(axis=1) <= _REAL * np.abs(values).max(axis=1)
        active, values, J = active[~is_real], values[~is_real], J[~is_real]
        if not len(active):
            break
        J = J * scale[active, None, :]
        systems = np.concatenate([np.imag(J), np.real(J)], axis=2)
        moves = np.einsum("bij,bj->bi", np.linalg.pinv(systems, rcond=1e-12), np.imag(values))
        theta[active] -= scale[active] * (moves[:, :P] + 1j * moves[:, P:])
    return theta
