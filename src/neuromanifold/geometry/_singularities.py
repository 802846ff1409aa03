"""Is a function a singular point of M, and of which type?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from time import perf_counter
from typing import Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import FunctionPoint, FunctionSpace, read_function
from neuromanifold.geometry._fibers._branches import Branch, branches
from neuromanifold.geometry._fibers._fiber import Fiber, fiber
from neuromanifold.geometry._witness_set import WitnessSet, witness_set
from neuromanifold.models import Model
from neuromanifold.rings import PolynomialMap


class SingularityType(Enum):
    """Why a point of the closure of M is singular, seen from its parameters."""

    SMOOTH = "smooth"
    SEVERAL_BRANCHES = "several branches"
    RANK_DROP = "cusp-like drop of rank"
    BRANCHES_AND_RANK_DROP = "several branches and a drop of rank"
    LIMIT = "limit of functions whose parameters go to infinity"


@dataclass(frozen=True)
class Singularity:
    """What the closure of M looks like at one of its points.

    Attributes:
        model: The model's name.
        function: f.
        multiplicity: How many of the deg M points of a generic slice of codimension dim M come
            together at f: 1 exactly at the smooth points.
        type: Which feature of the fibre makes f singular.
        branches: The branches of M through f, up to the symmetries of the parameters.
        fiber: All parameters of f.
        degree: deg M, the points of the slice.
        seed: The seed of all random choices.
        seconds: The time it took.
        kind: How the answer was found.
    """

    model: str
    function: FunctionPoint = field(repr=False, compare=False)
    multiplicity: int
    type: SingularityType
    branches: tuple[Branch, ...] = field(repr=False, compare=False)
    fiber: Fiber = field(repr=False, compare=False)
    degree: int
    seed: int
    seconds: float
    kind: str = "numerical"

    @property
    def is_singular(self) -> bool:
        """Whether the closure of M is not smooth at f."""
        return self.multiplicity > 1

    def __str__(self) -> str:
        state = "singular" if self.is_singular else "smooth"
        title = f"A {state} point of {self.model}"
        lines = [
            title,
            "=" * len(title),
            f"• multiplicity {self.multiplicity} on a variety of degree {self.degree} ({self.kind})",
        ]
        if self.is_singular:
            lines.append(f"• type: {self.type.value}")
        if self.fiber.is_excessive:
            lines.append(
                f"• parameters in dimension {self.fiber.dimension}; a generic function has them in "
                f"dimension {self.fiber.generic_dimension}"
            )
        else:
            n = len(self.branches)
            regular = sum(branch.is_regular for branch in self.branches)
            lines.append(
                f"• {n} branch{'es' * (n != 1)}, {regular} with a Jacobian of full rank "
                f"{self.fiber.rank}"
            )
        if self.fiber.n_diverging:
            lines.append("• some parameters of nearby functions go to infinity")
        lines.append(f"• seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)


def singularities(
    model: Model,
    f: Any,
    *,
    seed: int = 0,
    threads: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Singularity:
    """Whether the Zariski closure M̄ is singular at f, and how.

    The multiplicity of M̄ at f is the number of points of a witness set that converge to f when its
    slice is moved to a random one through f. M̄ is smooth at f exactly if it is 1. The type comes from
    the fibre μ⁻¹(f): points with different neighbourhoods in M are branches that cross, and at a
    branch where rank ∂f/∂θ < dim M the parametrization folds as it does at a cusp.

    At a smooth point the parametrization may drop rank, too: MLP([2, 2, 1], x³) fills V, and its rank
    drops at the cubes of linear forms.

    Args:
        model: A polynomial model.
        f: Coefficients in the coordinates of V, a SymPy polynomial in x1, x2, …, or a list of them.
        seed: Determines all random choices.
        threads: Of the path tracker, by default as many as the process may use.
        on_progress: Called with (loops walked, points known) while the witness set is found.

    Raises:
        InvalidInputError: If f does not lie in the closure of M.
        NeuromanifoldError: If the witness set is incomplete or paths were lost, so that the
            multiplicity is not known.
        TooLargeError: If V would not fit in memory.

    Examples:
        >>> from neuromanifold.geometry import singularities
        >>> from neuromanifold.models import Convolution
        >>> model = Convolution([3, 2], [2, 1])  # (a x₁² + b x₁x₂ + c x₂²)(d x₁² + e x₂²)
        >>> crossing = singularities(model, [1, 0, 3, 0, 2])  # x⁴ + 3x² + 2 = (x² + 1)(x² + 2)
        >>> crossing.is_singular, crossing.type.value, len(crossing.branches)
        (True, 'several branches', 2)
        >>> singularities(model, [1, 1, 3, 2, 2]).is_singular
        False
    """
    begin = perf_counter()
    space = FunctionSpace.of(model)
    point = read_function(space, f)
    witness = witness_set(model, seed=seed, threads=threads, on_progress=on_progress)
    multiplicity = _multiplicity(witness, point, threads)
    if multiplicity == 0:
        raise InvalidInputError(
            f"f does not lie in the closure of M for {model.name}; give a function of the network, "
            "such as one from `FunctionSpace.coefficients`"
        )
    parameters = fiber(model, point, seed=seed)
    coefficients = PolynomialMap(space.coefficients_of_theta, space.expansion.parameters)
    found = branches(coefficients, parameters, np.random.default_rng([seed, 1]))
    return Singularity(
        model=model.name,
        function=point,
        multiplicity=multiplicity,
        type=_type(multiplicity, found, parameters),
        branches=found,
        fiber=parameters,
        degree=witness.degree,
        seed=seed,
        seconds=perf_counter() - begin,
    )


def _multiplicity(witness: WitnessSet, point: FunctionPoint, threads: int | None) -> int:
    if witness.dimension == witness.ambient:
        return 1
    return witness.multiplicity(point.vector, threads=threads)


def _type(multiplicity: int, found: tuple[Branch, ...], parameters: Fiber) -> SingularityType:
    if multiplicity == 1:
        return SingularityType.SMOOTH
    drops = any(not branch.is_regular for branch in found)
    # where the fibre has extra dimensions, its points are samples, not branches
    isolated = [b for b in found if b.fiber_dimension == parameters.generic_dimension]
    if len(isolated) > 1:
        if drops:
            return SingularityType.BRANCHES_AND_RANK_DROP
        return SingularityType.SEVERAL_BRANCHES
    return SingularityType.RANK_DROP if drops else SingularityType.LIMIT
