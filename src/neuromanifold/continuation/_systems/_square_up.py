"""Overdetermined systems: a square one that contains all solutions, and the test for the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from flint import fmpq

from neuromanifold.continuation._systems._absolute import absolute_values
from neuromanifold.continuation._systems._scaling import Scaling
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Node, PolynomialMap

_DENOMINATOR = 2**12
_TOLERANCE, _LARGEST_TOLERANCE = 1e-8, 1e-2
_SMALL = 1e-6
_SMALL_IN_EQUATION = 1e-3


def squared_up(system: System, rng: np.random.Generator) -> System:
    """G_i = F_i + Σ_{j > n} a_ij·F_j for i ≤ n, with the F sorted by falling degree.

    The a_ij are random rational numbers, so a real system stays real. Every isolated zero of F is an
    isolated zero of G (for generic a), and G may have more: excess solutions. A square system is
    returned as it is.

    Raises:
        InvalidInputError: the system has fewer equations than variables.
    """
    m, n = system.n_equations, system.n_variables
    if m < n:
        raise InvalidInputError(
            f"The system has {m} equation{'s' * (m != 1)} in {n} variables, so its solutions are not "
            f"isolated; add {n - m} or name {n - m} of the variables as parameters and give them values."
        )
    if m == n:
        return system
    order = sorted(range(m), key=lambda i: -system.degrees[i])
    outputs = [system.map.outputs[i] for i in order]
    numbers = rng.integers(1, _DENOMINATOR, (n, m - n)) * rng.choice([-1, 1], (n, m - n))
    combined = [
        outputs[i]
        + sum(
            (fmpq(int(a), _DENOMINATOR) * f for a, f in zip(row, outputs[n:], strict=True)),
            outputs[i].circuit.constant(0),
        )
        for i, row in enumerate(numbers)
    ]
    return system.with_polynomials(combined)


def vanishes_at(system: System, points: np.ndarray, accuracy: np.ndarray) -> np.ndarray:
    """At which points (B, n), known to relative errors `accuracy`, the tracked polynomials vanish: (B,).

    |F(x)| ≤ max(10⁻⁸, min(10·accuracy, 10⁻²))·|F|(|x|), as `ExcessTest` measures it.
    """
    if not len(points):
        return np.zeros(0, bool)
    own = system.map
    sizes = PolynomialMap(tuple(absolute_values(own.outputs)), own.variables, own.parameters)
    least = np.maximum(np.abs(points), _SMALL_IN_EQUATION * Scaling.by_coefficients(system).sizes)
    bound = np.abs(sizes(least, np.abs(system.values)))
    tolerance = np.clip(10 * accuracy, _TOLERANCE, _LARGEST_TOLERANCE)[:, None]
    return np.all(np.abs(own(points, system.values)) <= tolerance * bound, axis=1)


class ExcessTest:
    """Tells the solutions of the given system from those of the square one that is tracked.

    At x, a polynomial is zero when |F(x)| ≤ 10⁻⁸·|F|(|x|), where |F| has the absolute values of all
    constants and + for every −: what rounding could make of it. A coordinate that is 0 is only known
    to be tiny, at a double solution to half of the digits: on the right, coordinates below 10⁻³ of
    their unit count as that large in an equation, and those below 10⁻⁶ in a denominator.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._n_equations = system.n_equations if system.n_equations > system.n_variables else 0

    @property
    def is_needed(self) -> bool:
        """The square system can have other solutions than the given one."""
        return bool(self._n_equations or self._system.denominators)

    @cached_property
    def _values(self) -> PolynomialMap:
        return self._map(self._tested)

    @cached_property
    def _sizes(self) -> PolynomialMap:
        return self._map(absolute_values(self._tested))

    def _units(self, parameters: np.ndarray) -> np.ndarray:
        named = np.atleast_2d(parameters)[0, : len(self._system.parameters)]
        system = self._system.bound(named.tolist()) if len(named) else self._system
        return Scaling.by_coefficients(system).sizes

    @property
    def _tested(self) -> tuple[Node, ...]:
        equations = self._system.map.outputs[: self._n_equations]
        return (*equations, *self._system.denominators)

    def _map(self, nodes: Sequence[Node]) -> PolynomialMap:
        return PolynomialMap(tuple(nodes), self._system.map.variables, self._system.map.parameters)

    def excess(self, points: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """Which points (B, n) miss an equation or make a denominator vanish: (B,)."""
        if not self.is_needed or not len(points):
            return np.zeros(len(points), bool)
        k = self._n_equations
        values = np.abs(self._values(points, parameters))
        units = self._units(parameters)
        sizes = np.empty(values.shape)
        for part, small in ((slice(None, k), _SMALL_IN_EQUATION), (slice(k, None), _SMALL)):
            least = np.maximum(np.abs(points), small * units)
            sizes[:, part] = np.abs(self._sizes(least, np.abs(parameters)))[:, part]
        is_zero = values <= _TOLERANCE * sizes
        return np.logical_or(~is_zero[:, :k].all(axis=1), is_zero[:, k:].any(axis=1))
