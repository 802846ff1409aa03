"""What every model is: a parametric family of functions."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Program, double_precision, trace

if TYPE_CHECKING:
    from neuromanifold.models._function import FunctionModel


class Model(abc.ABC):
    """A family of functions μ: Θ → M, θ ↦ f_θ, polynomial or rational in θ and in the input.

    A concrete model is a frozen dataclass that says how one sample is mapped, in ordinary JAX;
    derivatives, batches and exact arithmetic follow from that. The parameters θ ∈ Rᴾ are a pytree
    of arrays, flattened leaf by leaf (dictionaries by sorted key) in row-major order.
    """

    @property
    @abc.abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one input."""

    @property
    @abc.abstractmethod
    def parameter_shapes(self) -> Any:
        """The parameters' pytree with a `jax.ShapeDtypeStruct` for each array."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """One readable line, such as MLP((2, 2, 1), x^2)."""

    @abc.abstractmethod
    def apply(self, params: Any, x: Any) -> Any:
        """The output for one input x of shape `input_shape`, in JAX operations."""

    @staticmethod
    def from_function(
        function: Callable[[Any, Any], Any], params: Any, input_shape: Sequence[int]
    ) -> FunctionModel:
        """The family that a function (params, x) ↦ output describes.

        Args:
            function: An ordinary JAX function of one sample, with polynomial or rational
                operations.
            params: A pytree of arrays, such as an Equinox module filtered to its arrays; only
                structure and shapes matter, and every precision becomes float64.
            input_shape: The shape of one input.

        Raises:
            InvalidInputError: If there are no parameters, a parameter is not an array of real
                numbers, or the function does not return one array.

        Examples:
            >>> import numpy as np
            >>> from neuromanifold.models import Model
            >>> model = Model.from_function(lambda w, x: (w @ x) ** 2, np.ones((1, 3)), (3,))
            >>> model.n_parameters, model.output_shape
            (3, (1,))
        """
        from neuromanifold.models._function import FunctionModel

        return FunctionModel.of(function, params, input_shape)

    @cached_property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of one output."""
        x = jax.ShapeDtypeStruct(self.input_shape, np.float64)
        with double_precision():
            return jax.eval_shape(self.apply, self.parameter_shapes, x).shape

    @property
    def n_inputs(self) -> int:
        """The number of scalars in one input."""
        return int(np.prod(self.input_shape, dtype=np.int64))

    @property
    def n_outputs(self) -> int:
        """The number of scalars in one output."""
        return int(np.prod(self.output_shape, dtype=np.int64))

    @cached_property
    def n_parameters(self) -> int:
        """P, the number of scalar parameters."""
        leaves = jax.tree_util.tree_leaves(self.parameter_shapes)
        return sum(int(np.prod(leaf.shape, dtype=np.int64)) for leaf in leaves)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """A name for each entry of θ, such as W1[0,1]."""
        leaves, _ = jax.tree_util.tree_flatten_with_path(self.parameter_shapes)
        names = []
        for path, leaf in leaves:
            array = jax.tree_util.keystr(path, simple=True, separator=".") or "theta"
            for index in np.ndindex(*leaf.shape):
                names.append(array + (f"[{','.join(map(str, index))}]" if index else ""))
        return tuple(names)

    @cached_property
    def program(self) -> Program:
        """(θ, x) ↦ f_θ(x) for flat θ and one sample, ready to run over any ring.

        Raises:
            NotPolynomialError: If the model is not polynomial or rational.
        """
        return trace(
            self.apply_flat,
            jax.ShapeDtypeStruct((self.n_parameters,), np.float64),
            jax.ShapeDtypeStruct(self.input_shape, np.float64),
        )

    def __call__(self, params: Any, x: Any) -> np.ndarray:
        """Outputs in double precision for one input, or for a batch along leading axes.

        Args:
            params: The parameters, as a pytree or as the flat θ.
            x: Shape (…, *input_shape).

        Returns:
            Shape (…, *output_shape).

        Raises:
            InvalidInputError: If θ or x has the wrong shape.
        """
        theta = self.flatten(params)
        x = np.asarray(x, np.float64)
        n_batch = x.ndim - len(self.input_shape)
        if n_batch < 0 or x.shape[n_batch:] != self.input_shape:
            raise InvalidInputError(
                f"x has shape {x.shape}; {self.name} takes inputs of shape {self.input_shape}, "
                "with batch axes in front"
            )
        flat = x.reshape(-1, *self.input_shape)
        with double_precision():
            outputs = np.asarray(jax.vmap(self.apply_flat, (None, 0))(theta, flat))
        return outputs.reshape(*x.shape[:n_batch], *self.output_shape)

    def apply_flat(self, theta: Any, x: Any) -> Any:
        """f_θ(x) for flat θ and one sample, in JAX operations."""
        return self.apply(self.unflatten(theta), x)

    def unflatten(self, theta: Any) -> Any:
        """The pytree of parameters of a flat vector θ of length P.

        Raises:
            InvalidInputError: If θ has another shape.
        """
        if np.shape(theta) != (self.n_parameters,):
            raise InvalidInputError(
                f"theta has shape {np.shape(theta)}; {self.name} has {self.n_parameters} parameters"
            )
        shapes, tree = jax.tree_util.tree_flatten(self.parameter_shapes)
        leaves, start = [], 0
        for leaf in shapes:
            stop = start + int(np.prod(leaf.shape, dtype=np.int64))
            leaves.append(theta[start:stop].reshape(leaf.shape))
            start = stop
        return jax.tree_util.tree_unflatten(tree, leaves)

    def flatten(self, params: Any) -> np.ndarray:
        """The flat vector θ ∈ Rᴾ of a pytree of parameters; P plain numbers are taken as θ itself.

        Raises:
            InvalidInputError: If the parameters have another structure or other shapes.
        """
        if isinstance(params, list | tuple) and all(isinstance(n, Real) for n in params):
            params = np.array(params, np.float64)
        if isinstance(params, np.ndarray | jax.Array) and params.shape == (self.n_parameters,):
            return np.asarray(params, np.float64)
        leaves, tree = jax.tree_util.tree_flatten(params)
        wanted, wanted_tree = jax.tree_util.tree_flatten(self.parameter_shapes)
        shapes = [np.shape(leaf) for leaf in leaves]
        if tree != wanted_tree or shapes != [leaf.shape for leaf in wanted]:
            raise InvalidInputError(
                f"the parameters have structure {tree} and shapes {shapes}; {self.name} takes "
                f"{self.parameter_shapes}, or a vector of length {self.n_parameters}"
            )
        return np.concatenate([np.asarray(leaf, np.float64).ravel() for leaf in leaves])

    def random_parameters(self, seed: int) -> Any:
        """Parameters with independent standard normal entries, as a pytree of NumPy arrays."""
        theta = np.random.default_rng(seed).standard_normal(self.n_parameters)
        return self.unflatten(theta)


def shape_struct(*shape: int) -> jax.ShapeDtypeStruct:
    """An array of parameters of this shape."""
    return jax.ShapeDtypeStruct(shape, jnp.float64)
