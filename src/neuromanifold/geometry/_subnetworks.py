"""The subnetworks of a network and the loci of their functions in M."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import overload

import numpy as np

from neuromanifold.geometry._tangents import TangentSampler
from neuromanifold.geometry._zero_patterns import ZeroPattern, subnetwork_patterns
from neuromanifold.models import Model, Restriction
from neuromanifold.rings import PrimeField, random_prime

_PRIMES = 2


@dataclass(frozen=True)
class Stratum:
    """Parameters of the network, in a coordinate subspace of Θ, whose functions fill a subnetwork's locus.

    Attributes:
        label: Which parameters are zero.
        support: The positions in θ of the others.
        rank: The rank of ∂f/∂θ over all P parameters at a generic point of the subspace.
    """

    label: str
    support: tuple[int, ...]
    rank: int


@dataclass(frozen=True)
class Subnetwork:
    """A smaller network inside a network.

    Attributes:
        label: The smaller network and where it sits.
        architecture: The smaller network, as a model of its own.
        model: The same functions in the coordinates of the network: its parameters with zeros.
        dimension: The dimension of the locus {f_θ'} ⊂ M.
        codimension: dim M − dimension.
        strata: Where in Θ these functions come from.
        drops_rank: ∂f/∂θ has lower rank there than at generic θ: M may have a cusp along the locus.
        n_branches: In how many separate places of Θ the locus is found; M may cross itself along a
            locus with several.
    """

    label: str
    architecture: Model
    model: Restriction = field(repr=False)
    dimension: int
    codimension: int
    strata: tuple[Stratum, ...]
    drops_rank: bool
    n_branches: int


@dataclass(frozen=True)
class Subnetworks(Sequence[Subnetwork]):
    """All proper subnetworks of a network up to permutations, larger ones first.

    Attributes:
        model: The network's name.
        dimension: dim M.
        loci: The subnetworks.
        primes: The primes modulo which the ranks were computed.
        seed: The seed of all random choices.
        seconds: The time it took.
        kind: How the answer was found.
    """

    model: str
    dimension: int
    loci: tuple[Subnetwork, ...]
    primes: tuple[int, ...]
    seed: int
    seconds: float
    kind: str = "exact"

    @overload
    def __getitem__(self, index: int) -> Subnetwork: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Subnetwork]: ...
    def __getitem__(self, index: int | slice) -> Subnetwork | Sequence[Subnetwork]:
        return self.loci[index]

    def __iter__(self) -> Iterator[Subnetwork]:
        return iter(self.loci)

    def __len__(self) -> int:
        return len(self.loci)

    def __str__(self) -> str:
        title = f"Subnetworks of {self.model}"
        lines = [title, "=" * len(title), f"• dimension of M {self.dimension} ({self.kind})"]
        width = max((len(locus.label) for locus in self.loci), default=0)
        for locus in self.loci:
            ranks = ", ".join(str(stratum.rank) for stratum in locus.strata)
            remark = "rank drops" if locus.drops_rank else ""
            if locus.n_branches > 1:
                remark = f"{locus.n_branches} branches"
            lines.append(
                f"• {locus.label:{width}}  dimension {locus.dimension}, rank {ranks}"
                + (f": {remark}" if remark else "")
            )
        lines.append(f"• seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)


def subnetworks(model: Model, *, seed: int = 0) -> Subnetworks:
    """The loci {f_θ : θ zero outside a subnetwork} ⊂ M with their dimensions.

    The subnetworks of an MLP lack hidden neurons; those of a convolutional network have shorter
    filters, padded with zeros; those of attention have a lower rank a. The dimension of a locus is
    the rank of ∂f/∂θ restricted to its own parameters, at random θ over two random prime fields. The
    rank over all parameters tells how M lies there: where it drops, the parametrization is singular
    along the whole stratum.

    Args:
        model: An MLP, a convolutional network or lightning attention.
        seed: Determines primes and points.

    Raises:
        InvalidInputError: If the family has no known subnetworks.

    Source: Shahverdi, Marchetti, Kohn, "Learning on a razor's edge: identifiability and singularity of
    polynomial neural networks" (2026).

    Examples:
        >>> from neuromanifold.geometry import subnetworks
        >>> from neuromanifold.models import Convolution, monomial
        >>> loci = subnetworks(Convolution([2, 2], [1, 1], monomial(2)))
        >>> [(locus.label.split()[-2], locus.dimension) for locus in loci if locus.n_branches > 1]
        [('2', 1)]
    """
    start = perf_counter()
    generator = np.random.default_rng(seed)
    fields = [PrimeField(random_prime(generator)) for _ in range(_PRIMES)]
    ranks = _Ranks(model, fields, generator)
    everything = tuple(range(model.n_parameters))
    value, _ = ranks.at(everything)
    loci = []
    for patterns in subnetwork_patterns(model):
        _, dimension = ranks.at(patterns.minimal.support)
        strata = tuple(ranks.strata(patterns.strata, dimension))
        # subspaces that share the parameters of the subnetwork are one place of Θ
        common = set.intersection(*(set(stratum.support) for stratum in strata))
        is_connected = common >= set(patterns.minimal.support)
        loci.append(
            Subnetwork(
                label=patterns.label,
                architecture=patterns.architecture,
                model=Restriction(model, patterns.minimal.support),
                dimension=dimension,
                codimension=value - dimension,
                strata=strata,
                drops_rank=any(stratum.rank < value for stratum in strata),
                n_branches=1 if is_connected else len(strata),
            )
        )
    loci.sort(key=lambda locus: (-locus.dimension, -len(locus.model.support)))
    return Subnetworks(
        model=model.name,
        dimension=value,
        loci=tuple(loci),
        primes=tuple(field.prime for field in fields),
        seed=seed,
        seconds=perf_counter() - start,
    )


class _Ranks:
    """Ranks of ∂f/∂θ at random points of coordinate subspaces."""

    def __init__(
        self, model: Model, fields: Sequence[PrimeField], generator: np.random.Generator
    ) -> None:
        self._fields = fields
        self._generator = generator
        self._sampler = TangentSampler(model, model.n_parameters)

    def at(self, support: tuple[int, ...]) -> tuple[int, int]:
        """The rank over all parameters, and over those of the support."""
        best = (0, 0)
        for prime_field in self._fields:
            theta = np.zeros(self._sampler.model.n_parameters, np.int64)
            theta[list(support)] = prime_field.random(self._generator, (len(support),))
            pairs = self._sampler.random_pairs(prime_field, self._generator)
            gradients = self._sampler.measure(prime_field, theta, *pairs)[:, 1:]
            own = prime_field.rank(gradients[:, list(support)])
            best = (max(best[0], prime_field.rank(gradients)), max(best[1], own))
        return best

    def strata(self, patterns: Sequence[ZeroPattern], dimension: int) -> Iterator[Stratum]:
        """Those subspaces whose functions have no larger dimension than the locus."""
        for pattern in patterns:
            rank, own = self.at(pattern.support)
            if own == dimension:
                yield Stratum(pattern.label, pattern.support, rank)
