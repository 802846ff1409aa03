"""Varieties given by equations: a generic point of a component, and its dimension there."""

from __future__ import annotations

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from neuromanifold.continuation._random import complex_gaussian
from neuromanifold.continuation._systems._system import System
from neuromanifold.continuation._varieties._slice import LinearSlice
from neuromanifold.continuation._varieties._sliced_variety import SlicedVariety, rank_of
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Node, PolynomialMap

_ATTEMPTS = 60
_FEW_ATTEMPTS = 20
_SAMPLES = 6
_EXCESS = 1e-6
_STEPS = 50
_POLISHING_STEPS = 5
_HALVINGS = 12
_CONVERGED = 1e-13
_DENOMINATOR = 2**8
_NUDGE = 1e-4
_TANGENT = 1e-2


def variety_of_equations(
    system: System, dimension: int | None, rng: np.random.Generator
) -> SlicedVariety:
    """An irreducible component of the zero set of a system: that of the point found on it.

    Raises:
        InvalidInputError: no zero was found on a component of the wanted dimension, an equation
            divides by a variable, or all equations vanish to higher order.
    """
    if system.denominators:
        raise InvalidInputError(
            "An equation divides by a variable; multiply by the denominator, which may add "
            "components, and leave those out by further equations."
        )
    n = system.n_variables
    if dimension is not None and not 0 <= dimension < n:
        raise InvalidInputError(
            f"dimension is {dimension}; a proper subvariety of {n}-dimensional space has a "
            f"dimension between 0 and {n - 1}."
        )
    F = system.map
    row_sizes = _row_sizes(F, system.values, rng)
    point, found = _generic_point(F, system.values, row_sizes, dimension, rng)
    g = PolynomialMap(_combined(system, n - found, rng), F.variables, F.parameters)
    x = PolynomialMap(F.variables, F.variables, F.parameters)
    return SlicedVariety(g, x, system.values, point, F, row_sizes)


def _combined(system: System, count: int, rng: np.random.Generator) -> tuple[Node, ...]:
    """`count` generic rational combinations of the equations, highest degrees first.

    X is a component of their zero set too, by Bertini's theorem.
    """
    order = sorted(range(system.n_equations), key=lambda i: -system.degrees[i])
    F = [system.map.outputs[i] for i in order]
    weights = rng.integers(1, _DENOMINATOR, (count, max(len(F) - count, 0)))
    signs = rng.choice([-1, 1], weights.shape)
    return tuple(
        sum((fmpq(int(w), _DENOMINATOR) * f for w, f in zip(row, F[count:], strict=True)), F[i])
        for i, row in enumerate(weights * signs)
    )


def _generic_point(
    F: PolynomialMap,
    held: NDArray,
    row_sizes: NDArray,
    dimension: int | None,
    rng: np.random.Generator,
) -> tuple[NDArray, int]:
    """A regular zero x of F near a random point, and n − rank ∂F/∂x there.

    Zeros are sought on random slices whose codimension d is the wanted dimension, or falls from
    n − 1 until there is a zero: a generic slice misses what has a smaller dimension than d.
    """
    n = len(F.variables)
    lowest = max(n - len(F.outputs), 0)
    n_singular, others = 0, set()
    for d in range(n - 1, lowest - 1, -1) if dimension is None else [dimension]:
        for _ in range(_ATTEMPTS if d in (lowest, dimension) else _FEW_ATTEMPTS):
            first = complex_gaussian(rng, n)
            point = _zero_on_slice(F, held, LinearSlice.through(first, d, rng), first, rng)
            if point is None:
                continue
            tangent = _tangent_space(F, held, row_sizes, point)
            found = tangent.shape[1]
            if not _is_regular(F, held, point, tangent, rng):
                n_singular += 1
            elif dimension in (None, found):
                return point, found
            else:
                others.add(found)
    if others:
        raise InvalidInputError(
            f"dimension is {dimension}, but where zeros were found the equations leave "
            f"{max(others)} directions free; give another dimension."
        )
    if n_singular:
        raise InvalidInputError(
            "The equations vanish to higher order at every zero that was found, so that they have "
            "no tangent space there; replace them by their radical."
        )
    raise InvalidInputError(
        "No point of the variety was found by Newton's method from random points: the equations "
        "may have no common zero"
        + ("." if dimension is None else f", or none on a component of dimension {dimension}.")
    )


