"""One step of a traced program, and how it runs over a ring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Equation:
    """A JAX primitive with everything that is known about its operands before a run.

    Attributes:
        primitive: The JAX primitive.
        params: Its parameters.
        shapes: The shapes of its operands.
        known: The values of those operands that depend on no input of the program, else None.
        result_shapes: The shapes of its results.
    """

    primitive: Any
    params: dict[str, Any]
    shapes: tuple[tuple[int, ...], ...]
    known: tuple[np.ndarray | None, ...]
    result_shapes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class RingOperation:
    """How an equation acts on arrays over any ring.

    Attributes:
        compute: Takes the ring and the arrays of `operands`; returns one array, or a list.
        operands: The positions of the equation's operands that are ring elements; the others,
            such as the indices of a gather, are already built in.
        divides: Whether it may divide by something that depends on the inputs.
    """

    compute: Callable[..., Any]
    operands: tuple[int, ...]
    divides: bool = False


Lowering = Callable[[Equation], RingOperation | None]
"""Turns an equation into a ring operation; None if it is not polynomial or rational."""
