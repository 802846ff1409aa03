"""The degree of the neuromanifold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from neuromanifold.geometry._witness_set import WitnessSet, witness_set
from neuromanifold.models import Model


@dataclass(frozen=True)
class Degree:
    """The degree of the Zariski closure of M = {f_θ}.

    Attributes:
        model: The model's name.
        value: The number of points of M found on a generic linear slice of complementary
            dimension: the degree if `is_complete`, a lower bound otherwise.
        is_complete: The trace test closed: numerical evidence that no point is missing.
        dimension: dim M, as an affine dimension (of the cone, if M is one).
        ambient: dim V, where V is the linear span of M.
        trace_residual: How far from affine the sum of the points is when the slice is translated,
            relative to the movement of the points.
        seed: The seed of all random choices.
        seconds: The time it took.
        witness: The points and the slice.
        kind: How the answer was found.
    """

    model: str
    value: int
    is_complete: bool
    dimension: int
    ambient: int
    trace_residual: float
    seed: int
    seconds: float
    witness: WitnessSet = field(repr=False, compare=False)
    kind: str = "numerical"

    @property
    def is_filling(self) -> bool:
        """Whether M is dense in V in the Zariski topology; its degree is then 1."""
        return self.dimension == self.ambient

    def __str__(self) -> str:
        title = f"Degree of {self.model}"
        lines = [title, "=" * len(title)]
        if self.is_complete:
            lines.append(f"• degree {self.value} ({self.kind})")
        else:
            lines.append(f"• degree at least {self.value}: the count is not complete")
        filling = ": filling" if self.is_filling else ""
        lines.append(f"• dimension {self.dimension} in dimension {self.ambient}{filling}")
        if self.trace_residual < np.inf:
            state = "closed" if self.is_complete else "open"
            lines.append(f"• trace test {state}, residual {self.trace_residual:.0e}")
        else:
            lines.append("• trace test not possible: paths were lost")
        lines.append(f"• seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)


def degree(
    model: Model,
    *,
    seed: int = 0,
    threads: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Degree:
    """deg M = the number of complex points of the closure of M on a generic slice of codimension dim M.

    The slice is an affine subspace of V, given by dim M random linear equations in the
    coefficients. If M is a cone, which it is when outputs can be rescaled, this is also the degree
    of the projective variety of M. One point is known from random parameters; the others are
    found by monodromy, that is by moving the slice in loops. All are there when their sum moves
    linearly with the slice (trace test).

    Parameters that have the same function are one point, so symmetries do not matter.

    Args:
        model: A polynomial model.
        seed: Determines the parameters, slices and loops.
        threads: Of the path tracker, by default as many as the process may use; the result does
            not depend on it.
        on_progress: Called with (loops walked, points known).

    Returns:
        The degree, with the evidence for it.

    Raises:
        NotPolynomialError: If the model is not polynomial.
        TooLargeError: If V would not fit in memory.

    Source: Sommese, Verschelde, Wampler, "Symmetric functions applied to decomposing solution sets
    of polynomial systems" (2002), for the trace test.

    Examples:
        >>> from neuromanifold.geometry import degree
        >>> from neuromanifold.models import MLP, identity
        >>> result = degree(MLP([3, 1, 3], identity()))  # 3 × 3 matrices of rank one
        >>> result.value, result.is_complete, result.dimension, result.ambient
        (6, True, 5, 9)
    """
    start = perf_counter()
    witness = witness_set(model, seed=seed, threads=threads, on_progress=on_progress)
    return Degree(
        model=model.name,
        value=witness.degree,
        is_complete=witness.is_complete,
        dimension=witness.dimension,
        ambient=witness.ambient,
        trace_residual=witness.trace_residual,
        seed=seed,
        seconds=perf_counter() - start,
        witness=witness,
    )
