"""Polynomial systems with known numbers of solutions, as strings every solver can read.

The strings are expanded polynomials with integer coefficients, `*`, `^`, `+` and `-` only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import comb, prod


@dataclass(frozen=True)
class PolynomialSystem:
    """Equations with finitely many solutions, all of them regular.

    Attributes:
        name: family and size, such as `katsura-8`.
        variables: the unknowns.
        equations: the polynomials that vanish, as many as unknowns.
        degrees: of the equations.
        count: how many solutions there are over the complex numbers.
        source: where the count comes from.
    """

    name: str
    variables: tuple[str, ...]
    equations: tuple[str, ...]
    degrees: tuple[int, ...]
    count: int
    source: str

    @property
    def bezout(self) -> int:
        """The product of the degrees: paths of a total degree start."""
        return prod(self.degrees)


@dataclass(frozen=True)
class ParametricFamily:
    """Equations whose coefficients are parameters, linear in them: a case for monodromy.

    Attributes:
        name: family and size, such as `rank-one-3x3`.
        variables: the unknowns.
        parameters: letters for complex numbers; every equation is linear in them.
        equations: as many as unknowns.
        count: how many solutions there are for generic parameters.
        source: where the count comes from.
    """

    name: str
    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    equations: tuple[str, ...]
    count: int
    source: str


def katsura(n: int) -> PolynomialSystem:
    """Moments of a spin chain: Σ_l u_|l| u_|m−l| = u_m for 0 ≤ m < n, and Σ_l u_|l| = 1; l from −n to n."""
    u = _names("u", range(n + 1))
    equations = [
        _sum(
            [_product([u[abs(k)], u[abs(m - k)]]) for k in range(-n, n + 1) if abs(m - k) <= n]
            + [f"-{u[m]}"]
        )
        for m in range(n)
    ]
    normalisation = _sum([u[abs(k)] for k in range(-n, n + 1)] + ["-1"])
    return PolynomialSystem(
        name=f"katsura-{n}",
        variables=u,
        equations=(*equations, normalisation),
        degrees=(*[2] * n, 1),
        count=2**n,
        source="2^n, the Bézout number: no solutions at infinity (Katsura 1990)",
    )


def noon(n: int) -> PolynomialSystem:
    """A neural network of Lotka–Volterra type: x_i Σ_{j≠i} x_j² − 1.1 x_i + 1 = 0, times ten."""
    return _noon(
        f"noon-{n}",
        (11,) * n,
        "3^n − 2n (Noonburg 1989): 2n of the 3^n paths go to infinity",
    )


def unequal_noon(n: int) -> PolynomialSystem:
    """The same with unequal neurons: x_i Σ_{j≠i} x_j² − (1 + i/10) x_i + 1 = 0, times ten.

    No permutation of the variables is a symmetry of this one.
    """
    return _noon(
        f"unequal-noon-{n}",
        tuple(range(11, 11 + n)),
        "3^n − 2n as for equal neurons: the same terms of degree 3 and the same 2n paths to infinity",
    )


def _noon(name: str, decays: tuple[int, ...], source: str) -> PolynomialSystem:
    n = len(decays)
    x = _names("x", range(1, n + 1))
    equations = [
        _sum(
            [f"10*{x[i]}*{x[j]}^2" for j in range(n) if j != i] + [f"-{c}*{x[i]}", "10"],
        )
        for i, c in enumerate(decays)
    ]
    return PolynomialSystem(
        name=name,
        variables=x,
        equations=tuple(equations),
        degrees=(3,) * n,
        count=3**n - 2 * n,
        source=source,
    )


_CYCLIC_COUNTS = {2: 2, 3: 6, 5: 70, 6: 156, 7: 924}


def cyclic(n: int) -> PolynomialSystem:
    """Cyclic n-roots: Σ_i x_i x_{i+1} ⋯ x_{i+k−1} = 0 for 0 < k < n, indices modulo n, and x_1 ⋯ x_n = 1.

    Raises:
        ValueError: for n with infinitely many solutions (n = 4) or not counted here (n > 7).
    """
    if n not in _CYCLIC_COUNTS:
        raise ValueError(
            f"cyclic-{n} is not in the list; choose n from {sorted(_CYCLIC_COUNTS)}: n = 4 has "
            "infinitely many solutions, larger n are out of proportion here."
        )
    x = _names("x", range(1, n + 1))
    equations = [
        _sum([_product([x[(i + j) % n] for j in range(k)]) for i in range(n)]) for k in range(1, n)
    ]
    return PolynomialSystem(
        name=f"cyclic-{n}",
        variables=x,
        equations=(*equations, _sum([_product(x), "-1"])),
        degrees=tuple(range(1, n + 1)),
        count=_CYCLIC_COUNTS[n],
        source="Björck and Fröberg 1991; for prime n, comb(2n − 2, n − 1) (Haagerup 2008)",
    )


def eco(n: int) -> PolynomialSystem:
    """An economic model: x_n (x_i + Σ_j x_j x_{i+j}) = i for 0 < i < n, and x_1 + … + x_{n−1} = −1."""
    x = _names("x", range(1, n + 1))
    equations = [
        _sum(
            [f"{x[i - 1]}*{x[-1]}"]
            + [_product([x[j - 1], x[i + j - 1], x[-1]]) for j in range(1, n - i)]
            + [f"-{i}"]
        )
        for i in range(1, n)
    ]
    return PolynomialSystem(
        name=f"eco-{n}",
        variables=x,
        equations=(*equations, _sum([*x[:-1], "1"])),
        degrees=(*[3] * (n - 2), 2, 1),
        count=2 ** (n - 2),
        source="2^(n − 2) (Morgan 1987)",
    )


def rank_one(m: int, n: int) -> ParametricFamily:
    """Critical points of Σ w_ij (a_ij − x_i y_j)² over rank-one matrices; x_1 = 1, v_ij = w_ij a_ij.

    Half the partial derivatives are Σ_j y_j (w_ij x_i y_j − v_ij) for 1 < i ≤ m and
    Σ_i x_i (w_ij x_i y_j − v_ij) for 1 ≤ j ≤ n.
    """
    x = ("", *_names("x", range(2, m + 1)))
    y = _names("y", range(1, n + 1))
    w = [[f"w{i}{j}" for j in range(1, n + 1)] for i in range(1, m + 1)]
    v = [[f"v{i}{j}" for j in range(1, n + 1)] for i in range(1, m + 1)]
    in_x = [
        _sum(
            term
            for j in range(n)
            for term in (_product([w[i][j], x[i], y[j], y[j]]), f"-{_product([v[i][j], y[j]])}")
        )
        for i in range(1, m)
    ]
    in_y = [
        _sum(
            term
            for i in range(m)
            for term in (_product([w[i][j], x[i], x[i], y[j]]), f"-{_product([v[i][j], x[i]])}")
        )
        for j in range(n)
    ]
    return ParametricFamily(
        name=f"rank-one-{m}x{n}",
        variables=(*x[1:], *y),
        parameters=tuple(letter for matrix in (w, v) for row in matrix for letter in row),
        equations=(*in_x, *in_y),
        count=generic_distance_degree(m, n),
        source="Euclidean distance degree for generic weights, from the polar classes of the Segre "
        "variety (Ottaviani, Spaenlehauer, Sturmfels 2014)",
    )


def generic_distance_degree(m: int, n: int) -> int:
    """Σ_i (−1)^i (2^{N+1−i} − 1) deg c_i(P^{m−1} × P^{n−1}), N = m + n − 2: generic distance degree.

    deg c_i = Σ_{a+b=i} C(m, a) C(n, b) C(N − i, m − 1 − a), because the hyperplane class is h + k.

    >>> generic_distance_degree(3, 3)
    39
    """
    dimension = m + n - 2
    total = 0
    for i in range(dimension + 1):
        degree = sum(
            comb(m, a) * comb(n, i - a) * comb(dimension - i, m - 1 - a)
            for a in range(min(i, m - 1) + 1)
            if 0 <= i - a <= n - 1
        )
        total += (-1) ** i * (2 ** (dimension + 1 - i) - 1) * degree
    return total


_SIZED: dict[str, Callable[[int], PolynomialSystem]] = {
    "katsura": katsura,
    "noon": noon,
    "unequal-noon": unequal_noon,
    "cyclic": cyclic,
    "eco": eco,
}


def by_name(name: str) -> PolynomialSystem | ParametricFamily:
    """The system that a name such as `katsura-8` or `rank-one-3x4` stands for.

    Raises:
        ValueError: if there is none.

    >>> by_name("noon-5").count
    233
    """
    if match := re.fullmatch(r"rank-one-([2-9])x([2-9])", name):
        return rank_one(int(match[1]), int(match[2]))
    family, _, size = name.rpartition("-")
    if family in _SIZED and size.isdecimal() and int(size) >= 2:
        return _SIZED[family](int(size))
    raise ValueError(
        f"no system is called {name!r}; names are {', '.join(f'{f}-N' for f in _SIZED)} and "
        "rank-one-MxN with M, N from 2 to 9."
    )


def _names(letter: str, numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{letter}{k}" for k in numbers)


def _product(factors: Iterable[str]) -> str:
    present = sorted(factor for factor in factors if factor)
    powers = {factor: present.count(factor) for factor in present}
    return "*".join(f if k == 1 else f"{f}^{k}" for f, k in powers.items())


def _sum(terms: Iterable[str]) -> str:
    """The terms added up, equal ones collected."""
    counts: dict[str, int] = {}
    for term in terms:
        counts[term] = counts.get(term, 0) + 1
    collected = [term if k == 1 else f"{k}*{term}" for term, k in counts.items()]
    return " + ".join(collected).replace("+ -", "- ")
