"""Degrees, terms and units of systems, against exact expansions and by hand."""

import numpy as np
import pytest

from neuromanifold.continuation import System
from neuromanifold.continuation._systems._scaling import Scaling
from neuromanifold.continuation._systems._sparse import expanded, expanded_in_doubles
from neuromanifold.errors import InvalidInputError, TooLargeError
from neuromanifold.rings import Circuit

SYSTEMS = [
    ["(x + y)^3 - x^3 - y^3 - 3*x^2*y", "x*y^2/3 - 1"],
    ["(1 + 2j)*x^2 - 0.1*y", "(x - I*y)*(x + I*y) - x^2 - y^2 + x"],
    ["(x + 1e-9)^4 - x^4 - y", "(x - y)^2 - (y - x)^2 + 1e20*x - 1"],
]


@pytest.mark.parametrize("equations", SYSTEMS)
def test_terms_in_doubles_are_those_of_the_exact_expansion(equations):
    system = System(equations)
    for exact, quick in zip(expanded(system), expanded_in_doubles(system), strict=True):
        terms = dict(zip(map(tuple, quick.exponents.tolist()), quick.coefficients, strict=True))
        assert len(terms) == len(exact.exponents)
        found = [terms[tuple(a)] for a in exact.exponents.tolist()]
        np.testing.assert_allclose(found, exact.coefficients, rtol=1e-11)


def test_too_many_terms_in_doubles():
    with pytest.raises(TooLargeError, match="terms"):
        expanded_in_doubles(System(["(x + y + z + 1)^9", "x", "y - 1"]), 100)


@pytest.mark.parametrize(
    ("equation", "degree"),
    [
        ("x^2*y - 1", 3),
        ("(x + y)^5 - x^5 - y^5 + x", 5),
        ("(x + 1)^5 - x^5", 4),
        ("((x + 1)^3 - x^3)*(y^2 - (y - 1)^2)", 3),
        ("(x + I*y)^2 + (x - I*y)^2 - 2*x^2 + 2*y^2 + y", 1),
        ("((x + 1)^2 - x^2 - 2*x)*x", 1),
        ("x^1000000 - 1", 10**6),
    ],
)
def test_degrees_see_cancellation(equation, degree):
    assert System([equation, "x - y"]).degrees[0] == degree


def test_degrees_in_groups_of_variables():
    system = System(["(x + y*z)^2 - (y*z)^2 + z^3", "x*y - z"])
    assert system.multidegrees([[0], [1], [2], [1, 2]]).tolist() == [[2, 1, 3, 3], [1, 1, 1, 1]]


@pytest.mark.parametrize(
    ("equations", "units"),
    [
        (["2*x^2 - 3", "x*y - 50"], [0, 5]),
        (["2*x^2 - 3", "x*y - 5"], [0, 0]),  # not worth a change
        (["x^2 - 2^20", "x*y - 1"], [10, -10]),
    ],
)
def test_units_balance_the_terms(equations, units):
    assert Scaling.by_coefficients(System(equations)).coordinates.tolist() == units


def test_equations_with_unnamed_input_nodes():
    x, y = Circuit().inputs(2)
    with pytest.raises(InvalidInputError, match="neither a variable nor a parameter"):
        System([x + y], [x])
