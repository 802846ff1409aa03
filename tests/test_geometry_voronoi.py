"""Voronoi cells against discriminants, dense samples, closed forms and landscapes."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold import errors
from neuromanifold.continuation import solve
from neuromanifold.functions import Dataset, FunctionSpace
from neuromanifold.geometry import (
    AlgebraicSet,
    BallTargets,
    BoxTargets,
    GaussianTargets,
    ParametricCurve,
    nearest_probability,
    voronoi,
)
from neuromanifold.geometry._voronoi._subset import PointKind
from neuromanifold.landscapes import landscape
from neuromanifold.models import Convolution, Model, monomial

X, Y, T = sympy.symbols("x y t")
RATIONAL = [["13/7", "1/3"], ["1/3", "5/11"]]
HALF_CIRCLES = (
    AlgebraicSet("x^2 + y^2 = 1", inequalities=["y >= 0"]),
    ParametricCurve(["(1 - t^2)/(1 + t^2)", "2*t/(1 + t^2)"], (0, np.inf)),
)
CUSP = ParametricCurve(["t^2", "t^3"])
NODE = ParametricCurve(["t^2 - 1", "t^3 - t"])
CUSPS = (CUSP, AlgebraicSet("y^2 = x^3"))
NODES = (NODE, AlgebraicSet(Y**2 - X**3 - X**2))
ISOLATED = AlgebraicSet("y^2 = x^3 - x^2")


def _discriminant(coordinates, order, metric):
    """disc_t of (‖c − u‖² − ‖u‖²)/t^order: SymPy's way to the boundary of the cell of 0 = c(0)."""
    Q = (
        sympy.eye(2)
        if metric is None
        else sympy.Matrix([[sympy.Rational(e) for e in r] for r in metric])
    )
    c, u = sympy.Matrix(coordinates), sympy.Matrix([X, Y])
    G = sympy.expand((c.T * Q * c)[0] - 2 * (u.T * Q * c)[0])
    reduced = sympy.cancel(G / T**order)
    return sympy.Poly(sympy.discriminant(sympy.Poly(reduced, T)), X, Y)


def _same_curve(equation, expected):
    return sympy.Poly(equation, X, Y, domain="QQ").monic() == expected.sqf_part().monic()


@pytest.mark.parametrize("half", HALF_CIRCLES)
def test_only_the_ends_of_the_half_circle_have_full_dimensional_cells(half):
    for x in (1, -1):
        cell = voronoi(half, [x, 0])
        assert cell.is_full_dimensional
        assert cell.kind == "exact"
        assert cell.point_kind is PointKind.BOUNDARY
        assert cell.boundary_equation == X * Y
        assert [bool(cell.contains(u)) for u in ([x, -1], [-x, -1], [x, 1])] == [1, 0, 0]
    for point in (["3/5", "4/5"], [0, 1], ["-5/13", "12/13"]):
        cell = voronoi(half, point)
        assert (cell.dimension, cell.point_kind) == (1, PointKind.SMOOTH)
        outward = np.sign(cell.normal_space[0] @ cell.point)
        inner, outer = sorted(outward * np.array(cell.interval))
        assert (inner, outer) == (pytest.approx(-1), np.inf)
        assert cell.boundary_equation is None
    assert len(half.special_sites()) == 2


@pytest.mark.parametrize("metric", [None, RATIONAL])
@pytest.mark.parametrize("cusp", CUSPS)
def test_the_cell_of_a_cusp_is_bounded_by_a_discriminant(cusp, metric):
    cell = voronoi(cusp, [0, 0], metric=metric)
    assert cell.is_full_dimensional
    assert _same_curve(cell.boundary_equation, _discriminant([T**2, T**3], 2, metric))


