"""Strategies for random polynomial systems all of whose zeros are known."""

import itertools

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

_coefficients = st.integers(-9, 9)
_small = st.integers(-2, 2)
Known = tuple[list[str], list[str], np.ndarray]
"""Variables, equations, zeros (N, n): all of them, and all regular."""


@st.composite
def linear_products(draw) -> Known:
    """F_i = Π_k ℓ_ik; a zero chooses one factor of each."""
    n = draw(st.integers(1, 3))
    row = st.lists(_coefficients, min_size=n + 1, max_size=n + 1)
    forms = [draw(st.lists(row, min_size=1, max_size=3)) for _ in range(n)]
    choices = np.array(list(itertools.product(*forms)), float)
    assume((np.abs(np.linalg.det(choices[:, :, :n])) > 0.5).all())
    points = np.linalg.solve(choices[:, :, :n], -choices[:, :, n:])[:, :, 0]
    assume_separate(points)
    names = [f"x{j}" for j in range(n)]
    return names, ["*".join(f"({_affine(f, names)})" for f in factors) for factors in forms], points


@st.composite
def triangular(draw) -> Known:
    """x_i = g_i(x_1, …, x_{i−1}) + a for some a, one after another."""
    n = draw(st.integers(1, 3))
    names = [f"x{i}" for i in range(n)]
    equations, points = [], [[]]
    for i in range(n):
        shifts = draw(st.lists(st.integers(-5, 5), min_size=1, max_size=3, unique=True))
        terms = [(draw(st.integers(-2, 2)), draw(st.integers(1, 2))) for _ in range(i)]
        g = " + ".join([f"({c})*{names[j]}^{d}" for j, (c, d) in enumerate(terms)] + ["0"])
        equations.append("*".join(f"(x{i} - ({g}) - ({a}))" for a in shifts))
        points = [
            [*p, sum(c * p[j] ** d for j, (c, d) in enumerate(terms)) + a]
            for p in points
            for a in shifts
        ]
    return names, equations, np.array(points, float)


@st.composite
def substituted_circuits(draw) -> Known:
    """G(A·z(x)) = 0 with G_i = Π_a (y_i − a), nested and never multiplied out.

    z is the shear z_j = x_j + c_j·x_{j−1}^2, and A an integer matrix with determinant 1.
    """
    names, A, levels = draw(_linear_level_sets())
    shears = [0, *(draw(_small) for _ in names[1:])]
    z = [
        f"({x} + ({c})*{before}^2)" if c else x
        for before, x, c in zip(["", *names], names, shears, strict=False)
    ]
    points = []
    for y in itertools.product(*levels):
        x = [0.0]
        for value, c in zip(np.linalg.solve(A, y), shears, strict=True):
            x.append(value - c * x[-1] ** 2)
        points.append(x[1:])
    zeros = np.array(points)
    assume_separate(zeros)
    return names, _level_sets(A, z, levels), zeros


@st.composite
def substituted_fractions(draw) -> Known:
    """G(A·m(x)) = 0 as in `substituted_circuits`, with m_j = (p·x_j + q)/(r·x_j + s)."""
    names, A, levels = draw(_linear_level_sets())
    mobius = [draw(st.tuples(_small, _small, _small, _small)) for _ in names]
    assume(all(p * s != q * r for p, q, r, s in mobius))
    m = [
        f"(({p})*{x} + ({q}))/(({r})*{x} + ({s}))"
        for x, (p, q, r, s) in zip(names, mobius, strict=True)
    ]
    p, q, r, s = np.array(mobius, float).T
    values = np.array([np.linalg.solve(A, y) for y in itertools.product(*levels)])
    below = p - r * values
    assume((np.abs(below) > 1e-3).all())
    zeros = (s * values - q) / below
    assume_separate(zeros)
    return names, _level_sets(A, m, levels), zeros


@st.composite
def _linear_level_sets(draw) -> tuple[list[str], np.ndarray, list[list[int]]]:
    n = draw(st.integers(1, 2))
    lower, upper = (np.eye(n) for _ in range(2))
    for i, j in itertools.combinations(range(n), 2):
        lower[j, i], upper[i, j] = draw(_small), draw(_small)
    levels = [
        draw(st.lists(st.integers(-4, 4), min_size=1, max_size=2, unique=True)) for _ in range(n)
    ]
    return [f"x{j}" for j in range(n)], lower @ upper, levels


def _level_sets(A: np.ndarray, inner: list[str], levels: list[list[int]]) -> list[str]:
    """Π_a ((A·inner)_i − a), the last of them added to the others so that these do not factor."""
    forms = [
        " + ".join(f"({a:.0f})*{part}" for a, part in zip(row, inner, strict=True)) for row in A
    ]
    *others, last = (
        "*".join(f"({form} - ({a}))" for a in values)
        for form, values in zip(forms, levels, strict=True)
    )
    return [*(f"{other} + {last}" for other in others), last]


def assume_separate(points: np.ndarray) -> None:
    """No two points are closer than 0.001."""
    gaps = np.abs(points[:, None] - points[None]).max(axis=2) + np.eye(len(points))
    assume(gaps.min() > 1e-3)


def _affine(coefficients: list[int], names: list[str]) -> str:
    return " + ".join(f"({a})*{x}" for a, x in zip(coefficients, [*names, "1"], strict=True))
