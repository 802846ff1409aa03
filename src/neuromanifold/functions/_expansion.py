"""The coefficients of f_θ as polynomials in θ, kept as circuits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.errors import NotPolynomialError, TooLargeError
from neuromanifold.functions._degrees import output_degrees, term_bound
from neuromanifold.models import Model
from neuromanifold.rings import Circuit, Node, ObjectRing, Polynomial, PolynomialRing

_BYTES_PER_TERM = 4096  # circuit nodes
_BYTES_PER_PAIR = 64  # exact and floating-point entries of the metric and of the relations
_MEMORY_LIMIT = 4 * 2**30


@dataclass(frozen=True, eq=False)
class Expansion:
    """f_θ(x)_o = Σ_m coefficient_{o,m}(θ)·x^m over all terms (o, m) that occur.

    Attributes:
        circuit: where the coefficients live.
        parameters: the P input nodes of θ.
        outputs: the output o of each term, shape (M,).
        exponents: the exponent vector m of each term, shape (M, n).
        coefficients: the M coefficient nodes.
    """

    circuit: Circuit
    parameters: tuple[Node, ...]
    outputs: np.ndarray
    exponents: np.ndarray
    coefficients: tuple[Node, ...]


def expand(model: Model) -> Expansion:
    """Expand a polynomial model in its input, over circuits in its parameters.

    Raises:
        TooLargeError: the expansion could have more terms than fit in memory.
        NotPolynomialError: the model is not polynomial in its input.
    """
    bound = term_bound(model)
    if bound is None:
        raise NotPolynomialError(
            f"{model} divides by an expression in its input, so its functions are rational and have "
            "no coefficient vectors; use a polynomial model."
        )
    size = bound * _BYTES_PER_TERM + bound**2 * _BYTES_PER_PAIR
    if size > _MEMORY_LIMIT:
        raise TooLargeError(
            f"The function space of {model} has up to {bound:,} coordinates and would take about "
            f"{size / 2**30:,.0f} GiB; use fewer inputs, a lower degree or fewer layers (the exact "
            "dimension needs no expansion: `neuromanifold.dimension`)."
        )
    n = model.n_inputs
    degree = max(high for _, high in output_degrees(model))
    circuit = Circuit()
    parameters = circuit.inputs(model.n_parameters)
    polynomials = PolynomialRing(n, max(degree, 1))
    ring = ObjectRing(lambda value: Polynomial({0: circuit.constant(value)} if value else {}))
    theta = np.array([Polynomial({0: node}) for node in parameters], dtype=object)
    x = np.array(polynomials.variables(circuit.constant(1)), dtype=object)
    values = model.program.run(ring, theta, x.reshape(model.input_shape))
    terms = [
        (output, polynomials.exponents(monomial), coefficient)
        for output, polynomial in enumerate(np.ravel(values))
        for monomial, coefficient in polynomial.terms.items()
        if not coefficient.is_zero
    ]
    terms.sort(key=lambda term: (term[0], sum(term[1]), [-e for e in term[1]]))
    return Expansion(
        circuit,
        tuple(parameters),
        np.array([output for output, _, _ in terms], dtype=int),
        np.array([exponent for _, exponent, _ in terms], dtype=int).reshape(-1, n),
        tuple(coefficient for _, _, coefficient in terms),
    )
