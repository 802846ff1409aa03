"""Certificates prove what is true, and only that."""

import ctypes
import ctypes.util
import sys

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from gaussian_rationals import exactly
from neuromanifold import _core
from neuromanifold.continuation import Certificate, Certifier, Enclosure, certify, distinct
from neuromanifold.continuation._certificates._distinct import count_distinct
from neuromanifold.continuation._certificates._exact_doubles import ExactDoubles
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Circuit, PolynomialMap, lower_values, tape_constants


def univariate(coefficients):
    """p(x) with parameters as coefficients, highest first."""
    circuit = Circuit()
    (x,) = circuit.inputs(1)
    parameters = circuit.inputs(len(coefficients))
    value = parameters[0]
    for parameter in parameters[1:]:
        value = value * x + parameter
    return PolynomialMap.build([value], [x], parameters)


def both(certifier, points, parameters):
    """Certificates from Arb and from doubles."""
    points = np.array(points, complex)
    return (
        *(certifier.certify(point, parameters)[0] for point in points),
        *certifier.certify_many(points, parameters)[0],
    )


def native(system, points, parameters=(), *, lanes=0, threads=1, rows=None, image=None):
    """The kernel's own answer, without Arb behind it."""
    exact = ExactDoubles.of(parameters)
    if rows is None:
        rows = ExactDoubles.of(tape_constants(system.outputs)).rows
    outputs = () if image is None else image.outputs
    return _core.certify(
        system.tape,
        np.array(points, complex).reshape(-1, len(system.variables)),
        exact.leading[None],
        exact.trailing[None],
        exact.radius[None],
        rows,
        lower_values(outputs, system.variables, system.parameters) if outputs else None,
        ExactDoubles.of(tape_constants(outputs)).rows,
        lanes,
        threads,
    )


@given(st.lists(st.integers(-6, 6), min_size=2, max_size=6, unique=True))
@settings(deadline=None, max_examples=40)
def test_simple_integer_roots_are_certified_and_enclosed(roots):
    coefficients = [round(c) for c in np.poly(roots)]
    certifier = Certifier(univariate(coefficients), univariate(coefficients))
    points = np.array(roots)[:, None] + 1e-9
    for certificates, enclosures in (
        zip(*[certifier.certify(point, coefficients) for point in points], strict=True),
        certifier.certify_many(points, coefficients),
    ):
        for root, certificate, enclosure in zip(roots, certificates, enclosures, strict=True):
            assert certificate.is_certified
            assert certificate.is_real
            assert certificate.is_positive == (root > 0)
            assert not certificate.is_not_real
            assert abs(certificate.center[0] - root) <= certificate.radii[0]
            assert abs(enclosure.midpoints[0]) <= 2 * enclosure.radii[0]
    assert all(certificate.precision == 53 for certificate in certificates)
    assert count_distinct(certificates) == len(roots)


def test_complex_roots_are_not_real():
    certifier = Certifier(univariate([1, 0, 1]))
    for certificate in both(certifier, [[1j]], [1, 0, 1]):
        assert certificate.is_certified
        assert not certificate.is_real
        assert certificate.is_not_real


@pytest.mark.parametrize("start", [1.0, 1.0 + 1e-9, 1.00001])
def test_a_double_root_is_never_certified(start):
    certifier = Certifier(univariate([1, -2, 1]), univariate([1, -2, 1]))
    certificates, enclosures = certifier.certify_many(np.array([[start]]), [1, -2, 1])
    assert not any(certificate.is_certified for certificate in certificates)
    assert not any(certificate.is_real for certificate in certificates)
    assert np.isinf(enclosures[0].radii).all()


def test_nothing_is_certified_away_from_a_root():
    circuit = Circuit()
    (x,) = circuit.inputs(1)
    system = PolynomialMap.build([x * x + 1], [x])
    for point in (0.0, 0.3, 5.0, np.inf, np.nan, 1e200, 1e-320):
        for certificate in both(Certifier(system), [[point]], []):
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


