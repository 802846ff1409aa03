"""Fibres of given functions, against factorizations and decompositions known by hand."""

import numpy as np
import pytest

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import FunctionSpace
from neuromanifold.geometry import FiberFinder, fiber
from neuromanifold.models import MLP, Convolution, LightningAttention, monomial

CUBIC = MLP([2, 2, 1], monomial(3))
FILTERS = Convolution([3, 2], [1, 1])
SQUARES = Convolution([2, 2], [1, 1], monomial(2))


def assert_on_fiber(model, found, f):
    space = FunctionSpace.of(model)
    for theta in [*found.points, *found.real]:
        assert np.allclose(space.coefficients(theta)[0], f, atol=1e-7)
    assert all(np.isrealobj(theta) for theta in found.real)


@pytest.mark.parametrize(
    ("f", "n_points", "n_real"),
    [
        ([1, 0, 0, 8], 1, 1),  # x³ + (2y)³
        ([1, 3, 3, 2], 1, 1),  # (x + y)³ + y³
        ([1, 0, -1, 0], 1, 0),  # x³ − xy²: three real roots, so the two cubes are conjugate
        ([0, 1, 0, 0], 0, 0),  # x²y: only a limit of sums of two cubes
    ],
)
def test_sums_of_two_cubes(f, n_points, n_real):
    found = fiber(CUBIC, f)
    assert (len(found), len(found.real), found.n_lost) == (n_points, n_real, 0)
    assert found.is_empty == (n_points == 0) == (found.n_diverging > 0)
    assert found.dimension == (2 if n_points else -1)
    assert (found.ranks == 4).all()
    assert_on_fiber(CUBIC, found, f)


def test_a_cube_has_a_fiber_of_larger_dimension():
    found = fiber(CUBIC, [1, 0, 0, 0])  # one neuron may be zero, or both proportional
    assert found.is_excessive
    assert found.dimension == 3
    assert (found.ranks < found.rank).all()
    assert len(found.real) > 0
    assert_on_fiber(CUBIC, found, [1, 0, 0, 0])


@pytest.mark.parametrize(
    ("f", "multiplicities", "n_real"),
    [
        ([1, -6, 11, -6], [1, 1, 1], 3),  # three real roots: each can be the second filter's
        ([1, 0, 1, 0], [1, 1, 1], 1),  # one real root
        ([1, -4, 5, -2], [1, 2], 2),  # a double root
        ([1, 0, 0, 0], [3], 1),  # a triple root
    ],
)
def test_factors_of_a_cubic(f, multiplicities, n_real):
    found = fiber(FILTERS, f)
    assert sorted(found.multiplicities) == multiplicities
    assert len(found.real) == n_real
    assert (found.dimensions == 1).all()
    # the filters share a root exactly where the multiplicity is larger than one
    assert ((found.ranks < 4) == (found.multiplicities > 1)).all()
    assert_on_fiber(FILTERS, found, f)


@pytest.mark.parametrize(
    ("model", "roots_wanted"),
    [
        (Convolution([2, 2], [1, 1]), 2),
        (Convolution([2, 2, 2], [1, 1, 1]), 3),
        (CUBIC, 1),  # a sum of two real cubes has one real root
    ],
    ids=str,
)
def test_real_parameters_exist_exactly_when_roots_say_so(model, roots_wanted):
    finder = FiberFinder(model)
    rng = np.random.default_rng(0)
    for _ in range(20):
        f = rng.standard_normal(finder.space.dimension)
        found = finder.fiber(f)
        n_roots = int(np.sum(np.abs(np.roots(f).imag) < 1e-9))
        assert (len(found.real) > 0) == (n_roots == roots_wanted)
        assert_on_fiber(model, found, f)


def test_a_node_has_two_regular_preimages():
    space = FunctionSpace.of(SQUARES)
    node = np.array([3.0 * (name == "x2^2") for name in space.coordinates])
    found = fiber(SQUARES, node)  # ((p, 0), (0, b)) and ((0, q), (a, 0))
    assert len(found) == 2
    assert (found.ranks == 3).all()
    assert (found.dimensions == 1).all()
    smooth = space.coefficients(np.array([1.0, 2.0, 3.0, 4.0]))[0]
    assert len(fiber(SQUARES, smooth)) == 1


def test_a_function_outside_of_m_has_an_empty_fiber():
    space = FunctionSpace.of(SQUARES)
    generic = np.arange(1.0, space.dimension + 1)
    found = fiber(SQUARES, generic)
    assert found.is_empty
    assert found.n_diverging == 0
    assert found.is_complete


def test_attention_of_real_parameters_comes_back_real():
    model = LightningAttention(d=2, a=2, d_out=1, tokens=2)
    theta = np.random.default_rng(0).standard_normal(model.n_parameters)
    f = FunctionSpace.of(model).coefficients(theta)[0]
    found = fiber(model, f)
    assert len(found) == len(found.real) == 1
    assert found.dimension == 5
    assert_on_fiber(model, found, f)


def test_bad_functions():
    with pytest.raises(InvalidInputError, match="4"):
        fiber(CUBIC, [1, 2, 3])


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_the_scale_of_a_function_does_not_matter(scale):
    # four roots, two of them real: which belong to the quadratic filter, and in which order the others?
    form = np.convolve(np.convolve([1.0, 3.0], [1.0, -0.2]), [1.0, 0.6, 2.0])
    found = FiberFinder(Convolution([3, 2, 2], [1, 1, 1])).fiber(scale * form)
    assert (len(found), len(found.real)) == (12, 2)
