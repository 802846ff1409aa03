"""Published degrees and Euclidean distance degrees: which test holds which value.

| fact | where |
|---|---|
| closed formulas: degrees, polar degrees, ED degrees, duality | test_theory.py, test_theory_degrees.py |
| degree and generic ED degree of Segre–Veronese varieties | zoo.SEGRE_VERONESE_TABLE, here |
| Veronese varieties, generic and Bombieri–Weyl metric | test_theory_degrees.py |
| degrees of determinantal varieties, PCN, LCN, attention | test_geometry_degree.py, here |
| LCN: reduced architectures with 6 … 435 critical points | here, test_landscapes.py |
| conic, cubic discriminant, triple roots: unit, Bombieri, generic | here |
| PCN: 14, 22; by the number of samples | here, test_landscapes.py |
| attention: metrics of corank 0 … 5, three and two samples, on Sing | here, test_theory_degrees.py |
| rank ≤ r: Frobenius count by whitening, generic count | here, test_landscapes.py |
| one quadratic neuron with few samples; two quadratic neurons 122 | here |
| quadrics of rank one: Frobenius, Gaussian, other data | here |
| circle, ellipse, hyperbola, cuspidal and smooth plane cubics | here |
| generic hypersurfaces | test_theory_degrees.py |
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import sympy

import neuromanifold as nm
import zoo
from neuromanifold import theory
from neuromanifold.functions import FunctionSpace
from neuromanifold.models import MLP, Convolution, LightningAttention, Model, identity, monomial

SLOW = 200  # more critical points than this take seconds


def with_slow_ones(cases: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The cases, their last entry a count, with those of large counts marked as long."""
    return [
        pytest.param(*case, marks=pytest.mark.long) if case[-1] > SLOW else case for case in cases
    ]


def assert_landscape(model: Model, n_critical: int, n_samples: int | None = None) -> None:
    samples = n_samples or FunctionSpace.of(model).dimension + 5
    data = nm.Dataset.random(model.input_shape, model.output_shape, samples=samples, seed=1)
    land = nm.landscape(model, data, seed=1)
    assert (land.n_complex, land.n_certified, land.is_complete) == (n_critical, n_critical, True)


# Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016, Theorem 5.8. With one output the metric of
# generic data is generic on these varieties: it is a generic form of multidegree (2a₁, …, 2a_L).


@pytest.mark.parametrize(("sizes", "degrees", "degree", "_"), zoo.SEGRE_VERONESE_TABLE, ids=str)
def test_degrees_of_segre_veronese_varieties(sizes, degrees, degree, _):
    found = nm.degree(zoo.segre_veronese(sizes, degrees))
    assert (found.value, found.is_complete) == (degree, True)


@pytest.mark.parametrize(
    ("sizes", "degrees", "_", "ed_degree"), with_slow_ones(zoo.SEGRE_VERONESE_TABLE), ids=str
)
def test_generic_ed_degrees_of_segre_veronese_varieties(sizes, degrees, _, ed_degree):
    assert_landscape(zoo.segre_veronese(sizes, degrees), ed_degree)


# Ottaviani, Spaenlehauer, Sturmfels 2014, with the duality r ↔ min(m, n) − r.
@pytest.mark.parametrize(
    ("m", "r", "n", "ed_degree"),
    with_slow_ones([(2, 1, 2, 6), (2, 1, 3, 10), (3, 2, 3, 39), (3, 2, 4, 83), (4, 2, 4, 1350)]),
)
def test_matrices_of_bounded_rank_under_a_generic_metric(m, r, n, ed_degree):
    assert_landscape(zoo.bilinear_forms(m, r, n), ed_degree)


# Trager, Kohn, Bruna 2020: truncated singular value decompositions.
@pytest.mark.parametrize(
    ("widths", "n_critical"),
    [((2, 1, 2), 2), ((2, 1, 3), 2), ((3, 1, 3), 3), ((3, 2, 3), 3), ((3, 2, 4), 3)],
)
def test_matrices_of_bounded_rank_under_the_metric_of_data(widths, n_critical):
    assert_landscape(MLP(widths, identity()), n_critical)


