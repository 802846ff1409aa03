"""Attention without softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neuromanifold.models._checks import positive_integer
from neuromanifold.models._model import Model, shape_struct


@dataclass(frozen=True, repr=False)
class LightningAttention(Model):
    """X ∈ R^{d×t} ↦ V X Xᵀ Kᵀ Q X, with V ∈ R^{d'×d} and K, Q ∈ R^{a×d}; one token a column.

    Several layers are composed: hidden layers map R^{d×t} to itself, the last one to R^{d'×t}. The
    parameters are a dictionary with the keys K1, …, Q1, …, V1, …

    Args:
        d: The dimension of a token.
        a: The rank of the attention, the number of rows of K and Q.
        d_out: d', the dimension of an output token.
        tokens: t, the number of tokens.
        layers: The number of layers.

    Raises:
        InvalidInputError: If a number is not an integer of at least 1.

    Source: Henry, Marchetti, Kohn, "Geometry of lightning self-attention" (ICLR 2025).

    Examples:
        >>> from neuromanifold.models import LightningAttention
        >>> model = LightningAttention(d=2, a=2, d_out=1, tokens=2)
        >>> model.n_parameters, model.input_shape, model.output_shape
        (10, (2, 2), (1, 2))
    """

    d: int
    a: int
    d_out: int
    tokens: int
    layers: int = 1

    def __post_init__(self) -> None:
        for field in ("d", "a", "d_out", "tokens", "layers"):
            object.__setattr__(self, field, positive_integer(field, getattr(self, field)))

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.d, self.tokens)

    @property
    def parameter_shapes(self) -> dict[str, Any]:
        shapes = {}
        for i in range(1, self.layers + 1):
            d_out = self.d_out if i == self.layers else self.d
            shapes[self._key("K", i)] = shape_struct(self.a, self.d)
            shapes[self._key("Q", i)] = shape_struct(self.a, self.d)
            shapes[self._key("V", i)] = shape_struct(d_out, self.d)
        return shapes

    @property
    def name(self) -> str:
        layers = f", layers={self.layers}" if self.layers > 1 else ""
        return (
            f"LightningAttention(d={self.d}, a={self.a}, d_out={self.d_out}, "
            f"tokens={self.tokens}{layers})"
        )

    def __repr__(self) -> str:
        return self.name

    def apply(self, params: dict[str, Any], x: Any) -> Any:
        for i in range(1, self.layers + 1):
            k, q, v = (params[self._key(letter, i)] for letter in "KQV")
            x = v @ (x @ ((k @ x).T @ (q @ x)))
        return x

    def _key(self, letter: str, layer: int) -> str:
        return f"{letter}{layer:0{len(str(self.layers))}d}"
