"""Function space: datasets, and the coordinates in which functions are compared."""

from neuromanifold.functions._dataset import Dataset
from neuromanifold.functions._degrees import monomials, output_degrees, term_bound
from neuromanifold.functions._least_squares import LeastSquares
from neuromanifold.functions._metric import metric_factor, to_array
from neuromanifold.functions._number_field import COMPLEX, REAL, NumberField
from neuromanifold.functions._reading import FunctionPoint, as_polynomials, read_function
from neuromanifold.functions._space import FunctionSpace

__all__ = [
    "COMPLEX",
    "REAL",
    "Dataset",
    "FunctionPoint",
    "FunctionSpace",
    "LeastSquares",
    "NumberField",
    "as_polynomials",
    "metric_factor",
    "monomials",
    "output_degrees",
    "read_function",
    "term_bound",
    "to_array",
]
