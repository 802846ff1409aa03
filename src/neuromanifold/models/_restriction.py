"""Models some of whose parameters are zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.models._model import Model, shape_struct


@dataclass(frozen=True, repr=False)
class Restriction(Model):
    """The functions of another model whose parameters outside `support` are zero.

    The parameters are θ' ∈ ℝ^{|support|}, the others in the order of the parent.

    Args:
        parent: The model.
        support: Positions in the parent's flat θ of the parameters that are free, increasing.

    Raises:
        InvalidInputError: If `support` is empty, not increasing or out of range.

    Examples:
        >>> from neuromanifold.models import MLP, monomial
        >>> square = Restriction(MLP([2, 2, 1], monomial(2)), (0, 1, 4))  # one neuron less
        >>> square([1.0, 2.0, 3.0], [1.0, 1.0])  # 3·(1 + 2)²
        array([27.])
        >>> square.parameter_names
        ('W1[0,0]', 'W1[0,1]', 'W2[0,0]')
    """

    parent: Model
    support: tuple[int, ...]

    def __init__(self, parent: Model, support: Sequence[int]) -> None:
        positions = tuple(int(i) for i in support)
        in_range = all(0 <= i < parent.n_parameters for i in positions)
        if not positions or not in_range or list(positions) != sorted(set(positions)):
            raise InvalidInputError(
                f"support is {positions}; give increasing positions between 0 and "
                f"{parent.n_parameters - 1}, at least one"
            )
        object.__setattr__(self, "parent", parent)
        object.__setattr__(self, "support", positions)

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.parent.input_shape

    @property
    def parameter_shapes(self) -> Any:
        return shape_struct(len(self.support))

    @property
    def name(self) -> str:
        zeros = self.parent.n_parameters - len(self.support)
        return f"{self.parent.name} with {zeros} parameters zero"

    def __repr__(self) -> str:
        return self.name

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        names = self.parent.parameter_names
        return tuple(names[i] for i in self.support)

    def apply(self, params: Any, x: Any) -> Any:
        theta = (
            jnp.zeros(self.parent.n_parameters, params.dtype).at[np.array(self.support)].set(params)
        )
        return self.parent.apply_flat(theta, x)

    def include(self, theta: Any) -> np.ndarray:
        """The parent's θ of shape (P,), zeros filled in."""
        full = np.zeros(self.parent.n_parameters, np.asarray(theta).dtype)
        full[list(self.support)] = theta
        return full
