"""Subnetworks: their dimensions, where they come from, and how many targets train into them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry import critical_exposure, dimension, subnetworks
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    monomial,
    polynomial,
)

CUBIC = polynomial([0, 0, 1, 1])  # x³ + x²
SIGMAS = [monomial(2), monomial(3), CUBIC, polynomial([0, 1, 1])]


@pytest.mark.parametrize("widths", [(2, 2, 1), (3, 2, 2), (2, 3, 2, 1)], ids=str)
@pytest.mark.parametrize("sigma", SIGMAS, ids=str)
def test_a_locus_has_the_dimension_of_its_architecture(widths, sigma):
    loci = subnetworks(MLP(widths, sigma))
    assert len(loci) == np.prod(widths[1:-1]) - 1
    for locus in loci:
        assert locus.dimension == dimension(locus.architecture).value
        assert locus.dimension + locus.codimension == loci.dimension


@pytest.mark.parametrize(
    ("filters", "strides", "sigma"),
    [((2, 2), (1, 1), monomial(2)), ((3, 2), (2, 1), CUBIC), ((2, 2, 2), (1, 1, 1), CUBIC)],
    ids=str,
)
def test_padded_filters_have_the_dimension_of_their_architecture(filters, strides, sigma):
    for locus in subnetworks(Convolution(filters, strides, sigma)):
        assert locus.dimension == dimension(locus.architecture).value


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_the_functions_of_a_locus_are_those_of_the_network_with_zeros(seed):
    rng = np.random.default_rng(seed)
    model = Convolution([3, 2], [1, 2], CUBIC)
    locus = subnetworks(model)[int(rng.integers(len(subnetworks(model))))]
    theta, x = rng.standard_normal(len(locus.model.support)), rng.standard_normal(model.input_shape)
    assert np.allclose(locus.model(theta, x), model(locus.model.include(theta), x))
    # the smaller network sees the input from its own position on
    start = int(locus.label.split("input ")[1].split()[0]) - 1
    window = x[start : start + locus.architecture.n_inputs]
    assert np.allclose(locus.architecture(theta, window), model(locus.model.include(theta), x))


# Shahverdi, Marchetti, Kohn: with strides 1 the filters (p, 0), (0, b) and (0, q), (a, 0) both give
# multiples of x1^r; with stride 2 no two placements agree.
@pytest.mark.parametrize(("strides", "crossings"), [((1, 1), [1]), ((2, 1), [])], ids=str)
def test_convolutions_cross_themselves_where_two_placements_agree(strides, crossings):
    loci = subnetworks(Convolution([2, 2], strides, monomial(2)))
    assert [locus.dimension for locus in loci if locus.n_branches > 1] == crossings
    assert not any(locus.drops_rank for locus in loci)


# Computed independently: ranks 3 and 4 at the subnetwork of width one, both exposed in dimension 7.
def test_ranks_and_exposure_of_the_smallest_network():
    model = MLP([2, 2, 1], CUBIC)
    loci = subnetworks(model)
    [locus] = loci
    assert (loci.dimension, locus.dimension) == (6, 3)
    assert [stratum.rank for stratum in locus.strata] == [3, 4]
    for stratum in locus.strata:
        exposure = critical_exposure(model, stratum.support)
        assert exposure.is_exposed
        assert (exposure.dimension, exposure.ambient, exposure.rank) == (7, 7, stratum.rank)


@pytest.mark.parametrize(
    ("widths", "sigma"),
    [
        ((2, 2, 1), CUBIC),
        ((2, 2, 1), polynomial([0, 1, 1, 1, 1])),
        ((2, 2, 2), CUBIC),
        ((3, 2, 1), monomial(3)),
        ((2, 3, 1), polynomial([0, 0, 0, 1, 1, 1])),
    ],
    ids=str,
)
def test_subnetworks_of_mlps_are_exposed(widths, sigma):
    model = MLP(widths, sigma)
    for locus in subnetworks(model):
        assert locus.drops_rank
        assert any(critical_exposure(model, s.support).is_exposed for s in locus.strata)


@pytest.mark.parametrize(
    ("filters", "strides", "sigma"),
    [
        ((2, 2), (1, 1), monomial(2)),
        ((2, 2), (1, 1), polynomial([0, 1, 1, 1])),
        ((3, 2), (1, 1), polynomial([0, 1, 1])),
        ((2, 3), (2, 1), CUBIC),
    ],
    ids=str,
)
def test_subnetworks_of_convolutions_are_not_exposed(filters, strides, sigma):
    model = Convolution(filters, strides, sigma)
    loci = subnetworks(model)
    for locus in loci:
        for stratum in locus.strata:
            exposure = critical_exposure(model, stratum.support)
            # where the parametrization is regular, a locus sweeps out itself and the normal directions
            assert exposure.dimension == locus.dimension + exposure.ambient - loci.dimension
            assert not exposure.is_exposed


def test_all_of_parameter_space_is_exposed():
    model = MLP([2, 2, 1], CUBIC)
    assert critical_exposure(model, range(model.n_parameters)).is_exposed


def test_attention_of_lower_rank():
    [locus] = subnetworks(LightningAttention(d=2, a=2, d_out=1, tokens=2))
    assert (locus.dimension, locus.codimension) == (4, 1)


def test_text():
    text = str(subnetworks(MLP([2, 2, 1], CUBIC)))
    assert "dimension 3, rank 3, 4: rank drops" in text
    assert "critically exposed" in str(critical_exposure(MLP([2, 2, 1], CUBIC), [0, 1, 4]))


def test_bad_input():
    model = Model.from_function(lambda w, x: w @ x, np.ones((1, 2)), (2,))
    with pytest.raises(InvalidInputError, match="are not known"):
        subnetworks(model)
    with pytest.raises(InvalidInputError, match="support is"):
        critical_exposure(MLP([2, 2, 1], CUBIC), [0, 0])
