"""The branches of M that pass through one of its points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.geometry._fibers._fiber import Fiber
from neuromanifold.geometry._gauss_newton import gauss_newton
from neuromanifold.rings import PolynomialMap

_STEP = 1e-3
_DIRECTIONS = 3
_STEPS = 200


@dataclass(frozen=True, eq=False)
class Branch:
    """The functions of parameters near one point θ of a fibre.

    Attributes:
        parameters: θ, complex: (P,).
        rank: The rank of ∂f/∂θ there.
        fiber_dimension: The dimension of the fibre at θ.
        is_regular: The rank is dim M: the branch is smooth.
        real_parameters: A real point on the orbit of θ; None if none was found.
    """

    parameters: np.ndarray
    rank: int
    fiber_dimension: int
    is_regular: bool
    real_parameters: np.ndarray | None


def branches(
    coefficients: PolynomialMap, fiber: Fiber, rng: np.random.Generator
) -> tuple[Branch, ...]:
    """One branch for each set of points of the fibre whose neighbourhoods have the same functions.

    θ and θ' with the same function are on one branch if functions c(θ + εδ) near it, for random
    directions δ, are also those of parameters near θ'; Gauss–Newton steps from θ' look for them.
    """
    found: list[Branch] = []
    for i, theta in enumerate(fiber.points):
        branch = Branch(
            theta,
            int(fiber.ranks[i]),
            int(fiber.dimensions[i]),
            int(fiber.ranks[i]) == fiber.rank,
            fiber.real_points[i],
        )
        same = [k for k, other in enumerate(found) if _coincide(coefficients, other, branch, rng)]
        if not same:
            found.append(branch)
        elif found[same[0]].real_parameters is None and branch.real_parameters is not None:
            found[same[0]] = branch
    return tuple(found)


def _coincide(coefficients: PolynomialMap, a: Branch, b: Branch, rng: np.random.Generator) -> bool:
    if (a.rank, a.fiber_dimension) != (b.rank, b.fiber_dimension):
        return False
    size = _STEP * float(np.abs(a.parameters).max() or 1.0)
    shape = (_DIRECTIONS, len(a.parameters))
    steps = size * (rng.standard_normal(shape) + 1j * rng.standard_normal(shape))
    nearby = coefficients(a.parameters + steps)
    return all(_is_reached(coefficients, b.parameters, target) for target in nearby)


def _is_reached(coefficients: PolynomialMap, theta: np.ndarray, target: np.ndarray) -> bool:
    """Whether parameters near θ have this function."""
    reach = 0.1 * float(np.abs(theta).max() or 1.0)
    ends, solved = gauss_newton(
        coefficients.linearize, theta[None, :].astype(complex), target, steps=_STEPS
    )
    return bool(solved[0] and np.abs(ends[0] - theta).max() <= reach)
