"""From an ordinary JAX function to a program that runs over any ring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np
from jax.extend import core as jax_core

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings._flattening import StraightLine, flatten
from neuromanifold.rings._precision import double_precision
from neuromanifold.rings._ring import AbstractRing


@dataclass(frozen=True, eq=False, repr=False)
class Program:
    """A traced function, ready to run over any ring.

    Attributes:
        jaxpr: The program as JAX traced it, in double precision.
        input_tree: The structure of the tuple of arguments.
        output_tree: The structure of the result.
        input_shapes: The shapes of the leaves of the arguments.
        output_shapes: The shapes of the leaves of the result.
    """

    jaxpr: jax_core.ClosedJaxpr
    input_tree: Any
    output_tree: Any
    input_shapes: tuple[tuple[int, ...], ...]
    output_shapes: tuple[tuple[int, ...], ...]
    _line: StraightLine = field()

    def __repr__(self) -> str:
        inputs = ", ".join(map(str, self.input_shapes))
        outputs = ", ".join(map(str, self.output_shapes))
        return f"Program({inputs} -> {outputs}, {len(self._line.instructions)} operations)"

    @property
    def divides(self) -> bool:
        """Whether it divides by something that depends on its inputs: rational, not polynomial."""
        return any(step.operation.divides for step in self._line.instructions)

    def run(self, ring: AbstractRing, *arguments: Any) -> Any:
        """Evaluate over a ring.

        Args:
            ring: The ring.
            arguments: As in the traced function; the leaves are arrays of elements of the ring, or
                of numbers to be embedded in it.

        Returns:
            The result of the function, whose leaves are arrays of elements of the ring.

        Raises:
            InvalidInputError: If the arguments have another structure or other shapes.
            ZeroDivisionError: If an exact ring meets a division by zero.
            NotPolynomialError: If the ring cannot divide and the program does.
        """
        leaves, tree = jax.tree_util.tree_flatten(arguments)
        arrays = [ring.array(leaf) for leaf in leaves]
        if tree != self.input_tree or any(
            array.shape != shape for array, shape in zip(arrays, self.input_shapes, strict=True)
        ):
            raise InvalidInputError(
                f"the arguments have structure {tree} and shapes {[a.shape for a in arrays]}; this "
                f"program takes structure {self.input_tree} and shapes {list(self.input_shapes)}"
            )
        outputs = _execute(self._line, ring, arrays)
        return jax.tree_util.tree_unflatten(self.output_tree, outputs)


def trace(function: Callable[..., Any], *examples: Any) -> Program:
    """Trace a JAX function made of polynomial or rational operations.

    Derivatives and batches come from JAX: trace `jax.vjp`, `jax.jacfwd`, `jax.vmap` of a function.

    Args:
        function: Takes pytrees of arrays and returns one; pure, with shapes that are known.
        examples: Arguments of which only structure and shapes matter: arrays, or
            `jax.ShapeDtypeStruct`. Floating-point leaves of any precision become float64.

    Returns:
        The program.

    Raises:
        NotPolynomialError: If a result depends on an operation such as tanh; the message names
            it, with file and line.

    Examples:
        >>> import numpy as np
        >>> from neuromanifold.rings import ComplexField, PrimeField, trace
        >>> program = trace(lambda a, x: (a @ x) ** 2 / 3, np.ones(2), np.ones(2))
        >>> a, x = np.array([1, 2]), np.array([3, 4])
        >>> program.run(PrimeField(101), a, x)  # 121/3 modulo 101
        array(74)
        >>> program.run(ComplexField(), a, x).round(3)
        np.complex128(40.333+0j)
    """
    structs = jax.tree_util.tree_map(_in_double_precision, examples)
    with double_precision():
        jaxpr, result = jax.make_jaxpr(function, return_shape=True)(*structs)
        line = flatten(jaxpr)
    inputs, input_tree = jax.tree_util.tree_flatten(structs)
    outputs, output_tree = jax.tree_util.tree_flatten(result)
    return Program(
        jaxpr,
        input_tree,
        output_tree,
        tuple(leaf.shape for leaf in inputs),
        tuple(leaf.shape for leaf in outputs),
        line,
    )


def _in_double_precision(leaf: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(np.shape(leaf), np.float64)


def _as_array(a: Any, ring: AbstractRing) -> np.ndarray:
    if isinstance(a, np.ndarray):
        return a
    result = np.empty((), ring.dtype)  # NumPy unwraps arrays without axes
    result.fill(a)
    return result


def _execute(line: StraightLine, ring: AbstractRing, inputs: list[np.ndarray]) -> list[np.ndarray]:
    slots = dict(zip(line.inputs, inputs, strict=True))

    def read(slot: int) -> np.ndarray:
        if slot not in slots:
            slots[slot] = ring.array(line.constants[slot])
        return slots[slot]

    for step in line.instructions:
        results = step.operation.compute(ring, *[read(slot) for slot in step.operands])
        if not isinstance(results, list):
            results = [results]
        slots.update(zip(step.results, (_as_array(a, ring) for a in results), strict=True))
        for slot in step.unused:
            slots.pop(slot, None)
    return [read(slot) for slot in line.outputs]
