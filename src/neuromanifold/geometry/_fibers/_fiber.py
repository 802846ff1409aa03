"""All parameters of one function."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np

from neuromanifold.functions import FunctionPoint, FunctionSpace, read_function
from neuromanifold.geometry._dimension import Dimension, dimension
from neuromanifold.geometry._fibers._cone_scaling import cone_scaling
from neuromanifold.geometry._fibers._limits import FiberLimits
from neuromanifold.geometry._fibers._local_dimension import local_dimension, numerical_rank
from neuromanifold.geometry._fibers._projected import ProjectedFiber, projected_fiber
from neuromanifold.geometry._fibers._real_point import real_point
from neuromanifold.geometry._fibers._slice import FiberSlice
from neuromanifold.geometry._gauss_newton import gauss_newton
from neuromanifold.geometry._symmetries._continuous import LinearSymmetries, linear_symmetries
from neuromanifold.geometry._symmetries._finite import index_permutations
from neuromanifold.models import Model
from neuromanifold.rings import PolynomialMap

_STARTS = 64
_REAL_STARTS = 96
_FARTHEST = 50.0
_EXACT = 1e-13
_REAL = 1e-9
_REAL_MULTIPLE = 1e-4


@dataclass(frozen=True, eq=False)
class Fiber:
    """μ⁻¹(f) = {θ ∈ ℂᴾ : f_θ = f}: points of it, up to continuous symmetries and permutations.

    Isolated classes are limits of the fibres of generic functions that tend to f; where the fibre of
    f has more dimensions than a generic one, points of it are samples.

    Attributes:
        model: The model.
        function: f.
        points: θ, complex: (n, P).
        residuals: ‖c(θ) − c‖∞ relative to ‖c‖∞ (to 1 if f = 0): (n,).
        ranks: The numerical rank of ∂c/∂θ at each point: (n,).
        dimensions: The dimension of the fibre at each point, from nearby solutions: (n,).
        multiplicities: How many paths ended at each point; 0 for one found by Newton's method: (n,).
        real_points: A real θ on the orbit of each point, None where none was found.
        n_diverging: Paths along which the function tends to f while parameters go to infinity.
        n_lost: Paths that did not arrive.
        is_complete: The trace test closed for the generic fibre and no path was lost.
        generic_dimension: The dimension of the fibre of a generic function of M.
        rank: dim M, the generic rank.
        seed: The seed of all random choices.
        seconds: The time it took.
    """

    model: str
    function: FunctionPoint = field(repr=False)
    points: np.ndarray
    residuals: np.ndarray
    ranks: np.ndarray
    dimensions: np.ndarray
    multiplicities: np.ndarray
    real_points: tuple[np.ndarray | None, ...]
    n_diverging: int
    n_lost: int
    is_complete: bool
    generic_dimension: int
    rank: int
    seed: int
    seconds: float

    def __len__(self) -> int:
        return len(self.points)

    @property
    def is_empty(self) -> bool:
        """No parameters were found: f does not lie in M, as far as `is_complete` can tell."""
        return not len(self.points)

    @property
    def dimension(self) -> int:
        """The largest dimension of the fibre at a point; −1 if it is empty."""
        return int(self.dimensions.max(initial=-1))

    @property
    def real(self) -> tuple[np.ndarray, ...]:
        """The real θ that were found."""
        return tuple(theta for theta in self.real_points if theta is not None)

    @property
    def is_excessive(self) -> bool:
        """Whether it has more dimensions than the fibre of a generic function."""
        return self.dimension > self.generic_dimension

    def __str__(self) -> str:
        title = f"Fiber of {self.model}"
        lines = [title, "=" * len(title)]
        if self.is_empty:
            lines.append("• empty: no parameters have this function")
        else:
            n_real = len(self.real)
            lines.append(
                f"• {len(self)} point{'s' * (len(self) != 1)} up to symmetries, {n_real} with real "
                "parameters"
            )
            lines.append(
                f"• dimension {self.dimension}; that of a generic function has dimension "
                f"{self.generic_dimension}"
            )
            dropped = int(np.sum(self.ranks < self.rank))
            lines.append(f"• the Jacobian drops rank at {dropped} of them")
        if self.n_diverging:
            paths = "path goes" if self.n_diverging == 1 else "paths go"
            lines.append(
                f"• {self.n_diverging} {paths} to infinity while the function tends to this one"
            )
        state = "no generic point is missing" if self.is_complete else "points may be missing"
        lines.append(f"• numerical, {state}")
        lines.append(f"• seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)


def fiber(model: Model, f: Any, *, seed: int = 0, threads: int = 1) -> Fiber:
    """μ⁻¹(f), by moving the fibre of a random function to f.

    Parameters are cut by a linear slice of codimension k, the dimension of a generic fibre, and M is
    projected to ℂᵐ, m = dim M. All points of the slice over a random w ∈ ℂᵐ come from monodromy. They
    are followed to the projection of f, with an endgame for singular ends, and those whose function is
    f are kept. Newton's method from random points adds components of the fibre of larger dimension.

    Args:
        model: A polynomial model.
        f: Coefficients in the coordinates of V, a SymPy polynomial, or a `FunctionPoint`.
        seed: Determines all random choices.
        threads: Of the path tracker.

    Returns:
        The points, with the rank of the Jacobian at each.

    Raises:
        InvalidInputError: If f does not lie in V.
        NotPolynomialError: If the model is not polynomial.
        TooLargeError: If V would not fit in memory.

    Examples:
        >>> from neuromanifold.geometry import fiber
        >>> from neuromanifold.models import MLP, monomial
        >>> cubic = MLP([2, 2, 1], monomial(3))
        >>> sum_of_cubes = fiber(cubic, [1, 0, 0, 8])  # x₁³ + (2x₂)³, in one way only
        >>> len(sum_of_cubes), len(sum_of_cubes.real), sum_of_cubes.dimension
        (1, 1, 2)
        >>> tangent = fiber(cubic, [0, 1, 0, 0])  # x₁²x₂ is a limit of sums of two cubes
        >>> tangent.is_empty, tangent.n_diverging > 0
        (True, True)
    """
    return FiberFinder(model, seed=seed, threads=threads).fiber(f)


@dataclass(frozen=True, eq=False)
class FiberFinder:
    """Fibres of many functions of one model: the generic fibre is found once.

    Attributes:
        model: A polynomial model.
        seed: Determines all random choices; the fibre of f does not depend on earlier ones.
        threads: Of the path tracker.

    Examples:
        >>> from neuromanifold.models import Convolution
        >>> finder = FiberFinder(Convolution([2, 2], [1, 1]))
        >>> [len(finder.fiber([1, 0, c]).real) for c in (-1, 1)]  # x² − y², x² + y²
        [2, 0]
    """

    model: Model
    seed: int = 0
    threads: int = 1

    @cached_property
    def space(self) -> FunctionSpace:
        """V."""
        return FunctionSpace.of(self.model)

    @cached_property
    def _known(self) -> Dimension:
        return dimension(self.model, seed=self.seed)

    @cached_property
    def _continuous(self) -> LinearSymmetries:
        rng = np.random.default_rng([self.seed, 1])
        return linear_symmetries(self.model, self._known.value, rng)

    @cached_property
    def _cut(self) -> FiberSlice:
        rng = np.random.default_rng([self.seed, 2])
        indices = index_permutations(self.model, self._continuous, rng)
        return FiberSlice(
            self.model, self._known.value, self._continuous, indices, rng, self.threads
        )

    @cached_property
    def _every(self) -> ProjectedFiber:
        return projected_fiber(self._cut)

    @cached_property
    def _coefficients(self) -> PolynomialMap:
        return PolynomialMap(self.space.coefficients_of_theta, self.space.expansion.parameters)

    @cached_property
    def _cone(self) -> np.ndarray | None:
        return cone_scaling(self._coefficients, np.random.default_rng([self.seed, 4]))

    def fiber(self, f: Any) -> Fiber:
        """μ⁻¹(f), see the function `fiber`.

        Raises:
            InvalidInputError: If f does not lie in V.
        """
        point = read_function(self.space, f)
        largest = float(np.abs(point.vector).max())
        if self._cone is None or largest == 0:
            return self._found(point)
        # where M is a cone, functions of size one have the best-conditioned fibres; a power of two
        # rounds nothing
        size = 2.0 ** np.round(np.log2(largest))
        found = self._found(read_function(self.space, point.vector / size))
        by = size**self._cone
        return replace(
            found,
            function=point,
            points=found.points * by,
            real_points=tuple(None if t is None else t * by for t in found.real_points),
        )

    def _found(self, point: FunctionPoint) -> Fiber:
        began = perf_counter()
        rng = np.random.default_rng([self.seed, 3])
        coefficients, known = self._coefficients, self._known
        limits = FiberLimits(self._cut, self._every, self.space, point.vector.astype(np.complex128))
        ends = limits.run()
        theta, multiplicities = ends.points, ends.multiplicities
        k = known.fiber_dimension
        dims = [local_dimension(coefficients, t, point.vector, rng) for t in theta]
        for extra in _sampled(coefficients, point.vector, rng):
            if len(extra) - numerical_rank(coefficients, extra) <= max([k, *dims]) and len(theta):
                continue
            extra_dimension = local_dimension(coefficients, extra, point.vector, rng)
            if extra_dimension > max([k, *dims]) or not len(theta):
                theta = np.vstack([theta, extra])
                dims.append(extra_dimension)
                multiplicities = np.append(multiplicities, 0)
        return Fiber(
            model=self.model.name,
            function=point,
            points=theta,
            residuals=_residuals(coefficients, theta, point.vector),
            ranks=np.array([numerical_rank(coefficients, t) for t in theta], int),
            dimensions=np.array(dims, int),
            multiplicities=multiplicities,
            real_points=_real_points(
                coefficients, self._continuous, theta, np.array(dims), known.value, point, rng
            ),
            n_diverging=ends.n_diverging,
            n_lost=ends.n_lost,
            is_complete=ends.is_complete,
            generic_dimension=k,
            rank=known.value,
            seed=self.seed,
            seconds=perf_counter() - began,
        )


def _sampled(
    coefficients: PolynomialMap, target: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Solutions of c(θ) = c by Newton's method from random complex points, near the smallest ones."""
    P = len(coefficients.variables)
    sizes = 2.0 ** rng.uniform(-2, 1.5, (_STARTS, 1))
    starts = sizes * (rng.standard_normal((_STARTS, P)) + 1j * rng.standard_normal((_STARTS, P)))
    # a function that is only a limit of functions of M is approximated by large parameters
    found, solved = gauss_newton(
        coefficients.linearize, starts, target.astype(complex), converged=1e-15, farthest=_FARTHEST
    )
    exact = _residuals(coefficients, found, target) <= _EXACT
    return found[solved & exact]