def test_the_cell_of_an_isolated_point_is_bounded_by_an_envelope():
    cell = voronoi(ISOLATED, [0, 0])
    assert cell.is_full_dimensional
    # c(t) = (t² + 1, t³ + t), and p is the point of the complex parameters ±i
    G = sympy.expand((T**2 + 1) ** 2 + (T**3 + T) ** 2 - 2 * X * (T**2 + 1) - 2 * Y * (T**3 + T))
    reduced = sympy.Poly(sympy.cancel(G / (T**2 + 1)), T)
    expected = sympy.Poly(sympy.discriminant(reduced), X, Y)
    assert _same_curve(cell.boundary_equation, expected)


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("metric", [None, RATIONAL])
def test_the_cell_of_a_node_is_the_node(node, metric):
    cell = voronoi(node, [0, 0], metric=metric)
    assert (cell.dimension, cell.point_kind, cell.kind) == (0, PointKind.SINGULAR, "exact")
    assert cell.contains([0, 0])
    assert not cell.contains([0.001, 0])


@pytest.mark.parametrize(
    ("coordinates", "interval", "dimension"),
    [
        (["t^2", "t^5"], (-1, 1), 2),
        (["t^3", "t^4"], (-np.inf, np.inf), 1),
        (["t^3", "t^5"], (-np.inf, np.inf), 0),
        (["t^3", "t^5"], (0, np.inf), 2),
        (["t", "t^2"], (0, 1), 2),
        (["t^2", "t^3", "t^4"], (-np.inf, np.inf), 3),
        (["t", "t^2", "t^3"], (-np.inf, np.inf), 2),
        # two cusps that point at each other, at t = ±1
        (["t*(t^2 - 1)^2", "(t^2 - 1)^3"], (-np.inf, np.inf), 0),
        (["t*(t^2 - 1)^2", "(t^2 - 1)^4"], (-np.inf, np.inf), 1),
    ],
)
def test_the_dimension_of_a_cell_follows_from_the_branches(coordinates, interval, dimension):
    curve = ParametricCurve(coordinates, interval)
    assert voronoi(curve, [0] * len(coordinates)).dimension == dimension


@pytest.mark.parametrize("metric", [None, RATIONAL])
def test_certified_points_of_the_boundary_satisfy_the_equation(metric):
    cell = voronoi(CUSP, [0, 0], metric=metric)
    q = cell.metric.array
    directions = np.array([[1.0, 0.25], [1.0, -1.0], [0.5, 2.0]])
    found = cell.exits(directions)
    equation = sympy.lambdify((X, Y), cell.boundary_equation)
    for direction, length in zip(directions, found.lengths, strict=True):
        # (‖c − u‖² − ‖u‖²)/t² and its derivative vanish at u = start + r·d
        u = [
            f"({a!r} + r*({b!r}))"
            for a, b in zip(found.start.tolist(), direction.tolist(), strict=True)
        ]
        (a, b), (_, d) = [[repr(float(e)) for e in row] for row in q]
        # ⟨u, c⟩ = t²·(Qu)₁ + t³·(Qu)₂
        first = f"({a}*{u[0]} + {b}*{u[1]})"
        second = f"({b}*{u[0]} + {d}*{u[1]})"
        G = f"{a}*t^2 + 2*{b}*t^3 + {d}*t^4 - 2*{first} - 2*{second}*t"
        slope = f"2*{a}*t + 6*{b}*t^2 + 4*{d}*t^3 - 2*{second}"
        real = [s for s in solve([G, slope], ["r", "t"]).real if s.x[0].real > 0]
        assert all(s.is_certified for s in real)
        r = min(s.x[0].real for s in real)
        assert length == pytest.approx(r, rel=1e-6)
        x, y = found.start + r * direction
        gradient = np.hypot(
            *(float(cell.boundary_equation.diff(v).subs({X: x, Y: y})) for v in (X, Y))
        )
        assert abs(equation(x, y)) <= 1e-10 * gradient


