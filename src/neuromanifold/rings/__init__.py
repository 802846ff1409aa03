"""Run a traced JAX program over any ring: complex numbers, prime fields, balls, circuits.

Circuits need no JAX, which takes half a second to load: it is imported with the names that trace.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from neuromanifold.rings._ball import BallField
from neuromanifold.rings._circuit import Circuit, Node, Operation, dot, reachable
from neuromanifold.rings._complex import ComplexField
from neuromanifold.rings._degree import DegreeRing
from neuromanifold.rings._derivative import jacobian, pullback
from neuromanifold.rings._evaluation import Evaluator
from neuromanifold.rings._fraction_degree import FractionDegreeRing
from neuromanifold.rings._lowering import lower, lower_values, tape_constants, to_float
from neuromanifold.rings._modular import integer_rows, kernel, random_prime
from neuromanifold.rings._object_ring import ObjectRing
from neuromanifold.rings._polynomial import Polynomial, PolynomialRing
from neuromanifold.rings._polynomial_map import PolynomialMap
from neuromanifold.rings._prime_field import PrimeField
from neuromanifold.rings._residues import Residues, rational_reconstruction, reduced_row_echelon
from neuromanifold.rings._ring import AbstractRing

if TYPE_CHECKING:
    from neuromanifold.rings._precision import double_precision
    from neuromanifold.rings._trace import Program, trace

_ON_FIRST_USE = {"Program": "_trace", "double_precision": "_precision", "trace": "_trace"}

__all__ = [
    "AbstractRing",
    "BallField",
    "Circuit",
    "ComplexField",
    "DegreeRing",
    "Evaluator",
    "FractionDegreeRing",
    "Node",
    "ObjectRing",
    "Operation",
    "Polynomial",
    "PolynomialMap",
    "PolynomialRing",
    "PrimeField",
    "Program",
    "Residues",
    "dot",
    "double_precision",
    "integer_rows",
    "jacobian",
    "kernel",
    "lower",
    "lower_values",
    "pullback",
    "random_prime",
    "rational_reconstruction",
    "reachable",
    "reduced_row_echelon",
    "tape_constants",
    "to_float",
    "trace",
]


def __getattr__(name: str) -> Any:
    if name in _ON_FIRST_USE:
        return getattr(import_module(f"{__name__}.{_ON_FIRST_USE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
