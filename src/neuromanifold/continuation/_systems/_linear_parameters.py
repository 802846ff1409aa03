"""In which of its parameters a system is linear."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuromanifold.continuation._systems._degrees import degrees_along
from neuromanifold.continuation._systems._system import System
from neuromanifold.rings import Operation, PolynomialMap, jacobian, reachable

_DEPENDENT = 1e-8


def linear_parameters(system: System) -> tuple[int, ...]:
    """Positions of parameters in which all equations together are of degree at most 1.

    That is, no monomial contains two of them or a power of one. All parameters if possible;
    otherwise they are added in order as long as it stays true. Parameters on which nothing depends
    are left out.

    >>> linear_parameters(System(["a*x^2 + b*x + b^2*c"], parameters=["a", "b", "c"]))
    (0, 2)
    """
    entering = entering_parameters(system)
    if not entering or _divides_by_parameters(system):
        return ()
    if _is_linear(system, entering):
        return entering
    chosen: tuple[int, ...] = ()
    for k in entering:
        if _is_linear(system, (*chosen, k)):
            chosen = (*chosen, k)
    return chosen


def entering_parameters(system: System) -> tuple[int, ...]:
    """Positions of the parameters that occur in the equations.

    >>> entering_parameters(System(["x^2 - b"], parameters=["a", "b"]))
    (1,)
    """
    used = {node.index for node in reachable(system.map.outputs)}
    named = system.map.parameters[: len(system.parameters)]
    return tuple(k for k, node in enumerate(named) if node.index in used)


def spanning_parameters(
    system: System, linear: Sequence[int], x: np.ndarray, p: np.ndarray
) -> tuple[int, ...]:
    """Few linear parameters h with a matrix A of full rank in A(x)·h + b(x) = 0, c(x) = 0.

    c are the equations without linear parameters. Over each component of c(x) = 0 on which A has
    full rank, {(x, h) : F(x; h) = 0} is a vector bundle for the other parameters fixed, thus
    irreducible, and so is the part of it over a general line of h. Parameters with coefficients of
    low degree in x come first. If all linear ones together do not have full rank, the result is empty.

    Args:
        system: the family.
        linear: positions of parameters in which it is linear.
        x: a solution.
        p: for these parameters.

    >>> system = System(["a*x^2 + b*x*y + c", "d*x*y + e*y + f"], parameters=[*"abcdef"])
    >>> spanning_parameters(system, range(6), np.ones(2), np.ones(6))
    (2, 5)
    """
    own, m = system.map, system.n_equations
    if not linear:
        return ()
    rows_of_A = jacobian(own.outputs, [own.parameters[k] for k in linear])
    columns = zip(*rows_of_A, strict=True)
    entries = PolynomialMap(
        tuple(node for column in columns for node in column), own.variables, own.parameters
    )
    has_iota = len(own.parameters) > len(system.parameters)
    groups = [range(system.n_variables)]
    degrees = degrees_along(entries, groups, None, has_iota).reshape(len(linear), m)
    order = np.lexsort((degrees.sum(axis=1), degrees.max(axis=1)))
    rows = np.flatnonzero((degrees >= 0).any(axis=0))
    A = entries(x[None, :], p)[0].reshape(len(linear), m)[:, rows]
    basis = np.zeros((0, len(rows)), np.complex128)
    chosen: list[int] = []
    for k in order:
        rest = A[k] - (A[k] @ basis.conj().T) @ basis
        rest -= (rest @ basis.conj().T) @ basis
        if np.linalg.norm(rest) > _DEPENDENT * np.linalg.norm(A[k]):
            basis = np.vstack([basis, rest / np.linalg.norm(rest)])
            chosen.append(linear[k])
    return tuple(sorted(chosen)) if len(chosen) == len(rows) else ()


def _is_linear(system: System, group: Sequence[int]) -> bool:
    n = len(system.parameters)
    own = system.map
    swapped = PolynomialMap(own.outputs, own.parameters[:n], (*own.variables, *own.parameters[n:]))
    has_iota = len(own.parameters) > n
    return bool(np.all(degrees_along(swapped, [group], None, has_iota) <= 1))


def _divides_by_parameters(system: System) -> bool:
    return any(node.operation is Operation.DIVIDE for node in reachable(system.map.outputs))
