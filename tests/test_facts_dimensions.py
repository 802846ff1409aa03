"""Published dimensions: which test holds which value.

Every architecture with a published dimension is in `zoo.ALL`, which test_geometry_dimension.py runs
through `dimension` with its expected and ambient dimensions.

| fact | where |
|---|---|
| Segre–Veronese varieties, matrices of bounded rank | zoo.SEGRE_VERONESE, zoo.LINEAR |
| expected dimension of MLPs, refined expected dimension | test_theory.py, test_theory_dimensions.py |
| recursive bound, localisation theorem on 1124 architectures | test_theory_recursive_bound.py |
| one output: the defective (d₀, k, 1), and no others | zoo.WARING_DEFECTIVE, here |
| several outputs, two layers: the defective ones | zoo.DEEP, here |
| deep defects, minimal filling widths | zoo.DEEP, zoo.MINIMAL_FILLING, test_geometry_scan.py |
| equal widths expected from r = 2 on, true thresholds | zoo.THRESHOLDS, here |
| criteria of identifiability against exact ranks | test_theory_dimensions.py |
| biases; pyramids when r goes from 2 to 3 | zoo.BIASES, zoo.THRESHOLDS |
| LCN, PCN, CNN with polynomial activation | zoo.CONVOLUTIONS |
| lightning attention, one layer and deep | zoo.ATTENTION, test_theory_dimensions.py |
| softmax attention: as many more as layers | test_theory_dimensions.py |
| MLPs with polynomial activation, too small degrees | zoo.INHOMOGENEOUS, test_theory_dimensions.py |
| rank and swept-out dimension at subnetworks | test_geometry_subnetworks.py, test_theory_exposure.py |
| asymptotic bottlenecks | here |
| networks of reciprocals | zoo.RATIONAL_NETWORKS |
"""

from itertools import count, product
from math import comb

import pytest

from exact_dimensions import effective_parameters, mlp_dimension
from neuromanifold import theory
from neuromanifold.geometry import activation_threshold

# Alexander, Hirschowitz 1995: all defective (variables, exponent, neurons) in the ranges below
DEFECTIVE = {
    (3, 2, 2): 5,
    (4, 2, 2): 7,
    (4, 2, 3): 9,
    (5, 2, 2): 9,
    (5, 2, 3): 12,
    (5, 2, 4): 14,
    (5, 3, 7): 34,
    (3, 4, 5): 14,
    (4, 4, 9): 34,
    (5, 4, 14): 69,
}


def waring_defects(variables: range, exponents: range) -> dict[tuple[int, int, int], int]:
    """(n, r, k) → dim M wherever it is not min(nk, dim V), for all k up to the first that fills."""
    found = {}
    for n, r in product(variables, exponents):
        ambient = comb(n + r - 1, r)
        for k in count(1):
            value = mlp_dimension((n, k, 1), r)
            if value < min(n * k, ambient):
                found[n, r, k] = value
            if value == ambient:
                break
    return found


def test_defective_sums_of_powers():
    small = {case: value for case, value in DEFECTIVE.items() if case[0] < 5}
    assert waring_defects(range(2, 5), range(2, 6)) == small


@pytest.mark.long
def test_defective_sums_of_powers_in_five_variables():
    assert waring_defects(range(2, 6), range(2, 6)) == DEFECTIVE


# The secant varieties of P²×P³ by O(1, 2) and of P¹×P² by O(1, 3), five points each, among all
# networks with d₀ ≤ 4, at most six hidden neurons and two to four outputs.
MULTI_OUTPUT_DEFECTIVE = {((4, 5, 3), 2): (29, 30), ((3, 5, 2), 3): (19, 20)}


def test_defective_networks_with_several_outputs():
    found = {}
    for n, k, m, r in product(range(2, 5), range(1, 7), range(2, 5), (2, 3)):
        value = mlp_dimension((n, k, m), r)
        expected = theory.mlp_expected_dimension((n, k, m), r).value
        if value != expected:
            found[(n, k, m), r] = (value, expected)
    assert found == MULTI_OUTPUT_DEFECTIVE


# Finkel, Rodriguez, Wu, Yahl 2025: the largest exponent at which parameters − hidden is not reached
@pytest.mark.parametrize(
    ("widths", "up_to", "threshold"),
    [
        *(((2, k, 1), 2 * k + 1, 2 * k - 2) for k in (2, 3, 4, 5)),
        ((3, 3, 1), 5, 2),
        ((2, 3, 2), 6, 3),
        ((2, 2, 2), 7, 1),
        ((3, 3, 3), 7, 1),
        ((2, 2, 2, 2), 7, 1),
        ((2, 2, 2, 2, 2), 3, 1),
        ((3, 3, 3, 1), 3, 2),
    ],
    ids=str,
)
def test_thresholds(widths, up_to, threshold):
    found = activation_threshold(widths, up_to)
    assert found.value == threshold
    assert mlp_dimension(widths, threshold + 1) == effective_parameters(widths)


# Kileel, Trager, Bruna 2019, Theorem 19: for a layer in a fixed place and enough layers behind it.
@pytest.mark.parametrize(
    ("widths", "bottleneck", "fills"),
    [
        ((2, 2, 5, 5, 1), 1, False),
        ((2, 5, 2, 5, 1), 2, False),
        ((2, 5, 2, 5, 5, 1), 2, False),
        ((2, 5, 5, 2, 5, 5, 1), 3, False),
        ((3, 4, 8, 8, 1), 1, False),
        ((3, 4, 10, 10, 10, 1), 1, False),
        ((2, 3, 5, 5, 1), 1, True),
        ((3, 5, 8, 8, 1), 1, True),
        ((3, 5, 10, 10, 10, 1), 1, True),
    ],
    ids=str,
)
def test_bottlenecks(widths, bottleneck, fills):
    degree = 2 ** (len(widths) - 2)
    ambient = comb(widths[0] + degree - 1, degree)
    assert (mlp_dimension(widths, 2) == ambient) == fills
    assert theory.mlp_asymptotic_bottleneck(widths[0], widths[bottleneck]).holds != fills


@pytest.mark.parametrize("widths", [(2, 3, 3, 2, 1), (2, 3, 3, 3, 2, 1)], ids=str)
def test_a_narrow_last_layer_is_no_bottleneck(widths):
    assert mlp_dimension(widths, 2) == 2 ** (len(widths) - 2) + 1
