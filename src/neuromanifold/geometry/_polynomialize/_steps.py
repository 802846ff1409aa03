"""The steps of a traced network, some of which apply a function of one variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True, eq=False)
class Slot:
    """An array that depends on parameters or inputs."""

    index: int
    shape: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Entrywise:
    """g applied entry by entry to one array, not yet computed.

    Attributes:
        root: The array.
        primitive: The last operation of g.
        params: Its parameters.
        operands: Its operands: functions of the same root, the root, or numbers.
        is_polynomial: Whether g is built by sums and products.
    """

    root: Slot
    primitive: Any
    params: dict[str, Any]
    operands: tuple[Any, ...]
    is_polynomial: bool

    def __call__(self, z: Any) -> Any:
        """g(z) for z of any shape."""
        return self._value(z, {})

    def _value(self, z: Any, known: dict[int, Any]) -> Any:
        if id(self) not in known:
            arguments = []
            for operand in self.operands:
                if isinstance(operand, Entrywise):
                    arguments.append(operand._value(z, known))
                elif isinstance(operand, Slot):
                    arguments.append(z)
                else:
                    arguments.append(jnp.broadcast_to(operand.ravel()[0], jnp.shape(z)))
            known[id(self)] = self.primitive.bind(*arguments, **self.params)
        return known[id(self)]


@dataclass(frozen=True, eq=False)
class Step:
    """results ← function(operands); numbers among the operands are NumPy arrays.

    Attributes:
        name: Of the primitive.
        function: From arrays to a list of arrays.
        operands: Slots and arrays of numbers.
        results: Slots.
        site: The number of the site if this is one; its function is then g.
        params: Of the primitive.
    """

    name: str
    function: Callable[..., list[Any]]
    operands: tuple[Slot | np.ndarray, ...]
    results: tuple[Slot, ...]
    site: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