# Shahverdi 2024: Segre varieties, projected.
@pytest.mark.parametrize(
    ("filters", "strides", "degree", "n_critical"),
    with_slow_ones(
        [
            ((2, 2), (2, 1), 2, 6),
            ((3, 2), (2, 1), 3, 10),
            ((4, 2), (2, 1), 4, 14),
            ((2, 2, 2), (2, 2, 1), 6, 34),
            ((3, 3), (2, 1), 6, 39),
            ((3, 2, 2), (2, 2, 1), 12, 100),
            ((2, 2, 2, 2), (2, 2, 2, 1), 24, 280),
            ((3, 3, 2), (2, 2, 1), 30, 435),
        ]
    ),
)
def test_linear_convolutional_networks(filters, strides, degree, n_critical):
    model = Convolution(filters, strides)
    assert nm.degree(model).value == degree
    assert_landscape(model, n_critical)


# Shahverdi, Marchetti, Kohn 2025.
@pytest.mark.parametrize(
    ("filters", "strides", "r", "degree"),
    [
        ((2, 2), (1, 1), 2, 4),
        ((2, 2), (2, 1), 2, 4),
        ((2, 2), (1, 1), 3, 6),
        ((2, 3), (1, 1), 2, 6),
        ((3, 2), (1, 1), 2, 12),
    ],
)
def test_degrees_of_polynomial_convolutional_networks(filters, strides, r, degree):
    assert nm.degree(Convolution(filters, strides, monomial(r))).value == degree


@pytest.mark.parametrize("n_samples", [3, 4, 5, 6, 7])
def test_a_polynomial_convolutional_network_by_the_number_of_samples(n_samples):
    assert_landscape(Convolution([2, 2], [1, 1], monomial(2)), 14, n_samples)


# Graziani 2025: 10 + 30 + 42 + 30 + 10. Quadrics of rank one and two in few variables.
@pytest.mark.parametrize(("widths", "count"), [((3, 2, 1), 13), ((4, 2, 1), 122)])
def test_two_quadratic_neurons(widths, count):
    assert theory.symmetric_ed_degree(widths[0], 2).value == count
    assert_landscape(MLP(widths, monomial(2)), count)


# Marchetti, Connelly, Breiding, Kohn 2025 for d = 2: P¹ × P³; derived for d = 3: P² × P⁸.
@pytest.mark.parametrize(("d", "degree", "n_critical"), with_slow_ones([(2, 4, 14), (3, 45, 543)]))
def test_attention_with_one_output_row(d, degree, n_critical):
    model = LightningAttention(d=d, a=d, d_out=1, tokens=2)
    predicted = theory.lightning_critical_points(d, d, 1, 2)
    assert predicted is not None
    assert predicted.value == n_critical
    assert nm.degree(model).value == degree
    assert_landscape(model, n_critical)


# Below: equations written out, in affine charts of parametrizations or with a multiplier.

a, b, c, s, t = sympy.symbols("a b c s t")
A, B, C, D = sympy.symbols("A B C D")


def gram(rows: Any) -> sympy.Matrix:
    matrix = np.asarray(rows)
    return sympy.Matrix((matrix.T @ matrix).tolist())


def generic_metric(size: int, corank: int = 0) -> sympy.Matrix:
    return gram(np.random.default_rng(7).integers(-5, 6, (size - corank, size)))


def target(size: int) -> sympy.Matrix:
    return sympy.Matrix(np.random.default_rng(3).integers(-9, 10, size).tolist())


