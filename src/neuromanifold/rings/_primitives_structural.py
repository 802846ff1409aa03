"""Primitives that only move entries: transposition, slices, concatenation, selection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from neuromanifold.rings._equation import Equation, Lowering, RingOperation
from neuromanifold.rings._ring import AbstractRing


def _moving(move: Callable[[dict[str, Any], np.ndarray], Any]) -> Lowering:
    """A primitive of one operand that moves entries as its parameters say."""

    def lowering(equation: Equation) -> RingOperation:
        return RingOperation(lambda ring, a: move(equation.params, a), (0,))

    return lowering


def _slice(params: dict[str, Any], a: np.ndarray) -> np.ndarray:
    steps = params["strides"] or (1,) * a.ndim
    bounds = zip(params["start_indices"], params["limit_indices"], steps, strict=True)
    return a[tuple(slice(*bound) for bound in bounds)]


def _broadcast_in_dim(params: dict[str, Any], a: np.ndarray) -> np.ndarray:
    expanded = [1] * len(params["shape"])
    for axis, size in zip(params["broadcast_dimensions"], a.shape, strict=True):
        expanded[axis] = size
    return np.broadcast_to(a.reshape(expanded), params["shape"])


def _reshape(params: dict[str, Any], a: np.ndarray) -> np.ndarray:
    order = params["dimensions"]  # the operand's axes may be read in another order
    return (a if order is None else a.transpose(order)).reshape(params["new_sizes"])


def _split(params: dict[str, Any], a: np.ndarray) -> list[np.ndarray]:
    return np.split(a, np.cumsum(params["sizes"])[:-1], axis=params["axis"])


def _identity(equation: Equation) -> RingOperation:
    n = len(equation.shapes)
    return RingOperation(lambda ring, *arrays: list(arrays), tuple(range(n)))


def _convert(equation: Equation) -> RingOperation | None:
    if not np.issubdtype(equation.params["new_dtype"], np.inexact):
        return None
    return RingOperation(lambda ring, a: a, (0,))


def _concatenate(equation: Equation) -> RingOperation:
    axis = equation.params["dimension"]
    return RingOperation(
        lambda ring, *arrays: np.concatenate(arrays, axis), tuple(range(len(equation.shapes)))
    )


def _stack(equation: Equation) -> RingOperation:
    axis = equation.params["axis"]
    return RingOperation(
        lambda ring, *arrays: np.stack(arrays, axis), tuple(range(len(equation.shapes)))
    )


def _pad(equation: Equation) -> RingOperation:
    config = equation.params["padding_config"]
    shape = equation.result_shapes[0]
    inner, outer = [], []
    for size, limit, (low, _, gap) in zip(equation.shapes[0], shape, config, strict=True):
        # entry i of the operand lands at low + i·(gap + 1), if that is within the result
        step = int(gap) + 1
        first = max(0, -(int(low) // step))
        last = max(first, min(size, -((int(low) - limit) // step)))
        inner.append(slice(first, last))
        start = int(low) + first * step
        outer.append(slice(start, max(start, int(low) + (last - 1) * step + 1), step))

    def compute(ring: AbstractRing, a: np.ndarray, padding: np.ndarray) -> np.ndarray:
        result = np.broadcast_to(padding, shape).copy()
        result[tuple(outer)] = a[tuple(inner)]
        return result

    return RingOperation(compute, (0, 1))


def _select(equation: Equation) -> RingOperation | None:
    which = equation.known[0]
    if which is None:
        return None
    shape = equation.result_shapes[0]
    which = np.broadcast_to(which, shape).astype(np.int64)

    def compute(ring: AbstractRing, *cases: np.ndarray) -> np.ndarray:
        result = cases[0].copy()
        for i, case in enumerate(cases[1:], start=1):
            result[which == i] = case[which == i]
        return result

    return RingOperation(compute, tuple(range(1, len(equation.shapes))))


def _window(
    starts: tuple[np.ndarray | None, ...], shape: tuple[int, ...], sizes: tuple[int, ...]
) -> tuple[slice, ...] | None:
    """The window at a known place, moved inside as JAX does."""
    window = []
    for start, n, size in zip(starts, shape, sizes, strict=True):
        if start is None:
            return None
        place = min(max(int(start), 0), n - size)
        window.append(slice(place, place + size))
    return tuple(window)


def _dynamic_slice(equation: Equation) -> RingOperation | None:
    sizes = equation.params["slice_sizes"]
    window = _window(equation.known[1:], equation.shapes[0], sizes)
    return window if window is None else RingOperation(lambda ring, a: a[window], (0,))


def _dynamic_update_slice(equation: Equation) -> RingOperation | None:
    window = _window(equation.known[2:], equation.shapes[0], equation.shapes[1])
    if window is None:
        return None

    def compute(ring: AbstractRing, a: np.ndarray, update: np.ndarray) -> np.ndarray:
        result = a.copy()
        result[window] = update
        return result

    return RingOperation(compute, (0, 1))


STRUCTURAL: dict[str, Lowering] = {
    "broadcast_in_dim": _moving(_broadcast_in_dim),
    "concatenate": _concatenate,
    "convert_element_type": _convert,
    "copy": _identity,
    "copy_p": _identity,
    "device_put": _identity,
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "expand_dims": _moving(lambda params, a: np.expand_dims(a, tuple(params["dimensions"]))),
    "name": _identity,
    "optimization_barrier": _identity,
    "pad": _pad,
    "reduce_precision": _moving(lambda params, a: a),
    "reshape": _moving(_reshape),
    "rev": _moving(lambda params, a: np.flip(a, tuple(params["dimensions"]))),
    "select_n": _select,
    "slice": _moving(_slice),
    "split": _moving(_split),
    "stack": _stack,
    "tile": _moving(lambda params, a: np.tile(a, tuple(params["reps"]))),
    "unstack": _moving(lambda params, a: list(np.moveaxis(a, params["axis"], 0))),
    "squeeze": _moving(lambda params, a: np.squeeze(a, tuple(params["dimensions"]))),
    "stop_gradient": _identity,
    "transpose": _moving(lambda params, a: a.transpose(params["permutation"])),
}
