"""Theorems as functions: what is known about an architecture, with its source.

Only the integers of an architecture go in, so these values are independent of every computed one.
"""

from neuromanifold.theory._activation_threshold import (
    activation_threshold_bound,
    equi_width_threshold,
    mlp_high_exponent_dimension,
    power_independence_bound,
)
from neuromanifold.theory._alexander_hirschowitz import (
    alexander_hirschowitz_dimension,
    waring_decompositions,
    waring_defect,
)
from neuromanifold.theory._degenerate_metric import (
    DegenerateMetricCount,
    degenerate_metric_critical_points,
    dual_polar_degrees,
)
from neuromanifold.theory._determinantal import (
    determinantal_degree,
    determinantal_dimension,
    determinantal_ed_degree,
)
from neuromanifold.theory._determinantal_polar import (
    determinantal_polar_degrees,
    generic_determinantal_ed_degree,
)
from neuromanifold.theory._hypersurface import (
    hypersurface_ed_degree,
)
from neuromanifold.theory._identifiability import (
    deep_identifiability,
    identifiable_dimension,
    localization_blocks,
    shallow_identifiability,
)
from neuromanifold.theory._identifiability_families import (
    bias_identifiability,
    bottleneck_identifiability,
    linear_threshold_identifiability,
    pyramidal_identifiability,
)
from neuromanifold.theory._lcn_geometry import (
    lcn_boundary_codimension,
    lcn_no_spurious_critical_points,
    lcn_real_roots,
    lcn_singular_architectures,
)
from neuromanifold.theory._lightning_attention import (
    lightning_critical_points,
    lightning_dimension,
    lightning_one_token_dimension,
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
    linear_mlp_fiber_components,
)
from neuromanifold.theory._massarenti_mella import (
    massarenti_mella_identifiability,
    mlp_refined_expected_dimension,
)
from neuromanifold.theory._mlp import (
    mlp_dimension_bound,
    mlp_expected_dimension,
)
from neuromanifold.theory._monomial_mlp import (
    dense_critical_points,
    monomial_mlp_critical_points,
)
from neuromanifold.theory._polynomial_activation import (
    cnn_subnetworks_critically_exposed,
    mlp_subnetworks_critically_exposed,
    polynomial_activation_cnn_dimension,
    polynomial_mlp_degree_bound,
    polynomial_mlp_dimension,
)
from neuromanifold.theory._polynomial_convolution import (
    polynomial_cnn_critical_points,
    polynomial_cnn_degree,
    polynomial_cnn_dimension,
    polynomial_cnn_identifiability,
)
from neuromanifold.theory._prediction import (
    Criterion,
    Prediction,
    Status,
)
from neuromanifold.theory._rational_network import (
    rational_mlp_dimension,
)
from neuromanifold.theory._recursive_bound import (
    mlp_asymptotic_bottleneck,
    mlp_recursive_bound,
)
from neuromanifold.theory._sample_size import (
    log_covering_number,
    sufficient_samples,
)
from neuromanifold.theory._segre_veronese import (
    SegreVeronese,
)
from neuromanifold.theory._symmetric_determinantal import (
    symmetric_degree,
    symmetric_dimension,
    symmetric_ed_degree,
    symmetric_frobenius_ed_degree,
    symmetric_polar_degrees,
    two_neuron_critical_points,
)
from neuromanifold.theory._veronese import (
    bombieri_weyl_ed_degree,
    veronese_ed_degree,
)

__all__ = [
    "Criterion",
    "DegenerateMetricCount",
    "Prediction",
    "SegreVeronese",
    "Status",
    "activation_threshold_bound",
    "alexander_hirschowitz_dimension",
    "bias_identifiability",
    "bombieri_weyl_ed_degree",
    "bottleneck_identifiability",
    "cnn_subnetworks_critically_exposed",
    "deep_identifiability",
    "degenerate_metric_critical_points",
    "dense_critical_points",
    "determinantal_degree",
    "determinantal_dimension",
    "determinantal_ed_degree",
    "determinantal_polar_degrees",
    "dual_polar_degrees",
    "equi_width_threshold",
    "generic_determinantal_ed_degree",
    "hypersurface_ed_degree",
    "identifiable_dimension",
    "lcn_boundary_codimension",
    "lcn_critical_points",
    "lcn_dimension",
    "lcn_no_spurious_critical_points",
    "lcn_real_roots",
    "lcn_singular_architectures",
    "lightning_critical_points",
    "lightning_dimension",
    "lightning_one_token_dimension",
    "linear_mlp_critical_points",
    "linear_mlp_degree",
    "linear_mlp_dimension",
    "linear_mlp_fiber_components",
    "linear_threshold_identifiability",
    "localization_blocks",
    "log_covering_number",
    "massarenti_mella_identifiability",
    "mlp_asymptotic_bottleneck",
    "mlp_dimension_bound",
    "mlp_expected_dimension",
    "mlp_high_exponent_dimension",
    "mlp_recursive_bound",
    "mlp_refined_expected_dimension",
    "mlp_subnetworks_critically_exposed",
    "monomial_mlp_critical_points",
    "polynomial_activation_cnn_dimension",
    "polynomial_cnn_critical_points",
    "polynomial_cnn_degree",
    "polynomial_cnn_dimension",
    "polynomial_cnn_identifiability",
    "polynomial_mlp_degree_bound",
    "polynomial_mlp_dimension",
    "power_independence_bound",
    "pyramidal_identifiability",
    "rational_mlp_dimension",
    "reduced_architecture",
    "shallow_identifiability",
    "softmax_attention_dimension",
    "sufficient_samples",
    "symmetric_degree",
    "symmetric_dimension",
    "symmetric_ed_degree",
    "symmetric_frobenius_ed_degree",
    "symmetric_polar_degrees",
    "two_neuron_critical_points",
    "veronese_ed_degree",
    "waring_decompositions",
    "waring_defect",
]
