"""Bounds for the difference of a network and its polynomial copy, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from neuromanifold.errors import NotPolynomialError
from neuromanifold.geometry._polynomialize._activation_sites import SiteProgram
from neuromanifold.geometry._polynomialize._steps import Slot, Step

_SUMS = frozenset({"add", "sub"})
_PRODUCTS = frozenset({"mul", "dot_general", "conv_general_dilated"})
# Operations that move entries or add them up, with nonnegative factors.
# fmt: off
_MOVES = frozenset({
    "broadcast_in_dim", "concatenate", "convert_element_type", "copy", "copy_p", "cumsum",
    "dynamic_slice", "dynamic_update_slice", "expand_dims", "gather", "name", "neg", "pad",
    "reduce_sum", "reduce_window_sum", "reshape", "rev", "scatter", "scatter-add", "select_n",
    "slice", "split", "squeeze", "stack", "stop_gradient", "tile", "transpose", "unstack",
})
# fmt: on


@dataclass(frozen=True, eq=False)
class Compared:
    """A value of the network, of its copy, and a bound e ≥ |value − copy|, entry by entry."""

    value: Any
    copy: Any
    bound: Any


def compare(
    program: SiteProgram,
    arguments: Sequence[Any],
    at_site: Callable[[Step, Compared], Compared],
) -> list[Compared]:
    """Run a network and its copy together, and bound their difference.

    |ab − ãb̃| ≤ |a|·|b − b̃| + |a − ã|·|b̃| for products and everything bilinear, and so on: no
    difference is ever measured.

    Raises:
        NotPolynomialError: If a step is not known to be linear or bilinear.
    """
    values: dict[int, Compared] = {}
    for slot, argument in zip(program.inputs, arguments, strict=True):
        values[slot.index] = Compared(argument, argument, jnp.zeros_like(argument))

    def read(operand: Slot | np.ndarray) -> Compared:
        if isinstance(operand, Slot):
            return values[operand.index]
        return Compared(operand, operand, _no_error(operand))

    for step in program.steps:
        operands = [read(operand) for operand in step.operands]
        results = [at_site(step, *operands)] if step.site is not None else _step(step, operands)
        values.update(zip((slot.index for slot in step.results), results, strict=True))
    return [read(operand) for operand in program.outputs]


def _step(step: Step, operands: list[Compared]) -> list[Compared]:
    values = step.function(*(o.value for o in operands))
    copies = step.function(*(o.copy for o in operands))
    bounds = _bounds(step, operands)
    return [Compared(*parts) for parts in zip(values, copies, bounds, strict=True)]


def _bounds(step: Step, operands: list[Compared]) -> list[Any]:
    if step.name in _SUMS:
        return [operands[0].bound + operands[1].bound]
    if step.name in _PRODUCTS:
        a, b = operands
        first = step.function(jnp.abs(a.value), b.bound)
        second = step.function(a.bound, jnp.abs(b.copy))
        return [x + y for x, y in zip(first, second, strict=True)]
    if step.name in ("integer_pow", "square"):
        (a,), n = operands, step.params.get("y", 2)
        powers = [jnp.abs(a.value) ** i * jnp.abs(a.copy) ** (n - 1 - i) for i in range(n)]
        return [a.bound * sum(powers)]
    if step.name == "div":
        return [operands[0].bound / jnp.abs(operands[1].value)]
    if step.name == "neg":
        return [operands[0].bound]
    if step.name in _MOVES:
        return step.function(*(o.bound for o in operands))
    raise NotPolynomialError(
        f"no error bound is known for the operation '{step.name}'; write the network without it"
    )


def _no_error(numbers: np.ndarray) -> Any:
    """Zero for numbers; indices and conditions are kept."""
    return np.zeros_like(numbers) if np.issubdtype(numbers.dtype, np.floating) else numbers