@pytest.mark.parametrize("metric", [None, RATIONAL])
@pytest.mark.parametrize(
    ("subset", "sample", "point"),
    [
        (CUSP, CUSP, [0, 0]),
        (CUSPS[1], CUSP, [0, 0]),
        (CUSP, CUSP, [1, 1]),
        (HALF_CIRCLES[0], HALF_CIRCLES[1], [1, 0]),
        (NODES[1], NODE, [-1, 0]),
    ],
)
def test_membership_agrees_with_a_dense_sample(subset, sample, point, metric):
    cell = voronoi(subset, point, metric=metric)
    q = cell.metric.array
    dense = sample.polylines(np.zeros(2), 4.0)[0]
    rng = np.random.default_rng(5)
    targets = cell.point + rng.standard_normal((12, len(cell.normals))) @ cell.normal_space
    for u in targets:
        squares = np.einsum("ki,ij,kj->k", dense - u, q, dense - u)
        margin = np.sqrt(squares.min()) - np.sqrt((cell.point - u) @ q @ (cell.point - u))
        # only the sample is coarse: at smooth points it comes as close to p as 1/1000
        if abs(margin) > 1e-4:
            answer = cell.contains(u)
            assert bool(answer) == (margin > 0), (u, margin)
            assert answer.kind in {"exact", "certified"}
            if not answer:
                assert answer.competitor_distance == pytest.approx(np.sqrt(squares.min()), abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(-2, 2),
    st.floats(-2, 2).filter(lambda y: abs(y) > 1e-2),
    st.sampled_from([None, RATIONAL]),
)
def test_a_generic_target_lies_in_exactly_one_cell(x, y, metric):
    u = np.array([x, y])
    found = []
    Q = voronoi(CUSP, [0, 0], metric=metric).metric
    candidates = CUSP._distance(Q).candidates(u[None])[1][0]
    distances = np.sort(Q.squared_norms(candidates - u))
    sites = np.unique(np.round(candidates, 9), axis=0)
    for q in sites:
        cell = voronoi(CUSP, q, metric=metric)
        if cell.contains(u):
            found.append(q)
    apart = np.diff(np.unique(np.round(distances, 8)))
    if len(apart) and apart[0] > 1e-6:
        assert len(found) == 1
        nearest = CUSP.nearest(u[None], Q, 0)[0]
        assert np.allclose(found[0], nearest, atol=1e-6)


@pytest.mark.parametrize("metric", [None, RATIONAL])
@pytest.mark.parametrize(
    ("curve", "equation", "interval", "point"),
    [
        (["t^2", "t^5"], "y^2 = x^5", (-np.inf, np.inf), [0, 0]),
        (["t^3", "t^4"], "y^3 = x^4", (-np.inf, np.inf), [0, 0]),
        (["t", "t^2"], "y = x^2", (0, 1), [0, 0]),
        (["t^2 - 1", "t^3 - t"], "y^2 = x^3 + x^2", (-np.inf, np.inf), [-1, 0]),
    ],
)
def test_implicit_and_parametric_cells_agree(curve, equation, interval, point, metric):
    bounds = [] if interval[0] == -np.inf else ["x >= 0", "x <= 1"]
    first = voronoi(ParametricCurve(curve, interval), point, metric=metric)
    second = voronoi(AlgebraicSet(equation, bounds), point, metric=metric)
    assert first.dimension == second.dimension
    assert {str(p.polynomial) for p in first.pieces} == {str(p.polynomial) for p in second.pieces}
    for u in np.random.default_rng(4).integers(-32, 33, (6, 2)) / 16:
        assert bool(first.contains(u)) == bool(second.contains(u))


def test_coefficients_of_hundreds_of_digits_do_not_hide_pieces():
    """A metric of decimals close to the Euclidean one has the same pieces of the boundary."""
    close = [[1 + 1e-9, 1e-9], [1e-9, 1 - 1e-9]]
    curve = ParametricCurve(["t^2", "t^5"])
    exact, rounded = (voronoi(curve, [0, 0], metric=metric) for metric in (None, close))
    assert max(len(str(c)) for c in rounded.pieces[0].polynomial.coeffs()) > 200
    assert [piece.kind for piece in rounded.pieces] == [piece.kind for piece in exact.pieces]
    assert rounded.unexplained == 0
    points = exact.exits(np.eye(2)).points
    for piece in exact.pieces:
        other = next(p for p in rounded.pieces if p.kind == piece.kind)
        assert other.evaluate(points) == pytest.approx(piece.evaluate(points), abs=1e-6)


