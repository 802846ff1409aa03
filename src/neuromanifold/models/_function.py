"""Models given by a user's own function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.models._checks import positive_integers
from neuromanifold.models._model import Model, shape_struct
from neuromanifold.rings import double_precision


@dataclass(frozen=True, repr=False)
class FunctionModel(Model):
    """The family θ ↦ f(θ, ·) of a user's function; made by `Model.from_function`.

    Attributes:
        function: (params, x) ↦ output for one sample, in JAX operations.
        structure: The tree structure of the parameters.
        shapes: The shapes of their leaves.
        sample_shape: The shape of one input.
    """

    function: Callable[[Any, Any], Any]
    structure: Any
    shapes: tuple[tuple[int, ...], ...]
    sample_shape: tuple[int, ...]

    @staticmethod
    def of(
        function: Callable[[Any, Any], Any], params: Any, input_shape: Sequence[int]
    ) -> FunctionModel:
        """See `Model.from_function`."""
        leaves, structure = jax.tree_util.tree_flatten(params)
        for leaf in leaves:
            if not hasattr(leaf, "dtype") or not np.issubdtype(leaf.dtype, np.floating):
                raise InvalidInputError(
                    f"params has the leaf {leaf!r}; keep only floating-point arrays in params, for "
                    "example by equinox.filter(model, equinox.is_inexact_array)"
                )
        shapes = tuple(tuple(leaf.shape) for leaf in leaves)
        if not sum(int(np.prod(shape, dtype=np.int64)) for shape in shapes):
            raise InvalidInputError("params has no entries; give at least one parameter")
        if input_shape:
            input_shape = positive_integers("input_shape", input_shape)
        model = FunctionModel(function, structure, shapes, tuple(input_shape))
        x = shape_struct(*model.input_shape)
        with double_precision():
            output = jax.eval_shape(function, model.parameter_shapes, x)
        if not isinstance(output, jax.ShapeDtypeStruct) or not output.size:
            raise InvalidInputError(
                f"the function returns {output}; let it return one array that is not empty"
            )
        return model

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.sample_shape

    @property
    def parameter_shapes(self) -> Any:
        return jax.tree_util.tree_unflatten(
            self.structure, [shape_struct(*shape) for shape in self.shapes]
        )

    @property
    def name(self) -> str:
        label = getattr(self.function, "__name__", type(self.function).__name__)
        return f"{label} ({self.n_parameters} parameters)"

    def __repr__(self) -> str:
        return self.name

    def apply(self, params: Any, x: Any) -> Any:
        return self.function(params, x)
