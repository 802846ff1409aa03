"""The ambient space V: the linear span of M, found exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flint import fmpq

from neuromanifold.functions._dataset import Dataset
from neuromanifold.functions._expansion import Expansion, expand
from neuromanifold.functions._least_squares import LeastSquares, least_squares
from neuromanifold.models import Model
from neuromanifold.rings import (
    Evaluator,
    Node,
    PolynomialMap,
    Residues,
    rational_reconstruction,
    reduced_row_echelon,
    to_float,
)

_PRIMES = (2147483629, 2147483587)


@dataclass(frozen=True, eq=False)
class FunctionSpace:
    """V = span M inside the polynomial maps of the network's input and output shapes.

    Coordinates on V are coefficients c₁, …, c_N of chosen monomials; every other coefficient of a
    function in V is a fixed rational combination of these, f(x)_o = Σ_b c_b·φ_b(x)_o with
    φ_b(x)_o = Σ_m E_{(o,m),b}·x^m. V is found from the coefficients of f_θ at random θ over F_p and
    confirmed over a second prime with fresh θ.

    >>> from neuromanifold.models import LightningAttention
    >>> space = FunctionSpace.of(LightningAttention(d=2, a=2, d_out=1, tokens=2))
    >>> space.dimension, len(space.expansion.coefficients) > 6
    (6, True)

    Attributes:
        model: the network.
        expansion: all terms of f_θ.
        pivots: which terms are the coordinates, length N.
        relations: the matrix E, shape (M, N), of rational numbers.
    """

    model: Model
    expansion: Expansion
    pivots: tuple[int, ...]
    relations: tuple[tuple[fmpq, ...], ...]

    @staticmethod
    def of(model: Model, *, seed: int = 0) -> FunctionSpace:
        """Find V for a polynomial model.

        Raises:
            TooLargeError: the coefficients of f_θ would not fit in memory.
            NotPolynomialError: the model is not polynomial in its input.
        """
        expansion = expand(model)
        rng = np.random.default_rng(seed)
        echelon, pivots = _echelon(expansion, _PRIMES[0], rng)
        relations = _relations(echelon, _PRIMES[0])
        _confirm(expansion, pivots, relations, _PRIMES[1], rng)
        return FunctionSpace(model, expansion, tuple(pivots), relations)

    @property
    def dimension(self) -> int:
        """N = dim V."""
        return len(self.pivots)

    @property
    def coefficients_of_theta(self) -> tuple[Node, ...]:
        """c₁(θ), …, c_N(θ) as circuit nodes."""
        return tuple(self.expansion.coefficients[pivot] for pivot in self.pivots)

    @cached_property
    def coordinates(self) -> tuple[str, ...]:
        """The monomial whose coefficient each coordinate is, such as ``x1^2*x3`` or ``y2: x1``."""
        several = int(np.prod(self.model.output_shape, dtype=int)) > 1
        return tuple(
            (f"y{self.expansion.outputs[pivot] + 1}: " if several else "")
            + _monomial_name(self.expansion.exponents[pivot])
            for pivot in self.pivots
        )

    @cached_property
    def _coefficient_map(self) -> PolynomialMap:
        return PolynomialMap(self.coefficients_of_theta, self.expansion.parameters)

    def coefficients(self, theta: np.ndarray) -> np.ndarray:
        """c(θ) for a batch of flat parameter vectors: (B, P) → (B, N), real for real θ."""
        theta = np.atleast_2d(theta)
        values = self._coefficient_map(theta)
        return values if np.iscomplexobj(theta) else np.real(values)

    def design_matrix(self, X: np.ndarray) -> np.ndarray:
        """The Veronese design matrix A with rows φ(a)_o, shape (S·outputs, N).

        Row s·outputs + o holds φ₁(a_s)_o, …, φ_N(a_s)_o.
        """
        points = np.asarray(X, dtype=float).reshape(len(X), -1)
        outputs = int(np.prod(self.model.output_shape, dtype=int))
        exponents = self.expansion.exponents
        terms = np.prod(points[:, None, :] ** exponents[None, :, :], axis=2)
        relations = np.array([[to_float(entry) for entry in row] for row in self.relations])
        rows = [
            terms[:, self.expansion.outputs == o] @ relations[self.expansion.outputs == o]
            for o in range(outputs)
        ]
        return np.stack(rows, axis=1).reshape(-1, self.dimension)

    def least_squares(self, data: Dataset) -> LeastSquares:
        """The squared loss on V: L(f) = ‖c_f − u‖²_Q + constant."""
        return least_squares(
            data.reshaped(self.model.input_shape, self.model.output_shape),
            self.expansion.outputs,
            self.expansion.exponents,
            self.relations,
        )


def _echelon(
    expansion: Expansion, p: int, rng: np.random.Generator
) -> tuple[np.ndarray, list[int]]:
    """Row echelon form of the coefficients at enough random θ for the rank to be dim V."""
    samples = 16
    while True:
        echelon, pivots = reduced_row_echelon(_samples(expansion, p, samples, rng), p)
        if len(pivots) <= samples - 4:
            return echelon, pivots
        samples *= 2


def _samples(expansion: Expansion, p: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Coefficients mod p at `count` random parameter vectors, shape (count, M)."""
    inputs = {node: Residues(rng.integers(1, p, size=count), p) for node in expansion.parameters}
    values = Evaluator(expansion.coefficients)(inputs, lambda q: Residues.of_rational(q, p))
    return np.stack([np.broadcast_to(value.values, count) for value in values], axis=1)


def _relations(echelon: np.ndarray, p: int) -> tuple[tuple[fmpq, ...], ...]:
    rows = []
    for column in echelon.T:
        fractions = [rational_reconstruction(int(entry), p) for entry in column]
        if any(fraction is None for fraction in fractions):
            raise ArithmeticError("a linear relation between coefficients has too large a height")
        rows.append(tuple(fraction for fraction in fractions if fraction is not None))
    return tuple(rows)


def _confirm(
    expansion: Expansion,
    pivots: list[int],
    relations: tuple[tuple[fmpq, ...], ...],
    p: int,
    rng: np.random.Generator,
) -> None:
    """Check V over a second prime, at fresh parameters."""
    values = _samples(expansion, p, len(pivots) + 4, rng)
    entries = [[int(Residues.of_rational(e, p).values) for e in row] for row in relations]
    for m, row in enumerate(entries):
        combination = np.zeros(len(values), dtype=np.int64)
        for pivot, entry in zip(pivots, row, strict=True):
            if entry:
                combination = (combination + values[:, pivot] * entry) % p
        if not np.array_equal(combination, values[:, m]):
            raise ArithmeticError("the linear span of M differs between two primes")


def _monomial_name(exponents: np.ndarray) -> str:
    factors = [f"x{i + 1}" + (f"^{e}" if e > 1 else "") for i, e in enumerate(exponents) if e > 0]
    return "*".join(factors) or "1"
