"""Tapes lowered by hand for the tracker tests: a few lines of algebra and classical systems."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from neuromanifold import _core

Op = _core.Opcode


@dataclass
class Recorder:
    """Collects instructions, the same one only once; a value is an SSA number."""

    n_variables: int
    n_parameters: int
    constants: list[complex] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    seen: dict = field(default_factory=dict)

    def apply(self, opcode: Op, a: Value, b: Value | None = None, immediate: int = 0) -> Value:
        key = (int(opcode), a.key, b.key if b else None, immediate)
        if key not in self.seen:
            self.rows.append((int(opcode), a, b, immediate))
            self.seen[key] = Value(self, ("instruction", len(self.rows) - 1))
        return self.seen[key]

    def constant(self, value: complex) -> Value:
        if value not in self.constants:
            self.constants.append(value)
        return Value(self, ("constant", self.constants.index(value)))

    def inputs(self) -> tuple[list[Value], list[Value]]:
        x = [Value(self, ("variable", i)) for i in range(self.n_variables)]
        return x, [Value(self, ("parameter", i)) for i in range(self.n_parameters)]

    def number(self, value: Value) -> int:
        kind, index = value.key
        n, m, c = self.n_variables, self.n_parameters, len(self.constants)
        return (
            index
            + {"variable": 0, "parameter": n, "constant": n + m, "instruction": n + m + c}[kind]
        )

    def table(self) -> np.ndarray:
        return np.array(
            [(op, self.number(a), self.number(b) if b else 0, i) for op, a, b, i in self.rows],
            np.int32,
        ).reshape(-1, 4)

    def tape(self, equations: Sequence[Value]) -> _core.Tape:
        x, _ = self.inputs()
        rows = [[derivative(f, v, {}) for v in x] for f in equations]
        table = [[-1 if d is None else self.number(d) for d in row] for row in rows]
        values = [self.number(f) for f in equations]
        return _core.Tape(
            self.n_variables,
            self.n_parameters,
            np.array(self.constants, complex),
            self.table(),
            values,
            table,
        )


@dataclass(frozen=True)
class Value:
    recorder: Recorder = field(repr=False, compare=False)
    key: tuple[str, int]

    def _lift(self, other: Value | complex) -> Value:
        return other if isinstance(other, Value) else self.recorder.constant(complex(other))

    def __add__(self, other):
        return self.recorder.apply(Op.ADD, self, self._lift(other))

    def __sub__(self, other):
        return self.recorder.apply(Op.SUB, self, self._lift(other))

    def __mul__(self, other):
        return self.recorder.apply(Op.MUL, self, self._lift(other))

    def __truediv__(self, other):
        return self.recorder.apply(Op.DIV, self, self._lift(other))

    def __neg__(self):
        return self.recorder.apply(Op.NEG, self)

    def __pow__(self, exponent: int):
        return self if exponent == 1 else self.recorder.apply(Op.POWER, self, None, exponent)

    def squared(self):
        return self.recorder.apply(Op.SQUARE, self)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return self._lift(other) - self


def derivative(f: Value, x: Value, known: dict) -> Value | None:
    """The derivative of f by the variable x, None for zero."""
    if f.key == x.key:
        return f.recorder.constant(1)
    if f.key[0] != "instruction":
        return None
    if f.key not in known:
        known[f.key] = _derivative(f, x, known)
    return known[f.key]


def _derivative(f: Value, x: Value, known: dict) -> Value | None:
    opcode, a, b, exponent = f.recorder.rows[f.key[1]]
    da = derivative(a, x, known)
    db = derivative(b, x, known) if b else None
    match opcode:
        case Op.ADD:
            return _sum(da, db)
        case Op.SUB:
            return _sum(da, -db if db else None)
        case Op.MUL:
            return _sum(_product(da, b), _product(db, a))
        case Op.DIV:
            return _sum(_product(da, b ** (-1)), _product(db, -f * b ** (-1)) if db else None)
        case Op.NEG:
            return -da if da else None
        case Op.SQUARE:
            return _product(da, a * 2)
        case Op.POWER:
            return _product(da, a ** (exponent - 1) * exponent) if da and exponent else None


def _sum(a, b):
    return a + b if a and b else a or b


def _product(derivative, factor):
    if derivative is None:
        return None
    if derivative == factor.recorder.constant(1):
        return factor
    return derivative * factor


def total(values):
    return functools.reduce(operator.add, values)


def product(values):
    return functools.reduce(operator.mul, values)


@dataclass(frozen=True)
class Classical:
    """A square system, the degrees of its equations and its number of isolated complex solutions."""

    name: str
    n: int
    degrees: tuple[int, ...]
    n_solutions: int
    equations: Callable[[list[Value]], list[Value]]


def katsura(n: int) -> Classical:
    def equations(u):
        def at(i):
            return u[abs(i)] if abs(i) <= n else None

        rows = [u[0] + 2 * total(u[1:]) - 1]
        for m in range(n):
            terms = {}
            for i in range(-n, n + 1):
                if at(m - i) is not None:
                    pair = tuple(sorted((abs(i), abs(m - i))))
                    terms[pair] = terms.get(pair, 0) + 1
            products = [
                (u[i] * u[j] if i != j else u[i].squared(), k) for (i, j), k in terms.items()
            ]
            rows.append(total(p if k == 1 else p * k for p, k in products) - u[m])
        return rows

    return Classical(f"katsura-{n}", n + 1, (1, *[2] * n), 2**n, equations)


def noon(n: int) -> Classical:
    def equations(x):
        squares = [v.squared() for v in x]
        every = total(squares)
        return [x[i] * (every - squares[i]) - 1.1 * x[i] + 1 for i in range(n)]

    return Classical(f"noon-{n}", n, (3,) * n, 3**n - 2 * n, equations)


def cyclic(n: int) -> Classical:
    def equations(x):
        rows = [
            total(product(x[(i + k) % n] for k in range(d)) for i in range(n)) for d in range(1, n)
        ]
        return [*rows, product(x) - 1]

    return Classical(
        f"cyclic-{n}", n, tuple(range(1, n + 1)), {5: 70, 6: 156, 7: 924}[n], equations
    )


def total_degree(system: Classical, seed: int) -> tuple[_core.Tape, np.ndarray]:
    """The homotopy gamma t (x_i^{d_i} - 1) + (1 - t) F with the parameter t, and its start solutions."""
    gamma = complex(np.exp(2j * np.pi * np.random.default_rng(seed).random()))
    recorder = Recorder(system.n, 1)
    x, (t,) = recorder.inputs()
    s, g = 1 - t, t * gamma
    homotopy = [
        g * (v**d - 1) + s * f
        for v, d, f in zip(x, system.degrees, system.equations(x), strict=True)
    ]
    roots = [np.exp(2j * np.pi * np.arange(d) / d) for d in system.degrees]
    return recorder.tape(homotopy), np.array(list(itertools.product(*roots)))


def n_distinct(points: np.ndarray, tolerance: float = 1e-6) -> int:
    """The number of points up to a relative tolerance, by a random projection."""
    if len(points) == 0:
        return 0
    direction = np.random.default_rng(0).standard_normal((2, points.shape[1]))
    shadow = points @ (direction[0] + 1j * direction[1])
    order = np.argsort(shadow.real)
    points = points[order]
    scale = 1 + np.abs(points).max(axis=1)
    duplicates = 0
    for k in range(1, min(40, len(points))):
        gap = np.abs(points[k:] - points[:-k]).max(axis=1)
        duplicates += int((gap < tolerance * scale[k:]).sum())
    return len(points) - duplicates
