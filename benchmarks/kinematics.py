"""Positions of mechanisms with random integer dimensions, as polynomial systems with known counts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from systems import PolynomialSystem

Polynomial = Counter[tuple[str, ...]]
"""Integer coefficients by sorted products of variables; the empty product is 1."""

_LARGEST = 99


def stewart_gough(seed: int = 0) -> PolynomialSystem:
    """Where the platform of six legs can be: A_k and R·B_k + t at distance d_k for k = 1, …, 6.

    R is the rotation x ↦ e·x·ē/|e|² of a quaternion e, and t = 2·g·ē/|e|² for a quaternion g with
    ⟨e, g⟩ = 0 (Study's coordinates of the motion). With points as imaginary quaternions, |e|² times
    |R·B + t − A|² − d² is the quadratic form

        (|A|² + |B|² − d²)·|e|² + 4·|g|² + 4·⟨e·B, g⟩ − 2·⟨e·B, A·e⟩ − 4·⟨g, A·e⟩.

    Where e₀ = 1 every motion but the half-turns has one pair (e, g). The solutions that the 2^7 paths of a
    total degree start have beyond 40 lie at infinity, on the surface e = 0 = |g|².

    Source: M. Husty, An algorithm for solving the direct kinematics of general Stewart–Gough
    platforms, 1996; 40 by F. Ronga and T. Vust, 1992, and D. Lazard, 1992.
    """
    draw = random.Random(seed)
    equations = [_dot(*_STUDY)]
    for _ in range(6):
        base, platform = ([draw.randint(-_LARGEST, _LARGEST) for _ in range(3)] for _ in range(2))
        equations.append(leg(base, platform, draw.randint(1, 4 * _LARGEST) ** 2))
    return _system("stewart-gough", equations, 40, "Ronga and Vust 1992, Lazard 1992")


def leg(base: Sequence[int], platform: Sequence[int], square: int) -> Polynomial:
    """|e|²·(|R·B + t − A|² − d²) in Study's coordinates with e₀ = 1, for the squared length d²."""
    e, g = _STUDY
    moved = _quaternion_product(e, [*map(_constant, (0, *platform))])
    fixed = _quaternion_product([*map(_constant, (0, *base))], e)
    return _sum(
        _scaled(sum(x * x for x in (*base, *platform)) - square, _dot(e, e)),
        _scaled(4, _dot(g, g)),
        _scaled(4, _dot(moved, g)),
        _scaled(-2, _dot(moved, fixed)),
        _scaled(-4, _dot(g, fixed)),
    )


def inverse_kinematics(seed: int = 0) -> PolynomialSystem:
    """The joints of an arm with six axes z₁, …, z₆ whose base z₁, hand z₆ and position p are given.

        z_i·z_i = 1 for 1 < i < 6,    z_i·z_{i+1} = c_i for 0 < i < 6,
        Σ_{i=2}^5 l_i·z_i + Σ_{i=1}^5 a_i·(z_i × z_{i+1}) = p,

    with the cosines c_i of the twists, the offsets l_i, and a_i the lengths divided by the sines. These
    are 12 equations for z₂, …, z₅, of total degree 2^10.

    Source: C. Wampler and A. Morgan, Solving the 6R inverse position problem using a generic-case
    solution methodology, 1991; 16 by E. Primrose, 1986, and H.-Y. Lee and C.-G. Liang, 1988.
    """
    draw = random.Random(seed)

    def number() -> int:
        return draw.choice([-1, 1]) * draw.randint(1, _LARGEST)

    axes = [[_variable(f"z{i}{letter}") for letter in "xyz"] for i in range(2, 6)]
    base, hand = (list(map(_constant, z)) for z in ((0, 0, 1), (2, 3, 6)))
    chain = [base, *axes, hand]
    links = list(pairwise(chain))
    offsets, lengths = ([number() for _ in range(n)] for n in (4, 5))
    position = [
        _sum(
            _constant(number()),
            *(_scaled(offset, z[k]) for offset, z in zip(offsets, axes, strict=True)),
            *(_scaled(a, _cross(u, v)[k]) for a, (u, v) in zip(lengths, links, strict=True)),
        )
        for k in range(3)
    ]
    equations = [
        *(_sum(_dot(z, z), _constant(-1)) for z in axes),
        *(_sum(_scaled(100, _dot(u, v)), _constant(number())) for u, v in links),
        *position,
    ]
    return _system("inverse-kinematics-6r", equations, 16, "Primrose 1986, Lee and Liang 1988")


def _system(
    name: str, equations: Sequence[Polynomial], count: int, source: str
) -> PolynomialSystem:
    letters = {letter for f in equations for product in f for letter in product}
    return PolynomialSystem(
        name=name,
        variables=tuple(sorted(letters)),
        equations=tuple(map(_text, equations)),
        degrees=tuple(max(map(len, f)) for f in equations),
        count=count,
        source=source,
    )


def _text(f: Polynomial) -> str:
    ordered = sorted(f.items(), key=lambda item: (-len(item[0]), item[0]))
    return " + ".join(_term(product, c) for product, c in ordered).replace("+ -", "- ")


def _term(product: tuple[str, ...], c: int) -> str:
    powers = [name if k == 1 else f"{name}^{k}" for name, k in sorted(Counter(product).items())]
    size = [str(abs(c))] if abs(c) != 1 or not powers else []
    return ("-" if c < 0 else "") + "*".join([*size, *powers])


def _variable(name: str) -> Polynomial:
    return Counter({(name,): 1})


def _constant(c: int) -> Polynomial:
    return Counter({(): c})


def _sum(*terms: Polynomial) -> Polynomial:
    total: Polynomial = Counter()
    for f in terms:
        total.update(f)
    return Counter({product: c for product, c in total.items() if c})


def _scaled(c: int, f: Polynomial) -> Polynomial:
    return Counter({product: c * a for product, a in f.items()})


def _times(f: Polynomial, g: Polynomial) -> Polynomial:
    return _sum(
        *(Counter({tuple(sorted(p + q)): a * b}) for p, a in f.items() for q, b in g.items())
    )


def _dot(u: Sequence[Polynomial], v: Sequence[Polynomial]) -> Polynomial:
    return _sum(*(_times(a, b) for a, b in zip(u, v, strict=True)))


def _cross(u: Sequence[Polynomial], v: Sequence[Polynomial]) -> list[Polynomial]:
    return [
        _sum(_times(u[i], v[j]), _scaled(-1, _times(u[j], v[i])))
        for i, j in ((1, 2), (2, 0), (0, 1))
    ]


def _quaternion_product(p: Sequence[Polynomial], q: Sequence[Polynomial]) -> list[Polynomial]:
    imaginary = [
        _sum(_times(p[0], q[k + 1]), _times(p[k + 1], q[0]), c)
        for k, c in enumerate(_cross(p[1:], q[1:]))
    ]
    return [_sum(_times(p[0], q[0]), _scaled(-1, _dot(p[1:], q[1:]))), *imaginary]


_STUDY = (
    [_constant(1), *map(_variable, ("e1", "e2", "e3"))],
    [*map(_variable, ("g0", "g1", "g2", "g3"))],
)
