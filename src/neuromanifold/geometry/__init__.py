"""The shape of the neuromanifold: its dimension and what follows from it."""

from neuromanifold.geometry._degree import Degree, degree
from neuromanifold.geometry._dimension import Dimension, dimension

__all__ = ["Degree", "Dimension", "degree", "dimension"]
