"""Published generic fibres: which test holds which value.

| fact | where |
|---|---|
| rescalings, permutations, GL-actions | test_geometry_identify.py |
| sizes for MLPs, convolutions, attention, polynomial activations | test_geometry_identify.py |
| finite identifiability: criteria, biases | test_theory_dimensions.py |
| finite identifiability: localisation | test_theory_recursive_bound.py |
| numbers of decompositions of forms into powers | here, test_geometry_identify.py |
| linear networks: at least 2ᵇ components over full rank | here |
"""

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

from neuromanifold import theory
from neuromanifold.geometry import identify
from neuromanifold.models import MLP, monomial

# Chiantini, Ottaviani, Vannieuwenhoven 2017; Galuppi, Mella 2019. (variables, degree, summands)
QUICK = [(2, 3, 2), (2, 4, 2), (2, 5, 2), (3, 3, 2), (3, 4, 2), (3, 4, 3), (3, 4, 4), (3, 5, 7)]
SLOW = [(2, 5, 3), (3, 3, 3), (3, 5, 6), (4, 3, 2), (4, 3, 3), (4, 3, 4), (4, 3, 5), (3, 6, 9)]
CASES: list[Any] = [*QUICK, *(pytest.param(*case, marks=pytest.mark.long) for case in SLOW)]


@pytest.mark.parametrize(("n", "r", "k"), CASES)
def test_decompositions_into_powers(n, r, k):
    predicted = theory.waring_decompositions(n, r, k)
    assert predicted is not None
    assert identify(MLP((n, k, 1), monomial(r)), threads=2).fiber_size == predicted.value


def signs_of_determinants(widths: tuple[int, ...], factors: list[np.ndarray]) -> tuple[bool, ...]:
    """The signs that are constant on components of the fibre over W of rank r = min dᵢ.

    A layer of width r cuts W = CR, with C of r orthonormal columns, into CG and G⁻¹R; det G is a
    continuous function without zeros on the fibre.
    """
    r = min(widths)
    signs = []
    whole = np.linalg.multi_dot(factors[::-1]) if len(factors) > 1 else factors[0]
    C = np.linalg.svd(whole)[0][:, :r]
    for cut, width in enumerate(widths[1:-1], start=1):
        if width == r:
            upper = factors[cut]
            for factor in factors[cut + 1 :]:
                upper = factor @ upper
            signs.append(bool(np.linalg.det(C.T @ upper) > 0))
    return tuple(signs)


# Trager, Kohn, Bruna 2020: 2ᵇ components over matrices of rank r = min dᵢ. That there are no more,
# because GL_r has two components, is not tested.
@pytest.mark.parametrize(
    "widths", [(1, 1, 1), (1, 1, 1, 1), (3, 2, 2, 3), (3, 2, 3, 2), (3, 4, 3), (2, 2, 2), (4, 2, 3)]
)
def test_linear_networks_have_fibers_of_several_components(widths):
    rng = np.random.default_rng(0)
    factors = [rng.standard_normal((b, a)) for a, b in pairwise(widths)]
    found = set()
    # reflections of the hidden layers reach every sign
    for flips in product([1, -1], repeat=len(widths) - 2):
        changed = [factor.copy() for factor in factors]
        for layer, sign in enumerate(flips):
            changed[layer][0] *= sign
            changed[layer + 1][:, 0] *= sign
        found.add(signs_of_determinants(widths, changed))
    assert len(found) == theory.linear_mlp_fiber_components(widths, min(widths)).value
