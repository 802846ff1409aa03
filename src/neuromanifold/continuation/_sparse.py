"""Polynomials as lists of monomials with coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuromanifold.continuation._system import System
from neuromanifold.errors import TooLargeError
from neuromanifold.rings import Circuit, Evaluator, Node, PolynomialMap, to_float

_MOST_TERMS = 10**6


@dataclass(frozen=True, eq=False)
class SparsePolynomial:
    """Σ_k coefficients[k] · Π_j x_j^exponents[k, j].

    Attributes:
        exponents: (m, n), distinct rows.
        coefficients: (m,), not zero.
    """

    exponents: np.ndarray
    coefficients: np.ndarray


def expanded(system: System, most_terms: int = _MOST_TERMS) -> list[SparsePolynomial]:
    """The polynomials of a system, multiplied out in exact arithmetic.

    Raises:
        TooLargeError: they may have more than `most_terms` terms.

    >>> from neuromanifold.continuation import System
    >>> square = expanded(System(["(x + y)^2 - x^2 - 1.5", "y^2 - 1"]))[0]
    >>> square.exponents.tolist(), square.coefficients.real.tolist()
    ([[1, 1], [0, 2], [0, 0]], [2.0, 1.0, -1.5])
    """
    polynomials = system.map
    evaluator = Evaluator(polynomials.outputs)
    _require_small(polynomials, evaluator, most_terms)
    n = system.n_variables
    context = fmpq_mpoly_ctx.get(("x", n + 1), "lex")
    *variables, iota = context.gens()
    inputs: dict[Node, fmpq_mpoly] = dict(zip(polynomials.variables, variables, strict=True))
    for node, value in zip(polynomials.parameters, system.exact_values, strict=True):
        inputs[node] = context.constant(_real(value)) + _imaginary(value) * iota
    return [_collected(p.to_dict(), n) for p in evaluator(inputs, context.constant)]


def _real(value: fmpq | complex) -> fmpq:
    return value if isinstance(value, fmpq) else fmpq(*value.real.as_integer_ratio())


def _imaginary(value: fmpq | complex) -> fmpq:
    return fmpq(0) if isinstance(value, fmpq) else fmpq(*value.imag.as_integer_ratio())


def _collected(terms: dict[tuple[int, ...], fmpq], n: int) -> SparsePolynomial:
    """The last variable stands for i."""
    parts: dict[tuple[int, ...], list[fmpq]] = {}
    for (*exponents, power), c in terms.items():
        sums = parts.setdefault(tuple(map(int, exponents)), [fmpq(0), fmpq(0)])
        sums[int(power) % 2] += -c if int(power) % 4 >= 2 else c
    parts = {exponents: c for exponents, c in parts.items() if c != [0, 0]}
    coefficients = [complex(to_float(re), to_float(im)) for re, im in parts.values()]
    return SparsePolynomial(
        np.array(list(parts), np.int64).reshape(-1, n), np.array(coefficients, np.complex128)
    )


class _Size:
    """Bounds of the number of terms and the degree of a polynomial in n variables."""

    def __init__(self, n: int, terms: int, degree: int) -> None:
        self.n, self.degree = n, degree
        self.terms = min(terms, comb(n + degree, n))

    def __add__(self, other: _Size) -> _Size:
        return _Size(self.n, self.terms + other.terms, max(self.degree, other.degree))

    __sub__ = __add__

    def __neg__(self) -> _Size:
        return self

    def __mul__(self, other: _Size) -> _Size:
        return _Size(self.n, self.terms * other.terms, self.degree + other.degree)

    def __pow__(self, exponent: int) -> _Size:
        terms = comb(self.terms + exponent - 1, exponent) if self.terms else 0
        return _Size(self.n, terms, self.degree * exponent)


def _require_small(polynomials: PolynomialMap, evaluator: Evaluator, most_terms: int) -> None:
    n = len(polynomials.variables)
    inputs = {node: _Size(n, 1, 1) for node in polynomials.variables}
    inputs |= {node: _Size(n, 1, 0) for node in polynomials.parameters}
    most = max(size.terms for size in evaluator(inputs, lambda c: _Size(n, int(c != 0), 0)))
    if most > most_terms:
        raise TooLargeError(
            f"Multiplied out, a polynomial of the system may have up to {most:.3g} terms; "
            "use a start system that needs no expansion, such as TotalDegree()."
        )


def family(supports: Sequence[np.ndarray]) -> PolynomialMap:
    """F_i(x; c) = Σ_{a in A_i} c_ia·x^a: every coefficient is a parameter, support after support.

    Monomials that differ by one factor share their computation.

    >>> F = family([np.array([[1, 1], [0, 0]]), np.array([[2, 0]])])
    >>> F(np.array([[3.0, 5.0]]), np.array([1, -1, 2])).real.tolist()
    [[14.0, 18.0]]
    """
    n = supports[0].shape[1]
    circuit = Circuit()
    variables = circuit.inputs(n)
    parameters = circuit.inputs(sum(map(len, supports)))
    wanted = sorted({tuple(a) for A in supports for a in A.tolist()}, key=lambda a: (sum(a), a))
    monomials: dict[tuple[int, ...], Node] = {}
    for a in wanted:
        monomials[a] = _monomial(a, monomials, variables, circuit)
    outputs, first = [], 0
    for A in supports:
        terms = [
            c * monomials[tuple(a)]
            for c, a in zip(parameters[first : first + len(A)], A.tolist(), strict=True)
        ]
        outputs.append(sum(terms[1:], terms[0]))
        first += len(A)
    return PolynomialMap.build(outputs, variables, parameters)


def _monomial(
    a: tuple[int, ...],
    known: dict[tuple[int, ...], Node],
    variables: Sequence[Node],
    circuit: Circuit,
) -> Node:
    for j, exponent in enumerate(a):
        if exponent:
            below = (*a[:j], exponent - 1, *a[j + 1 :])
            if below in known:
                return known[below] * variables[j]
    node = circuit.constant(1)
    for x, exponent in zip(variables, a, strict=True):
        node = node * x**exponent
    return node
