"""Polynomials as lists of monomials with coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuromanifold import _core
from neuromanifold.continuation._systems._system import System
from neuromanifold.continuation._systems._term_bound import TermBound
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
    return _expanded(system.map, system.exact_values, None, most_terms)


def expanded_in_doubles(
    system: System, most_terms: int = _MOST_TERMS, accuracy: float = 1e-12
) -> list[SparsePolynomial]:
    """As `expanded`, faster, with terms in another order and relative errors of coefficients.

    Which terms there are is exact. Where doubles are not as accurate as wanted, exact arithmetic is.

    Raises:
        TooLargeError: the polynomials have more than `most_terms` terms.
    """
    values = system.values
    try:
        sizes, exponents, coefficients = _core.expanded_segment(
            system.map.values_tape, values, values, most_terms, accuracy
        )
    except _core.LossOfPrecision:
        return expanded(system, most_terms)
    except _core.TooManyTerms:
        raise _too_large(most_terms) from None
    exponents = exponents[:, :-1].astype(np.int64)
    ends = np.cumsum(sizes).tolist()
    return [
        SparsePolynomial(exponents[a:b], coefficients[a:b])
        for a, b in zip([0, *ends[:-1]], ends, strict=True)
    ]


def expanded_segment(
    homotopy: PolynomialMap, start: Sequence[complex], target: Sequence[complex], most_terms: int
) -> list[SparsePolynomial]:
    """H(x; t·start + (1 − t)·target) multiplied out: polynomials in x and t, the last variable.

    Raises:
        TooLargeError: they may have more than `most_terms` terms.
    """
    return _expanded(homotopy, target, start, most_terms)


def _expanded(
    polynomials: PolynomialMap,
    values: Sequence[fmpq | complex],
    start: Sequence[complex] | None,
    most_terms: int,
) -> list[SparsePolynomial]:
    evaluator = Evaluator(polynomials.outputs)
    _require_small(polynomials, evaluator, most_terms)
    n = len(polynomials.variables)
    context = fmpq_mpoly_ctx.get(("x", n + 2), "lex")
    *variables, t, iota = context.gens()

    def constant(value: fmpq | complex) -> fmpq_mpoly:
        return context.constant(_real(value)) + _imaginary(value) * iota

    inputs: dict[Node, fmpq_mpoly] = dict(zip(polynomials.variables, variables, strict=True))
    inputs |= dict(zip(polynomials.parameters, map(constant, values), strict=True))
    if start is not None:
        for node, value in zip(polynomials.parameters, start, strict=True):
            inputs[node] += t * (constant(value) - inputs[node])
    n_kept = n if start is None else n + 1
    return [_collected(p.to_dict(), n_kept) for p in evaluator(inputs, context.constant)]


def _real(value: fmpq | complex) -> fmpq:
    return value if isinstance(value, fmpq) else fmpq(*value.real.as_integer_ratio())


def _imaginary(value: fmpq | complex) -> fmpq:
    return fmpq(0) if isinstance(value, fmpq) else fmpq(*value.imag.as_integer_ratio())


def _collected(terms: dict[tuple[int, ...], fmpq], n: int) -> SparsePolynomial:
    """The last variable stands for i, and the first n are kept."""
    parts: dict[tuple[int, ...], list[fmpq]] = {}
    for (*exponents, power), c in terms.items():
        sums = parts.setdefault(tuple(map(int, exponents[:n])), [fmpq(0), fmpq(0)])
        sums[int(power) % 2] += -c if int(power) % 4 >= 2 else c
    parts = {exponents: c for exponents, c in parts.items() if c != [0, 0]}
    coefficients = [complex(to_float(re), to_float(im)) for re, im in parts.values()]
    return SparsePolynomial(
        np.array(list(parts), np.int64).reshape(-1, n), np.array(coefficients, np.complex128)
    )


def _require_small(polynomials: PolynomialMap, evaluator: Evaluator, most_terms: int) -> None:
    n = len(polynomials.variables)
    inputs = {node: TermBound(n, 1, 1) for node in polynomials.variables}
    inputs |= {node: TermBound(n, 1, 0) for node in polynomials.parameters}
    most = max(size.terms for size in evaluator(inputs, lambda c: TermBound(n, int(c != 0), 0)))
    if most > most_terms:
        raise _too_large(most)


def _too_large(terms: float) -> TooLargeError:
    return TooLargeError(
        f"Multiplied out, a polynomial of the system may have {terms:.3g} terms or more; "
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
