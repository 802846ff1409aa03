"""Theorems on dimension and identifiability, against ranks over finite fields."""

from itertools import pairwise, product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from jax.flatten_util import ravel_pytree

import zoo
from exact_dimensions import effective_parameters, is_finitely_identifiable, mlp_dimension
from neuromanifold import theory
from neuromanifold.errors import InvalidInputError, TooLargeError
from neuromanifold.geometry import dimension
from neuromanifold.models import MLP, Convolution, LightningAttention, polynomial
from neuromanifold.rings import double_precision
from neuromanifold.theory import Criterion, Status

SHALLOW = [(w, r) for w in product(range(1, 5), repeat=3) for r in (2, 3, 4, 5)]
DEEP = [(w, r) for w in product(range(1, 4), repeat=4) for r in (2, 3)]


def bottlenecks(widths, r):
    for b in range(1, len(widths) - 1):
        yield theory.bottleneck_identifiability(widths, r, b)


@pytest.mark.parametrize(
    ("criteria", "least"),
    [
        (lambda w, r: [theory.deep_identifiability(w, r)], 60),
        (lambda w, r: [theory.pyramidal_identifiability(w, r)], 40),
        (lambda w, r: [theory.linear_threshold_identifiability(w, r)], 20),
        (bottlenecks, 40),
        (lambda w, r: [theory.massarenti_mella_identifiability(w, r)], 40),
    ],
    ids=["Kruskal", "pyramid", "linear threshold", "bottleneck", "Massarenti, Mella"],
)
def test_criteria_of_identifiability(criteria, least):
    applied = [(w, r) for w, r in SHALLOW + DEEP if any(c.holds for c in criteria(w, r))]
    assert len(applied) >= least
    assert [case for case in applied if not is_finitely_identifiable(*case)] == []


def test_the_families_follow_from_localisation():
    for widths in product(range(1, 5), repeat=4):
        for r in product(range(1, 6), repeat=2):
            families = [
                theory.pyramidal_identifiability(widths, r),
                theory.linear_threshold_identifiability(widths, r),
                *bottlenecks(widths, r),
            ]
            if any(family.holds for family in families):
                assert theory.deep_identifiability(widths, r).holds, (widths, r)


def test_the_criterion_with_biases():
    cases = [(w, r) for w in product((1, 2, 3), repeat=3) for r in (2, 3, 5)]
    cases += [(w, 3) for w in product((1, 2), repeat=4)]
    applied = [case for case in cases if theory.bias_identifiability(*case).holds]
    assert len(applied) >= 25
    assert [case for case in applied if not is_finitely_identifiable(*case, bias=True)] == []
    for widths in product((1, 2, 3, 4), repeat=4):  # 2 d + 1 suffices
        exponents = [2 * d + 1 for d in widths[1:-1]]
        assert theory.bias_identifiability(widths, exponents).holds


def test_refined_dimension_of_one_output():
    cases = 0
    for widths, r in SHALLOW + DEEP:
        *inner, last = widths
        small = all(a + b - 1 < sympy.binomial(a - 1 + r, r) for a, b in pairwise(inner))
        if last > 1 or min(inner) < 2 or not small:
            continue
        if theory.waring_defect(inner[-2], r, inner[-1]).value:
            continue
        cases += 1
        predicted = theory.mlp_refined_expected_dimension(widths, r).value
        assert mlp_dimension(widths, r) == predicted, (widths, r)
    assert cases >= 30


def test_exponents_differ_from_layer_to_layer():
    one = theory.localization_blocks((3, 4, 2, 2), (2, 5)).value
    assert one == (((3, 4, 2), 2), ((3, 2, 2), 5))
    assert theory.mlp_refined_expected_dimension((3, 3, 4, 1), (2, 3)).value == 6 + 10
    assert theory.pyramidal_identifiability((3, 2, 2, 1), (2, 3)).holds


def test_thresholds_bound_the_true_ones():
    for widths in [(2, 2, 1), (2, 3, 1), (2, 4, 1), (3, 3, 1), (2, 3, 2), (2, 2, 2, 1)]:
        full = theory.mlp_high_exponent_dimension(widths).value
        assert full == effective_parameters(widths)
        enough = max(2 * d - 1 for d in widths[1:-1])
        assert mlp_dimension(widths, enough) == mlp_dimension(widths, enough + 2) == full
        true = max([1, *(r for r in range(2, enough) if mlp_dimension(widths, r) < full)])
        assert true <= theory.activation_threshold_bound(widths).value
    assert theory.activation_threshold_bound((2, 2, 1)).status is Status.UNCONFIRMED
    # above the recalled bound, as large as it is
    assert mlp_dimension((2, 2, 1), 38) == 4


