"""Homotopies u·G + v·F between two systems in the same variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuromanifold.continuation._start_system import Begun, Points
from neuromanifold.continuation._system import System
from neuromanifold.rings import Node, PolynomialMap


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
        gamma: random, of absolute value 1.
        points: all zeros of G.
        n_paths: how many there are.
        name: the start in words.
    """
    polynomials = system.map
    u, v = polynomials.variables[0].circuit.inputs(2)
    outputs = [u * g + v * f for g, f in zip(start, polynomials.outputs, strict=True)]
    homotopy = PolynomialMap(tuple(outputs), polynomials.variables, (u, v, *polynomials.parameters))
    values = system.values
    return Begun(
        homotopy,
        points,
        n_paths,
        np.concatenate([[gamma, 0], values]),
        np.concatenate([[0, 1], values]),
        name=name,
    )
