"""Linear convolutional networks: singular architectures, real roots, boundary."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold import theory
from neuromanifold.errors import InvalidInputError


def test_the_golden_example():
    # A D² + B² E = B C D is singular along B = D = 0, the forms in x² and y²
    found = theory.lcn_singular_architectures((3, 2), (2, 1))
    assert found.value == ((1, 3),)
    assert theory.lcn_dimension(found.value[0]).value == 3


def factorisations(roots, degrees, strides, order):
    """Ways to write a form as a product of dᵢ-th degree polynomials in x^{Sᵢ}.

    The roots are distinct powers of one element of the given order: x^S − α vanishes on a coset.
    """
    if not degrees:
        return 0 if roots else 1
    *lower, degree = degrees
    *finer, S = strides
    cosets = {frozenset((x + i * (order // S)) % order for i in range(S)) for x in roots}
    whole = sorted((c for c in cosets if c <= roots), key=min)

    def choose(start, left, count):
        if not count:
            return factorisations(left, lower, finer, order)
        return sum(
            choose(i + 1, left - whole[i], count - 1) for i in range(start, len(whole) - count + 1)
        )

    return choose(0, roots, degree)


def generic_form(degrees, strides, order, rng):
    roots = set()
    for degree, S in zip(degrees, strides, strict=True):
        for _ in range(degree):
            coset = {-1}
            while coset & roots or coset == {-1}:
                x = int(rng.integers(order))
                coset = {(x + i * (order // S)) % order for i in range(S)}
            roots |= coset
    return frozenset(roots)


@pytest.mark.parametrize(
    ("degrees", "strides"),
    [
        ((2, 1), (1, 2)),
        ((3, 1), (1, 2)),
        ((2, 2), (1, 2)),
        ((4, 1), (1, 3)),
        ((1, 1, 1), (1, 2, 4)),
        ((3, 2, 1), (1, 2, 4)),
        ((2, 1, 1), (1, 2, 6)),
        ((1, 3), (1, 2)),
    ],
)
def test_singular_architectures_have_several_factorisations(degrees, strides):
    # M_{d′} ⊂ M_d is singular where a generic form of M_{d′} has several preimages
    steps = tuple(b // a for a, b in pairwise(strides))
    filters = tuple(d + 1 for d in degrees)
    found = set(theory.lcn_singular_architectures(filters, (*steps, 1)).value)
    total = sum(d * S for d, S in zip(degrees, strides, strict=True))
    order = 10007 * strides[-1]
    rng = np.random.default_rng(1)
    expected = set()
    for other in product(*(range(total // S + 1) for S in strides)):
        if sum(d * S for d, S in zip(other, strides, strict=True)) != total:
            continue
        form = generic_form(other, strides, order, rng)
        count = factorisations(form, list(degrees), list(strides), order)
        if other == degrees:
            assert count == 1
        elif count:
            assert count > 1
            expected.add(tuple(d + 1 for d in other))
    assert found == expected
    dimension = theory.lcn_dimension(filters).value
    assert all(theory.lcn_dimension(k).value < dimension for k in found)


def test_one_layer_has_no_singular_architecture():
    assert theory.lcn_singular_architectures((2, 2), (1, 1)).value == ()


filters = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@given(filters)
def test_forms_with_enough_real_roots_split_into_filters(sizes):
    degrees = [k - 1 for k in sizes]
    e = theory.lcn_real_roots(sizes).value
    total = sum(degrees)
    for real in range(total % 2, total + 1, 2):
        # A real factor of degree d takes any number ≡ d (mod 2), 0 ≤ … ≤ d, of real roots.
        shares = product(*(range(d % 2, d + 1, 2) for d in degrees))
        assert any(sum(share) == real for share in shares) is (real >= e)
    fills = all(real >= e for real in range(total % 2, total + 1, 2))
    assert fills is (e <= 1)


@settings(max_examples=30)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 10**6))
def test_products_of_filters_have_enough_real_roots(sizes, seed):
    rng = np.random.default_rng(seed)
    form = np.ones(1)
    for k in sizes:
        form = np.convolve(form, rng.standard_normal(k))
    roots = np.roots(form)
    real = int(np.sum(np.abs(roots.imag) < 1e-7 * (1 + np.abs(roots))))
    assert real >= theory.lcn_real_roots(sizes).value


@pytest.mark.parametrize(
    ("filters", "strides", "codimension"),
    [
        ((2, 2), (1, 1), 1),
        ((3, 2), (1, 1), 2),
        ((3, 2), (2, 1), 2),
        ((2, 2, 2), (1, 2, 1), 1),
        ((2, 2, 2), (2, 2, 1), 2),
        ((3, 2, 2), (2, 1, 1), 1),
    ],
)
def test_boundary(filters, strides, codimension):
    assert theory.lcn_boundary_codimension(filters, strides).value == codimension


@pytest.mark.parametrize(
    ("filters", "strides", "samples", "holds", "words"),
    [
        ((3, 2), (2, 1), 5, True, "5 ≥ 5"),
        ((3, 2), (2, 1), 4, False, "4 < 5 samples"),
        ((3, 2), (1, 1), 9, False, "layers 1 and 2"),
        ((2, 2, 2), (2, 1, 1), 9, False, "layers 2 and 3"),
        ((4,), (1,), 4, True, "reduced"),
    ],
)
def test_no_spurious_critical_points(filters, strides, samples, *, holds, words):
    found = theory.lcn_no_spurious_critical_points(filters, strides, samples)
    assert found.holds is holds
    assert words in found.reason
    assert str(found).startswith("critical points" if holds else "no statement")


def test_bad_input_is_named():
    with pytest.raises(InvalidInputError, match="give one stride per filter"):
        theory.lcn_boundary_codimension((3, 2), (2,))
    with pytest.raises(InvalidInputError, match="samples is 0"):
        theory.lcn_no_spurious_critical_points((3, 2), (2, 1), 0)
