"""How large V can be at most, from degrees alone."""

from __future__ import annotations

from math import comb

from neuromanifold.models import Model
from neuromanifold.rings import DegreeRing


def output_degrees(model: Model) -> list[tuple[int, int]]:
    """For every output, a range (lowest, highest) that contains the degrees of its terms in x.

    The range of an output that vanishes identically is empty: lowest > highest.
    """
    ring = DegreeRing()
    theta = ring.variables((model.n_parameters,), degree=0)
    ranges = model.program.run(ring, theta, ring.variables(model.input_shape)).ravel()
    return [(int(low), int(high)) for low, high in zip(ranges["low"], ranges["high"], strict=True)]


def monomials(n_variables: int, low: int, high: int) -> int:
    """The number of monomials of degree low, …, high in n variables."""
    if low > high:
        return 0
    return comb(n_variables + high, n_variables) - comb(n_variables + low - 1, n_variables)


def term_bound(model: Model) -> int | None:
    """An upper bound for dim V: the monomials, for every output, of a degree that it can have.

    ``None`` for rational models, whose span need not be finite-dimensional.

    >>> from neuromanifold.models import MLP, monomial
    >>> term_bound(MLP((3, 2, 1), monomial(2)))
    6
    """
    if model.program.divides:
        return None
    return sum(monomials(model.n_inputs, low, high) for low, high in output_degrees(model))
