"""Degrees of neuromanifolds, against the literature and against closed formulas."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from neuromanifold import theory
from neuromanifold.continuation import witness_set
from neuromanifold.errors import NotPolynomialError
from neuromanifold.functions import FunctionSpace, term_bound
from neuromanifold.geometry import degree, dimension
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    identity,
    monomial,
    polynomial,
)


@dataclass(frozen=True)
class Known:
    """A model and the degree of the closure of M."""

    model: Model
    value: int
    source: str

    def __str__(self) -> str:
        return f"{self.model.name}->{self.value}"


def cnn(filters: list[int], r: int, strides: list[int] | None = None) -> Convolution:
    activation = identity() if r == 1 else monomial(r)
    return Convolution(filters, strides or [1] * len(filters), activation)


PCN = "Shahverdi, Marchetti, Kohn 2025, degree formula"
LCN = "Kohn, Montúfar, Shahverdi, Trager 2024: AD² + B²E − BCD"
LIGHTNING = "Henry, Marchetti, Kohn 2025: a resultant of two binary quadrics"
DETERMINANTAL = "Harris 1992, Example 19.10"
VERONESE = "degree r^n of the Veronese variety of Pⁿ"
SECANT = "symmetric 3 × 3 matrices of rank two: the determinant"
FILLING = "M is dense in V"
PROJECTED = "the cone over the Veronese surface projected from one of its points: 4 − 1"
TORIC = "v(w, w², …): cone over a rational curve"

KNOWN = [
    Known(cnn([2, 2], 2), 4, PCN),
    Known(cnn([2, 2], 2, [2, 1]), 4, PCN),
    Known(cnn([2, 2], 3), 6, PCN),
    Known(cnn([3, 2], 2), 12, PCN),
    Known(cnn([3, 2], 1, [2, 1]), 3, LCN),
    Known(cnn([2, 2], 1), 1, FILLING),
    Known(LightningAttention(d=2, a=2, d_out=1, tokens=2), 4, LIGHTNING),
    Known(MLP([3, 1, 3], identity()), 6, DETERMINANTAL),
    Known(MLP([4, 1, 2], identity()), 4, DETERMINANTAL),
    Known(MLP([3, 2, 3], identity()), 3, DETERMINANTAL),
    *[Known(MLP([2, 1, 1], monomial(r)), r, VERONESE) for r in (2, 3, 4, 5, 6)],
    Known(MLP([3, 1, 1], monomial(2)), 4, VERONESE),
    Known(MLP([3, 1, 1], monomial(3)), 9, VERONESE),
    Known(MLP([3, 2, 1], monomial(2)), 3, SECANT),
    Known(MLP([3, 3, 1], monomial(2)), 1, FILLING),
    Known(MLP([2, 2, 1], monomial(3)), 1, FILLING),
    Known(MLP([2, 2, 2], monomial(2)), 1, FILLING),
    Known(MLP([2, 2, 1], monomial(2), bias=True), 1, FILLING),
    Known(MLP([2, 1, 1], monomial(2), bias=True), 3, PROJECTED),
    Known(MLP([1, 1, 1], polynomial([0, 1, 1, 1])), 2, TORIC),
    Known(MLP([1, 1, 1], polynomial([0, 1, 1, 0, 1])), 3, TORIC),
]


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_known_degrees(known: Known):
    result = degree(known.model)
    assert (result.value, result.is_complete) == (known.value, True), known.source
    exact = dimension(known.model)
    assert (result.dimension, result.ambient) == (exact.value, exact.ambient)
    assert result.is_filling == exact.is_filling
    assert result.seconds < 5


@settings(max_examples=10, deadline=None)
@given(
    filters=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    r=st.integers(2, 3),
    stride=st.integers(1, 2),
)
def test_polynomial_convolutional_networks(filters: list[int], r: int, stride: int):
    predicted = theory.polynomial_cnn_degree(filters, r).value
    model = cnn(filters, r, [stride] * len(filters))
    assume(predicted <= 60 and (term_bound(model) or 0) <= 1000)
    result = degree(model)
    assert (result.value, result.is_complete) == (predicted, True)


@settings(max_examples=10, deadline=None)
@given(widths=st.lists(st.integers(1, 3), min_size=3, max_size=4), seed=st.integers(0, 1000))
def test_linear_networks_are_determinantal(widths: list[int], seed: int):
    m, n, r = widths[0], widths[-1], min(widths)
    result = degree(MLP(widths, identity()), seed=seed)
    assert (result.value, result.is_complete) == (theory.determinantal_degree(m, n, r).value, True)


def test_the_witness_set_knows_the_functions_of_the_network():
    model = cnn([3, 2], 2)
    space = FunctionSpace.of(model)
    rng = np.random.default_rng(0)
    witness = degree(model).witness
    assert witness.contains(space.coefficients(rng.standard_normal(5))[0])
    assert not witness.contains(rng.standard_normal(space.dimension))
    assert witness.contains(np.zeros(space.dimension))
    again = witness_set(model)
    assert np.array_equal(again.points, witness.points)


def test_a_model_of_ones_own():
    # sums of two cubes of linear forms in two variables with equal weights fill the binary cubics
    one, two = (
        Model.from_function(lambda w, x: ((w @ x) ** 3).sum(), np.ones((k, 2)), (2,))
        for k in (1, 2)
    )
    assert (degree(one).value, degree(two).value) == (3, 1)


def test_a_rational_model_has_no_coefficients():
    model = Model.from_function(lambda w, x: w[0] / (1 + w[1] * x[0]), np.ones(2), (1,))
    with pytest.raises(NotPolynomialError):
        degree(model)


def test_the_printed_form():
    result = degree(cnn([2, 2], 2), seed=7)
    lines = str(result).splitlines()
    assert lines[0] == f"Degree of {result.model}"
    assert lines[2:4] == ["• degree 4 (numerical)", "• dimension 3 in dimension 5"]
    assert lines[4].startswith("• trace test closed, residual")
    assert lines[5].startswith("• seed 7,")
    assert ": filling" in str(degree(MLP([2, 2, 2], monomial(2))))


@pytest.mark.long
@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_twenty_seeds(known: Known):
    results = [degree(known.model, seed=seed) for seed in range(20)]
    assert all(r.is_complete and r.value == known.value for r in results)


@pytest.mark.long
@pytest.mark.parametrize("filters", [[4, 2], [2, 2, 2], [3, 3], [2, 4], [3, 2, 2], [2, 3, 2]])
@pytest.mark.parametrize("r", [2, 3])
def test_larger_convolutional_networks(filters: list[int], r: int):
    result = degree(cnn(filters, r))
    assert (result.value, result.is_complete) == (
        theory.polynomial_cnn_degree(filters, r).value,
        True,
    )
