"""Generic fibres, against theorems on decompositions of forms and on networks."""

from dataclasses import dataclass
from math import comb, factorial

import numpy as np
import pytest

from neuromanifold.errors import NotPolynomialError
from neuromanifold.geometry import identify
from neuromanifold.geometry._dimension import dimension
from neuromanifold.geometry._symmetries._continuous import linear_symmetries
from neuromanifold.geometry._symmetries._finite import index_permutations, roots_of_unity
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    identity,
    monomial,
    polynomial,
)

SYLVESTER = "Sylvester: a generic binary form of degree 2k − 1 is a unique sum of k powers"
PENTAHEDRON = "Sylvester's pentahedral theorem: quaternary cubics, five cubes, uniquely"
HILBERT = "Hilbert: plane quintics are unique sums of seven powers"
SEXTICS = (
    "plane sextics of rank nine have two decompositions (Chiantini, Ottaviani, Vannieuwenhoven)"
)
KRUSKAL = "Kruskal: few summands are unique"
USEVICH = "Usevich, Borsoi, Dérand, Clausel 2025"
LINEAR = "matrix factorizations W₂W₁ of full rank differ by a change of basis"
ROOTS = "ways to distribute the roots of a binary form to the filters"
PCN = "Shahverdi, Marchetti, Kohn 2025: filters are unique up to scaling"
RAZOR = "Shahverdi, Marchetti, Kohn 2026: no scalings for generic activations"
LIGHTNING = "Henry, Marchetti, Kohn 2025"
RANK_ONE = "V = uvᵀ and A = pqᵀ: v and p can be exchanged"
CUBES = "products of linear forms: the factors are known up to order"


@dataclass(frozen=True)
class Known:
    """A model with `size` classes in a generic fibre."""

    model: Model
    size: int
    source: str


def attention(d: int, a: int, d_out: int, tokens: int, layers: int = 1) -> LightningAttention:
    return LightningAttention(d=d, a=a, d_out=d_out, tokens=tokens, layers=layers)


