"""The shape of the neuromanifold: its dimension and what follows from it."""

from neuromanifold.continuation import WitnessSet, witness_set
from neuromanifold.geometry._degree import Degree, degree
from neuromanifold.geometry._dimension import Dimension, dimension

__all__ = ["Degree", "Dimension", "WitnessSet", "degree", "dimension", "witness_set"]
