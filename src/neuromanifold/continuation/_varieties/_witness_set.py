"""Witness sets: an irreducible variety represented by its points on a generic linear slice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.continuation._monodromy._walk import MonodromyOptions, walk_loops
from neuromanifold.continuation._paths._track import TrackerOptions, track
from neuromanifold.continuation._solve import usable_threads
from neuromanifold.continuation._varieties._as_variety import sliced_variety
from neuromanifold.continuation._varieties._linear_trace import LinearTrace, linear_trace
from neuromanifold.continuation._varieties._membership import Contact, contact
from neuromanifold.continuation._varieties._slice import LinearSlice
from neuromanifold.continuation._varieties._sliced_variety import SlicedVariety
from neuromanifold.errors import InvalidInputError, NeuromanifoldError

_QUIET_LOOPS = 2
_MAX_ROUNDS = 12
_MOVES = 4

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class WitnessSet:
    """X ∩ L for an irreducible X ⊂ ℂᴺ of dimension m and a linear slice L of codimension m.

    Attributes:
        points: the points found, (degree, N).
        slice: L.
        dimension: m.
        is_complete: the trace is affine, and no path was lost since.
        trace_residual: how far from affine it is, relative to the movement of the points.
        n_loops: loops of monodromy walked.
        is_interrupted: the search was stopped from outside.
        seed: the seed of all random choices.
        variety: X in the coordinates in which it is followed.
        solutions: the points in these coordinates.
    """

    points: NDArray[np.complex128]
    slice: LinearSlice
    dimension: int
    is_complete: bool
    trace_residual: float
    n_loops: int
    is_interrupted: bool
    seed: int
    variety: SlicedVariety = field(repr=False)
    solutions: NDArray[np.complex128] = field(repr=False)

    @property
    def degree(self) -> int:
        """The number of points found: deg X if the set is complete, a lower bound otherwise."""
        return len(self.points)

    @property
    def ambient(self) -> int:
        """N."""
        return self.variety.ambient

    def moved_to(self, target: LinearSlice, *, threads: int | None = None) -> WitnessSet:
        """The points of X on another slice, by moving this one there.

        At a slice that is tangent to X, meets its singular locus, or meets X at infinity, some
        paths have no regular end: then the result is not complete.

        Args:
            target: a slice of the same codimension.
            threads: of the path tracker; by default as many as the process may use.

        Raises:
            InvalidInputError: the slice has another codimension or lives in another space.
        """
        if (target.codimension, target.ambient) != (self.dimension, self.ambient):
            raise InvalidInputError(
                f"The slice has codimension {target.codimension} in {target.ambient} coordinates; "
                f"it must have {self.dimension} in {self.ambient}."
            )
        rng = np.random.default_rng([self.seed, 1])
        options = _options(threads)
        arrived, is_interrupted = _moved(
            self.variety, self.slice, self.solutions, target, rng, options
        )
        return replace(
            self,
            points=arrived.images,
            solutions=arrived.points,
            slice=target,
            is_complete=self.is_complete and len(arrived) == self.degree,
            is_interrupted=is_interrupted,
        )

    def contains(self, point: Any, *, threads: int | None = None) -> bool:
        """Whether a point of ℂᴺ lies on X, to a relative distance of about 10⁻⁶.

        The slice is moved to a random one through the point p: p ∈ X exactly when one of the points
        of X converges to p. Singular points of X and points of the closure of a parametrized image
        are recognized by the rate of convergence.

        Args:
            point: p, N finite numbers.
            threads: of the path tracker.

        Raises:
            InvalidInputError: p has another shape or is not finite.
            NeuromanifoldError: the set is incomplete or paths were lost, and no point converges to p.
        """
        found = self._contact(point, threads)
        if found.converging or found.is_exact:
            return found.converging > 0
        raise NeuromanifoldError(
            "No point of the witness set converges to the given point, but "
            + ("paths were lost" if self.is_complete else "the set is not complete")
            + ", so that membership is undecided; compute the witness set with another seed."
        )

    def multiplicity(self, point: Any, *, threads: int | None = None) -> int:
        """The multiplicity of X at a point p: 0 off X, 1 at the smooth points, more at the singular ones.

        On a generic slice of codimension m through p, p takes the place of as many of the deg X
        points as this says: they are those that converge to p when the slice is moved there.

        Args:
            point: p, N finite numbers.
            threads: of the path tracker.

        Raises:
            InvalidInputError: p has another shape or is not finite.
            NeuromanifoldError: the set is incomplete or paths were lost.

        Examples:
            >>> cusp = witness_set(["y^2 - x^3"])
            >>> [cusp.multiplicity(p) for p in ([0, 0], [1, 1], [1, 2])]
            [2, 1, 0]
        """
        found = self._contact(point, threads)
        if found.is_exact:
            return found.converging
        raise NeuromanifoldError(
            f"At least {found.converging} points of the witness set converge to the given point, but "
            + ("paths were lost" if self.is_complete else "the set is not complete")
            + ", so that the multiplicity is undecided; compute the witness set with another seed."
        )

    def _contact(self, point: Any, threads: int | None) -> Contact:
        p = np.asarray(point, np.complex128)
        if p.shape != (self.ambient,) or not np.isfinite(p).all():
            raise InvalidInputError(
                f"The point has shape {p.shape}; give {self.ambient} finite coordinates."
            )
        return contact(
            self.variety,
            self.slice,
            self.solutions,
            p,
            self.is_complete,
            np.random.default_rng([self.seed, 2]),
            usable_threads(threads),
        )

    def trace_test(self, *, threads: int | None = None) -> LinearTrace:
        """Test again, along new directions, whether points are missing."""
        rng = np.random.default_rng([self.seed, 3])
        return linear_trace(self.variety, self.slice, self.solutions, rng, _options(threads))

    def __str__(self) -> str:
        title = f"Witness set of degree {self.degree}"
        if not self.is_complete:
            title = f"Incomplete witness set: degree at least {self.degree}"
        lines = [title, "=" * len(title)]
        lines.append(f"• an irreducible variety of dimension {self.dimension} in ℂ^{self.ambient}")
        count = f"{self.degree} point{'s' * (self.degree != 1)}"
        lines.append(f"• {count} on a linear slice of codimension {self.dimension}")
        if self.is_interrupted:
            lines.append("• interrupted: points may be missing")
        elif self.is_complete:
            lines.append(f"• complete: the trace is affine up to {self.trace_residual:.0e}")
        elif self.trace_residual < np.inf:
            lines.append(f"• points are missing: trace residual {self.trace_residual:.0e}")
        else:
            lines.append("• points may be missing: paths were lost")
        lines.append(f"• seed {self.seed}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"WitnessSet(dimension={self.dimension}, degree={self.degree}, "
            f"is_complete={self.is_complete})"
        )


def witness_set(
    variety: Any,
    dimension: int | None = None,
    *,
    seed: int = 0,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> WitnessSet:
    """The points of an irreducible variety X of dimension m on a random slice of codimension m.

    From one generic point of X, others are found by monodromy: while slices move in loops, the
    points on them change places, and for an irreducible X every point is reached. The trace test
    says when all are there. If the equations define several components, X is the one that contains
    the point from which the search starts (found by Newton's method from random points), and the
    others play no part.

    Args:
        variety: equations (a `System` or what makes one, a `PolynomialMap`), possibly more than
            the codimension; a `Parametrization`; or a model, whose neuromanifold it then is.
        dimension: m; by default the dimension of a parametrized variety, or the largest dimension
            seen at a few zeros of the equations.
        seed: every random choice flows from it.
        threads: of the path tracker, by default as many as the process may use; the result does
            not depend on it.
        on_progress: called with (loops walked, points known).

    Returns:
        The witness set; `is_complete` says whether the trace test closed.

    Raises:
        InvalidInputError: the variety cannot be read, no point of that dimension was found, or the
            equations vanish on X to higher order.

    Source: Sommese, Wampler, The numerical solution of systems of polynomials, 2005, chapters 13–15.

    Examples:
        >>> cubic = witness_set(["y - x^2", "z - x*y"])
        >>> print(cubic)
        Witness set of degree 3
        =======================
        • an irreducible variety of dimension 1 in ℂ^3
        • 3 points on a linear slice of codimension 1
        • complete: the trace is affine up to ...
        • seed 0
        >>> cubic.contains([2, 4, 8]), cubic.contains([2, 4, 9])
        (True, False)
    """
    options = _options(threads)
    rng = np.random.default_rng(seed)
    sliced = sliced_variety(variety, dimension, rng)
    cut, known = _begin(sliced, rng, options)
    base = sliced.parameters(cut)
    n_loops = 0
    distance = float(np.linalg.norm(cut.constants))
    trace = LinearTrace(np.inf, False)

    def sample(generator: np.random.Generator) -> NDArray:
        # branch points may lie closer to the origin, or farther away, than the first slice
        scale = distance * 10 ** generator.uniform(-1, 1)
        return sliced.parameters(
            LinearSlice.random(sliced.ambient, sliced.dimension, generator, distance=scale)
        )

    for _ in range(_MAX_ROUNDS):
        trace = linear_trace(sliced, cut, known.points, rng, options)
        if trace.is_closed or trace.is_interrupted:
            break
        walked = walk_loops(
            sliced.system,
            known,
            base,
            image=lambda solutions, _: sliced.points(solutions),
            sample=sample,
            rng=rng,
            options=options,
            on_progress=on_progress
            and (lambda loops, found, before=n_loops: on_progress(before + loops, found)),
        )
        n_loops += walked.n_loops
        known = _on_variety(sliced, walked.solutions)
        if walked.is_interrupted:
            trace = LinearTrace(trace.residual, True)
            break
    return WitnessSet(
        points=known.images,
        slice=cut,
        dimension=sliced.dimension,
        is_complete=trace.is_closed and not trace.is_interrupted,
        trace_residual=trace.residual,
        n_loops=n_loops,
        is_interrupted=trace.is_interrupted,
        seed=seed,
        variety=sliced,
        solutions=known.points,
    )


def _options(threads: int | None) -> MonodromyOptions:
    return MonodromyOptions(quiet_loops=_QUIET_LOOPS, threads=usable_threads(threads))


def _begin(
    sliced: SlicedVariety, rng: np.random.Generator, options: MonodromyOptions
) -> tuple[LinearSlice, PointSet]:
    """A random slice with one point of X on it."""
    start = sliced.start[None, :]
    x = sliced.points(start)[0]
    through = LinearSlice.through(x, sliced.dimension, rng)
    distance = float(np.linalg.norm(through.constants))
    for _ in range(_MOVES):
        cut = LinearSlice.random(sliced.ambient, sliced.dimension, rng, distance=distance)
        known, is_interrupted = _moved(sliced, through, start, cut, rng, options)
        if is_interrupted:
            raise KeyboardInterrupt
        known = _on_variety(sliced, known)
        if len(known):
            return cut, known
    raise InvalidInputError(
        "The point that was found on the variety cannot be moved along it: the equations vanish "
        "there to higher order; replace them by their radical."
    )


def _moved(
    sliced: SlicedVariety,
    cut: LinearSlice,
    solutions: NDArray[np.complex128],
    target: LinearSlice,
    rng: np.random.Generator,
    options: MonodromyOptions,
) -> tuple[PointSet, bool]:
    """Solutions on the target slice, by a straight move; if some are lost, by detours too."""
    arrived = PointSet(solutions.shape[1], sliced.ambient)
    tracker = options.tracker
    for attempt in range(_MOVES):
        # other equations for the same target make a generic segment
        stops = [cut, target.mixed(rng)]
        if attempt:
            tracker = TrackerOptions.tight()
            distance = float(np.linalg.norm(cut.constants))
            stops.insert(
                1, LinearSlice.random(cut.ambient, cut.codimension, rng, distance=distance)
            )
        ends = solutions
        for begin, end in pairwise(stops):
            batch = track(
                sliced.system.tape,
                ends,
                sliced.parameters(begin),
                sliced.parameters(end),
                options=tracker,
                threads=options.threads,
            )
            ends = batch.solutions[batch.success]
            if batch.is_interrupted:
                return arrived, True
        if len(ends):
            arrived.add(ends, sliced.points(ends))
        if len(arrived) >= len(solutions):
            break
    return arrived, False


def _on_variety(sliced: SlicedVariety, known: PointSet) -> PointSet:
    """The points that satisfy all equations: a path may have jumped to another component."""
    keep = sliced.contains(known.points)
    if keep.all():
        return known
    kept = PointSet(known.points.shape[1], known.images.shape[1])
    kept.add(known.points[keep], known.images[keep])
    return kept
