"""Function space: datasets, and the coordinates in which functions are compared."""

from neuromanifold.functions._dataset import Dataset
from neuromanifold.functions._degrees import monomials, output_degrees, term_bound
from neuromanifold.functions._least_squares import LeastSquares
from neuromanifold.functions._metric import metric_factor, to_array
from neuromanifold.functions._space import FunctionSpace

__all__ = [
    "Dataset",
    "FunctionSpace",
    "LeastSquares",
    "metric_factor",
    "monomials",
    "output_degrees",
    "term_bound",
    "to_array",
]