def test_implicit_and_parametric_descriptions_have_the_same_nearest_points():
    u = np.random.default_rng(1).standard_normal((300, 2))
    for metric in (None, RATIONAL):
        Q = voronoi(CUSP, [0, 0], metric=metric).metric
        for first, second in (CUSPS, NODES, HALF_CIRCLES):
            a, b = first.nearest(u, Q, 0), second.nearest(u, Q, 0)
            assert np.allclose(Q.squared_norms(a - u), Q.squared_norms(b - u), atol=1e-8)


def test_the_segment_of_a_smooth_point_ends_at_a_tie_or_a_centre_of_curvature():
    first, second = (voronoi(c, [1, 1]) for c in CUSPS)
    assert first.interval == pytest.approx(second.interval)
    assert {end.kind for end in first.ends} == {"certified"}
    ellipsoid = AlgebraicSet("x^2/36 + y^2/9 + z^2/4 = 1")
    cell = voronoi(ellipsoid, [6, 0, 0])
    outward = np.sign(cell.normal_space[0, 0])
    inner, outer = sorted(outward * np.array(cell.interval))
    assert (inner, outer) == (pytest.approx(-4 / 6), np.inf)  # c²/a
    assert cell.contains([5.5, 0, 0])
    assert not cell.contains([5, 0, 0])


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (BallTargets([0, 0], 3.0), 1 / 2),
        (GaussianTargets([0, 0], [[2, 0], [0, 0.5]]), 1 / 2),
        (BoxTargets([-1, -1], [3, 1]), 1 / 2),
        (BoxTargets([-1, 0.1], [1, 1]), 0.0),
    ],
)
@pytest.mark.parametrize("half", HALF_CIRCLES)
def test_the_probability_of_the_ends_of_the_half_circle(half, targets, expected):
    found = nearest_probability(half, targets, samples=3000, seed=2)
    assert abs(found.value - expected) <= 4 * found.error
    assert found.samples == 3000


def test_the_probability_of_a_cusp_is_the_area_of_its_cell():
    cell = voronoi(CUSP, [0, 0])
    equation = sympy.lambdify((X, Y), cell.boundary_equation)
    x, y = np.random.default_rng(9).uniform(-1, 1, (2, 200_000))
    # inside of the convex cell the discriminant has the sign it has at (−1, 0), and x < 0 …
    inside = (equation(x, y) * equation(-1.0, 0.0) > 0) & (x < 0)
    found = cell.probability(BoxTargets([-1, -1], [1, 1]), samples=20_000)
    assert abs(found.value - inside.mean()) <= 4 * found.error


def test_the_cell_in_a_neuromanifold_agrees_with_the_landscape():
    model = Convolution([2, 2], [1, 1], monomial(2))
    data = Dataset.random(model.input_shape, model.output_shape, samples=30, seed=3)
    land = landscape(model, data, seed=1)
    best = land.global_minimum
    points = [p for p in land.critical_points if p.has_real_parameters]
    assert best in points[:3]
    assert len(points) > 1
    for point in points[:3]:
        cell = voronoi(model, np.real(point.coefficients), metric=land.metric)
        assert cell.dimension == land.ambient_dimension - land.dimension
        answer = cell.contains(land.target)
        assert bool(answer) is (point is best)
        if point is not best:
            assert answer.kind == "exact"
            excess = float(np.real(best.loss)) - land.constant
            assert answer.competitor_distance**2 == pytest.approx(excess, rel=1e-6)


