"""Closed forms against published values, against each other, and against known bounds."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromanifold import theory
from neuromanifold.errors import InvalidInputError
from neuromanifold.theory import SegreVeronese, Status

# (dimensions, degrees, degree, polar degrees up to the last non-zero one, generic ED degree);
# those with gED ≤ 39 also computed by elimination over a finite field.
VARIETIES = [
    ((1, 1), (1, 1), 2, (2, 2, 2), 6),
    ((1, 2), (1, 1), 3, (3, 4, 3), 10),
    ((1, 3), (1, 1), 4, (4, 6, 4), 14),
    ((1, 4), (1, 1), 5, (5, 8, 5), 18),
    ((2, 2), (1, 1), 6, (6, 12, 12, 6, 3), 39),
    ((2, 3), (1, 1), 10, (10, 24, 27, 16, 6), 83),
    ((2, 4), (1, 1), 15, (15, 40, 48, 30, 10), 143),
    ((3, 3), (1, 1), 20, (20, 60, 84, 68, 36, 12, 4), 284),
    ((3, 4), (1, 1), 35, (35, 120, 190, 176, 105, 40, 10), 676),
    ((4, 4), (1, 1), 70, (70, 280, 520, 580, 430, 220, 80, 20, 5), 2205),
    ((1, 1, 1), (1, 1, 1), 6, (6, 12, 12, 4), 34),
    ((2, 1, 1), (1, 1, 1), 12, None, 100),
    ((1, 1, 1, 1), (1, 1, 1, 1), 24, None, 280),
    ((2, 2, 1), (1, 1, 1), 30, None, 435),
    ((2, 2, 2), (1, 1, 1), 90, None, 2385),
    ((1,), (2,), 2, (2, 2), 4),
    ((1,), (3,), 3, (3, 4), 7),
    ((2,), (2,), 4, (4, 6, 3), 13),
    ((3,), (2,), 8, (8, 16, 12, 4), 40),
    ((2,), (3,), 9, (9, 18, 12), 39),
    ((1, 1), (2, 1), 4, None, 14),
    ((1, 2), (2, 1), 6, None, 22),
]


@pytest.mark.parametrize(("dimensions", "degrees", "degree", "polar", "ged"), VARIETIES)
def test_segre_veronese_table(dimensions, degrees, degree, polar, ged):
    X = SegreVeronese(dimensions, degrees)
    assert X.degree == degree
    assert X.generic_ed_degree == ged
    assert polar is None or X.polar_degrees == polar + (0,) * (sum(dimensions) + 1 - len(polar))


factors = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=4)


@given(factors, st.randoms())
def test_segre_veronese_laws(pairs, random):
    X = SegreVeronese([n for n, _ in pairs], [a for _, a in pairs])
    assert sum(X.polar_degrees) == X.generic_ed_degree
    assert X.polar_degrees[0] == X.chern_degrees[0] == X.degree
    # The last Chern class integrates to the Euler characteristic.
    euler = 1
    for n, _ in pairs:
        euler *= n + 1
    assert X.chern_degrees[-1] == euler
    # Neither the order of the factors nor additional points matter.
    shuffled = [*pairs, (0, 3)]
    random.shuffle(shuffled)
    Y = SegreVeronese([n for n, _ in shuffled], [a for _, a in shuffled])
    assert Y.polar_degrees == X.polar_degrees


@given(st.integers(1, 6), st.integers(1, 7))
def test_veronese_closed_form(n, d):
    expected = ((2 * d - 1) ** n - (d - 1) ** n) // d
    assert SegreVeronese((n - 1,), (d,)).generic_ed_degree == expected


@pytest.mark.parametrize("n", range(1, 7))
def test_symmetric_matrices_of_rank_one_are_a_veronese_variety(n):
    polar = theory.symmetric_polar_degrees(n, 1)
    assert polar == SegreVeronese((n - 1,), (2,)).polar_degrees


@pytest.mark.parametrize(("n", "r"), [(n, r) for n in range(2, 7) for r in range(1, n)])
def test_symmetric_polar_degrees_reverse_under_duality(n, r):
    assert theory.symmetric_polar_degrees(n, r) == theory.symmetric_polar_degrees(n, n - r)[::-1]
    assert theory.symmetric_polar_degrees(n, n) == (1,)


def test_symmetric_matrices_of_corank_one_have_the_degree_of_the_determinant():
    assert [theory.symmetric_polar_degrees(n, n - 1)[0] for n in range(2, 7)] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("m", "n", "r", "dimension", "degree", "frobenius", "generic"),
    [
        (2, 2, 1, 3, 2, 2, 6),
        (2, 3, 1, 4, 3, 2, 10),
        (3, 3, 1, 5, 6, 3, 39),
        (3, 3, 2, 8, 3, 3, 39),
        (3, 4, 2, 10, 6, 3, 83),
        (4, 4, 2, 12, 20, 6, 1350),
        (4, 5, 2, 14, 50, 6, 4806),
        (5, 5, 4, 24, 5, 5, 2205),
        (2, 5, 2, 10, 1, 1, 1),
    ],
)
def test_determinantal_varieties(m, n, r, *, dimension, degree, frobenius, generic):
    for rows, columns in ((m, n), (n, m)):
        assert theory.determinantal_dimension(rows, columns, r).value == dimension
        assert theory.determinantal_degree(rows, columns, r).value == degree
        assert theory.determinantal_ed_degree(rows, columns, r).value == frobenius
        assert theory.generic_determinantal_ed_degree(rows, columns, r).value == generic


def test_determinantal_degree_of_rank_one_is_the_segre_degree():
    for m, n in product(range(1, 7), repeat=2):
        segre = SegreVeronese((m - 1, n - 1), (1, 1))
        assert theory.determinantal_degree(m, n, 1).value == segre.degree
        assert theory.determinantal_dimension(m, n, 1).value == segre.dimension + 1


@pytest.mark.parametrize(
    ("widths", "dimension", "degree", "count"),
    [((3, 1, 3), 5, 6, 3), ((4, 1, 2), 5, 4, 2), ((3, 2, 3), 8, 3, 3), ((3, 5, 3), 9, 1, 1)],
)
def test_linear_mlp(widths, dimension, degree, count):
    assert theory.linear_mlp_dimension(widths).value == dimension
    assert theory.linear_mlp_degree(widths).value == degree
    assert theory.linear_mlp_critical_points(widths).value == count
    deeper = (*widths[:-1], widths[1], widths[-1])
    assert theory.linear_mlp_critical_points(deeper).value == count


# All (n, r, k) with n = 2 … 5, r = 2 … 5 whose rank over a finite field falls short.
DEFECTIVE = {
    (3, 2, 2): (5, 6),
    (4, 2, 2): (7, 8),
    (4, 2, 3): (9, 10),
    (5, 2, 2): (9, 10),
    (5, 2, 3): (12, 15),
    (5, 2, 4): (14, 15),
    (5, 3, 7): (34, 35),
    (3, 4, 5): (14, 15),
    (4, 4, 9): (34, 35),
    (5, 4, 14): (69, 70),
}


def test_alexander_hirschowitz_exceptions():
    defective = {}
    for n, r, k in product(range(2, 6), range(2, 6), range(1, 71)):
        dimension = theory.alexander_hirschowitz_dimension(n, r, k).value
        expected = theory.mlp_expected_dimension((n, k, 1), r).value
        if dimension != expected:
            defective[n, r, k] = (dimension, expected)
    # Rank two in two variables fills the space and is no exception.
    assert defective == DEFECTIVE


# (widths, exponent, rank of the Jacobian over a finite field, expected dimension).
DEEP = [
    ((2, 2, 2, 1), 2, 5, 5),
    ((2, 2, 2, 2), 2, 8, 8),
    ((3, 2, 2, 1), 2, 7, 8),
    ((3, 3, 2, 1), 2, 11, 12),
    ((3, 3, 3, 1), 2, 12, 15),
    ((2, 2, 1), 2, 3, 3),
    ((3, 2, 2), 2, 8, 8),
    ((2, 2, 3), 2, 8, 8),
    ((4, 3, 2), 2, 15, 15),
    ((2, 3, 3, 2, 1), 2, 9, 9),
    ((2, 3, 3, 3, 2, 1), 2, 17, 17),
    ((2, 2, 3, 1), 3, 6, 8),
    ((2, 3, 2, 1), 3, 8, 9),
    ((4, 5, 3), 2, 29, 30),
]


@pytest.mark.parametrize(("widths", "r", "dimension", "expected"), DEEP)
def test_bounds_on_the_dimension_of_an_mlp(widths, r, dimension, expected):
    bound = theory.mlp_dimension_bound(widths, r).value
    assert theory.mlp_expected_dimension(widths, r).value == expected
    assert dimension <= bound <= expected
    if widths[-1] == 1:
        assert bound <= theory.mlp_refined_expected_dimension(widths, r).value <= expected


@pytest.mark.parametrize(
    ("widths", "r", "value"),
    [((3, 3, 3, 1), 2, 12), ((2, 2, 3, 1), 3, 6), ((3, 2, 2, 1), 2, 7), ((2, 3, 2, 1), 3, 9)],
)
def test_refined_expected_dimension(widths, r, value):
    assert theory.mlp_refined_expected_dimension(widths, r).value == value


@pytest.mark.parametrize(
    ("filters", "strides", "reduced", "dimension", "count"),
    [
        ((3, 2), (2, 1), ((3, 2), (1, 2)), 4, 10),
        ((4, 2), (2, 1), ((4, 2), (1, 2)), 5, 14),
        ((2, 2), (2, 1), ((2, 2), (1, 2)), 3, 6),
        ((2, 2, 2), (1, 2, 1), ((3, 2), (1, 2)), 4, 10),
        ((2, 2, 2), (2, 2, 1), ((2, 2, 2), (1, 2, 4)), 4, 34),
        ((3, 2), (1, 1), ((4,), (1,)), 4, 1),
        ((3, 3), (2, 1), ((3, 3), (1, 2)), 5, 39),
        ((3, 2, 2), (2, 2, 1), ((3, 2, 2), (1, 2, 4)), 5, 100),
        ((2, 2, 2, 2), (2, 2, 2, 1), ((2, 2, 2, 2), (1, 2, 4, 8)), 5, 280),
        ((3, 3, 2), (3, 2, 7), ((3, 3, 2), (1, 3, 6)), 6, 435),
    ],
)
def test_linear_convolution(filters, strides, reduced, dimension, count):
    assert theory.reduced_architecture(filters, strides) == reduced
    assert theory.lcn_dimension(filters).value == dimension
    assert theory.lcn_dimension(reduced[0]).value == dimension
    assert theory.lcn_critical_points(filters, strides).value == count


@pytest.mark.parametrize(
    ("filters", "r", "dimension", "degree", "count"),
    [
        ((2, 2), 2, 3, 4, 14),
        ((2, 3), 2, 4, 6, 22),
        ((2, 2), 3, 3, 6, 22),
        ((3, 2), 2, 4, 12, 79),
        ((2,), 5, 2, 1, 1),
    ],
)
def test_polynomial_convolution(filters, r, dimension, degree, count):
    assert theory.polynomial_cnn_dimension(filters).value == dimension
    assert theory.polynomial_cnn_degree(filters, r).value == degree
    assert theory.polynomial_cnn_critical_points(filters, r).value == count


@pytest.mark.parametrize(
    ("widths", "a", "dimension"),
    [
        ((2, 1), 1, 4),
        ((2, 1), 2, 5),
        ((2, 2), 2, 7),
        ((3, 2), 1, 10),
        ((3, 1), 5, 11),
        ((2, 2, 2), 1, 8),
        ((2, 2, 2), 2, 10),
        ((2, 3, 2), 1, 8),
        ((2, 3, 2), 2, 10),
        ((2, 2, 1), 2, 8),
        ((3, 3, 1), 2, 17),
        ((2, 2, 2, 1), 2, 11),
    ],
)
def test_lightning_dimension(widths, a, dimension):
    assert theory.lightning_dimension(widths, a).value == dimension
    softmax = theory.softmax_attention_dimension(widths, a)
    assert softmax.value == dimension + len(widths) - 1
    assert (softmax.status is Status.CONJECTURED) == (len(widths) > 2)


def test_lightning_critical_points():
    found = theory.lightning_critical_points(2, 2, 1, 2)
    assert found is not None
    assert (found.value, found.status) == (14, Status.PROVED)
    assert theory.lightning_critical_points(2, 3, 1, 5).value == 14
    assert theory.lightning_critical_points(1, 1, 1, 2).value == 1
    wider = theory.lightning_critical_points(3, 3, 1, 2)
    assert wider.value == SegreVeronese((2, 8), (1, 1)).generic_ed_degree
    assert wider.status is not Status.PROVED
    for d, a, d_out, tokens in ((2, 1, 1, 2), (2, 2, 2, 2), (2, 2, 1, 1)):
        assert theory.lightning_critical_points(d, a, d_out, tokens) is None


@pytest.mark.parametrize(
    ("widths", "r", "count"),
    [
        ((2, 1, 1), 2, 4),
        ((2, 1, 1), 3, 7),
        ((3, 1, 1), 2, 13),
        ((2, 1, 5, 1), 2, 10),
        ((3, 2, 1), 2, 13),
        ((4, 2, 1), 2, 122),
        ((3, 3, 1), 2, 1),
        ((2, 2, 1), 3, 1),
        ((2, 2, 1), 4, None),
        ((2, 1, 2), 2, None),
        ((3, 2, 2, 1), 2, None),
        ((3, 2, 3), 1, 3),
        ((3, 2), 2, 1),
    ],
)
def test_monomial_mlp_critical_points(widths, r, count):
    found = theory.monomial_mlp_critical_points(widths, r)
    assert (found.value if found else None) == count


def test_dense_models_have_one_critical_point():
    assert theory.dense_critical_points(6, 6).value == 1
    assert theory.dense_critical_points(5, 6) is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: SegreVeronese((1, 1), (1,)), "dimensions has 2 entries but degrees has 1"),
        (lambda: SegreVeronese((-1,), (1,)), r"dimensions\[0\] is -1"),
        (lambda: SegreVeronese((), ()), "degrees has 0 entries"),
        (lambda: theory.determinantal_degree(2, 3, 3), "r is 3 but a 2 × 3 matrix"),
        (lambda: theory.mlp_expected_dimension((2, 0, 1), 2), r"widths\[1\] is 0"),
        (lambda: theory.mlp_expected_dimension((2, 2, 1), 1), "r is 1"),
        (lambda: theory.mlp_refined_expected_dimension((2, 2, 2), 2), "needs a hidden layer"),
        (lambda: theory.lcn_critical_points((3, 2), (2,)), "give one stride per filter"),
        (lambda: theory.polynomial_cnn_degree((2.5, 2), 2), r"filters\[0\] is 2.5"),
        (lambda: theory.lightning_dimension((2,), 2), "widths has 1 entries"),
        (lambda: theory.symmetric_polar_degrees(2, 3), "r is 3 but the matrices have size 2"),
        (lambda: theory.linear_mlp_dimension((True, 2)), r"widths\[0\] is True"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InvalidInputError, match=words):
        call()
