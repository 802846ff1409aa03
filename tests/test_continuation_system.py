"""Systems from text, SymPy, functions and circuits: what is read is what was written."""

import contextlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from neuromanifold.continuation import System
from neuromanifold.errors import InvalidInputError, NotPolynomialError
from neuromanifold.rings import Circuit

POINT = np.array([[0.3 - 1.2j, 1.7 + 0.4j]])
X, Y = POINT[0]


def values(system: System, point: np.ndarray = POINT) -> np.ndarray:
    return system.map(point, system.values)[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x^2*y - 1", X**2 * Y - 1),
        ("x**2*y-1", X**2 * Y - 1),
        ("-x^2 + y", -(X**2) + Y),
        ("(-x)^2 + y", X**2 + Y),
        ("2^3*x^2^3 + y", 8 * X**8 + Y),
        ("x - y - x*2/4", X - Y - X / 2),
        ("-(x + -y)*--x", -(X - Y) * X),
        ("0.1*x + 1.5e-3*y + .5", 0.1 * X + 1.5e-3 * Y + 0.5),
        ("(1 + 2*I)*x + 2.5j*y - I^2", (1 + 2j) * X + 2.5j * Y + 1),
        ("x*(1/3) = y/7 - x", X / 3 - Y / 7 + X),
        ("x^3 = 8*y", X**3 - 8 * Y),
        ("x·y − 2", X * Y - 2),
        ("\tx *\n y", X * Y),
    ],
)
def test_text_means_what_it_says(text, value):
    assert values(System([text], ["x", "y"]))[0] == pytest.approx(value, rel=1e-14)


def test_decimals_and_fractions_are_exact():
    system = System(["0.1*x + 1/3"])
    constants = {node.value for node in _nodes(system) if node.is_constant}
    assert {fmpq(1, 10), fmpq(1, 3)} <= constants


def _nodes(system):
    from neuromanifold.rings import reachable

    return reachable(system.map.outputs)


def test_names_are_sorted_with_their_numbers():
    assert System(["x10 + x9 + a*b"], parameters=["a"]).variables == ("b", "x9", "x10")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2x", "operator is missing before 'x'"),
        ("x y", "operator is missing"),
        ("(x + 1", "closing parenthesis is missing before the end"),
        ("x +", "missing before the end"),
        ("x $ 2", "may contain '\\$' at position 3"),
        ("__import__('os')", "may contain|missing"),
        ("x - nan", "must be finite"),
        ("x - 1e999", "range of double"),
        ("x + " + "(" * 500 + "x" + ")" * 500, "nested"),
        ("x = y = 2", "unexpected '='"),
        ("x/(1 - 1)", "divides by 0"),
        ("x^2000000000", "exponents up to"),
        ("x - " + "9" * 320, "beyond the range"),
    ],
)
def test_unreadable_text_is_refused(text, message):
    with pytest.raises(InvalidInputError, match=message):
        System([text])


@pytest.mark.parametrize("text", ["x^y", "x^0.5", "x^(1/2)", "2^x"])
def test_only_integer_powers(text):
    with pytest.raises(NotPolynomialError, match="exponent"):
        System([text])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "no equations"),
        ((["x - x", "x"],), "Equation 1 is 0 = 0"),
        ((["x", "3"],), "Equation 2 contains no variable"),
        ((["a - 1"], ["x"], ["a"]), "contains no variable"),
        ((["x + z"], ["x"]), "neither a variable nor a parameter is 'z'"),
        ((["x"], ["x", "x"]), "named more than once"),
        ((["x*a"], ["x", "a"], ["a"]), "named more than once"),
        ((3,), "list of equations or a function"),
        (([None],), "An equation is NoneType"),
        ((["3"],), "no variables"),
        ((lambda x: x,), "needs its variables"),
    ],
)
def test_bad_systems_are_refused(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        System(*arguments)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"a": 1}, "b has no value"),
        ({"a": 1, "b": 2, "c": 3}, "c is no parameter"),
        ([1], "1 parameter values were given"),
        ({"a": np.nan, "b": 1}, "not finite"),
        ({"a": "one", "b": 1}, "no number"),
    ],
)
def test_parameter_values_are_checked(values, message):
    system = System(["x^2 - a*x + b"], parameters=["a", "b"])
    with pytest.raises(InvalidInputError, match=message):
        system.bound(values)


@pytest.mark.parametrize(
    ("equations", "degrees"),
    [
        (["(x + y)^3 - x^3", "x*y"], (3, 2)),
        (["(x + 1)^2 - x^2 + y", "x^2*y^5"], (1, 7)),
        (["I*x^2 + (1 - I)^2*x/2 + x*x/I + y", "x"], (1, 1)),
        (["x^100000*y", "y"], (100001, 1)),
    ],
)
def test_degrees_see_cancellation(equations, degrees):
    assert System(equations).degrees == degrees


def test_degrees_depend_on_the_values_of_parameters():
    system = System(["a*x^3 + x - 1"], parameters=["a"])
    assert system.degrees == (3,)
    assert system.bound([2]).degrees == (3,)
    assert system.bound([0]).degrees == (1,)
    assert system.multidegrees([[0]]).tolist() == [[3]]


