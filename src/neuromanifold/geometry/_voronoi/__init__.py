"""Voronoi cells of points of curves, algebraic sets and neuromanifolds."""

from neuromanifold.geometry._voronoi._algebraic_set import AlgebraicSet
from neuromanifold.geometry._voronoi._cell import VoronoiCell
from neuromanifold.geometry._voronoi._curve import ParametricCurve
from neuromanifold.geometry._voronoi._membership import Membership
from neuromanifold.geometry._voronoi._probability import NearestProbability, nearest_probability
from neuromanifold.geometry._voronoi._subset import AbstractSubset
from neuromanifold.geometry._voronoi._targets import (
    AbstractTargets,
    BallTargets,
    BoxTargets,
    GaussianTargets,
)
from neuromanifold.geometry._voronoi._voronoi import voronoi

__all__ = [
    "AbstractSubset",
    "AbstractTargets",
    "AlgebraicSet",
    "BallTargets",
    "BoxTargets",
    "GaussianTargets",
    "Membership",
    "NearestProbability",
    "ParametricCurve",
    "VoronoiCell",
    "nearest_probability",
    "voronoi",
]
