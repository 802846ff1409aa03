"""Polynomials over ℚ that vanish on varieties, from random points modulo primes."""

from neuromanifold.geometry._interpolation._forms import (
    CHECK_POINTS,
    Form,
    Interpolation,
    PointSampler,
    interpolate,
    vanishing_modulo,
)
from neuromanifold.geometry._interpolation._hypersurface import hypersurface
from neuromanifold.geometry._interpolation._monomials import Monomials

__all__ = [
    "CHECK_POINTS",
    "Form",
    "Interpolation",
    "Monomials",
    "PointSampler",
    "hypersurface",
    "interpolate",
    "vanishing_modulo",
]