def test_denominators_are_cleared_and_remembered():
    system = System(["x/(y - 1) + 1/(y - 1)", "y/x/x - 2"])
    assert len(system.denominators) == 2
    assert system.degrees == (1, 2)


def test_functions_and_circuits_agree_with_text():
    def function(v, p):
        return {"b": v[0] ** 2 * v[1] - p[0], "a": v[0] / 3 + v[1]}

    text = System(["x/3 + y", "x^2*y - a"], ["x", "y"], ["a"]).bound([2.5])
    traced = System(function, ["x", "y"], ["a"]).bound([2.5])
    x, y, a = Circuit().inputs(3)
    nodes = System([x / 3 + y, x**2 * y - a], [x, y], [a]).bound([2.5])
    np.testing.assert_allclose(values(traced), values(text), rtol=1e-14)
    np.testing.assert_allclose(values(nodes), values(text), rtol=1e-14)
    assert System(lambda v: v * v, 2).variables == ("x1", "x2")


def test_sympy_expressions():
    sympy = pytest.importorskip("sympy")
    x, y = sympy.symbols("x y")
    system = System(
        [x**2 * y / (1 + y) ** 2 - sympy.Rational(1, 3), sympy.Eq(x * sympy.I, y + 0.5)]
    )
    expected = [X**2 * Y - (1 + Y) ** 2 / 3, X * 1j - Y - 0.5]
    np.testing.assert_allclose(values(system), expected, rtol=1e-13)
    assert System([sympy.sqrt(2) * x - sympy.pi]).map(POINT[:, :1])[0, 0] == pytest.approx(
        np.sqrt(2) * X - np.pi
    )
    with pytest.raises(NotPolynomialError, match="not a rational function"):
        System([sympy.sin(x)])
    with pytest.raises(NotPolynomialError, match="exponent"):
        System([sympy.sqrt(x)])
    with pytest.raises(InvalidInputError, match=r"finite|no complex number"):
        System([x + sympy.oo * y])


def test_text_needs_neither_jax_nor_sympy():
    assert not loaded_by(
        "from neuromanifold.continuation import solve; solve(['x^2 - 2'])", "jax", "sympy"
    )


def test_masked_arrays_are_not_loaded():
    """NumPy imports them, in 8 ms, when `unique` is called in its simplest form."""
    assert not loaded_by(
        """
        from neuromanifold.continuation import Polyhedral, System, TotalDegree, monodromy, solve
        neurons = ["x*(y^2+z^2)-1.1*x+1", "y*(x^2+z^2)-1.2*y+1", "z*(x^2+y^2)-1.3*z+1"]
        for start in (TotalDegree(), Polyhedral(), None):
            solve(neurons, start=start)
        solve(["x*y - 1", "x^2*y - x"])
        monodromy(System(["x^3 + a*x + b"], parameters=["a", "b"]))
        """,
        "numpy.ma",
    )


def loaded_by(code: str, *modules: str) -> list[str]:
    """Which of the modules are in memory after the code was run by a new interpreter."""
    ask = f"import sys; print(*[m for m in {modules} if m in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", f"{textwrap.dedent(code)}\n{ask}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.split()


@given(
    st.recursive(
        st.sampled_from(["x", "y", "1/3", "2.5", "I", "7"]),
        lambda inner: (
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner)
            | st.builds("({})^{}".format, inner, st.integers(0, 3))
            | st.builds("-{}".format, inner)
        ),
        max_leaves=12,
    )
)
def test_any_expression_has_the_value_python_gives_it(text):
    meaning = text.replace("^", "**").replace("I", "1j").replace("1/3", "(1/3)")
    value = eval(meaning, {}, {"x": X, "y": Y})
    system = System([f"{text} + x^30*y"], ["x", "y"])
    assert values(system)[0] == pytest.approx(value + X**30 * Y, rel=1e-9)


@given(st.text(alphabet="xy12+-*/^()=. Ij", max_size=12))
def test_no_text_breaks_the_parser(text):
    with contextlib.suppress(InvalidInputError, NotPolynomialError):
        assert System([text, "x + y"], ["x", "y"]).n_equations == 2


@pytest.mark.parametrize("parameters", [None, {"a": 1.5}, {"a": 2 - 1j}])
def test_json_gives_the_same_system(parameters):
    system = System(["(x + I*a)^3/y - 0.1", "x*y^2 = 2/3"], parameters=["a"])
    system = system if parameters is None else system.bound(parameters)
    again = System.from_json(system.to_json())
    assert again.to_json() == system.to_json()
    assert str(again) == str(system)
    if parameters is not None:
        np.testing.assert_array_equal(values(again), values(system))


def test_broken_json_is_refused():
    document = System(["x^2 - 2"]).to_json()
    for key in document:
        if key in ("values", "has_iota"):
            continue
        with pytest.raises(InvalidInputError, match="cannot be read"):
            System.from_json({**document, key: None})
