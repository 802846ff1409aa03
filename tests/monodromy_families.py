"""Families of polynomial systems whose generic members have a known number of solutions."""

from __future__ import annotations

from math import comb

from neuromanifold.continuation import System


def lines_on_a_cubic() -> System:
    """Lines (s, t, a·s + b·t, c·s + d·t) on a cubic surface with 20 coefficients: 27 of them."""
    names = [f"k{i}" for i in range(20)]
    monomials = [
        (i, j, k, 3 - i - j - k) for i in range(4) for j in range(4 - i) for k in range(4 - i - j)
    ]
    collected: list[list[str]] = [[] for _ in range(4)]
    for name, (i, _, k, m) in zip(names, monomials, strict=True):
        # s^i t^j (a s + b t)^k (c s + d t)^m, collected by powers of s
        for p in range(k + 1):
            for r in range(m + 1):
                factor = comb(k, p) * comb(m, r)
                term = f"{factor}*{name}*a^{p}*b^{k - p}*c^{r}*d^{m - r}"
                collected[i + p + r].append(term)
    return System([" + ".join(terms) for terms in collected], [*"abcd"], names)


def conics_tangent_to_five() -> System:
    """Conics a₁x² + a₂xy + a₃y² + a₄x + a₅y + 1 tangent to five general conics: 3264 of them."""
    equations, variables, parameters = [], [f"a{k}" for k in range(1, 6)], []
    for i in range(1, 6):
        x, y = f"x{i}", f"y{i}"
        given = [f"c{i}_{k}" for k in range(6)]
        variables += [x, y]
        parameters += given
        unknown = [*variables[:5], "1"]
        equations += [
            _conic(unknown, x, y),
            _conic(given, x, y),
            f"({_slope(unknown, x, y)})*({_slope(given, y, x, swapped=True)})"
            f" - ({_slope(unknown, y, x, swapped=True)})*({_slope(given, x, y)})",
        ]
    return System(equations, variables, parameters)


def _conic(c: list[str], x: str, y: str) -> str:
    return f"{c[0]}*{x}^2 + {c[1]}*{x}*{y} + {c[2]}*{y}^2 + {c[3]}*{x} + {c[4]}*{y} + {c[5]}"


def _slope(c: list[str], x: str, y: str, *, swapped: bool = False) -> str:
    """The derivative by x; with `swapped`, x and y have changed roles."""
    square, linear = (c[2], c[4]) if swapped else (c[0], c[3])
    return f"2*{square}*{x} + {c[1]}*{y} + {linear}"


def lines_tangent_to_spheres() -> System:
    """Lines p + s·d with p·d = 0, d = (u, v, 1), tangent to four spheres (centre c, c² − r² = q): 12.

    The distance condition |c − p|²·|d|² − ((c − p)·d)² = r²·|d|², with p·d = 0.
    """
    d = ("u", "v", "1")
    p = ("x", "y", "z")
    equations = [f"{_dot(p, d)}"]
    parameters = []
    for k in range(1, 5):
        c = tuple(f"c{k}{axis}" for axis in "xyz")
        parameters += [*c, f"q{k}"]
        equations.append(
            f"(q{k} - 2*({_dot(c, p)}) + {_dot(p, p)})*({_dot(d, d)}) - ({_dot(c, d)})^2"
        )
    return System(equations, ["x", "y", "z", "u", "v"], parameters)


def _dot(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    return " + ".join(f"{s}*{t}" for s, t in zip(a, b, strict=True))