def _residuals(coefficients: PolynomialMap, theta: np.ndarray, target: np.ndarray) -> np.ndarray:
    if not len(theta):
        return np.zeros(0)
    gaps = np.abs(coefficients(theta) - target).max(axis=1)
    return gaps / (float(np.abs(target).max()) or 1.0)


def _real_points(
    coefficients: PolynomialMap,
    continuous: LinearSymmetries,
    theta: np.ndarray,
    dims: np.ndarray,
    rank: int,
    point: FunctionPoint,
    rng: np.random.Generator,
) -> tuple[np.ndarray | None, ...]:
    """For each point a real one of its orbit; where the orbit is not open in the fibre, of the fibre."""
    if np.iscomplexobj(point.vector):
        return (None,) * len(theta)
    result: list[np.ndarray | None] = []
    for t, local in zip(theta, dims, strict=True):
        # multiple points are known to fewer digits
        is_regular = numerical_rank(coefficients, t) == rank
        real = real_point(continuous, t, _REAL if is_regular else _REAL_MULTIPLE, rng)
        if real is not None:
            polished, solved = gauss_newton(coefficients.linearize, real[None], point.vector)
            real = polished[0] if solved[0] else None
        if real is None and local > np.linalg.matrix_rank(continuous.at(t), tol=1e-8):
            real = _nearby_real(coefficients, t, point.vector, rng)
        result.append(real)
    return tuple(result)


def _nearby_real(
    coefficients: PolynomialMap, theta: np.ndarray, target: np.ndarray, rng: np.random.Generator
) -> np.ndarray | None:
    size = max(float(np.abs(theta).mean()), 0.1)
    starts = np.real(theta) + size * rng.standard_normal((_REAL_STARTS, len(theta)))
    found, solved = gauss_newton(coefficients.linearize, starts, target)
    return found[int(np.flatnonzero(solved)[0])] if solved.any() else None
