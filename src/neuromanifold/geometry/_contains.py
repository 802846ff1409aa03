"""Is a function one of the network's?"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import REAL, FunctionPoint, FunctionSpace, NumberField, read_function
from neuromanifold.geometry._fibers._fiber import Fiber, FiberFinder
from neuromanifold.geometry._fibers._nearby_functions import nearby_functions
from neuromanifold.geometry._lcn_boundary import BoundaryType, reduced_convolution
from neuromanifold.geometry._voronoi._metric import Metric
from neuromanifold.geometry._voronoi._neuromanifold_set import Neuromanifold
from neuromanifold.geometry._witness_set import witness_set
from neuromanifold.models import Model

_NEAR = 1e-2
_SAMPLES = 96
_LIFTED_SAMPLES = 24


@dataclass(frozen=True)
class Containment:
    """Where a function f lies with respect to M = {f_θ}.

    Attributes:
        model: The model's name.
        function: f.
        number_field: The field of the parameters.
        in_image: Some θ over the field has the function f.
        in_closure: f lies in the Zariski closure M̄.
        on_boundary: f is a limit both of functions of M and of functions of M̄ ∖ M.
        boundary_type: For linear convolutional networks, which kind of boundary point f is.
        witness: Parameters θ of f over the field, the evidence for `in_image`; None without.
        residual: ‖c(θ) − c‖∞ of the witness relative to ‖c‖∞.
        nearest: If f is not in M over ℝ, the coefficients of the nearest function of M, from all
            critical points of the Euclidean distance and from random parameters; None otherwise.
        distance: The Euclidean distance of f from M in the coordinates c, 0 if f is in M; an upper
            bound where M is not closed or critical points were missed.
        fiber: All parameters of f.
        n_nearby: How many functions of M̄ near f were examined for `on_boundary`.
        is_complete: All of the fibre was found, so that a missing witness means something.
        seed: The seed of all random choices.
        seconds: The time it took.
        kind: How the answer was found.
    """

    model: str
    function: FunctionPoint = field(repr=False, compare=False)
    number_field: NumberField
    in_image: bool
    in_closure: bool
    on_boundary: bool
    boundary_type: BoundaryType | None
    witness: np.ndarray | None = field(repr=False, compare=False)
    residual: float
    nearest: np.ndarray | None = field(repr=False, compare=False)
    distance: float
    fiber: Fiber = field(repr=False, compare=False)
    n_nearby: int
    is_complete: bool
    seed: int
    seconds: float
    kind: str = "numerical"

    def __str__(self) -> str:
        title = f"A function and {self.model}"
        field_name = self.number_field.value
        lines = [title, "=" * len(title)]
        if self.in_image:
            lines.append(
                f"• in M: {field_name} parameters have this function, residual {self.residual:.0e}"
            )
        elif self.in_closure:
            lines.append(f"• in the closure of M only: no {field_name} parameters ({self.kind})")
        else:
            lines.append(f"• not in the closure of M ({self.kind})")
        if self.nearest is not None:
            lines.append(f"• nearest function of M at distance {self.distance:.3g} (numerical)")
        if self.in_closure:
            where = "on the boundary of M" if self.on_boundary else "not on the boundary of M"
            basis = f", from {self.n_nearby} nearby functions" if self.n_nearby else ""
            lines.append(f"• {where} (estimated{basis})")
        if self.boundary_type is not None:
            lines.append(f"• {self.boundary_type.value}")
        if not self.is_complete:
            lines.append("• parameters may be missing: run it with another seed")
        lines.append(f"• seed {self.seed}, {self.seconds:.2g} s")
        return "\n".join(lines)


def contains(
    model: Model | FiberFinder,
    f: Any,
    field: NumberField = REAL,
    *,
    seed: int = 0,
    threads: int | None = None,
) -> Containment:
    """Whether f = f_θ for some θ over ℝ or ℂ, only in the limit, or not at all.

    All complex parameters of f are found by following the fibre of a random function to f (`fiber`);
    over ℝ, real points are looked for on the orbit of each under the symmetries of the model. f lies
    in the closure M̄ if it has complex parameters, or if a point of a witness set converges to it. f is
    on the boundary of M relative to M̄ if some functions of M̄ near it lie in M and others do not. In
    a filling M this is excluded where real parameters of f have a Jacobian of full rank, or where all
    its parameters do; otherwise functions at a relative distance of 10⁻² are examined.

    Args:
        model: A polynomial model; or a `FiberFinder` of one, to ask about many functions.
        f: Coefficients in the coordinates of V, a SymPy polynomial in x1, x2, …, or a list of them.
        field: `nm.REAL` or `nm.COMPLEX`.
        seed: Determines all random choices; that of the finder, if one is given.
        threads: Of the path tracker; one by default.

    Raises:
        InvalidInputError: If f does not lie in V, or is not real while the field is ℝ.
        TooLargeError: If V would not fit in memory.

    Examples:
        >>> import sympy
        >>> from neuromanifold.functions import COMPLEX
        >>> from neuromanifold.geometry import contains
        >>> from neuromanifold.models import MLP, monomial
        >>> x1, x2 = sympy.symbols("x1 x2")
        >>> cubic = MLP([2, 2, 1], monomial(3))
        >>> contains(cubic, x1**3 - x1 * x2**2).in_image  # no sum of two real cubes
        False
        >>> contains(cubic, x1**3 - x1 * x2**2, COMPLEX).in_image
        True
        >>> contains(cubic, x1**3 + x1 * x2**2).in_image
        True
    """
    begin = perf_counter()
    if not isinstance(field, NumberField):
        raise InvalidInputError(f"field is {field!r}; use nm.REAL or nm.COMPLEX")
    finder = model if isinstance(model, FiberFinder) else FiberFinder(model, seed, threads or 1)
    point = read_function(finder.space, f)
    if field is REAL and np.iscomplexobj(point.vector):
        raise InvalidInputError("f has complex coefficients; use nm.COMPLEX as the field")
    parameters = finder.fiber(point)
    witness = _witness(parameters, field)
    in_closure = not parameters.is_empty or _is_limit(finder, parameters, threads)
    nearby = 0
    on_boundary = False
    if in_closure and not _is_evidently_inner(finder, parameters, field):
        if field is REAL:
            inside = _nearby_in_image(finder, parameters, witness is not None)
            nearby = len(inside)
            on_boundary = len(set(inside) | {witness is not None}) > 1
        else:
            on_boundary = witness is None
    nearest = None
    if field is REAL and witness is None:
        nearest = _nearest(finder, np.real(point.vector))
    return Containment(
        model=finder.model.name,
        function=point,
        number_field=field,
        in_image=witness is not None,
        in_closure=in_closure,
        on_boundary=on_boundary,
        boundary_type=_boundary_type(finder, point) if on_boundary and field is REAL else None,
        witness=witness,
        residual=_residual(finder.space, witness, point),
        nearest=nearest,
        distance=0.0 if nearest is None else float(np.linalg.norm(nearest - point.vector)),
        fiber=parameters,
        n_nearby=nearby,
        is_complete=parameters.is_complete,
        seed=finder.seed,
        seconds=perf_counter() - begin,
    )


def _witness(parameters: Fiber, field: NumberField) -> np.ndarray | None:
    if field is REAL:
        return parameters.real[0] if parameters.real else None
    return None if parameters.is_empty else parameters.points[0]


def _is_limit(finder: FiberFinder, parameters: Fiber, threads: int | None) -> bool:
    """Whether a function without parameters lies in the closure."""
    if parameters.rank == finder.space.dimension:
        return True
    witness = witness_set(finder.model, seed=finder.seed, threads=threads)
    return witness.contains(parameters.function.vector, threads=threads)


def _is_evidently_inner(finder: FiberFinder, parameters: Fiber, field: NumberField) -> bool:
    """Whether all functions near f lie in M if f does, and none of them otherwise.

    Where M fills V: the map is open at parameters of full rank, and if all parameters of f are such
    points, those of nearby functions are near them.
    """
    if parameters.rank < finder.space.dimension:
        return False
    regular = parameters.ranks == parameters.rank
    if field is not REAL:
        return bool(regular.any())
    real = np.array([point is not None for point in parameters.real_points], bool)
    is_covering = regular.all() and parameters.is_complete and not parameters.n_diverging
    return bool((regular & real).any() or (is_covering and not parameters.is_empty))


def _nearby_in_image(finder: FiberFinder, parameters: Fiber, is_inside: bool) -> list[bool]:
    """Which functions of the closure near f have real parameters, until one differs from f."""
    rng = np.random.default_rng([finder.seed, 4])
    c = parameters.function.vector
    size = _NEAR * float(np.linalg.norm(c) or 1.0)
    filling = parameters.rank == finder.space.dimension
    count = _SAMPLES if filling else _LIFTED_SAMPLES
    nearby = nearby_functions(finder.space, c, parameters.points, size, count, filling, rng)
    found: list[bool] = []
    for function in nearby:
        found.append(bool(finder.fiber(function).real))
        if found[-1] != is_inside:
            break
    return found


def _nearest(finder: FiberFinder, c: np.ndarray) -> np.ndarray:
    """The nearest function of M, over ℝ."""
    manifold = Neuromanifold(finder.space)
    metric = Metric.of(None, len(manifold))
    return manifold.nearest(c[None], metric, finder.seed)[0]


def _boundary_type(finder: FiberFinder, point: FunctionPoint) -> BoundaryType | None:
    reduced = reduced_convolution(finder.model)
    if reduced is None:
        return None
    if reduced == finder.model or contains(reduced, point.vector, seed=finder.seed).on_boundary:
        return BoundaryType.REDUCED
    return BoundaryType.STRIDE_ONE


def _residual(space: FunctionSpace, theta: np.ndarray | None, point: FunctionPoint) -> float:
    if theta is None:
        return np.inf
    gap = np.abs(space.coefficients(theta)[0] - point.vector).max()
    return float(gap / (np.abs(point.vector).max() or 1.0))
