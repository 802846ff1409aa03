"""Landscapes have the number of critical points, and the points, that theory and closed forms give."""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import jax
import numpy as np
import pytest
from numpy.polynomial import Polynomial

import neuromanifold as nm
from neuromanifold.errors import DegenerateMetricError, InvalidInputError
from neuromanifold.models import MLP, Convolution, LightningAttention, Model, identity, monomial
from neuromanifold.rings import double_precision


@dataclass(frozen=True)
class Case:
    model: Model
    samples: int
    count: int
    source: str


CASES = [
    Case(LightningAttention(d=2, a=2, d_out=1, tokens=2), 3, 14, "arXiv:2512.21029, §4.2"),
    Case(Convolution([3, 2], [2, 1]), 6, 10, "arXiv:2401.16613"),
    Case(Convolution([4, 2], [2, 1]), 8, 14, "arXiv:2401.16613"),
    Case(Convolution([2, 2], [1, 1], monomial(2)), 3, 14, "arXiv:2410.00722, degenerate metric"),
    Case(Convolution([2, 2], [1, 1], monomial(2)), 7, 14, "arXiv:2410.00722"),
    Case(Convolution([2, 3], [1, 1], monomial(2)), 9, 22, "arXiv:2410.00722"),
    Case(MLP((2, 2, 1), monomial(3)), 6, 1, "fills V"),
    Case(MLP((2, 2, 1), monomial(2)), 6, 1, "fills V"),
    Case(MLP((3, 2, 3), identity()), 5, 3, "Eckart and Young"),
    Case(MLP((4, 1, 2), identity()), 6, 2, "Eckart and Young"),
    Case(MLP((2, 1, 1), monomial(2)), 6, 4, "arXiv:2402.00949"),
    Case(MLP((2, 1, 1), monomial(3)), 6, 7, "generic ED degree of the twisted cubic"),
    Case(MLP((3, 1, 1), monomial(2)), 9, 13, "generic ED degree of the Veronese surface"),
]


def solve(model, samples, seed):
    data = nm.Dataset.random(model.input_shape, model.output_shape, samples=samples, seed=seed)
    return nm.landscape(model, data, seed=seed), data


def check_count(case, seed):
    land, _ = solve(case.model, case.samples, seed)
    assert land.n_complex == case.count
    assert land.n_certified == case.count
    assert land.is_complete
    if land.prediction is not None:
        assert land.prediction.value == case.count
    imaginary = sum(not point.is_real for point in land)
    assert imaginary % 2 == 0