def _zero_on_slice(
    F: PolynomialMap, held: NDArray, cut: LinearSlice, first: NDArray, rng: np.random.Generator
) -> NDArray | None:
    """A zero of F on the slice, or None.

    Too many equations are first mixed to as many as there are unknowns: |F| can have other local
    minima than zeros, and the steps of least squares lead to the apex of a cone. What is found may
    be a zero of the mixture only.
    """
    identity = np.eye(len(F.outputs))
    wanted = len(F.variables) - cut.codimension
    if len(F.outputs) <= wanted:
        return _newton(F, held, cut, first, identity)
    mixed = _newton(F, held, cut, first, complex_gaussian(rng, (wanted, len(F.outputs))))
    exact = None if mixed is None else _newton(F, held, cut, mixed, identity, _POLISHING_STEPS)
    if exact is None or np.linalg.norm(exact - mixed) > _EXCESS * (1 + np.linalg.norm(exact)):
        return None
    return exact


def _tangent_space(F: PolynomialMap, held: NDArray, row_sizes: NDArray, x: NDArray) -> NDArray:
    """An orthonormal basis of the kernel of ∂F/∂x, (n, dimension)."""
    J = F.linearize(x[None, :], held)[1][0] / row_sizes[:, None]
    _, _, right = np.linalg.svd(J)
    return right[rank_of(J) :].conj().T


def _is_regular(
    F: PolynomialMap, held: NDArray, x: NDArray, tangent: NDArray, rng: np.random.Generator
) -> bool:
    """X is smooth at x with this tangent space: from x + εv, X is at the distance O(ε²).

    At singular points of X, and where the equations vanish to higher order, it is O(ε).
    """
    if not tangent.shape[1]:
        return True
    epsilon = _NUDGE * max(float(np.linalg.norm(x)), _NUDGE)
    direction = tangent @ complex_gaussian(rng, tangent.shape[1])
    trial = x + direction * (epsilon / np.linalg.norm(direction))
    near = _newton(F, held, LinearSlice.through(x, 0, rng), trial, np.eye(len(F.outputs)))
    return near is not None and bool(np.linalg.norm(near - trial) <= _TANGENT * epsilon)


def _row_sizes(F: PolynomialMap, held: NDArray, rng: np.random.Generator) -> NDArray:
    """Typical norms of the gradients at random points."""
    _, jacobians = F.linearize(complex_gaussian(rng, (_SAMPLES, len(F.variables))), held)
    return np.maximum(np.median(np.linalg.norm(jacobians, axis=2), axis=0), 1e-300)


def _newton(
    F: PolynomialMap,
    held: NDArray,
    cut: LinearSlice,
    first: NDArray,
    mixture: NDArray,
    steps: int = _STEPS,
) -> NDArray | None:
    """Damped Gauss–Newton steps on mixture·F = 0 within a slice; None if they do not converge."""
    x = first
    value, J = _with_cut(F, held, cut, mixture, x)
    for _ in range(steps):
        rows = np.maximum(np.linalg.norm(J, axis=1), 1e-300)
        step = np.linalg.lstsq(J / rows[:, None], -value / rows, rcond=1e-10)[0]
        size = np.linalg.norm(step)
        if not np.isfinite(size):
            return None
        if size <= _CONVERGED * max(1.0, float(np.linalg.norm(x))):
            # at a minimum of ‖F‖ that is no zero, steps vanish but F does not
            return x if np.linalg.norm(value / rows) <= 1e-10 * (1 + np.linalg.norm(x)) else None
        before = np.linalg.norm(value / rows)
        for halving in range(_HALVINGS):
            step = step / 2 if halving else step
            value, J = _with_cut(F, held, cut, mixture, x + step)
            if np.linalg.norm(value / rows) < before:
                break
        x = x + step
    return None


def _with_cut(
    F: PolynomialMap, held: NDArray, cut: LinearSlice, mixture: NDArray, x: NDArray
) -> tuple[NDArray, NDArray]:
    values, J = F.linearize(x[None, :], held)
    return (
        np.concatenate([mixture @ values[0], cut.matrix @ x - cut.constants]),
        np.concatenate([mixture @ J[0], cut.matrix]),
    )
