"""Identifiability: which parameters have the same function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from textwrap import fill
from time import perf_counter

import numpy as np

from neuromanifold.continuation import Evidence
from neuromanifold.geometry._dimension import dimension
from neuromanifold.geometry._fibers._generic import GenericFiber, GenericFiberSearch
from neuromanifold.geometry._fibers._slice import FiberSlice
from neuromanifold.geometry._identify_theory import identifiability_theorems
from neuromanifold.geometry._symmetries._continuous import linear_symmetries
from neuromanifold.geometry._symmetries._finite import (
    IndexPermutations,
    RootsOfUnity,
    index_permutations,
    roots_of_unity,
)
from neuromanifold.geometry._symmetries._groups import ContinuousSymmetry, continuous_groups
from neuromanifold.models import Model
from neuromanifold.theory import Criterion

_WIDTH = 80


@dataclass(frozen=True, eq=False)
class Identification:
    """The fibre of a generic function of M, and which part of it is explained by symmetries.

    A *known symmetry* is an affine map θ ↦ gθ with f_gθ = f_θ for all θ, of one of three sorts: one that
    lies in a continuous family of such maps, a permutation of the values of an index (hidden neurons),
    or a rescaling by roots of unity.

    Attributes:
        model: The model's name.
        fiber_dimension: P − dim M, the dimension of the fibre (exact).
        orbit_dimension: The dimension of the orbits of the continuous symmetries (exact).
        fiber_size: The number of orbits of all known symmetries in the fibre, that is of essentially
            different parameters of a random function; None if it is infinite or was not found.
        n_components: The number of irreducible components of the fibre, that is of orbits of the
            continuous symmetries alone; None where `fiber_size` is.
        symmetries: The continuous ones, in groups.
        permutations: The permutations.
        roots_of_unity: The rescalings by roots of unity.
        evidence: Why the search for points of the fibre ended.
        confidence: Of the search, if all points are found equally often.
        trace_residual: Of the trace test; None if there was none.
        seed: The seed of all random choices.
        seconds: The time it took.
        theorems: What is known: theorems whose hypotheses the model fulfils.
        fiber: The points that were found, None where `fiber_size` is.
        kind: How the answers were found.
    """

    model: str
    fiber_dimension: int
    orbit_dimension: int
    fiber_size: int | None
    n_components: int | None
    symmetries: tuple[ContinuousSymmetry, ...]
    permutations: tuple[IndexPermutations, ...]
    roots_of_unity: tuple[RootsOfUnity, ...]
    evidence: Evidence | None
    confidence: float
    trace_residual: float | None
    seed: int
    seconds: float
    theorems: tuple[Criterion, ...] = field(repr=False)
    fiber: GenericFiber | None = field(repr=False)
    kind: str = "dimensions exact, fibre size numerical"

    @property
    def unexplained_dimension(self) -> int:
        """Directions along which f does not change and that no known symmetry explains."""
        return self.fiber_dimension - self.orbit_dimension

    @property
    def is_finitely_identifiable(self) -> bool:
        """Whether generic fibres consist of finitely many orbits of the known symmetries."""
        return self.unexplained_dimension == 0

    @property
    def is_globally_identifiable(self) -> bool | None:
        """Whether they are one orbit; None if it was not found out."""
        if not self.is_finitely_identifiable:
            return False
        return None if self.fiber_size is None else self.fiber_size == 1

    @property
    def verdict(self) -> str:
        """The answer in one line."""
        missing = self.unexplained_dimension
        if missing:
            return f"not identifiable: {missing} unexplained direction{'s' * (missing > 1)}"
        if self.fiber_size is None:
            return f"finitely identifiable{self._up_to}"
        if self.fiber_size == 1:
            return f"globally identifiable{self._up_to}"
        return f"finitely identifiable: {self.fiber_size} classes{self._up_to}"

    @property
    def _up_to(self) -> str:
        names = ["permutations of hidden units"] if self.permutations else []
        names += list(dict.fromkeys(group.name for group in self.symmetries))
        names += [f"{_ROOTS.get(roots.order, 'roots of unity')}" for roots in self.roots_of_unity]
        if not names:
            return ""
        text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return f" up to {text}"

    def __str__(self) -> str:
        title = f"Identifiability of {self.model}"
        lines = [title, "=" * len(title), f"• {self.verdict}"]
        lines.append(
            f"• generic fibers of dimension {self.fiber_dimension} (exact), "
            f"{self.orbit_dimension} of it explained by symmetries"
        )
        lines += [f"• {group}" for group in self.symmetries]
        lines += [f"• {index}" for index in self.permutations]
        lines += [
            f"• {len(roots.exponents)} rescaling{'s' * (len(roots.exponents) > 1)} by "
            f"{_ROOTS.get(roots.order, 'roots of unity')}"
            for roots in self.roots_of_unity
        ]
        if self.fiber_size is not None and self.n_components is not None:
            classes = "1 class" if self.fiber_size == 1 else f"{self.fiber_size} classes"
            components = f"{self.n_components} component{'s' * (self.n_components != 1)}"
            lines.append(f"• {classes} modulo symmetries, {components} (numerical)")
        if self.evidence is not None:
            lines.append(f"• {self._evidence_text()}")
        lines += [
            fill(f"• theorem: {theorem}", _WIDTH, subsequent_indent="  ")
            for theorem in self.theorems[:1]
        ]
        lines.append(f"• seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)

    def _evidence_text(self) -> str:
        match self.evidence:
            case Evidence.TRACE_TEST:
                return f"trace test closed, residual {self.trace_residual:.0e}: no point is missing"
            case Evidence.ESTIMATED:
                how = "Newton's method" if self.fiber and self.fiber.n_hits else "monodromy"
                return (
                    f"{how} found nothing new: a missing point would have turned up with "
                    f"probability {self.confidence:.4f}, if all are found equally often"
                )
            case Evidence.TRACE_OPEN:
                return f"trace test open, residual {self.trace_residual:.0e}: points may be missing"
            case Evidence.INTERRUPTED:
                return "interrupted: points may be missing"
            case _:
                return "the search was cut short: its projection has too many points"


_ROOTS = {2: "signs", 3: "third roots of unity", 5: "fifth roots of unity"}


def identify(
    model: Model,
    *,
    seed: int = 0,
    threads: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> Identification:
    """The generic fibre μ⁻¹(f_θ) of μ: θ ↦ f_θ modulo the known symmetries of μ.

    Continuous part, exactly over prime fields: ker ∂f_θ/∂θ is the tangent space of the fibre, of
    dimension P − dim M. The affine vector fields Xθ + ξ along which no f changes are found by linear
    algebra, without knowledge of the architecture: rescalings of neurons, changes of basis between
    linear layers and between keys and queries, translations of biases. If they span the kernel at a
    random θ, the model is finitely identifiable modulo these symmetries.

    Finite part, numerically: the fibre is cut by a linear slice that meets each orbit in finitely many
    points. M is projected to ℂᵐ, m = dim M, and monodromy finds all points of the slice over a random
    point of ℂᵐ (a trace test says when, if there are not too many); those with the same function are
    kept. Points count as one class if they lie on one component of the fibre, which loops of the slice
    tell, or if a permutation or a root of unity carries one component to the other.

    Args:
        model: A polynomial or rational model.
        seed: Determines all random choices.
        threads: Of the path tracker; the result does not depend on it.
        on_progress: Called with (loops walked, points known).

    Returns:
        The verdict with its evidence.

    Raises:
        NotPolynomialError: If the model is not polynomial or rational.
        TooLargeError: If the Jacobian would be too large.

    Source: Kileel, Trager, Bruna (2019) and Usevich, Borsoi, Dérand, Clausel (2025) for polynomial
    networks; Henry, Marchetti, Kohn (2025) for attention.

    Examples:
        >>> from neuromanifold.geometry import identify
        >>> from neuromanifold.models import MLP, LightningAttention, monomial
        >>> identify(MLP([2, 2, 1], monomial(3))).verdict  # a binary cubic is a sum of two cubes
        'globally identifiable up to permutations of hidden units and rescalings'
        >>> identify(MLP([3, 2, 1], monomial(2))).verdict  # a quadric of rank two
        'not identifiable: 1 unexplained direction'
        >>> identify(LightningAttention(d=2, a=1, d_out=1, tokens=2)).fiber_size
        2
    """
    began = perf_counter()
    rng = np.random.default_rng(seed)
    known = dimension(model, seed=seed)
    continuous = linear_symmetries(model, known.value, rng)
    indices = index_permutations(model, continuous, rng)
    roots = roots_of_unity(model, continuous)
    fiber = None
    if continuous.orbit_dimension == known.fiber_dimension:
        cut = FiberSlice(model, known.value, continuous, indices, rng, threads)
        fiber = GenericFiberSearch(cut, indices, roots).run(on_progress)
    is_counted = fiber is not None and fiber.is_complete
    return Identification(
        model=model.name,
        fiber_dimension=known.fiber_dimension,
        orbit_dimension=continuous.orbit_dimension,
        fiber_size=fiber.size if is_counted and fiber else None,
        n_components=fiber.n_components if is_counted and fiber else None,
        symmetries=continuous_groups(continuous),
        permutations=indices,
        roots_of_unity=roots,
        evidence=fiber.evidence if fiber else None,
        confidence=fiber.confidence if fiber else 0.0,
        trace_residual=fiber.trace_residual if fiber else None,
        seed=seed,
        seconds=perf_counter() - began,
        theorems=identifiability_theorems(model),
        fiber=fiber,
    )
