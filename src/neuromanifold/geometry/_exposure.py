"""How much of function space trains into a subnetwork."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import FunctionSpace
from neuromanifold.models import Model
from neuromanifold.rings import (
    Evaluator,
    Node,
    PrimeField,
    Residues,
    jacobian,
    kernel,
    pullback,
    random_prime,
)

_PRIMES = 2


@dataclass(frozen=True)
class Exposure:
    """How many targets have a critical point of the loss in a coordinate subspace S of Θ.

    Attributes:
        model: The network's name.
        dimension: dim U_S, where U_S is the set of targets u for which some θ ∈ S is a critical
            point of θ ↦ ‖f_θ − u‖²_Q.
        ambient: dim V.
        rank: The rank of ∂f/∂θ at a generic point of S.
        locus_dimension: The dimension of {f_θ : θ ∈ S}.
        primes: The primes modulo which the ranks were computed.
        seed: The seed of all random choices.
        seconds: The time it took.
        kind: How the answer was found.
    """

    model: str
    dimension: int
    ambient: int
    rank: int
    locus_dimension: int
    primes: tuple[int, ...]
    seed: int
    seconds: float
    kind: str = "exact"

    @property
    def is_exposed(self) -> bool:
        """Whether U_S has interior: an open set of targets has critical points in S."""
        return self.dimension == self.ambient

    def __str__(self) -> str:
        title = f"Critical exposure in {self.model}"
        verdict = (
            "critically exposed: an open set of targets has critical points there"
            if self.is_exposed
            else "not critically exposed: almost no target has a critical point there"
        )
        return "\n".join(
            [
                title,
                "=" * len(title),
                f"• {verdict}",
                f"• targets: dimension {self.dimension} of {self.ambient} ({self.kind})",
                f"• functions: dimension {self.locus_dimension}, rank of the Jacobian {self.rank}",
                f"• seed {self.seed}, {self.seconds:.2g} s",
            ]
        )


def critical_exposure(model: Model, support: Sequence[int], *, seed: int = 0) -> Exposure:
    """dim U_S for U_S = ⋃_{θ∈S} f_θ + im(J_θ)^⊥, with S = {θ : θ_i = 0 for i outside the support}.

    θ ∈ S is a critical point for the target u exactly if J_θᵀQ(u − f_θ) = 0. Where rank J = r is
    constant along S, these pairs (θ, u) form a smooth bundle of dimension |S| + N − r, and

        dim U_S = N − r + rank(∂/∂θ_S of J_θᵀQ(u − f_θ))

    at a generic pair. It is computed at random pairs over two random prime fields, for a random
    symmetric Q: the metric of generic data in V.

    Args:
        model: A polynomial model.
        support: The positions in θ of the parameters that are free in S, such as a stratum's of
            `subnetworks(model)`.
        seed: Determines primes and points.

    Raises:
        InvalidInputError: If a position is out of range or named twice.
        NotPolynomialError: If the model is not polynomial.
        TooLargeError: If V would not fit in memory.

    Source: Shahverdi, Marchetti, Kohn, "Learning on a razor's edge: identifiability and singularity of
    polynomial neural networks" (2026).

    Examples:
        >>> from neuromanifold.geometry import critical_exposure, subnetworks
        >>> from neuromanifold.models import MLP, polynomial
        >>> model = MLP([2, 2, 1], polynomial([0, 0, 1, 1]))
        >>> [subnetwork] = subnetworks(model)
        >>> [critical_exposure(model, stratum.support).dimension for stratum in subnetwork.strata]
        [7, 7]
    """
    start = perf_counter()
    free = [int(i) for i in support]
    if not set(free) <= set(range(model.n_parameters)) or len(set(free)) < len(free):
        raise InvalidInputError(
            f"support is {tuple(free)}; give different positions between 0 and "
            f"{model.n_parameters - 1}"
        )
    generator = np.random.default_rng(seed)
    incidence = _Incidence(FunctionSpace.of(model), free)
    primes = [random_prime(generator) for _ in range(_PRIMES)]
    found = [incidence.dimensions(prime, generator) for prime in primes]
    rank, locus, dimension = max(found)
    return Exposure(
        model=model.name,
        dimension=dimension,
        ambient=incidence.space.dimension,
        rank=rank,
        locus_dimension=locus,
        primes=tuple(primes),
        seed=seed,
        seconds=perf_counter() - start,
    )


class _Incidence:
    """The pairs (θ, u) with θ ∈ S critical for u, linearised at random ones."""

    def __init__(self, space: FunctionSpace, free: list[int]) -> None:
        self.space = space
        self._free = free
        expansion = space.expansion
        self._theta: list[Node] = list(expansion.parameters)
        self._covector = expansion.circuit.inputs(space.dimension)
        own = [self._theta[i] for i in free]
        c = space.coefficients_of_theta
        gradient = pullback(c, self._covector, self._theta)
        self._jacobian = Evaluator([e for row in jacobian(c, self._theta) for e in row])
        self._bending = Evaluator([e for row in jacobian(gradient, own) for e in row])

    def dimensions(self, p: int, generator: np.random.Generator) -> tuple[int, int, int]:
        """Over F_p: the rank of J, the dimension of the locus, and dim U_S."""
        field = PrimeField(p)
        n, size = self.space.dimension, len(self._theta)
        theta = np.zeros(size, np.int64)
        theta[self._free] = field.random(generator, (len(self._free),))
        values: dict[Node, Any] = dict(zip(self._theta, theta, strict=True))
        j = _evaluated(self._jacobian, values, p).reshape(n, size)
        normal = _left_kernel_vector(field, j, generator)
        values |= dict(zip(self._covector, normal, strict=True))
        bending = _evaluated(self._bending, values, p).reshape(size, len(self._free))
        half = field.random(generator, (n, n))
        own = j[:, self._free]
        tangential = field.dot(np.ascontiguousarray(j.T), field.dot((half + half.T) % p, own))
        rank = field.rank(j)
        return rank, field.rank(own), n - rank + field.rank((bending - tangential) % p)


def _evaluated(evaluator: Evaluator, values: Mapping[Node, Any], p: int) -> np.ndarray:
    inputs = {node: Residues(np.asarray(value, np.int64), p) for node, value in values.items()}
    results = evaluator(inputs, lambda q: Residues.of_rational(q, p))
    return np.array([int(result.values) for result in results], np.int64)


def _left_kernel_vector(
    field: PrimeField, matrix: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """A random n with nᵀA = 0."""
    basis = kernel(np.ascontiguousarray(matrix.T), field.prime)
    if not len(basis):
        return np.zeros(len(matrix), np.int64)
    return field.dot(field.random(generator, (1, len(basis))), basis)[0]