@given(
    gap=st.integers(1, 62),
    offset=st.floats(-2, 2),
    is_real=st.booleans(),
    middle=st.sampled_from([fmpq(1), fmpq(-7, 3), fmpq(10**9), fmpq(1, 10**9)]),
)
@settings(deadline=None, max_examples=150)
def test_a_box_holds_exactly_one_of_two_near_roots(gap, offset, is_real, middle):
    # (x − m)² ∓ s², with the roots m ± s or m ± is
    s = abs(middle) * fmpq(1, 2**gap)
    coefficients = [fmpq(1), -2 * middle, middle**2 - (s * s if is_real else -s * s)]
    start = complex(int(middle.p) / int(middle.q)) + offset * (
        1 if is_real else 1j
    ) * 2.0**-gap * abs(int(middle.p) / int(middle.q))
    for certificate in both(Certifier(univariate(coefficients)), [[start]], coefficients):
        if not certificate.is_certified:
            assert not certificate.is_real
            assert not certificate.is_not_real
            continue
        (c,), (r,) = certificate.center, map(exactly, certificate.radii)
        tail = complex(sum(certificate.tail))
        roots = [(middle + s, fmpq(0)), (middle - s, fmpq(0))]
        if not is_real:
            roots = [(middle, s), (middle, -s)]
        inside = [
            abs(exactly(c.real) + exactly(tail.real) - re) <= r
            and abs(exactly(c.imag) + exactly(tail.imag) - im) <= r
            for re, im in roots
        ]
        assert sum(inside) == 1
        assert not (certificate.is_real and certificate.is_not_real)
        assert is_real or not certificate.is_real
        assert not (is_real and certificate.is_not_real)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_doubles_and_arb_agree_and_all_lane_widths_are_equal(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    circuit = Circuit()
    x, p = circuit.inputs(n), circuit.inputs(n)
    outputs = []
    for i in range(n):
        value = x[i] ** 2 - p[i]
        for j in range(n):
            third = fmpq(int(rng.integers(-20, 20)), 3)
            value = value + third * x[int(rng.integers(n))] * x[j]
        outputs.append(value)
    system = PolynomialMap.build(outputs, x, p)
    z = rng.standard_normal(n) + (1j * rng.standard_normal(n) if rng.random() < 0.5 else 0)
    parameters = [complex(v) for v in system(z[None], np.zeros(n, complex))[0]]
    points = np.tile(z, (11, 1)) + 1e-7 * rng.standard_normal((11, n))
    points[4] = rng.standard_normal(n)
    by_width = [native(system, points, parameters, lanes=w) for w in _core.lane_widths()]
    for other in by_width[1:]:
        for key, value in by_width[0].items():
            np.testing.assert_array_equal(value, other[key])
    alone = native(system, points[7], parameters)
    np.testing.assert_array_equal(alone["radius"][0], by_width[0]["radius"][7])
    certifier = Certifier(system)
    for i in (0, 4, 10):
        if not by_width[0]["certified"][i]:
            continue
        box = Certificate(
            tuple(by_width[0]["center"][i].tolist()),
            tuple(by_width[0]["radius"][i].tolist()),
            True,
            bool(by_width[0]["real"][i]),
            53,
        )
        again, _ = certifier.check(box, parameters)
        assert (again.is_certified, again.is_real) == (True, box.is_real)
        assert max(box.radii) < 1e-9 * np.abs(box.center).max()
        if i != 4:
            arb, _ = certifier.certify(points[i], parameters)
            assert (arb.is_certified, arb.is_real) == (True, box.is_real)


def test_certificates_do_not_depend_on_threads():
    x, c = Circuit().inputs(2)
    system = PolynomialMap.build([x**2 - c], [x], [c])
    points = np.sqrt(2) + 1e-9 * np.random.default_rng(0).standard_normal((500, 1))
    points[::7] = 0
    alone, together = (native(system, points, [2.0], threads=k) for k in (1, 3))
    np.testing.assert_array_equal(alone["certified"], points[:, 0] != 0)
    for key, value in alone.items():
        np.testing.assert_array_equal(value, together[key])


def test_rounded_constants_and_parameters_are_enclosed():
    third = fmpq(1, 3)
    circuit = Circuit()
    x, p = circuit.inputs(2)
    for output, parameters in ((x - third, ()), (x - p, [third])):
        system = PolynomialMap.build([output], [x], [p][: len(parameters)])
        image = PolynomialMap.build([x], [x], system.parameters)
        found = native(system, [0.3], parameters, image=image)
        assert found["certified"][0]
        middle, radius = found["image_midpoint"][0, 0].real, found["image_radius"][0, 0]
        assert abs(exactly(middle) - third) <= exactly(radius)
        assert radius < 1e-16
    # The same test sees it when the constant's error is denied.
    system = PolynomialMap.build([x - third], [x])
    rows = ExactDoubles.of(tape_constants(system.outputs)).rows
    rows[:, 1:] = 0
    found = native(system, [0.3], rows=rows, image=PolynomialMap.build([x], [x]))
    middle, radius = found["image_midpoint"][0, 0].real, found["image_radius"][0, 0]
    assert abs(exactly(middle) - third) > exactly(radius)


def test_arb_helps_where_doubles_underflow():
    circuit = Circuit()
    (x,) = circuit.inputs(1)
    system = PolynomialMap.build([x * x - 2 * exactly(1e-152) ** 2], [x])
    point = np.array([[2**0.5 * 1e-152]])
    assert not native(system, point)["certified"][0]
    (certificate,), _ = Certifier(system).certify_many(point, [])
    assert certificate.is_certified
    assert certificate.precision > 53


@pytest.mark.skipif(sys.platform != "linux", reason="the rounding mode is set through glibc")
def test_the_rounding_mode_of_the_caller_does_not_matter():
    system = univariate([fmpq(1, 3), fmpq(-7, 5), fmpq(1, 7)])
    parameters = [fmpq(1, 3), fmpq(-7, 5), fmpq(1, 7)]
    points = [[4.095], [0.105]]
    expected = native(system, points, parameters)
    assert expected["certified"].all()
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    before = library.fegetround()
    exact, rows = ExactDoubles.of(parameters), np.zeros((0, 3))
    constants = ExactDoubles.of(tape_constants(system.outputs)).rows
    arguments = (exact.leading[None], exact.trailing[None], exact.radius[None], constants)
    z, tape = np.array(points, complex), system.tape
    try:
        assert library.fesetround(0x800 if sys.maxsize > 2**32 else 0) == 0
        found = _core.certify(tape, z, *arguments, None, rows)
    finally:
        library.fesetround(before)
    for key, value in expected.items():
        np.testing.assert_array_equal(value, found[key])


def test_certify_counts_what_is_proved():
    result = certify(
        ["x^3 - 1"], [[1.0], [1.0 + 1e-9], [-0.5 + 0.8660254j], [-0.5 - 0.8660254j], [9]]
    )
    assert (len(result), result.n_certified, result.n_distinct) == (5, 4, 3)
    assert (result.n_real, result.n_positive, result.n_not_real) == (2, 2, 2)
    assert str(result).startswith("4 of 5 points certified")


def test_a_zero_of_a_denominator_is_refused():
    points = [[1.0, 1.0], [-1.0, 1.0]]
    assert certify(["x^2 - 1", "y - 1"], points).n_certified == 2
    refused = certify(["(x^2 - 1)/(x - y)", "y - 1"], points)
    assert [c.is_certified for c in refused.certificates] == [False, True]


def test_systems_with_complex_constants_and_parameters():
    result = certify(["x^2 - a*2j"], [[1 + 1j], [-1 - 1j]], parameters={"a": 1})
    assert (result.n_certified, result.n_real, result.n_not_real) == (2, 0, 2)


@pytest.mark.parametrize(
    ("equations", "points", "message"),
    [
        (["x + y", "x - y", "x"], [[0, 0]], "3 equations in 2 variables"),
        (["x + y", "x - y"], [[0, 0, 0]], r"shape \(1, 3\)"),
        (["x + y", "x - y"], [["a", "b"]], "no array of numbers"),
    ],
)
def test_what_cannot_be_certified_is_said(equations, points, message):
    with pytest.raises(InvalidInputError, match=message):
        certify(equations, points)


def test_no_points_give_an_empty_result():
    result = certify(["x^2 - 2"], [])
    assert (len(result), result.n_certified, result.n_distinct) == (0, 0, 0)


def test_distinct_needs_a_coordinate_that_separates():
    def at(z, r):
        return Enclosure(np.array([0, z], complex), np.array([1e-3, r]))

    assert distinct([at(0, 0.1), at(1, 0.1)]).all()
    assert not distinct([at(0, 0.1), at(0.2, 0.1), at(1, 0.1)])[:2].any()


boxes = st.tuples(
    st.integers(-3, 3), st.integers(-3, 3), st.sampled_from([0.0, 0.25, 0.5, 1.0, np.inf])
)


@given(st.lists(st.lists(boxes, min_size=2, max_size=2), max_size=12))
def test_distinct_agrees_with_comparing_all_pairs(rows):
    enclosures = [
        Enclosure(
            np.array([complex(a, b) for a, b, _ in row]), np.array([radius for *_, radius in row])
        )
        for row in rows
    ]

    def meet(p, q):
        d = p.midpoints - q.midpoints
        return np.all(np.maximum(abs(d.real), abs(d.imag)) <= p.radii + q.radii)

    expected = [
        not any(meet(p, q) for j, q in enumerate(enclosures) if j != i)
        for i, p in enumerate(enclosures)
    ]
    assert distinct(enclosures).tolist() == expected


def test_thousands_of_boxes_are_compared_quickly():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((20_000, 6)) + 1j * rng.standard_normal((20_000, 6))
    z[7] = z[12_345]
    enclosures = [Enclosure(row, np.full(6, 1e-12)) for row in z]
    assert np.flatnonzero(~distinct(enclosures)).tolist() == [7, 12_345]


def test_a_zero_next_to_a_real_point_is_not_called_real():
    certifier = Certifier(univariate([1, -1]))
    for parameters in ([1, -1 - 1e-17j], [1 + 1e-17j, -1]):
        for certificate in both(certifier, [[1.0]], parameters):
            assert certificate.is_certified
            assert not certificate.is_real
