"""The verb `solve`: all isolated solutions of a polynomial system."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import neuromanifold
from neuromanifold.continuation._certificates._certificate import Certificates
from neuromanifold.continuation._certificates._certify import Certifier
from neuromanifold.continuation._paths._clusters import max_norms
from neuromanifold.continuation._paths._ends import Ends
from neuromanifold.continuation._paths._follow import OnProgress, follow
from neuromanifold.continuation._paths._judged import judged
from neuromanifold.continuation._paths._last_resort import LastResort
from neuromanifold.continuation._paths._ledger import Ledger, PathEnd
from neuromanifold.continuation._paths._lost_at_infinity import find_lost_at_infinity
from neuromanifold.continuation._paths._track import TrackerOptions
from neuromanifold.continuation._solution import Solutions
from neuromanifold.continuation._solutions import SolveResult
from neuromanifold.continuation._starts._default_start import default_start
from neuromanifold.continuation._starts._parameter_homotopy import ParameterHomotopy
from neuromanifold.continuation._starts._start_system import AbstractStart
from neuromanifold.continuation._systems._scaling import Scaling
from neuromanifold.continuation._systems._square_up import squared_up
from neuromanifold.continuation._systems._system import Names, Numbers, System
from neuromanifold.errors import InvalidInputError

_RESTARTS = 2
_LARGE, _FARTHEST = 1e4, 1e100  # where start solutions are large, larger ones are not at infinity
_REAL = 1e-8
_DIGITS = 6


def solve(
    system: Any,
    variables: Names | None = None,
    *,
    parameters: Numbers | None = None,
    start: AbstractStart | None = None,
    threads: int | None = None,
    certify: bool = True,
    seed: int = 0,
    options: TrackerOptions | None = None,
    on_progress: OnProgress | None = None,
) -> SolveResult:
    """All isolated solutions of F₁(x) = … = F_m(x) = 0, with what became of every path.

    Paths lead from the solutions of a start system to those of F. Paths that fail, or that share a
    regular end (impossible in a generic homotopy), are tracked again more carefully. For what still
    fails, solutions are sought in high precision, and ends at infinity in projective coordinates. If
    that does not settle every path, all are tracked anew with other random numbers, at most twice; the
    ledger is that of the attempt with the fewest paths left.
    An overdetermined system is squared up, and the ends are tested with all equations. The result
    is the same for any number of threads.

    Args:
        system: a `System`, or what makes one: text, SymPy expressions, a JAX function.
        variables: their order, if the system is no `System`.
        parameters: values for the parameters by name.
        start: the start system; by default the one with the fewest paths to track.
        threads: by default as many as the process may use.
        certify: prove every regular solution by Krawczyk's method in ball arithmetic.
        seed: every random choice flows from it.
        options: how carefully paths are followed the first time.
        on_progress: called with (paths done, paths in all).

    Raises:
        InvalidInputError: the system cannot be read, has fewer equations than variables, or has
            parameters without values.
        TooLargeError: there would be too many paths.

    Examples:
        >>> result = solve(["x^2 + y^2 - 5", "x*y - 2"])
        >>> print(result.n_distinct, result.n_real, result.n_certified)
        4 4 4
        >>> [round(s.x[0].real) for s in result.real]
        [-2, -1, 1, 2]
    """
    began = time.perf_counter()
    problem = _problem(system, variables, parameters)
    threads = usable_threads(threads)
    rng = np.random.default_rng(seed)
    square = squared_up(problem, rng)
    scaling = _scaling(square, start)
    scaled = scaling.applied(square)
    if isinstance(start, ParameterHomotopy):
        start = start.in_units(scaling.sizes)
        if np.max(np.abs(start.points), initial=0.0) > _LARGE:
            options = replace(options or TrackerOptions.normal(), divergence_bound=_FARTHEST)
    start = default_start(scaled, rng) if start is None else start
    ends, name, n_restarts = _track_all(
        scaled, start, rng, options or TrackerOptions.normal(), threads, on_progress
    )
    solutions, ledger = _settle(problem, scaled, scaling.sizes, ends, n_restarts, certify, threads)
    return SolveResult(
        system=problem,
        distinct=solutions,
        ledger=ledger,
        start=name,
        seed=seed,
        seconds=time.perf_counter() - began,
        is_interrupted=ends.is_interrupted,
        version=neuromanifold.__version__,
    )


def _problem(system: Any, variables: Names | None, parameters: Numbers | None) -> System:
    if isinstance(system, System):
        if variables is not None:
            raise InvalidInputError(
                "The system has its variables already; name them in System(equations, variables)."
            )
        return system if parameters is None else system.bound(parameters)
    names = () if parameters is None else _parameter_names(parameters)
    problem = System(system, variables, names)
    return problem if parameters is None else problem.bound(parameters)


def _parameter_names(parameters: Numbers) -> list[Any]:
    if not hasattr(parameters, "keys"):
        raise InvalidInputError(
            "Parameters without a System need names; give a dictionary such as {'a': 1.5}."
        )
    return list(parameters)


def _scaling(square: System, start: AbstractStart | None) -> Scaling:
    if isinstance(start, ParameterHomotopy):
        start.check(square)
        return Scaling.between(square, start.points)
    return Scaling.by_coefficients(square)


def usable_threads(threads: int | None) -> int:
    """The number of threads, by default one for each processor the process may use.

    Raises:
        InvalidInputError: it is less than 1.
    """
    if threads is None:
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1
    if threads < 1:
        raise InvalidInputError(f"threads is {threads}; give at least 1.")
    return threads


def _track_all(
    square: System,
    start: AbstractStart,
    rng: np.random.Generator,
    options: TrackerOptions,
    threads: int,
    on_progress: OnProgress | None,
) -> tuple[Ends, str, int]:
    """The ends of the attempt with the least trouble, the name of the start, and the restarts."""
    last_resort = LastResort(square.map, [square.exact_values])
    attempts: list[tuple[int, Ends, str]] = []
    for _ in range(_RESTARTS + 1):
        begun = start.begin(square, rng, threads)
        ends = follow(begun, options, threads, on_progress)
        last_resort.settle(begun, ends, threads)
        find_lost_at_infinity(begun, ends, threads)
        trouble = len(ends.failed()) + len(ends.coincident())
        attempts.append((trouble, ends, begun.name))
        if ends.is_interrupted or trouble == 0 or not _is_random(start):
            break
    _, ends, name = min(attempts, key=lambda attempt: attempt[0])
    return ends, name, len(attempts) - 1


def _is_random(start: AbstractStart) -> bool:
    """Beginning again gives another homotopy."""
    return not isinstance(start, ParameterHomotopy)


def _settle(
    problem: System,
    scaled: System,
    sizes: np.ndarray,
    ends: Ends,
    n_restarts: int,
    certify: bool,
    threads: int,
) -> tuple[Solutions, Ledger]:
    """Ends become solutions, and every path gets its line in the ledger.

    Ends are compared and certified in the coordinates of the scaled system, x/sizes.
    """
    kinds, found = judged(problem, ends, sizes)
    is_real = _nearly_real(found.x) & problem.is_real
    order = _order(found.x, is_real, found.is_singular)
    found, is_real = found.at(order), is_real[order]
    where = np.full(len(kinds), -1, np.int32)
    where[found.paths] = found.owner
    certificates, certified_as = Certificates.of(()), np.full(len(order), -1)
    if certify:
        regular = np.flatnonzero(~found.is_singular)
        proved, _ = Certifier(scaled.map).certify_many(
            found.x[regular], scaled.exact_values, threads=threads
        )
        certificates, certified_as[regular] = proved.in_units(sizes), np.arange(len(regular))
        is_real[regular] = np.where(proved.is_certified, proved.is_real, is_real[regular])
    solutions = Solutions(
        x=found.x * sizes,
        multiplicity=found.multiplicity,
        is_real=is_real,
        condition=found.condition,
        certificates=certificates,
        certified_as=certified_as,
    )
    at_infinity = np.flatnonzero(kinds == PathEnd.AT_INFINITY.code)
    to_zeros = np.intersect1d(ends.valuations.paths, found.paths, assume_unique=True)
    valuations = ends.valuations.among(np.sort(np.concatenate([at_infinity, to_zeros])))
    ledger = Ledger(kinds, where, ends.status, ends.attempts, n_restarts, valuations)
    return solutions, ledger


def _nearly_real(x: NDArray[np.complex128]) -> np.ndarray:
    return max_norms(x.imag) <= _REAL * np.maximum(max_norms(x), _REAL)


def _order(x: NDArray[np.complex128], is_real: np.ndarray, is_singular: np.ndarray) -> np.ndarray:
    """Regular before singular, real before complex, then by Re x₁, Im x₁, Re x₂, … to six digits."""
    if not len(x):
        return np.zeros(0, np.int64)
    size = np.max(np.abs(x)) or 1.0
    # Three numbers fit into one integer, so that there are fewer keys to sort by.
    parts = np.ascontiguousarray(x).view(np.float64)
    digits = np.zeros((len(x), parts.shape[1] + -parts.shape[1] % 3), np.int64)
    digits[:, : parts.shape[1]] = np.rint(parts * (10**_DIGITS / size))
    digits += 10**_DIGITS
    base = 2 * 10**_DIGITS + 1
    keys = (digits[:, 0::3] * base + digits[:, 1::3]) * base + digits[:, 2::3]
    kind, first = 2 * is_singular + ~is_real, keys[:, 0]
    order = np.lexsort((first, kind))
    # The other keys are needed only where these are the same.
    is_same = (np.diff(first[order]) == 0) & (np.diff(kind[order]) == 0)
    tied = np.append(is_same, False) | np.append(False, is_same)
    rows = np.sort(order[tied])
    order[tied] = rows[np.lexsort((*keys[rows].T[::-1], kind[rows]))]
    return order
