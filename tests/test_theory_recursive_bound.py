"""The recursive bound and the localisation theorem, on every small architecture."""

from itertools import product

import pytest

from exact_dimensions import effective_parameters, is_finitely_identifiable, mlp_dimension
from neuromanifold import theory
from recursive_bound_exceptions import NOT_SHARP

FEW = [
    *((widths, 2) for widths in product((1, 2, 3), repeat=4)),
    *NOT_SHARP,
    ((2, 3, 3, 2), 3),
]
ALL = [
    *((widths, 2) for widths in product(range(1, 6), repeat=4)),
    *((widths, 3) for widths in product(range(1, 5), repeat=4)),
    *((widths, 2) for widths in product(range(1, 4), repeat=5)),
]


def scan(architectures):
    """The architectures whose dimension lies below the bound, with both numbers; and how many are
    identifiable by localisation. A dimension above the bound, or a network that is not
    identifiable though its blocks are, fails."""
    below, localised = {}, 0
    for widths, r in architectures:
        dimension = mlp_dimension(widths, r)
        recursive = theory.mlp_recursive_bound(widths, lambda block, r=r: mlp_dimension(block, r))
        assert dimension <= recursive.value, (widths, r)
        bound = min(recursive.value, theory.mlp_expected_dimension(widths, r).value)
        if dimension < bound:
            below[widths, r] = (dimension, bound)
        # the bound without computed dimensions is weaker, and still one
        assert theory.mlp_dimension_bound(widths, r).value >= bound
        blocks = theory.localization_blocks(widths, r).value
        if all(is_finitely_identifiable(*block) for block in blocks):
            localised += 1
            assert is_finitely_identifiable(widths, r), (widths, r)
        if theory.deep_identifiability(widths, r).holds:
            assert is_finitely_identifiable(widths, r), (widths, r)
        assert theory.identifiable_dimension(widths).value == effective_parameters(widths)
    return below, localised


def test_a_few_architectures():
    below, localised = scan(FEW)
    assert below == {key: NOT_SHARP[key] for key in FEW if key in NOT_SHARP}
    assert localised >= 10


@pytest.mark.long
def test_all_architectures():
    assert len(set(ALL)) == 1124
    below, localised = scan(ALL)
    assert below == NOT_SHARP
    assert localised == 247