@pytest.mark.parametrize("widths", [(2, 2, 2), (3, 3, 3), (4, 4, 4), (2, 2, 2, 2), (3, 3, 3, 3)])
def test_equal_widths_have_the_expected_dimension_from_two_on(widths):
    assert theory.equi_width_threshold(widths).value == 1
    full = theory.mlp_high_exponent_dimension(widths).value
    assert [mlp_dimension(widths, r) for r in (2, 3, 4)] == [full] * 3


def test_powers_of_polynomials():
    a, b = sympy.symbols("a b")
    pythagoras = (a**2 - b**2, 2 * a * b, a**2 + b**2)

    def rank(forms, r):
        powers = [sympy.Poly(sympy.expand(p**r), a, b).as_dict() for p in forms]
        monomials = sorted(set().union(*powers))
        return sympy.Matrix([[p.get(m, 0) for m in monomials] for p in powers]).rank()

    bound = theory.power_independence_bound(3).value
    assert rank(pythagoras, 2) == 2
    assert bound >= 2
    assert rank(pythagoras, bound + 1) == 3
    assert [theory.power_independence_bound(k).value for k in (2, 3, 4)] == [1, 13, 37]


def test_bottleneck():
    assert [theory.mlp_asymptotic_bottleneck(3, d).holds for d in (1, 4, 5)] == [True, True, False]
    assert not theory.mlp_asymptotic_bottleneck(1, 1).holds


def test_reciprocal_networks():
    cases = [*product((1, 2, 3), repeat=3), *product((2, 3), repeat=4), (2, 4, 3), (4, 3, 2)]
    for widths in cases:
        predicted = theory.rational_mlp_dimension(widths)
        if predicted is None:
            assert min(widths[:-1]) == 1
        else:
            assert dimension(zoo.reciprocal_network(widths)).value == predicted.value, widths


def test_generic_polynomial_activations():
    dense = polynomial([0, 0, *[1] * 7])
    deep = [(2, 1, 2, 1), (2, 2, 2, 1), (1, 2, 1, 2)]
    for widths in [*product((1, 2), (1, 2, 3), (1, 2)), (3, 3, 1), *deep]:
        predicted = theory.polynomial_mlp_dimension(widths).value
        assert dimension(MLP(widths, dense)).value == predicted, widths
    short = polynomial([0, 1, 1])
    for sizes in [*product((1, 2, 3), repeat=2), *product((1, 2), (2, 3), (1, 2))]:
        strides = (2, *(1,) * (len(sizes) - 1))
        predicted = theory.polynomial_activation_cnn_dimension(sizes).value
        assert dimension(Convolution(sizes, strides, short)).value == predicted, sizes


def test_the_degree_that_a_polynomial_activation_needs():
    assert theory.polynomial_mlp_degree_bound((2, 2, 1)).value == 24**2
    assert theory.polynomial_mlp_degree_bound((2, 3, 2, 1)).value == 36**8
    assert theory.polynomial_mlp_degree_bound((2, 2, 1)).status is Status.UNCONFIRMED
    with pytest.raises(TooLargeError, match="use fewer layers"):
        theory.polynomial_mlp_degree_bound((2,) * 12)


@pytest.mark.parametrize("tokens", [1, 2])
def test_single_layers_of_lightning_attention(tokens):
    for d, a, d_out in product((1, 2, 3), (1, 2), (1, 2)):
        found = dimension(LightningAttention(d, a, d_out, tokens)).value
        predicted = (
            theory.lightning_one_token_dimension(d, a, d_out)
            if tokens == 1
            else theory.lightning_dimension((d, d_out), a)
        )
        assert found == predicted.value, (d, a, d_out)


@pytest.mark.parametrize("widths", [(1, 2, 1), (2, 1, 2), (2, 3, 2), (3, 2, 1), (2, 2, 3)])
@pytest.mark.parametrize("a", [1, 2])
def test_deep_lightning_attention(widths, a):
    found = dimension(zoo.attention_stack(widths, a, 2)).value
    assert found == theory.lightning_dimension(widths, a).value


