"""Polynomial maps x ↦ F(x; p), evaluated in batches by the native machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from neuromanifold._core import Tape, evaluate
from neuromanifold.rings._circuit import Node
from neuromanifold.rings._derivative import jacobian
from neuromanifold.rings._lowering import lower, lower_values


@dataclass(frozen=True, eq=False)
class PolynomialMap:
    """F(x; p) = (F₁, …, F_m) as circuit nodes, with variables x and parameters p.

    Attributes:
        outputs: the nodes F₁, …, F_m.
        variables: the input nodes x₁, …, x_n.
        parameters: the input nodes p.
    """

    outputs: tuple[Node, ...]
    variables: tuple[Node, ...]
    parameters: tuple[Node, ...] = ()

    @staticmethod
    def build(
        outputs: Sequence[Node], variables: Sequence[Node], parameters: Sequence[Node] = ()
    ) -> PolynomialMap:
        """A map from any sequences of nodes of one circuit."""
        return PolynomialMap(tuple(outputs), tuple(variables), tuple(parameters))

    @cached_property
    def derivative(self) -> list[list[Node]]:
        """∂Fᵢ/∂xⱼ as circuit nodes."""
        return jacobian(self.outputs, self.variables)

    @cached_property
    def tape(self) -> Tape:
        """F and its Jacobian, lowered for the native machine."""
        return lower(self.outputs, self.variables, self.parameters)

    @cached_property
    def values_tape(self) -> Tape:
        """F alone, lowered for the native machine; its Jacobian is left out as if it were 0."""
        return lower_values(self.outputs, self.variables, self.parameters)

    def __call__(self, points: np.ndarray, parameters: np.ndarray | None = None) -> np.ndarray:
        """F at a batch of points (B, n), parameters (k,) or (B, k): shape (B, m)."""
        return evaluate(self.values_tape, _complex(points), _complex(parameters))[0]

    def linearize(
        self, points: np.ndarray, parameters: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """F and its Jacobian at a batch of points: shapes (B, m) and (B, m, n)."""
        return evaluate(self.tape, _complex(points), _complex(parameters))


def _complex(values: np.ndarray | None) -> np.ndarray:
    return np.ascontiguousarray(np.zeros(0) if values is None else values, dtype=np.complex128)
