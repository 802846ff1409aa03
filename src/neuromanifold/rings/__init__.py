"""Run a traced JAX program over any ring: complex numbers, prime fields, balls, circuits."""

from neuromanifold.rings._ball import BallField
from neuromanifold.rings._complex import ComplexField
from neuromanifold.rings._degree import DegreeRing
from neuromanifold.rings._object_ring import ObjectRing
from neuromanifold.rings._precision import double_precision
from neuromanifold.rings._prime_field import PrimeField
from neuromanifold.rings._ring import AbstractRing
from neuromanifold.rings._trace import Program, trace

__all__ = [
    "AbstractRing",
    "BallField",
    "ComplexField",
    "DegreeRing",
    "ObjectRing",
    "PrimeField",
    "Program",
    "double_precision",
    "trace",
]
