"""Homotopies u·G + v·F between two systems in the same variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuromanifold.continuation._starts._start_system import Begun, Points, random_unit
from neuromanifold.continuation._systems._system import System
from neuromanifold.rings import Node, PolynomialMap

_MOST_REAL = 0.5


def random_gamma(rng: np.random.Generator) -> complex:
    """A random γ of absolute value 1 whose angle to the real line is at least 60°.

    Almost every γ on any arc of the circle is generic. Between real systems a real γ is not, since a
    path of real parameters meets the discriminant, and the closer γ is to the real line, the closer
    paths come to each other and the more steps they need.

    >>> gammas = [random_gamma(np.random.default_rng(seed)) for seed in range(100)]
    >>> max(abs(gamma.real) for gamma in gammas) <= 0.5
    True
    """
    while True:
        gamma = random_unit(rng)
        if abs(gamma.real) <= _MOST_REAL:
            return gamma


def blend(
    system: System,
    start: Sequence[Node],
    gamma: complex,
    points: Points,
    n_paths: int,
    name: str,
) -> Begun:
    """H = u·G + v·F with (u, v) from (γ, 0) to (0, 1); the parameters of F stand still.

    Args:
        system: F, square, with values for its parameters.
        start: G, nodes of the system's circuit in its variables and constants.
        gamma: as `random_gamma` draws it.
        points: all zeros of G.
        n_paths: how many there are.
        name: the start in words.
    """
    polynomials = system.map
    u, v = polynomials.variables[0].circuit.inputs(2)
    outputs = [u * g + v * f for g, f in zip(start, polynomials.outputs, strict=True)]
    parameters = (u, v, *polynomials.parameters)
    homotopy = PolynomialMap.build(outputs, polynomials.variables, parameters)
    values = system.values
    return Begun(
        homotopy,
        points,
        n_paths,
        np.concatenate([[gamma, 0], values]),
        np.concatenate([[0, 1], values]),
        name=name,
    )
