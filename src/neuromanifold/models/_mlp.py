"""Fully connected networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from neuromanifold.errors import InvalidInputError
from neuromanifold.models._activation import AbstractActivation
from neuromanifold.models._checks import positive_integers
from neuromanifold.models._model import Model, shape_struct


@dataclass(frozen=True, repr=False)
class MLP(Model):
    """f(x) = W_L σ(W_{L−1} σ(… σ(W_1 x))), with W_i ∈ R^{d_i × d_{i−1}}.

    With biases, every W_i z becomes W_i z + b_i. There is no activation after the last layer. The
    parameters are a dictionary with the keys W1, …, WL (and b1, …, bL).

    Args:
        widths: d_0, …, d_L with L ≥ 1.
        activation: σ.
        bias: Whether the layers have biases.

    Raises:
        InvalidInputError: If a width is not an integer of at least 1, or there are fewer than two.

    Examples:
        >>> from neuromanifold.models import MLP, monomial
        >>> model = MLP([2, 2, 1], monomial(2))
        >>> model, model.n_parameters, model.parameter_names[:2]
        (MLP((2, 2, 1), x^2), 6, ('W1[0,0]', 'W1[0,1]'))
        >>> model([1.0, 0.0, 0.0, 1.0, 3.0, 4.0], [1.0, 2.0])  # 3·1² + 4·2²
        array([19.])
    """

    widths: tuple[int, ...]
    activation: AbstractActivation
    bias: bool

    def __init__(
        self, widths: Sequence[int], activation: AbstractActivation, bias: bool = False
    ) -> None:
        if not isinstance(activation, AbstractActivation):
            raise InvalidInputError(
                f"activation is {activation!r}; use identity(), monomial(r) or polynomial([…]), or "
                "Model.from_function for other functions"
            )
        object.__setattr__(self, "widths", positive_integers("widths", widths, at_least=2))
        object.__setattr__(self, "activation", activation)
        object.__setattr__(self, "bias", bool(bias))

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.widths[0],)

    @property
    def parameter_shapes(self) -> dict[str, Any]:
        shapes = {}
        for i in range(1, len(self.widths)):
            shapes[self._key("W", i)] = shape_struct(self.widths[i], self.widths[i - 1])
            if self.bias:
                shapes[self._key("b", i)] = shape_struct(self.widths[i])
        return shapes

    @property
    def name(self) -> str:
        return f"MLP({self.widths}, {self.activation!r}{', bias' if self.bias else ''})"

    def __repr__(self) -> str:
        return self.name

    def apply(self, params: dict[str, Any], x: Any) -> Any:
        n_layers = len(self.widths) - 1
        for i in range(1, n_layers + 1):
            x = params[self._key("W", i)] @ x
            if self.bias:
                x = x + params[self._key("b", i)]
            if i < n_layers:
                x = self.activation(x)
        return x

    def _key(self, letter: str, layer: int) -> str:
        # zero-padded, so that sorted keys are in the order of the layers
        return f"{letter}{layer:0{len(str(len(self.widths) - 1))}d}"
