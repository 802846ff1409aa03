"""The coefficients of f_θ as polynomials in θ, kept as circuits."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from neuromanifold.errors import TooLargeError
from neuromanifold.models import Model
from neuromanifold.rings import Circuit, DegreeRing, Node, ObjectRing, Polynomial, PolynomialRing

_BYTES_PER_TERM = 4096
_MEMORY_LIMIT = 2 * 2**30


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


def term_bound(model: Model) -> int:
    """How many terms f_θ can have at most: monomials within the degree range of each output.

    >>> from neuromanifold.models import MLP, monomial
    >>> term_bound(MLP((3, 2, 1), monomial(2)))
    6
    """
    n = int(np.prod(model.input_shape, dtype=int))
    return sum(
        sum(comb(n - 1 + degree, degree) for degree in range(low, high + 1))
        for low, high in _degree_ranges(model)
    )


def expand(model: Model) -> Expansion:
    """Expand a polynomial model in its input, over circuits in its parameters.

    Raises:
        TooLargeError: the expansion could have more terms than fit in memory.
        NotPolynomialError: the model is not polynomial in its input.
    """
    bound = term_bound(model)
    if bound * _BYTES_PER_TERM > _MEMORY_LIMIT:
        raise TooLargeError(
            f"The function space of {model} has up to {bound:,} coordinates, about "
            f"{bound * _BYTES_PER_TERM / 2**30:,.0f} GiB; use fewer inputs, a lower degree or fewer "
            "layers (the exact dimension needs no expansion: `neuromanifold.dimension`)."
        )
    n = int(np.prod(model.input_shape, dtype=int))
    degree = max((high for _, high in _degree_ranges(model)), default=0)
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


def _degree_ranges(model: Model) -> list[tuple[int, int]]:
    """The (lowest, highest) total degree in x of every output that is not identically zero."""
    ring = DegreeRing()
    theta = ring.variables((model.n_parameters,), degree=0)
    ranges = model.program.run(ring, theta, ring.variables(model.input_shape)).ravel()
    return [(int(low), int(high)) for low, high in ranges if low <= high]