@pytest.mark.parametrize(
    ("widths", "a", "tokens"), [((2, 2), 1, 2), ((2, 1), 2, 3), ((2, 2, 2), 1, 3)]
)
def test_softmax_attention(widths, a, tokens):
    rng = np.random.default_rng(4)
    shapes = [((a, n), (a, n), (m, n)) for n, m in pairwise(widths)]
    weights = [[rng.standard_normal(s) for s in layer] for layer in shapes]
    inputs = rng.standard_normal((40, widths[0], tokens))

    def network(layers, x):
        for k, q, v in layers:
            x = v @ x @ jax.nn.softmax(x.T @ k.T @ q @ x, axis=0)
        return x

    with double_precision():
        flat, unravel = ravel_pytree(jax.tree.map(jnp.asarray, weights))
        jacobian = jax.vmap(
            jax.jacrev(lambda theta, x: network(unravel(theta), x)), in_axes=(None, 0)
        )(flat, jnp.asarray(inputs))
        values = np.linalg.svd(np.asarray(jacobian).reshape(-1, flat.size), compute_uv=False)
    predicted = theory.softmax_attention_dimension(widths, a)
    assert values[predicted.value - 1] > 1e-5 * values[0]
    assert np.all(values[predicted.value :] < 1e-12 * values[0])
    expected = Status.PROVED if len(widths) == 2 else Status.CONJECTURED
    assert predicted.status is expected


def test_waring():
    defects = {
        (n, r, k)
        for n, r in product(range(2, 6), range(2, 5))
        for k in range(1, 15)
        if theory.waring_defect(n, r, k).value
    }
    assert {case for case in defects if case[1] > 2} == {
        (5, 3, 7),
        (3, 4, 5),
        (4, 4, 9),
        (5, 4, 14),
    }
    assert theory.waring_decompositions(3, 4, 5) is None
    assert theory.waring_decompositions(2, 5, 3).value == 1
    assert theory.waring_decompositions(3, 3, 4) is None  # 12 > 10 unknowns
    assert theory.waring_decompositions(4, 4, 8).value == 2
    # one decomposition or two need the dimension kn
    for n, r, k in product((2, 3, 4), (3, 4), range(1, 9)):
        if theory.waring_decompositions(n, r, k):
            assert mlp_dimension((n, k, 1), r) == n * k


def test_fibers_of_linear_networks():
    count = theory.linear_mlp_fiber_components
    assert [count((1, 1, 1), rank).value for rank in (0, 1)] == [1, 2]
    assert count((3, 2, 2, 3), 2).value == 4
    assert count((3, 2, 3, 2), 2).value == 2
    assert count((3, 4, 3), 3).value == 1
    assert count((1, 1, 1), 1).status is Status.UNCONFIRMED


def test_covering_numbers_and_samples():
    few, many = (theory.log_covering_number(5, 4, eps).value for eps in (0.1, 0.01))
    assert many - few == pytest.approx(5 * np.log(10))
    one = theory.sufficient_samples(5, 4, 0.1, delta=0.05)
    assert one.value == pytest.approx(100 * (few + np.log(20)))
    assert one.status is Status.UNCONFIRMED
    wider = theory.sufficient_samples(5, 4, 0.1, delta=0.05, diameter=2, constant=1)
    assert wider.value == pytest.approx(400 * (few + 1 + np.log(20)))


def test_a_criterion_as_text():
    text = str(theory.pyramidal_identifiability((3, 2, 1), 3))
    assert text.startswith("widths (3, 2, 1) are finitely identifiable, because")
    assert isinstance(theory.shallow_identifiability(2, 2, 1, 1), Criterion)
    assert "at least 2" in theory.shallow_identifiability(2, 2, 1, 1).reason


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: theory.mlp_recursive_bound((2, 1), len), "needs a hidden layer"),
        (lambda: theory.localization_blocks((2, 2, 1), (2, 3)), "exponents has 2 entries"),
        (lambda: theory.deep_identifiability((2, 2, 1), 0), "exponents is 0"),
        (lambda: theory.bottleneck_identifiability((2, 2, 1), 2, 2), "bottleneck is 2"),
        (lambda: theory.massarenti_mella_identifiability((2, 2, 2), 1), "at least 2"),
        (lambda: theory.power_independence_bound(1), "k is 1"),
        (lambda: theory.waring_decompositions(2, 2, 1), "degree is 2"),
        (lambda: theory.linear_mlp_fiber_components((2, 2), 3), "rank is 3"),
        (lambda: theory.log_covering_number(2, 2, 0), "epsilon is 0"),
        (lambda: theory.log_covering_number(2, 2, 1, constant=-1), "constant is -1"),
        (lambda: theory.sufficient_samples(2, 2, 1, delta=2), "delta is 2"),
        (lambda: theory.sufficient_samples(2, 2, 1, delta=1, diameter=0), "diameter is 0"),
        (lambda: theory.pyramidal_identifiability((2, 1), 2), "widths has 2 entries"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InvalidInputError, match=words):
        call()
