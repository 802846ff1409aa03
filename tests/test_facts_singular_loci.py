"""Published equations and singular loci: which test holds which value.

| fact | where |
|---|---|
| equations: resultant quartic, LCN cubic, determinants, catalecticants | test_geometry_equations.py |
| LCN: Sing M = {0} ∪ smaller architectures | here, test_theory_lcn.py, test_geometry_singularities.py |
| stride one: real roots, boundary | test_theory_lcn.py, test_geometry_contains.py |
| PCN: Sing M is the line of x₂ʳ for stride one, only 0 for stride two | here |
| attention: Sing is where the 2 × 3 matrix has rank ≤ 1, multiplicity two; lower rank of A | here |
| attention: V = uvᵀ, A = pqᵀ is a crossing | test_geometry_singularities.py |
| matrices of rank ≤ r: smooth at rank r | here |
| MLP (2, 2, 1), x³ + x²: a cubic, two singular components | here |
| CNN, polynomial activation: where two placements agree | here |
| MLPs are singular at subnetworks | test_geometry_singularities.py |
| critical exposure of subnetworks | test_geometry_subnetworks.py, test_theory_exposure.py |
| x³ − xy² and the real cubics of the network (2, 2, 1) | test_geometry_contains.py, test_landscapes.py |

Here every point of V over a small prime field is looked at: it lies on M if the equations vanish, and
is singular if the rank of their differentials is less than codim M.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import sympy
from flint import nmod_mat
from numpy.typing import NDArray

from neuromanifold import theory
from neuromanifold.functions import FunctionSpace
from neuromanifold.geometry import SingularityType as Type
from neuromanifold.geometry import dimension, equations, singularities, subnetworks
from neuromanifold.models import (
    MLP,
    Convolution,
    LightningAttention,
    Model,
    identity,
    monomial,
    polynomial,
)

Points = NDArray[np.int64]


def cnn(filters: list[int], strides: list[int], r: int) -> Convolution:
    return Convolution(filters, strides, identity() if r == 1 else monomial(r))


def values(form: sympy.Expr, symbols: tuple[sympy.Symbol, ...], c: Points, p: int) -> Points:
    """A form at the rows of c, modulo p."""
    total = np.zeros(len(c), np.int64)
    for exponents, coefficient in sympy.Poly(form, *symbols).terms():
        term = np.full(len(c), int(coefficient) % p)
        for column, exponent in zip(c.T, exponents, strict=True):
            for _ in range(exponent):
                term = term * column % p
        total += term
    return total % p


def singular_points(model: Model, degrees: tuple[int, ...], p: int) -> Points:
    """The singular points of the closure of M over F_p, given the degrees of its generators."""
    found = [equations(model, degree=k) for k in degrees]
    symbols = found[0].symbols
    forms = [form for each in found for form in each.generators]
    c = np.stack(np.unravel_index(np.arange(p ** len(symbols)), (p,) * len(symbols)), axis=1)
    for form in forms:
        c = c[values(form, symbols, c, p) == 0]
    jacobian = np.stack(
        [values(form.diff(s), symbols, c, p) for form in forms for s in symbols], axis=1
    )
    shape = (len(forms), len(symbols))
    ranks = np.array([nmod_mat(*shape, row, p).rank() for row in jacobian.tolist()])
    exact = dimension(model)
    assert exact.ambient is not None
    assert ranks.max() == exact.ambient - exact.value
    return c[ranks < ranks.max()]


def rank_at_most_one(c: Points, rows: int, p: int) -> NDArray[np.bool_]:
    """Whether the rows of c, as matrices, have proportional columns."""
    m = c.reshape(len(c), rows, -1)
    minors = m[:, :, None, :, None] * m[:, None, :, None, :]
    return ((minors - minors.swapaxes(1, 2)) % p == 0).all(axis=(1, 2, 3, 4))


def powers_of_a_form(c: Points, p: int) -> NDArray[np.bool_]:
    """Whether (quadric, cubic) = (α l², γ l³), or the cubic is zero."""
    allowed = {(*q, 0, 0, 0, 0) for q in np.ndindex(p, p, p)}
    for x, y in [(1, y) for y in range(p)] + [(0, 1)]:
        square, cube = (x * x, 2 * x * y, y * y), (x**3, 3 * x * x * y, 3 * x * y * y, y**3)
        for alpha, gamma in np.ndindex(p, p):
            row = [*(alpha * v for v in square), *(gamma * v for v in cube)]
            allowed.add(tuple(v % p for v in row))
    return np.array([tuple(row) in allowed for row in c.tolist()])


def only(*positions: int) -> Callable[[Points, int], NDArray[np.bool_]]:
    """Whether all other coordinates are zero."""
    return lambda c, p: (np.delete(c, positions, axis=1) == 0).all(axis=1)


def even_times_linear(c: Points, p: int) -> NDArray[np.bool_]:
    # (s x + t y) Q(x², y²): coefficients of x⁵, x³y², xy⁴ against those of x⁴y, x²y³, y⁵
    return rank_at_most_one(c[:, [0, 2, 4, 1, 3, 5]], 2, p)


def resultant_of_proportional_quadrics(c: Points, p: int) -> NDArray[np.bool_]:
    y = [c[:, 0], c[:, 2], c[:, 4], c[:, 1] - c[:, 2], c[:, 3] - c[:, 4], c[:, 5]]
    return rank_at_most_one(np.stack(y, axis=1), 2, p)


def linear_or_one_window(c: Points, p: int) -> NDArray[np.bool_]:
    # limits: linear functions; two placements: αx₂² + βx₂
    return only(0, 1, 2)(c, p) | only(1, 5)(c, p)


LCN = "Kohn, Montúfar, Shahverdi, Trager 2024"
PCN = "Shahverdi, Marchetti, Kohn 2025"
ATTENTION = "Marchetti, Connelly, Breiding, Kohn 2025, Section 4.2"
RAZOR = "Shahverdi, Marchetti, Kohn 2026"
DETERMINANTAL = "Bruns, Vetter 1988"


@dataclass(frozen=True)
class Known:
    """A model, the degrees of its generators, and which points of F_pᴺ are singular."""

    model: Model
    degrees: tuple[int, ...]
    p: int
    locus: Callable[[Points, int], NDArray[np.bool_]]
    n_points: int
    source: str


SINGULAR_LOCI = [
    Known(cnn([3, 2], [2, 1], 1), (3,), 7, only(0, 2, 4), 7**3, LCN),
    Known(cnn([4, 2], [2, 1], 1), (4,), 5, even_times_linear, 1 + 6 * 124, LCN),
    Known(cnn([3, 3], [2, 1], 1), (2, 3, 4), 5, only(0, 2, 4, 6), 5**4, LCN),
    Known(cnn([2, 2, 2], [2, 2, 1], 1), (2,), 3, only(), 1, LCN),
    Known(cnn([2, 2], [1, 1], 2), (2, 3), 7, only(2), 7, PCN),
    Known(cnn([2, 2], [1, 1], 3), (2, 3), 5, only(3), 5, PCN),
    Known(cnn([2, 2], [2, 1], 2), (2,), 5, only(), 1, PCN),
    Known(
        LightningAttention(d=2, a=2, d_out=1, tokens=2),
        (4,),
        5,
        resultant_of_proportional_quadrics,
        1 + 6 * 124,
        ATTENTION,
    ),
    Known(MLP([2, 2, 1], polynomial([0, 0, 1, 1])), (3,), 5, powers_of_a_form, 125 + 6 * 20, RAZOR),
    Known(
        Convolution([2, 2], [1, 1], polynomial([0, 1, 1])),
        (2, 3),
        5,
        linear_or_one_window,
        125 + 20,
        RAZOR,
    ),
    Known(
        MLP([3, 2, 3], identity()),
        (3,),
        3,
        lambda c, p: rank_at_most_one(c, 3, p),
        1 + 13 * 26,
        DETERMINANTAL,
    ),
    Known(MLP([3, 1, 3], identity()), (2,), 3, only(), 1, DETERMINANTAL),
]


@pytest.mark.parametrize("known", SINGULAR_LOCI, ids=lambda known: known.model.name)
def test_singular_loci(known: Known):
    found = singular_points(known.model, known.degrees, known.p)
    # all singular points lie on the locus, and they are as many as the locus has
    assert known.locus(found, known.p).all(), known.source
    assert len(found) == known.n_points, known.source


def test_the_quartic_of_attention_has_multiplicity_two_off_the_apex():
    model, p = LightningAttention(d=2, a=2, d_out=1, tokens=2), 5
    found = equations(model, degree=4)
    [quartic], symbols = found, found.symbols
    c = singular_points(model, (4,), p)
    second = [quartic.diff(s, t) for s in symbols for t in symbols]
    is_triple = np.all([values(form, symbols, c, p) == 0 for form in second], axis=0)
    assert (is_triple == (c == 0).all(axis=1)).all()
    assert is_triple.sum() == 1


# The architectures of the theorem, found again as singular points.
@pytest.mark.parametrize(
    ("filters", "strides"),
    [((3, 2), (2, 1)), ((4, 2), (2, 1)), ((3, 3), (2, 1)), ((5, 2), (3, 1))],
    ids=str,
)
def test_smaller_linear_convolutional_networks_are_singular(filters, strides):
    model = Convolution(filters, strides)
    space = FunctionSpace.of(model)
    rng = np.random.default_rng(0)
    smaller = theory.lcn_singular_architectures(filters, strides).value
    assert smaller
    for architecture in [filters, *smaller]:
        factors = [rng.standard_normal(k) for k in architecture]
        form = np.ones(1)
        step = 1
        for factor, stride in zip(factors, strides, strict=True):
            spread = np.zeros(step * (len(factor) - 1) + 1)
            spread[::step] = factor
            form = np.convolve(form, spread)
            step *= stride
        assert len(form) == space.dimension
        assert singularities(model, form).is_singular == (architecture in smaller)


# Nodes where two placements of a subnetwork agree, with no drop of rank; smooth elsewhere.
@pytest.mark.parametrize(
    ("filters", "strides"),
    [
        ((2, 2), (1, 1)),
        pytest.param((2, 2), (2, 1), marks=pytest.mark.long),
        pytest.param((3, 2), (2, 1), marks=pytest.mark.long),
    ],
    ids=str,
)
def test_subnetworks_of_convolutions_with_a_polynomial_activation(filters, strides):
    model = Convolution(filters, strides, polynomial([0, 1, 1]))
    space = FunctionSpace.of(model)
    rng = np.random.default_rng(0)
    for locus in subnetworks(model):
        theta = locus.model.include(rng.standard_normal(len(locus.model.support)))
        found = singularities(model, space.coefficients(theta)[0])
        crosses = locus.n_branches > 1
        assert found.type is (Type.SEVERAL_BRANCHES if crosses else Type.SMOOTH)
        assert found.multiplicity == (2 if crosses else 1)
        assert not locus.drops_rank


# Recalled from Henry, Marchetti, Kohn 2025: for a < d, rk A < a is singular too.
@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_attention_of_lower_rank_is_singular(seed):
    model = LightningAttention(d=3, a=2, d_out=1, tokens=2)
    space = FunctionSpace.of(model)
    rng = np.random.default_rng(seed)
    [locus] = subnetworks(model)
    theta = locus.model.include(rng.standard_normal(len(locus.model.support)))
    assert singularities(model, space.coefficients(theta)[0]).is_singular
    generic = space.coefficients(rng.standard_normal(model.n_parameters))[0]
    assert not singularities(model, generic).is_singular


def test_the_two_singular_components_of_the_smallest_network():
    model = MLP([2, 2, 1], polynomial([0, 0, 1, 1]))
    [locus] = subnetworks(model)
    x, y = sympy.symbols("x1 x2")
    # the subnetwork of width one is v(l² + l³), of dimension 3; the other component is all quadrics
    assert locus.dimension == 3
    for f in (2 * (x - 3 * y) ** 2 + 5 * (x - 3 * y) ** 3, x**2 - 5 * x * y + 3 * y**2):
        assert singularities(model, f).is_singular
    assert not singularities(model, (x + y) ** 2 + (x + y) ** 3 + x**2 + 2 * x**3).is_singular
