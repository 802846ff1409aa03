"""Singular points of neuromanifolds whose singular loci are known."""

import numpy as np
import pytest
import sympy

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import FunctionSpace
from neuromanifold.geometry import SingularityType as Type
from neuromanifold.geometry import singularities, subnetworks
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    identity,
    monomial,
    polynomial,
)

X = sympy.symbols("x1:5")
# (a x₁² + b x₁x₂ + c x₂²)(d x₁² + e x₂²) fills AD² + B²E = BCD, singular where B = D = 0: there the two
# factors can be exchanged, and are equal on the curve C² = 4AE.
GOLDEN = Convolution([3, 2], [2, 1])


@pytest.mark.parametrize(
    ("f", "multiplicity", "kind"),
    [
        ((1, 1, 3, 2, 2), 1, Type.SMOOTH),
        ((2, -3, 5, -3, 3), 1, Type.SMOOTH),
        ((1, 0, 3, 0, 2), 2, Type.SEVERAL_BRANCHES),
        ((1, 0, 1, 0, 1), 2, Type.SEVERAL_BRANCHES),
        ((1, 0, 2, 0, 1), 2, Type.RANK_DROP),
        ((1, 0, 0, 0, 0), 2, Type.RANK_DROP),
    ],
)
def test_the_golden_convolution(f, multiplicity, kind):
    A, B, C, D, E = f
    assert A * D**2 + B**2 * E == B * C * D
    found = singularities(GOLDEN, f)
    assert (found.multiplicity, found.type) == (multiplicity, kind)
    assert found.is_singular == (B == D == 0)
    assert found.degree == 3


def test_the_apex_of_a_cone_has_the_degree_as_multiplicity():
    assert singularities(GOLDEN, [0] * 5).multiplicity == 3


def test_a_convolution_crosses_itself_along_one_line():
    model = Convolution([2, 2], [1, 1], monomial(2))
    assert singularities(model, X[1] ** 2).type is Type.SEVERAL_BRANCHES
    assert len(singularities(model, X[1] ** 2).branches) == 2
    for f in (X[0] ** 2, X[2] ** 2, (X[0] + X[1]) ** 2, (X[0] + X[1]) ** 2 - (X[1] + X[2]) ** 2):
        assert not singularities(model, f).is_singular


def test_stride_two_leaves_no_crossing():
    model = Convolution([2, 2], [2, 1], monomial(2))
    for f in (X[0] ** 2, X[1] ** 2, X[2] ** 2, X[3] ** 2):
        assert not singularities(model, f).is_singular


@pytest.mark.parametrize("seed", range(3))
def test_attention_crosses_itself_at_rank_one(seed):
    # V = u vᵀ and A = p qᵀ give the same function as u pᵀ and v qᵀ
    model = LightningAttention(d=2, a=2, d_out=1, tokens=2)
    rng = np.random.default_rng(seed)
    space = FunctionSpace.of(model)
    [rank_one] = subnetworks(model)
    theta = rank_one.model.include(rng.standard_normal(len(rank_one.model.support)))
    crossing = singularities(model, space.coefficients(theta)[0])
    assert (crossing.type, crossing.multiplicity) == (Type.SEVERAL_BRANCHES, 2)
    generic = space.coefficients(rng.standard_normal(model.n_parameters))[0]
    assert not singularities(model, generic).is_singular


@pytest.mark.parametrize(
    "model",
    [
        MLP([2, 2, 1], polynomial([0, 0, 1, 1])),  # a hypersurface in seven dimensions
        MLP([2, 2, 3], monomial(2)),  # determinant 0
        MLP([3, 2, 1], monomial(2)),  # symmetric determinant 0
        MLP([3, 2, 1], monomial(3)),  # a secant variety
        MLP([3, 2, 3], identity()),
    ],
    ids=str,
)
def test_mlps_are_singular_at_their_subnetworks(model):
    rng = np.random.default_rng(0)
    space = FunctionSpace.of(model)
    generic = space.coefficients(rng.standard_normal(model.n_parameters))[0]
    assert not singularities(model, generic).is_singular
    for locus in subnetworks(model):
        theta = locus.model.include(rng.standard_normal(len(locus.model.support)))
        found = singularities(model, space.coefficients(theta)[0])
        assert found.is_singular
        assert found.type is Type.RANK_DROP
        assert found.fiber.is_excessive


def test_a_filling_network_is_smooth_where_its_jacobian_drops_rank():
    found = singularities(MLP([2, 2, 1], monomial(3)), X[0] ** 3)
    assert not found.is_singular
    assert max(found.fiber.ranks) < found.fiber.rank


def test_a_limit_of_functions():
    # x₁²x₂ is tangent to the cubes: a smooth point of the secant variety, with no parameters
    found = singularities(MLP([3, 2, 1], monomial(3)), X[0] ** 2 * X[1])
    assert found.fiber.is_empty
    assert not found.is_singular


def test_text():
    text = str(singularities(GOLDEN, [1, 0, 3, 0, 2]))
    assert "A singular point of" in text
    assert "multiplicity 2 on a variety of degree 3" in text
    assert "type: several branches" in text


def test_bad_input():
    with pytest.raises(InvalidInputError, match="does not lie in the closure"):
        singularities(GOLDEN, [1, 2, 3, 4, 5])
    with pytest.raises(InvalidInputError, match="coefficients"):
        singularities(GOLDEN, [1, 2, 3])
