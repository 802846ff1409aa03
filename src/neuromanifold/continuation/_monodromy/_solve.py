"""The verb `monodromy`: all solutions of a generic member of a family."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import neuromanifold
from neuromanifold.continuation._certificates._certificate import Certificates
from neuromanifold.continuation._certificates._certify import Certifier
from neuromanifold.continuation._certificates._distinct import count_distinct
from neuromanifold.continuation._monodromy._completeness import (
    Evidence,
    MonodromyWarning,
    SearchCompleteness,
)
from neuromanifold.continuation._monodromy._galois import loop_permutations
from neuromanifold.continuation._monodromy._identification import Identification
from neuromanifold.continuation._monodromy._result import MonodromyResult
from neuromanifold.continuation._monodromy._search import Search
from neuromanifold.continuation._monodromy._stopping import StoppingCriterion, TraceTest
from neuromanifold.continuation._paths._track import TrackerOptions
from neuromanifold.continuation._solution import Solutions
from neuromanifold.continuation._solve import usable_threads
from neuromanifold.continuation._systems._square_up import ExcessTest
from neuromanifold.continuation._systems._system import Names, System
from neuromanifold.errors import InvalidInputError


def monodromy(
    system: Any,
    parameters: Names | None = None,
    *,
    start: tuple[Any, Any] | None = None,
    identify: Any = None,
    group: Any = None,
    stop: StoppingCriterion | None = None,
    certify: bool = True,
    max_loops: int = 1000,
    checkpoint: str | Path | None = None,
    seed: int = 0,
    threads: int | None = None,
    options: TrackerOptions | None = None,
    on_progress: Callable[[int, int], object] | None = None,
) -> MonodromyResult:
    """All solutions of F(x; p) = 0 for random complex p, from a single one.

    While p moves in a loop, solutions change places. The values p_v are the vertices of a graph, and
    each solution is tracked along each edge once, so that d solutions cost a small multiple of d paths.
    The search ends when the trace test shows that none is missing, where it is possible, and else when
    so many paths in a row have brought nothing new that none is missing with confidence 0.999.

    Solutions at other values of p follow from `solve` with a `ParameterHomotopy`. The result is the same
    for any number of threads. Ctrl-C ends the search; the result holds what was found.

    Args:
        system: a `System` with parameters, or what makes one: text, SymPy expressions, a JAX function.
        parameters: names of the parameters, if the system is no `System`.
        start: a solution and the parameters for which it is one; found automatically otherwise.
        identify: a map μ; solutions x, x′ with μ(x) = μ(x′) count as one. Text, SymPy expressions, a
            `PolynomialMap` or a function of a point.
        group: generators of a finite group that maps solutions to solutions, as functions of a point,
            permutations of the coordinates or matrices; one solution of each orbit is tracked.
        stop: what ends the search: `TraceTest()`, the default; `Confidence(c)` for an estimate without
            a trace test; or `SolutionCount(n)` if the number of solutions is known.
        certify: prove every solution by Krawczyk's method.
        max_loops: end the search after so many independent loops.
        checkpoint: a file that holds the state of the search. If it exists the search goes on from there.
        seed: every random choice flows from it.
        threads: by default as many as the process may use.
        options: how carefully paths are followed.
        on_progress: called with (independent loops, solutions known).

    Raises:
        InvalidInputError: the system cannot be read or has fewer equations than variables, `stop` is
            no stopping criterion, no start pair was found or the given one is no solution, the group
            does not map solutions to solutions, or the checkpoint belongs to another search.

    Warns:
        MonodromyWarning: the parameters do not move the solutions, or do not occur at all, or no path
            arrived.

    Source: T. Duff, C. Hill, A. Jensen, K. Lee, A. Leykin, J. Sommars, Solving polynomial systems via
    homotopy continuation and monodromy, 2019; A. Leykin, J. I. Rodriguez, F. Sottile, Trace test, 2018.

    Examples:
        >>> conics = System(
        ...     ["a*x^2 + b*y^2 + c", "d*x*y + e*x + f"], parameters=["a", "b", "c", "d", "e", "f"]
        ... )
        >>> result = monodromy(conics, seed=1)
        >>> result.n_distinct, result.completeness.evidence.word
        (4, 'trace test')
    """
    began = time.perf_counter()
    stop = TraceTest() if stop is None else stop
    if not isinstance(stop, StoppingCriterion):
        raise InvalidInputError(
            f"stop is {stop!r}; give TraceTest(), SolutionCount(n) or Confidence(c)."
        )
    family = _family(system, parameters)
    search = Search(
        family=family,
        identification=Identification(family, identify, group),
        stop=stop,
        max_loops=max_loops,
        seed=seed,
        threads=usable_threads(threads),
        tracker=options or TrackerOptions.normal(),
        on_progress=on_progress,
    )
    search.begin(start, checkpoint)
    completeness = search.run()
    return _result(search, completeness, certify, began)


def _family(system: Any, parameters: Names | None) -> System:
    if not isinstance(system, System):
        return System(system, parameters=() if parameters is None else parameters)
    if parameters is not None:
        raise InvalidInputError(
            "The system has its parameters already; name them in System(equations, variables, "
            "parameters)."
        )
    return system


def _result(
    search: Search, completeness: SearchCompleteness, certify: bool, began: float
) -> MonodromyResult:
    evidence = completeness.evidence
    if evidence in {Evidence.CONSTANT_FAMILY, Evidence.TRIVIAL_MONODROMY, Evidence.PATHS_LOST}:
        warnings.warn(evidence.value.capitalize() + ".", MonodromyWarning, stacklevel=3)
    p = search.graph.vertices[0].parameters
    n_named = len(search.family.parameters)
    family = search.family.bound(p[:n_named]) if n_named else search.family
    square = search.square.bound(p[:n_named]) if n_named else search.square
    points = search.known.points
    permutations = loop_permutations(search.graph)
    excess = ExcessTest(family).excess(points, p)
    if excess.any():
        points, permutations = _without(points, permutations, excess)
    _, J = square.map.linearize(points, p)
    scale = np.maximum(np.abs(J).max(axis=2, keepdims=True), 1e-300)
    count = len(points)
    certificates, certified_as = Certificates.of(()), np.full(count, -1)
    is_real = np.zeros(count, np.bool_)
    if certify:
        certificates, _ = Certifier(square.map).certify_many(
            points, square.exact_values, threads=search.threads
        )
        certified_as, is_real = np.arange(count), certificates.is_real
    solutions = Solutions(
        x=points.copy(),
        multiplicity=np.ones(count, np.int64),
        is_real=is_real,
        condition=np.linalg.cond(J / scale),
        certificates=certificates,
        certified_as=certified_as,
    )
    group = search.identification.group
    return MonodromyResult(
        system=family,
        distinct=solutions,
        permutations=permutations,
        completeness=completeness,
        n_symmetries=1 if group is None else len(group),
        n_certified_distinct=count_distinct(certificates),
        n_tracked=search.graph.n_tracked,
        n_lost=search.graph.n_lost,
        n_retracked=search.graph.n_retracked,
        seed=search.seed,
        seconds=time.perf_counter() - began,
        version=neuromanifold.__version__,
    )


def _without(
    points: np.ndarray, permutations: np.ndarray, excess: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Leave points out and number the others anew."""
    number = np.append(np.cumsum(~excess) - 1, -1)
    number[:-1][excess] = -1
    return points[~excess], number[permutations[:, ~excess]]
