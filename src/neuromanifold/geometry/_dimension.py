"""The dimension of the neuromanifold."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10, prod
from time import perf_counter

import numpy as np

from neuromanifold.errors import TooLargeError
from neuromanifold.functions import term_bound
from neuromanifold.geometry._ambient import ambient_dimension
from neuromanifold.geometry._expected import effective_parameters
from neuromanifold.geometry._tangents import TangentSampler, minor_degree
from neuromanifold.models import Model
from neuromanifold.rings import PrimeField, random_prime

_LARGEST = 20_000**2
_AGREEING_PRIMES = 2
_BITS = 31
_QUICK_BITS = 23
_MANY = 1000


@dataclass(frozen=True)
class Dimension:
    """The dimension of M = {f_θ}, exactly.

    Attributes:
        model: The model's name.
        value: dim M, the generic rank of ∂f/∂θ, as an affine dimension (of the cone, if M is one).
        expected: min(dim V, parameters that no known symmetry removes).
        ambient: dim V, where V is the linear span of M; None if it was too large to be computed,
            or if the model is rational.
        ambient_bound: An upper bound for dim V from the degrees of the outputs; None if the model
            is rational.
        n_parameters: P.
        primes: The primes modulo which the rank was computed.
        failure_probability: A bound for the probability, over the random points, that `value` is
            too small; 0 if it equals an upper bound, so that it is proved.
        seed: The seed of all random choices.
        seconds: The time it took.
        kind: How the answer was found.
    """

    model: str
    value: int
    expected: int
    ambient: int | None
    ambient_bound: int | None
    n_parameters: int
    primes: tuple[int, ...]
    failure_probability: float
    seed: int
    seconds: float
    kind: str = "exact"

    @property
    def defect(self) -> int:
        """Expected dimension minus dimension."""
        return self.expected - self.value

    @property
    def fiber_dimension(self) -> int:
        """The dimension of the set of parameters of one generic function of M, P − dim M."""
        return self.n_parameters - self.value

    @property
    def is_filling(self) -> bool | None:
        """Whether M is dense in V in the Zariski topology; None if dim V is not known."""
        return None if self.ambient is None else self.value == self.ambient

    def __str__(self) -> str:
        title = f"Dimension of {self.model}"
        lines = [title, "=" * len(title), f"• dimension {self.value} ({self.kind})"]
        if self.defect:
            lines.append(f"• defect {self.defect}: {self.expected} expected")
        else:
            lines.append("• no defect: as expected")
        lines.append(f"• {self._ambient_text()}")
        lines.append(
            f"• {_counted(self.n_parameters, 'parameter')}, "
            f"generic fibers of dimension {self.fiber_dimension}"
        )
        lines.append(f"• {self._evidence_text()}")
        lines.append(f"• seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)

    def _evidence_text(self) -> str:
        primes = " and ".join(map(str, self.primes))
        if self.failure_probability == 0:
            return f"rank modulo {primes} equal to an upper bound: proved"
        return (
            f"ranks modulo {primes}: too small with probability at most "
            f"{_power_of_ten(self.failure_probability)}"
        )

    def _ambient_text(self) -> str:
        if self.ambient is not None:
            relation = "filling" if self.is_filling else "not filling"
            return f"ambient function space of dimension {self.ambient}: {relation}"
        if self.ambient_bound is not None:
            return f"ambient function space of dimension at most {self.ambient_bound}"
        return "rational functions: no ambient space of polynomials"


def dimension(model: Model, *, seed: int = 0) -> Dimension:
    """dim M = max over θ of the rank of the Jacobian ∂f_θ/∂θ, computed over prime fields.

    The tangent space at a random θ ∈ F_pᴾ is measured by λ_j·∂f_θ(x_j)/∂θ at random inputs x_j and
    covectors λ_j, by back-propagation and without expanding any polynomial. The rank of these rows
    never exceeds dim M. It is smaller only if all maximal minors vanish there: a minor is a
    polynomial in (θ, x, λ) of some degree D, so if it is not zero modulo p, a random point is a
    zero of it with probability at most D/p (Schwartz and Zippel). Two random primes between 2³⁰
    and 2³¹ must give the same rank, and `failure_probability` is the product of their bounds. It
    leaves out the primes that divide every coefficient of all these minors: they are finitely many.
    A rank that reaches the parameters left by the known symmetries, or the bound for dim V, is
    proved by one prime: the probability is then 0.

    Rational models are handled in the same way. dim V is the rank of many tangent spaces together,
    modulo one prime; it is None if it exceeds 1500.

    Args:
        model: The model; floating-point constants in it are read as the dyadic rationals they are.
        seed: Determines primes and points.

    Returns:
        The dimension, beside what was to be expected.

    Raises:
        NotPolynomialError: If the model is not polynomial or rational.
        TooLargeError: If the Jacobian, rows for the expected dimension and P columns, would have
            more than 4·10⁸ entries, 3 GiB.

    Source: Kileel, Trager, Bruna, "On the expressive power of deep polynomial neural networks"
    (2019) for the expected dimension of networks without biases.

    Examples:
        >>> from neuromanifold.geometry import dimension
        >>> from neuromanifold.models import MLP, monomial
        >>> result = dimension(MLP([3, 2, 2, 1], monomial(2)))
        >>> result.value, result.expected, result.ambient, result.fiber_dimension
        (7, 8, 15, 5)
    """
    start = perf_counter()
    generator = np.random.default_rng(seed)
    bound = term_bound(model)
    effective = effective_parameters(model)
    most = effective if bound is None else min(effective, bound)
    if most * model.n_parameters > _LARGEST:
        raise TooLargeError(
            f"{model.name} has {model.n_parameters} parameters; its Jacobian would be a dense "
            f"matrix of {most * model.n_parameters * 8 / 2**30:.1f} GiB, and "
            f"{_LARGEST * 8 / 2**30:.1f} GiB is the limit: use a narrower network"
        )
    ranks: dict[int, int] = {}
    sampler = TangentSampler(model, max(most, 1))
    while not _is_settled(ranks, most):
        # a lower bound that meets an upper bound is a proof for every prime, and small ones are quick
        bits = _QUICK_BITS if most > _MANY and not ranks else _BITS
        field = PrimeField(random_prime(generator, bits))
        measured = sampler.random_measurements(field, generator)
        ranks[field.prime] = field.rank_overwriting(measured[:, 1:])
    value = max(ranks.values())
    ambient = ambient_dimension(model, value, bound, generator)
    expected = most if ambient is None else min(most, ambient)
    if value == most:
        failure = 0.0
    else:
        degree = minor_degree(model, most)
        failure = prod(min(1.0, degree / prime) for prime, rank in ranks.items() if rank == value)
    return Dimension(
        model=model.name,
        value=value,
        expected=expected,
        ambient=ambient,
        ambient_bound=bound,
        n_parameters=model.n_parameters,
        primes=tuple(ranks),
        failure_probability=failure,
        seed=seed,
        seconds=perf_counter() - start,
    )


def _is_settled(ranks: dict[int, int], most: int) -> bool:
    """Whether the largest rank cannot or need not be surpassed."""
    best = max(ranks.values(), default=-1)
    agreeing = [p for p, rank in ranks.items() if rank == best and p > 2 ** (_BITS - 1)]
    return best == most or len(agreeing) == _AGREEING_PRIMES


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _power_of_ten(probability: float) -> str:
    return f"10^{log10(probability):.0f}"
