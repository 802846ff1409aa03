"""Theorems as functions: what is known about an architecture, with its source.

Only Python integers are used here, so these values are independent of every computed one.
"""

from neuromanifold.theory._alexander_hirschowitz import alexander_hirschowitz_dimension
from neuromanifold.theory._determinantal import (
    determinantal_degree,
    determinantal_dimension,
    determinantal_ed_degree,
    generic_determinantal_ed_degree,
)
from neuromanifold.theory._lightning_attention import (
    lightning_critical_points,
    lightning_dimension,
    softmax_attention_dimension,
)
from neuromanifold.theory._linear_convolution import (
    lcn_critical_points,
    lcn_dimension,
    reduced_architecture,
)
from neuromanifold.theory._linear_mlp import (
    linear_mlp_critical_points,
    linear_mlp_degree,
    linear_mlp_dimension,
)
from neuromanifold.theory._mlp import (
    mlp_dimension_bound,
    mlp_expected_dimension,
    mlp_refined_expected_dimension,
)
from neuromanifold.theory._monomial_mlp import (
    dense_critical_points,
    monomial_mlp_critical_points,
)
from neuromanifold.theory._polynomial_convolution import (
    polynomial_cnn_critical_points,
    polynomial_cnn_degree,
    polynomial_cnn_dimension,
)
from neuromanifold.theory._prediction import Prediction, Status
from neuromanifold.theory._segre_veronese import SegreVeronese
from neuromanifold.theory._symmetric_determinantal import (
    symmetric_ed_degree,
    symmetric_polar_degrees,
)

__all__ = [
    "Prediction",
    "SegreVeronese",
    "Status",
    "alexander_hirschowitz_dimension",
    "dense_critical_points",
    "determinantal_degree",
    "determinantal_dimension",
    "determinantal_ed_degree",
    "generic_determinantal_ed_degree",
    "lcn_critical_points",
    "lcn_dimension",
    "lightning_critical_points",
    "lightning_dimension",
    "linear_mlp_critical_points",
    "linear_mlp_degree",
    "linear_mlp_dimension",
    "mlp_dimension_bound",
    "mlp_expected_dimension",
    "mlp_refined_expected_dimension",
    "monomial_mlp_critical_points",
    "polynomial_cnn_critical_points",
    "polynomial_cnn_degree",
    "polynomial_cnn_dimension",
    "reduced_architecture",
    "softmax_attention_dimension",
    "symmetric_ed_degree",
    "symmetric_polar_degrees",
]
