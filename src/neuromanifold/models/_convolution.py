"""Convolutional networks in one dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp

from neuromanifold.errors import InvalidInputError
from neuromanifold.models._activation import AbstractActivation, identity
from neuromanifold.models._checks import positive_integer, positive_integers
from neuromanifold.models._model import Model, shape_struct


@dataclass(frozen=True, repr=False)
class Convolution(Model):
    """Layers z ↦ σ(y), y_j = Σ_a w_a z_{s·j + a}, with one filter w_i of size k_i and stride s_i.

    There is one channel, no padding, and no activation after the last layer. The input is as long
    as `outputs` outputs need: n_{i−1} = (n_i − 1)·s_i + k_i. The parameters are a dictionary with
    the keys w1, …, wL.

    Args:
        filters: k_1, …, k_L.
        strides: s_1, …, s_L.
        activation: σ; the identity gives a linear convolutional network.
        outputs: n_L, the length of the output.

    Raises:
        InvalidInputError: If a number is not an integer of at least 1, or `filters` and `strides`
            have different lengths.

    Examples:
        >>> from neuromanifold.models import Convolution, monomial
        >>> model = Convolution([2, 2], [1, 1], monomial(2))
        >>> model, model.input_shape
        (Convolution((2, 2), (1, 1), x^2), (3,))
        >>> model([1.0, 1.0, 1.0, -1.0], [1.0, 2.0, 4.0])  # (1 + 2)² − (2 + 4)²
        array([-27.])
    """

    filters: tuple[int, ...]
    strides: tuple[int, ...]
    activation: AbstractActivation
    outputs: int

    def __init__(
        self,
        filters: Sequence[int],
        strides: Sequence[int],
        activation: AbstractActivation | None = None,
        outputs: int = 1,
    ) -> None:
        activation = identity() if activation is None else activation
        if not isinstance(activation, AbstractActivation):
            raise InvalidInputError(
                f"activation is {activation!r}; use identity(), monomial(r) or polynomial([…])"
            )
        filters = positive_integers("filters", filters)
        strides = positive_integers("strides", strides)
        if len(filters) != len(strides):
            raise InvalidInputError(
                f"filters is {filters} and strides is {strides}; give one stride for each filter"
            )
        object.__setattr__(self, "filters", filters)
        object.__setattr__(self, "strides", strides)
        object.__setattr__(self, "activation", activation)
        object.__setattr__(self, "outputs", positive_integer("outputs", outputs))

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self._lengths[0],)

    @property
    def parameter_shapes(self) -> dict[str, Any]:
        return {self._key(i): shape_struct(k) for i, k in enumerate(self.filters, start=1)}

    @property
    def name(self) -> str:
        outputs = f", outputs={self.outputs}" if self.outputs > 1 else ""
        return f"Convolution({self.filters}, {self.strides}, {self.activation!r}{outputs})"

    def __repr__(self) -> str:
        return self.name

    def apply(self, params: dict[str, Any], x: Any) -> Any:
        layers = zip(self.filters, self.strides, self._lengths[1:], strict=True)
        for i, (size, stride, length) in enumerate(layers, start=1):
            reach = (length - 1) * stride + 1
            windows = jnp.stack([x[a : a + reach : stride] for a in range(size)], axis=1)
            x = windows @ params[self._key(i)]
            if i < len(self.filters):
                x = self.activation(x)
        return x

    @property
    def _lengths(self) -> list[int]:
        """n_0, …, n_L."""
        lengths = [self.outputs]
        for size, stride in zip(reversed(self.filters), reversed(self.strides), strict=True):
            lengths.insert(0, (lengths[0] - 1) * stride + size)
        return lengths

    def _key(self, layer: int) -> str:
        return f"w{layer:0{len(str(len(self.filters)))}d}"
