"""Exact tangent vectors of the neuromanifold at random parameters over prime fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.models import Model
from neuromanifold.rings import FractionDegreeRing, PrimeField, Program, trace

_ENTRIES_PER_RUN = 2**21
_ATTEMPTS = 10


@dataclass(frozen=True, eq=False)
class TangentSampler:
    """Scalar measurements λ·∂f_θ(x)/∂θ of tangent vectors, by back-propagation.

    The function (x, λ) ↦ λ·g(x) determines g, so `n` random pairs (x, λ) measure a space of
    functions of dimension D with rank min(n, D) outside a proper algebraic subset.

    Attributes:
        model: The model.
        n_measurements: The number of pairs (x, λ) in one call of `measure`.
    """

    model: Model
    n_measurements: int

    @cached_property
    def _batch(self) -> int:
        """Pairs in one run of the program: all, or equal shares that bound the memory."""
        most = max(1, _ENTRIES_PER_RUN // self.model.n_parameters)
        n_runs = -(-self.n_measurements // most)
        return -(-self.n_measurements // n_runs)

    @cached_property
    def _program(self) -> Program:
        batch = (self._batch,)
        return trace(
            jax.vmap(measurement(self.model), (None, 0, 0)),
            _struct(self.model.n_parameters),
            _struct(*batch, *self.model.input_shape),
            _struct(*batch, *self.model.output_shape),
        )

    def measure(
        self, field: PrimeField, theta: np.ndarray, inputs: np.ndarray, covectors: np.ndarray
    ) -> np.ndarray:
        """Row j holds λ_j·f_θ(x_j), and then λ_j·∂f_θ(x_j)/∂θ_i for i = 1, …, P.

        Raises:
            ZeroDivisionError: If a rational model has a pole there.
        """
        n = self.n_measurements
        rows = np.empty((n, self.model.n_parameters + 1), np.int64)
        for start in range(0, n, self._batch):
            # the last share is filled up with earlier pairs
            share = slice(max(0, min(start, n - self._batch)), min(n, start + self._batch))
            value, gradient = self._program.run(field, theta, inputs[share], covectors[share])
            rows[share, 0], rows[share, 1:] = value, gradient
        return rows

    def random_pairs(
        self, field: PrimeField, generator: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Random inputs x and covectors λ."""
        n = self.n_measurements
        return (
            field.random(generator, (n, *self.model.input_shape)),
            field.random(generator, (n, *self.model.output_shape)),
        )

    def random_measurements(self, field: PrimeField, generator: np.random.Generator) -> np.ndarray:
        """The tangent space at a random θ, measured at random pairs.

        Raises:
            InvalidInputError: If a rational model has a pole at every point that was tried.
        """
        for _ in range(_ATTEMPTS):
            theta = field.random(generator, (self.model.n_parameters,))
            try:
                return self.measure(field, theta, *self.random_pairs(field, generator))
            except ZeroDivisionError:
                continue
        raise InvalidInputError(
            f"{self.model.name} divided by zero at {_ATTEMPTS} random points modulo "
            f"{field.prime}; remove the division by something that is always zero"
        )


def measurement(model: Model) -> Any:
    """(θ, x, λ) ↦ (λ·f_θ(x), λ·∂f_θ(x)/∂θ) in JAX, for one sample."""

    def measure(theta: Any, x: Any, covector: Any) -> Any:
        value, pullback = jax.vjp(lambda params: model.apply(params, x), model.unflatten(theta))
        leaves = jax.tree_util.tree_leaves(pullback(covector))
        return (covector * value).sum(), jnp.concatenate([leaf.ravel() for leaf in leaves])

    return measure


def minor_degree(model: Model, size: int) -> float:
    """A bound for the degree, in θ, x and λ, of the numerator of every minor of this size.

    With entries of degrees (n_c, d_c) in column c, clearing the denominators of a row gives
    entries of degree at most n_c + Σ d, and a minor takes `size` columns.
    """
    ring = FractionDegreeRing()
    program = trace(
        measurement(model),
        _struct(model.n_parameters),
        _struct(*model.input_shape),
        _struct(*model.output_shape),
    )
    variables = [ring.variables(shape) for shape in program.input_shapes]
    _, gradient = program.run(ring, *variables)
    numerators = np.sort(np.maximum(gradient["numerator"], 0))[::-1][:size]
    return float(numerators.sum() + size * gradient["denominator"].sum())


def _struct(*shape: int) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(shape, np.float64)