def name(case):
    return f"{case.model}-{case.samples}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_count(case):
    check_count(case, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("case", CASES, ids=name)
def test_count_for_many_seeds(case, seed):
    check_count(case, seed)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_gradient_of_the_loss_on_the_data_vanishes(case):
    land, data = solve(case.model, case.samples, seed=2)
    X = data.X.reshape(-1, *case.model.input_shape)
    Y = data.Y.reshape(-1, *case.model.output_shape)

    def loss(theta):
        outputs = jax.vmap(lambda x: case.model.apply_flat(theta, x))(X)
        return jax.numpy.sum((outputs - Y) ** 2)

    for point in land:
        if point.has_real_parameters:
            with double_precision():
                value, gradient = jax.value_and_grad(loss)(point.parameters.real)
            assert value == pytest.approx(point.loss, rel=1e-8, abs=1e-8)
            scale = 1 + np.abs(point.parameters).max() + float(np.sum(Y**2))
            assert np.abs(gradient).max() < 1e-7 * scale


@pytest.mark.parametrize("r", [2, 3, 4])
def test_one_neuron_against_the_roots_of_one_polynomial(r):
    """f = a(x₁ + t·x₂)^r is critical where d/dt of (ν·Qu)²/(ν·Qν) vanishes, ν the coefficients."""
    model = MLP((2, 1, 1), monomial(r))
    land, _ = solve(model, 4 * r, seed=3)
    t = Polynomial([0, 1])
    nu = [comb(r, k) * t**k for k in range(r + 1)]
    Q = land.metric
    Qu = Q @ land.target
    linear = sum(nu[k] * Qu[k] for k in range(r + 1))
    quadratic = sum(nu[i] * nu[j] * Q[i, j] for i in range(r + 1) for j in range(r + 1))
    condition = 2 * linear.deriv() * quadratic - linear * quadratic.deriv()
    roots = condition.cutdeg(3 * r - 2).roots()
    losses = land.constant + Qu @ land.target - linear(roots) ** 2 / quadratic(roots)
    found = np.array([point.loss for point in land])
    assert len(found) == len(losses) == 3 * r - 2
    assert np.abs(found[:, None] - losses[None, :]).min(axis=1) == pytest.approx(0, abs=1e-6)
    assert np.abs(found[:, None] - losses[None, :]).min(axis=0) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("widths", [(3, 2, 3), (4, 1, 2), (2, 1, 2)])
def test_linear_networks_against_truncated_singular_values(widths):
    """Critical points are the whitened target with some of its singular triples left out."""
    model = MLP(widths, identity())
    land, data = solve(model, 8, seed=4)
    X, Y = data.X, data.Y
    least_squares = np.linalg.lstsq(X, Y, rcond=None)[0]
    singular = np.linalg.svd(X @ least_squares, compute_uv=False)
    rank = min(widths)
    discarded = [
        sum(s**2 for i, s in enumerate(singular[: min(widths[0], widths[-1])]) if i not in kept)
        for kept in combinations(range(min(widths[0], widths[-1])), rank)
    ]
    residual = np.sum((X @ least_squares - Y) ** 2)
    assert sorted(point.loss for point in land) == pytest.approx(
        sorted(residual + d for d in discarded)
    )
    assert land.global_minimum.index == 0
    assert land.n_minima == 1


def test_a_filling_network_says_whether_real_parameters_reach_the_target():
    """Binary cubics with three real roots are not sums of two real cubes (negative discriminant)."""
    model = MLP((2, 2, 1), monomial(3))
    reached = []
    for seed in range(6):
        land, _ = solve(model, 8, seed)
        (point,) = land
        assert point.coefficients.real == pytest.approx(land.target, rel=1e-6, abs=1e-8)
        names = {"x1^3": 0, "x1^2*x2": 1, "x1*x2^2": 2, "x2^3": 3}
        cubic = [land.target[land.coordinates.index(n)] for n in names]
        n_real_roots = np.sum(np.abs(np.roots(cubic).imag) < 1e-9)
        assert point.is_real
        assert point.has_real_parameters == (n_real_roots == 1)
        assert (land.global_minimum is None) == (n_real_roots == 3)
        reached.append(point.has_real_parameters)
    assert len(set(reached)) == 2


def test_same_seed_same_bits_and_any_number_of_threads():
    model = Convolution([3, 2], [2, 1])
    data = nm.Dataset.random(model.input_shape, model.output_shape, samples=6, seed=0)
    options = [nm.landscapes.LandscapeOptions(threads=threads) for threads in (1, 2)]
    lands = [nm.landscape(model, data, seed=5, options=o) for o in options]
    for left, right in zip(*(land.critical_points for land in lands), strict=True):
        assert left == right


def test_training_ends_are_real_minima():
    model = MLP((2, 1, 1), monomial(2))
    land, _ = solve(model, 8, seed=6)
    training = land.train(runs=60)
    assert training.runs == 60
    assert sum(training.frequencies.values()) == pytest.approx(1)
    minima = {i for i, p in enumerate(land) if p.has_real_parameters and p.is_minimum}
    assert set(training.frequencies) - {-1} <= minima
    best = land.critical_points.index(land.global_minimum)
    assert training.frequencies[best] > 0.2
    again = land.train(runs=60)
    assert again == training
    with pytest.raises(InvalidInputError, match="at least 1"):
        land.train(runs=0)


def test_too_few_samples_is_an_error_that_says_how_many():
    model = LightningAttention(d=2, a=2, d_out=1, tokens=2)
    data = nm.Dataset.random(model.input_shape, model.output_shape, samples=2, seed=0)
    with pytest.raises(DegenerateMetricError, match="add samples"):
        nm.landscape(model, data)