def test_a_network_with_a_cusp_has_the_cell_of_the_curve():
    model = Model.from_function(
        lambda p, x: p[0] ** 2 * x[0] + p[0] ** 3 * x[0] ** 2, np.zeros(1), (1,)
    )
    c1, c2 = sympy.symbols("c1 c2")
    cell = voronoi(model, [0, 0], metric=RATIONAL)
    other = voronoi(CUSP, [0, 0], metric=RATIONAL)
    assert cell.is_full_dimensional
    assert sympy.expand(cell.boundary_equation.subs({c1: X, c2: Y}) - other.boundary_equation) == 0
    for u in ([-1, 0.3], [0.3, 0.1], [-0.1, 1.0]):
        assert bool(cell.contains(u)) == bool(other.contains(u))
    assert FunctionSpace.of(model).dimension == cell.ambient


@pytest.mark.parametrize(
    ("metric", "word"),
    [
        ([[1, 2], [0, 1]], "not symmetric"),
        ([[1, 2], [2, 1]], "not positive semidefinite"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], "2 × 2"),
        ([[1, np.nan], [np.nan, 1]], "finite"),
    ],
)
def test_bad_metrics_are_named(metric, word):
    with pytest.raises(errors.InvalidInputError, match=word):
        voronoi(CUSP, [0, 0], metric=metric)


def test_a_semidefinite_metric_measures_a_pseudo_distance():
    cell = voronoi(CUSP, [0, 0], metric=[[1, 0], [0, 0]])
    assert [bool(cell.contains(u)) for u in ([-1, 5], [0, 1], [0.1, 0])] == [True, True, False]
    with pytest.raises(errors.DegenerateMetricError, match="rank 0"):
        voronoi(CUSP, [0, 0], metric=[[0, 0], [0, 0]])


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: voronoi(CUSP, [1, 2]), "away from the curve"),
        (lambda: voronoi(CUSPS[1], [1, 2]), "does not satisfy"),
        (lambda: voronoi(HALF_CIRCLES[0], [0, -1]), "violates"),
        (lambda: voronoi(CUSP, [0, 0]).contains([1, 2, 3]), "3 coordinates"),
        (lambda: voronoi("cusp", [0, 0]), "got a str"),
        (lambda: ParametricCurve(["t", "s"]), "exactly one"),
        (lambda: ParametricCurve(["t", "1/t"]), "pole"),
        (lambda: ParametricCurve(["t", "t"], (1, 0)), "smaller"),
        (lambda: ParametricCurve(["1", "t - t"]), "exactly one|constant"),
        (lambda: AlgebraicSet(["x - 1", "y"]), "fewer"),
        (lambda: AlgebraicSet("(y - x)^2").special_sites(), "factor"),
        (lambda: nearest_probability(CUSP, BoxTargets([0], [1])), "1 coordinates"),
    ],
)
def test_bad_input_is_named(build, word):
    with pytest.raises(errors.InvalidInputError, match=word):
        build()


@pytest.mark.parametrize("point", [[0, 0], [1, 1]])
def test_pictures_show_the_cell(point):
    cell = voronoi(CUSP, point)
    figure = cell.plot()
    names = {text.get_text() for text in figure.legends[0].get_texts()}
    assert {"Voronoi cell", "S", "p"} <= names
    traces = {trace.name for trace in cell.plot_interactive().data}
    assert {"Voronoi cell", "S", "p"} <= traces
    assert ("boundary equation" in traces) is cell.is_full_dimensional


def test_half_spaces_support_the_cell():
    cell = voronoi(CUSP, [0, 0])
    A, b = cell.halfspaces(50)
    u = np.random.default_rng(0).uniform(-1, 1, (60, 2))
    inside = np.array([bool(cell.contains(x)) for x in u])
    assert np.all(u[inside] @ A.T <= b + 1e-9)
    assert np.mean(np.all(u @ A.T <= b, axis=1) == inside) > 0.9


def test_the_text_names_the_equation():
    text = str(voronoi(CUSP, [0, 0]))
    assert "128*x^3" in text
    assert "full-dimensional (exact)" in text