KNOWN = [
    Known(MLP([2, 2, 1], monomial(3)), 1, SYLVESTER),
    Known(MLP([2, 3, 1], monomial(5)), 1, SYLVESTER),
    Known(MLP([2, 4, 1], monomial(7)), 1, SYLVESTER),
    Known(MLP([3, 2, 1], monomial(3)), 1, KRUSKAL),
    Known(MLP([3, 3, 1], monomial(3)), 1, KRUSKAL),
    Known(MLP([4, 5, 1], monomial(3)), 1, PENTAHEDRON),
    Known(MLP([3, 7, 1], monomial(5)), 1, HILBERT),
    Known(MLP([2, 2, 2], monomial(2)), 1, USEVICH),
    Known(MLP([3, 2, 2], monomial(2)), 1, USEVICH),
    Known(MLP([2, 2, 2, 2], monomial(2)), 1, USEVICH),
    Known(MLP([2, 2, 1], monomial(3), bias=True), 1, USEVICH),
    Known(MLP([2, 1, 2], identity()), 1, LINEAR),
    Known(MLP([2, 2, 2], identity()), 1, LINEAR),
    Known(MLP([2, 3, 2], identity(), bias=True), 1, LINEAR),
    Known(MLP([2, 2, 1], polynomial([0, 0, 1, 1])), 1, RAZOR),
    Known(MLP([2, 2, 1], polynomial([0, 1, 0, 1])), 1, RAZOR + ", up to signs"),
    Known(MLP([2, 2, 1], polynomial([0, 1, 0, 0, 1])), 1, RAZOR + ", up to third roots of unity"),
    Known(Convolution([2, 2], [1, 1]), 2, ROOTS),
    Known(Convolution([3, 2], [1, 1]), 3, ROOTS),
    Known(Convolution([4, 2], [1, 1]), 4, ROOTS),
    Known(Convolution([3, 3], [1, 1]), comb(4, 2), ROOTS),
    Known(Convolution([2, 2, 2], [1, 1, 1]), factorial(3), ROOTS),
    Known(Convolution([3, 2], [2, 1]), 1, "reduced: the filters live in different variables"),
    Known(Convolution([2, 2], [1, 1], monomial(2)), 1, PCN),
    Known(Convolution([3, 2], [1, 1], monomial(2)), 1, PCN),
    Known(Convolution([2, 3], [1, 1], monomial(3)), 1, PCN),
    Known(Convolution([2, 2], [1, 1], polynomial([0, 1, 1])), 1, RAZOR),
    Known(Convolution([3, 2], [2, 1], polynomial([0, 1, 0, 1])), 1, RAZOR + ", up to signs"),
    Known(attention(2, 2, 1, 2), 1, LIGHTNING),
    Known(attention(2, 1, 2, 2), 1, LIGHTNING),
    Known(attention(2, 2, 2, 2), 1, LIGHTNING),
    Known(attention(2, 3, 1, 2), 1, LIGHTNING + ", a > d"),
    Known(attention(2, 1, 1, 2), 2, RANK_ONE),
    Known(attention(2, 1, 1, 1), factorial(3), CUBES),
    Known(attention(2, 2, 1, 1), 3, "a cubic times a quadric: choose the linear factor"),
]
LONG = [
    Known(MLP([3, 9, 1], monomial(6)), 2, SEXTICS),
    Known(MLP([2, 5, 1], monomial(9)), 1, SYLVESTER),
    Known(MLP([2, 2, 2, 1], monomial(3)), 1, USEVICH),
    Known(MLP([2, 2, 2], polynomial([0, 0, 1, 1])), 1, RAZOR),
    Known(MLP([2, 3, 1], polynomial([0, 0, 1, 1, 1])), 1, RAZOR),
    Known(Convolution([3, 2, 2], [2, 1, 1], monomial(2)), 1, PCN),
    Known(Convolution([2, 2, 2], [1, 1, 1], polynomial([0, 1, 1])), 1, RAZOR),
    Known(attention(3, 1, 1, 2), 2, RANK_ONE),
    Known(attention(3, 2, 1, 2), 1, LIGHTNING),
    Known(attention(3, 1, 2, 2), 1, LIGHTNING),
    Known(
        attention(2, 1, 1, 2, layers=2),
        factorial(3),
        "a layer of rank one has outputs zcᵀ, so V₂, K₂, Q₂ enter as a product of three linear forms",
    ),
]
UNEXPLAINED = [
    (MLP([3, 2, 1], monomial(2)), 1, "quadrics of rank two: an orthogonal group of dimension one"),
    (MLP([2, 2, 1], monomial(2)), 1, "the same"),
    (MLP([4, 3, 1], monomial(2)), 3, "quadrics of rank three"),
    (MLP([3, 5, 1], monomial(4)), 1, "Clebsch: plane quartics of rank five are a hypersurface"),
    (MLP([2, 3, 1], monomial(4)), 1, "binary quartics are sums of three powers in ∞¹ ways"),
    (MLP([3, 6, 1], monomial(4)), 3, "plane quartics: 18 − 15"),
]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.model.name)
def test_the_size_of_a_generic_fiber(known):
    check(known)


@pytest.mark.long
@pytest.mark.parametrize("known", LONG, ids=lambda known: known.model.name)
def test_the_size_of_a_larger_generic_fiber(known):
    check(known)


def check(known):
    found = identify(known.model, threads=2)
    assert found.is_finitely_identifiable
    assert found.fiber_size == known.size, known.source
    assert found.is_globally_identifiable == (known.size == 1)
    word = "globally identifiable" if known.size == 1 else f"{known.size} classes"
    assert word in found.verdict
    assert found.verdict in str(found)
    assert found.n_components is not None
    assert found.n_components % known.size == 0


@pytest.mark.parametrize(
    ("model", "missing", "why"), UNEXPLAINED, ids=lambda value: str(value)[:30]
)
def test_directions_that_no_symmetry_explains(model, missing, why):
    found = identify(model)
    assert found.unexplained_dimension == missing, why
    assert not found.is_finitely_identifiable
    assert not found.is_globally_identifiable
    assert found.fiber_size is None
    assert f"not identifiable: {missing} unexplained" in found.verdict


