"""When two solutions count as one: by a map, and up to a group."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np

from neuromanifold.continuation._monodromy._group_action import GroupAction
from neuromanifold.continuation._systems._expression import ExpressionBuilder, Value
from neuromanifold.continuation._systems._parse import parse
from neuromanifold.continuation._systems._sympy import SymPyReader, is_sympy
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Evaluator, Node, PolynomialMap

_AGREEMENT = 1e-9


class Identification:
    """Solutions x and x′ count as one when μ(x) = μ(g(x′)) for some g of a group.

    Args:
        system: where the solutions come from.
        identify: μ as text or SymPy expressions in the variables and parameters, a `PolynomialMap` on
            the nodes of the system, or a function from a point to a vector; by default x itself.
        group: generators for `GroupAction`.

    Attributes:
        map: μ as circuit nodes; None where it is a function that is no polynomial.
        group: None where there is none.

    Raises:
        InvalidInputError: μ or a generator cannot be read.
    """

    def __init__(self, system: System, identify: Any = None, group: Any = None) -> None:
        self._system = system
        self.group = None if group is None else GroupAction(group, system.n_variables)
        self._function: Callable[[np.ndarray], Any] | None = None
        self.map = self._read(identify)

    def images(self, points: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """μ at points (B, n), (B, N); with a group, μ on the orbits, (B, G, N)."""
        if self.group is None:
            return self.values(points, parameters)
        orbits = self.group.orbits(points)
        flat = self.values(orbits.reshape(-1, points.shape[1]), parameters)
        return flat.reshape(*orbits.shape[:2], -1)

    def expanded(self, points: np.ndarray) -> np.ndarray:
        """All points of the orbits of points."""
        if self.group is None:
            return points
        return self.group.orbits(points).reshape(-1, points.shape[1])

    def values(self, points: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """μ at points (B, n), (B, N), whether or not a group acts."""
        if self.map is not None:
            if self.map.outputs == self._system.map.variables:
                return np.asarray(points, np.complex128)
            return self.map(points, parameters)
        assert self._function is not None
        values = [np.ravel(np.asarray(self._function(x), np.complex128)) for x in points]
        return np.array(values).reshape(len(points), -1)

    def _read(self, identify: Any) -> PolynomialMap | None:
        own = self._system.map
        if identify is None:
            return PolynomialMap(own.variables, own.variables, own.parameters)
        if isinstance(identify, PolynomialMap):
            if identify.variables != own.variables or identify.parameters != own.parameters:
                raise InvalidInputError(
                    "The map that identifies solutions has other nodes as variables or parameters than "
                    "the system; build it on `system.map.variables` and `system.map.parameters`."
                )
            return identify
        if not is_sympy(identify) and callable(identify):
            self._function = identify
            return self._traced(identify)
        is_single = isinstance(identify, str) or is_sympy(identify)
        items: list[Any] = [identify] if is_single else list(cast("Iterable[Any]", identify))
        return PolynomialMap(self._parsed(items), own.variables, own.parameters)

    def _traced(self, function: Callable[[np.ndarray], Any]) -> PolynomialMap | None:
        """The function run on circuit nodes, if it is polynomial: checked at a random point."""
        own = self._system.map
        arguments = np.empty(len(own.variables), object)
        arguments[:] = own.variables
        rng = np.random.default_rng(0)
        x = rng.standard_normal(len(arguments)) + 1j * rng.standard_normal(len(arguments))
        expected = np.ravel(np.asarray(function(x), np.complex128))
        try:
            circuit = own.variables[0].circuit
            nodes = [
                node if isinstance(node, Node) else circuit.constant(node)
                for node in np.ravel(np.asarray(function(arguments), object))
            ]
            traced = PolynomialMap(tuple(nodes), own.variables, own.parameters)
            values = traced(x[None, :], np.zeros(len(own.parameters)))[0]
        except (TypeError, ValueError, AttributeError):
            return None
        if values.shape != expected.shape:
            return None
        agrees = np.abs(values - expected).max() <= _AGREEMENT * (1 + np.abs(expected).max())
        return traced if agrees else None

    def _parsed(self, items: list[Any]) -> tuple[Node, ...]:
        system, own = self._system, self._system.map
        names = (*system.variables, *system.parameters)
        builder = ExpressionBuilder()
        inputs = builder.circuit.inputs(len(names))
        table: dict[str, Value] = dict(zip(names, inputs, strict=True))
        reader = SymPyReader(builder, table.get)
        nodes = [
            builder.node(parse(i, builder, table.get) if isinstance(i, str) else reader.read(i))
            for i in items
        ]
        n = len(system.parameters)
        here = dict(zip(inputs, (*own.variables, *own.parameters[:n]), strict=True))
        if builder.iota is not None:
            if len(own.parameters) == n:
                raise InvalidInputError(
                    "The map that identifies solutions has complex constants but the system has none; "
                    "give it as a function."
                )
            here[builder.iota] = own.parameters[n]
        circuit = own.variables[0].circuit
        return tuple(Evaluator(nodes)(here, circuit.constant))
