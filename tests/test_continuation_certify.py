"""Certificates prove what is true, and only that."""

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold.continuation import Certifier, Enclosure, distinct
from neuromanifold.rings import Circuit, PolynomialMap


def univariate(coefficients):
    """p(x) with parameters as coefficients, highest first."""
    circuit = Circuit()
    (x,) = circuit.inputs(1)
    parameters = circuit.inputs(len(coefficients))
    value = parameters[0]
    for parameter in parameters[1:]:
        value = value * x + parameter
    return PolynomialMap.build([value], [x], parameters)


@given(st.lists(st.integers(-6, 6), min_size=2, max_size=6, unique=True))
@settings(deadline=None, max_examples=40)
def test_simple_integer_roots_are_certified_and_enclosed(roots):
    coefficients = [round(c) for c in np.poly(roots)]
    certifier = Certifier(univariate(coefficients), univariate(coefficients))
    for root in roots:
        certificate, enclosure = certifier.certify(np.array([root + 1e-9]), coefficients)
        assert certificate.is_certified
        assert certificate.is_real
        assert abs(certificate.center[0] - root) <= certificate.radii[0]
        assert abs(enclosure.midpoints[0]) <= 2 * enclosure.radii[0]


def test_complex_roots_are_not_real():
    certifier = Certifier(univariate([1, 0, 1]))
    certificate, _ = certifier.certify(np.array([1j]), [1, 0, 1])
    assert certificate.is_certified
    assert not certificate.is_real


@pytest.mark.parametrize("start", [1.0, 1.0 + 1e-9, 1.00001])
def test_a_double_root_is_never_certified(start):
    certificate, enclosure = Certifier(univariate([1, -2, 1]), univariate([1, -2, 1])).certify(
        np.array([start]), [1, -2, 1]
    )
    assert not certificate.is_certified
    assert not certificate.is_real
    assert np.isinf(enclosure.radii).all()


def test_nothing_is_certified_away_from_a_root():
    circuit = Circuit()
    (x,) = circuit.inputs(1)
    system = PolynomialMap.build([x * x + 1], [x])
    certificate, _ = Certifier(system).certify(np.array([0.0]), [])
    assert not certificate.is_certified


def test_two_roots_closer_than_rounding_are_told_apart_or_not_certified():
    gap = fmpq(1, 2**60)
    coefficients = [fmpq(1), -(2 + gap), 1 + gap]
    certifier = Certifier(univariate(coefficients))
    certificate, _ = certifier.certify(np.array([1.0]), coefficients)
    if certificate.is_certified:
        assert certificate.radii[0] < 2.0**-60


def test_exact_parameters_are_used():
    third = [fmpq(3), fmpq(-1)]
    certificate, _ = Certifier(univariate(third)).certify(np.array([0.3]), third)
    assert certificate.is_certified
    assert abs(certificate.center[0] - 1 / 3) < 1e-16


def test_distinct_needs_a_coordinate_that_separates():
    def at(z, r):
        return Enclosure(np.array([0, z], complex), np.array([1e-3, r]))

    assert distinct([at(0, 0.1), at(1, 0.1)]).all()
    assert not distinct([at(0, 0.1), at(0.2, 0.1), at(1, 0.1)])[:2].any()