def critical_equations(point: list[Any], variables: Any, Q: sympy.Matrix) -> list[sympy.Expr]:
    """Jᵀ Q (μ − u) for a random u."""
    mu = sympy.Matrix(point)
    equations = mu.jacobian(list(variables)).T * Q * (mu - target(len(point)))
    return [sympy.expand(entry) for entry in equations]


def count_isolated(point: list[Any], variables: Any, Q: sympy.Matrix) -> int:
    """Isolated critical points outside of the apex of the cone."""
    result = nm.solve(critical_equations(point, variables, Q), variables, certify=False)
    assert result.n_failed == 0
    value = sympy.lambdify(variables, point)
    points = [np.array(value(*x.x)) for x in result.distinct if not x.is_singular]
    return sum(np.abs(f).max() > 1e-6 for f in points)


def curve_degree(point: list[Any], variables: Any, Q: sympy.Matrix) -> int:
    """The degree of the curve of critical points: its points on a hyperplane of function space."""
    weights = np.random.default_rng(11).integers(1, 20, len(point) + 1).tolist()
    plane = sympy.expand(sum(w * f for w, f in zip(weights, [*point, 1], strict=True)))
    system = [*critical_equations(point, variables, Q), plane]
    result = nm.solve(system, variables, certify=False)
    assert result.n_failed == 0
    assert all(not x.is_singular for x in result.distinct)
    return len(result.distinct)


def count_on_hypersurface(f: sympy.Expr, variables: Any, Q: sympy.Matrix) -> int:
    """Regular x on f = 0 with Q(x − u) = λ∇f."""
    multiplier = sympy.Symbol("multiplier")
    x = sympy.Matrix(variables)
    gradient = sympy.Matrix([sympy.diff(f, v) for v in variables])
    equations = Q * (x - target(len(variables))) - multiplier * gradient
    result = nm.solve([f, *equations], (*variables, multiplier), certify=False)
    assert result.n_failed == 0
    return result.n_regular


CONIC = B**2 - 4 * A * C
DISCRIMINANT = sympy.discriminant(A * t**3 + B * t**2 + C * t + D, t)
THIRD = sympy.Rational(1, 3)


@pytest.mark.parametrize(
    ("f", "variables", "bombieri", "counts"),
    [
        (CONIC, (A, B, C), sympy.diag(1, sympy.Rational(1, 2), 1), (4, 2, 4)),
        (DISCRIMINANT, (A, B, C, D), sympy.diag(1, THIRD, THIRD, 1), (7, 3, 7)),
    ],
    ids=["double root of a quadric", "double root of a cubic"],
)
def test_forms_with_a_double_root(f, variables, bombieri, counts):
    metrics = (sympy.eye(len(variables)), bombieri, generic_metric(len(variables)))
    assert tuple(count_on_hypersurface(f, variables, Q) for Q in metrics) == counts


def test_cubics_with_a_triple_root():
    cube = [a, 3 * a * t, 3 * a * t**2, a * t**3]
    metrics = (sympy.eye(4), sympy.diag(1, THIRD, THIRD, 1), generic_metric(4))
    assert [count_isolated(cube, (a, t), Q) for Q in metrics] == [7, 3, 7]


# Arjevani, Bruna, Kileel, Polak, Trager 2025: E(ax² + bxy + cy²)² for x, y with E x² = 1, E x⁴ = m.
@pytest.mark.parametrize(("m", "count"), [(3, 2), (2, 4)], ids=["Gaussian", "other"])
def test_one_quadratic_neuron_on_infinitely_many_samples(m, count):
    Q = sympy.Matrix([[m, 0, 1], [0, 1, 0], [1, 0, m]])
    assert count_on_hypersurface(CONIC, (A, B, C), Q) == count


# Kubjas, Li, Wiesmann 2024: any number of at least two samples.
@pytest.mark.parametrize("n_samples", [2, 3, 5])
def test_one_quadratic_neuron_on_few_samples(n_samples):
    x, y = np.random.default_rng(0).integers(1, 10, (2, n_samples))
    Q = gram(np.stack([x * x, x * y, y * y], axis=1))
    assert count_isolated([a, 2 * a * t, a * t**2], (a, t), Q) == 4


# Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas 2016.
@pytest.mark.parametrize(
    ("f", "Q", "count"),
    [
        (A**2 + B**2 - 1, sympy.eye(2), 2),
        (A**2 + B**2 - 1, sympy.diag(4, 1), 4),
        (A**2 + 4 * B**2 - 4, sympy.eye(2), 4),
        (A * B - 1, sympy.eye(2), 4),
        (B**2 - A**3, sympy.eye(2), 4),
        (
            3 * A**3 + A**2 * B - 5 * A * B**2 + 2 * B**3 + 7 * A * B - A + 4 * B - 6,
            sympy.eye(2),
            9,
        ),
    ],
    ids=["circle", "circle, another metric", "ellipse", "hyperbola", "cusp", "plane cubic"],
)
def test_plane_curves(f, Q, count):
    assert count_on_hypersurface(f, (A, B), Q) == count


# Filters (1, t) and (a, b): a(x₁ + t x₂)² + b(x₂ + t x₃)².
SQUARES = [a, 2 * a * t, a * t**2 + b, 2 * b * t, b * t**2]


def test_a_polynomial_convolutional_network_on_two_samples():
    x = np.random.default_rng(0).integers(1, 10, (2, 3))
    x1, x2, x3 = x.T
    Q = gram(np.stack([x1**2, x1 * x2, x2**2, x2 * x3, x3**2], axis=1))
    # four points, and the curve of functions with the right values on both samples
    assert count_isolated(SQUARES, (a, b, t), Q) == 4
    assert curve_degree(SQUARES, (a, b, t), Q) == 4


# Marchetti, Connelly, Breiding, Kohn 2025: q₁ = (x + t y)(a x + b y), q₂ = (x + t y)(c x + s y), and
# matrices of rank one, where q₁ and q₂ are proportional.
ATTENTION = [a, b + t * a, t * b, c, s + t * c, t * s]
RANK_ONE = [a, b, c, t * a, t * b, t * c]
NEAR = (a, b, c, s, t)


def attention_metric(n_samples: int) -> sympy.Matrix:
    """Σ ‖f(X)‖² over samples X of two tokens: the token p gives Σ_q (x_p)₁q₁(x_q) + (x_p)₂q₂(x_q)."""
    rows = []
    for X in np.random.default_rng(8).integers(-5, 6, (n_samples, 2, 2)):
        x, y = X.T
        values = np.array([(x * x).sum(), (x * y).sum(), (y * y).sum()])
        rows += [np.concatenate([p[0] * values, p[1] * values]) for p in X]
    return gram(rows)


@pytest.mark.parametrize(
    ("corank", "count"), [(0, 14), (1, 14), (2, 4), (3, 0), (4, 0), (5, 0)], ids=str
)
def test_attention_under_degenerate_metrics(corank, count):
    assert count_isolated(ATTENTION, NEAR, generic_metric(6, corank)) == count


def test_curves_of_critical_points_of_attention():
    # corank two: zero loss; two samples: a conic of zero loss and two skew lines
    assert curve_degree(ATTENTION, NEAR, generic_metric(6, 2)) == 4
    assert curve_degree(ATTENTION, NEAR, attention_metric(2)) == 4
    assert count_isolated(ATTENTION, NEAR, attention_metric(2)) == 0


def test_attention_with_data():
    assert count_isolated(ATTENTION, NEAR, attention_metric(3)) == 14


def test_critical_points_on_the_singular_locus_of_attention():
    variables = (a, b, c, t)
    assert count_isolated(RANK_ONE, variables, attention_metric(3)) == 10
    assert count_isolated(RANK_ONE, variables, attention_metric(2)) == 0
    assert curve_degree(RANK_ONE, variables, attention_metric(2)) == 6