def test_the_verdict_does_not_depend_on_the_seed():
    model = Convolution([3, 2], [1, 1])
    first, second = identify(model, seed=1), identify(model, seed=2)
    assert first.fiber_size == second.fiber_size == 3
    again = identify(model, seed=1)
    assert first.fiber is not None
    assert again.fiber is not None
    assert again.fiber.points.tolist() == first.fiber.points.tolist()


def test_points_of_the_fiber_have_one_function():
    found = identify(attention(2, 1, 1, 2))
    assert found.fiber is not None
    model, points = attention(2, 1, 1, 2), found.fiber.points
    x = np.random.default_rng(0).standard_normal(model.input_shape)
    k, q, v = points[:, :2], points[:, 2:4], points[:, 4:]
    values = ((v @ x @ x.T) * k).sum(axis=1)[:, None] * (q @ x)
    assert len(points) == 2
    assert np.allclose(values[0], values[1])


SYMMETRIES = [
    (MLP([2, 3, 1], monomial(3)), 3, 3, "a rescaling for each neuron"),
    (MLP([2, 3, 2], identity()), 9, 3, "GL₃, with a torus of dimension three"),
    (Convolution([2, 2, 2], [1, 1, 1], monomial(2)), 2, 2, "a rescaling between layers"),
    (Convolution([2, 2], [1, 1], polynomial([0, 1, 1])), 0, 0, "none"),
    (attention(2, 2, 1, 2), 5, 3, "GL₂ on K and Q, and V against them"),
    (attention(2, 1, 2, 2, layers=2), 8, 6, "two for each layer, and GL₂ between them"),
]


@pytest.mark.parametrize(("model", "count", "torus", "what"), SYMMETRIES)
def test_linear_symmetries(model, count, torus, what):
    value = dimension(model).value
    found = linear_symmetries(model, value, np.random.default_rng(0))
    assert (len(found.fields), len(found.rescalings)) == (count, torus), what
    theta = np.random.default_rng(1).standard_normal(model.n_parameters)
    x = np.random.default_rng(2).standard_normal(model.input_shape)
    for direction in found.at(theta):
        ahead, back = (model(theta + s * 1e-5 * direction, x) for s in (1, -1))
        assert np.allclose(ahead, back, atol=1e-8)


def test_symmetries_of_a_users_own_model_are_found():
    def tied(params, x):
        return params["out"] @ (params["w"] @ x) ** 3 + params["w"][0, 0] * 0

    params = {"w": np.ones((3, 2)), "out": np.ones(3)}
    model = Model.from_function(tied, params, (2,))
    found = identify(model)
    assert [index.n_values for index in found.permutations] == [3]
    assert sum(group.n_fields for group in found.symmetries) == 3
    assert found.unexplained_dimension == 9 - 4 - 3


def test_finite_symmetries_without_continuous_ones():
    even = Model.from_function(
        lambda w, x: ((w @ x) ** 2).sum(keepdims=True), np.ones((1, 2)), (2,)
    )
    value = dimension(even).value
    continuous = linear_symmetries(even, value, np.random.default_rng(0))
    (signs,) = roots_of_unity(even, continuous)
    assert signs.order == 2
    assert signs.exponents.tolist() == [[1, 1]]
    assert index_permutations(even, continuous, np.random.default_rng(0)) == ()
    assert identify(even).verdict == "globally identifiable up to signs"


def test_a_model_that_is_not_polynomial():
    import jax.numpy as jnp

    model = Model.from_function(lambda w, x: jnp.tanh(w @ x), np.ones((1, 2)), (2,))
    with pytest.raises(NotPolynomialError):
        identify(model)


@pytest.mark.parametrize(
    "model",
    [
        MLP((3, 2, 2), monomial(2)),
        MLP((2, 2, 2), monomial(3)),
        MLP((3, 3, 2), monomial(3)),
        MLP((3, 2, 1), monomial(3)),
        Convolution((3, 2), (1, 1), monomial(2)),
        Convolution((2, 2, 2), (1, 2, 1), monomial(2)),
    ],
    ids=str,
)
def test_theorems_agree(model):
    found = identify(model)
    assert found.theorems
    assert found.is_finitely_identifiable
    if any("globally identifiable" in theorem.conclusion for theorem in found.theorems):
        assert found.is_globally_identifiable
    assert "theorem: " in str(found)
