"""Contractions: tensor products, convolutions, sums over windows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from neuromanifold.rings._equation import Equation, Lowering, RingOperation
from neuromanifold.rings._ring import AbstractRing


def _size(shape: Sequence[int], axes: Sequence[int]) -> int:
    return int(np.prod([shape[axis] for axis in axes], dtype=np.int64))


def _dot_general(equation: Equation) -> RingOperation:
    (contract_a, contract_b), (batch_a, batch_b) = equation.params["dimension_numbers"]
    shape_a, shape_b = equation.shapes
    free_a = [i for i in range(len(shape_a)) if i not in (*contract_a, *batch_a)]
    free_b = [i for i in range(len(shape_b)) if i not in (*contract_b, *batch_b)]
    batch = [shape_a[i] for i in batch_a]
    terms = _size(shape_a, contract_a)
    rows, columns = _size(shape_a, free_a), _size(shape_b, free_b)

    def compute(ring: AbstractRing, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        a = a.transpose((*batch_a, *free_a, *contract_a)).reshape(*batch, rows, terms)
        b = b.transpose((*batch_b, *contract_b, *free_b)).reshape(*batch, terms, columns)
        return ring.dot(a, b).reshape(equation.result_shapes[0])

    return RingOperation(compute, (0, 1))


def _window_positions(
    size: int, window: int, stride: int, padding: tuple[int, int], base: int, dilation: int
) -> np.ndarray:
    """Entry [o, k] is one plus the position that window o reads at its place k, or 0 for padding."""
    spread = max(0, (size - 1) * base + 1) if size else 0
    reach = (window - 1) * dilation + 1
    n_windows = max(0, (spread + sum(padding) - reach) // stride + 1)
    places = np.arange(n_windows)[:, None] * stride + np.arange(window) * dilation - padding[0]
    is_inside = (places >= 0) & (places < spread) & (places % base == 0)
    return np.where(is_inside, places // base + 1, 0)


def _windows(
    ring: AbstractRing, a: np.ndarray, first_axis: int, positions: Sequence[np.ndarray]
) -> np.ndarray:
    """Replace each axis from `first_axis` on by two: the window, and the place in it."""
    for i, table in enumerate(positions):
        axis = first_axis + 2 * i
        blank = ring.zeros([1 if j == axis else n for j, n in enumerate(a.shape)])
        a = np.concatenate([blank, a], axis).take(table, axis)
    return a


def _convolution(equation: Equation) -> RingOperation:
    params = equation.params
    numbers = params["dimension_numbers"]
    shape_a = [equation.shapes[0][i] for i in numbers.lhs_spec]
    shape_b = [equation.shapes[1][i] for i in numbers.rhs_spec]
    positions = [
        _window_positions(*sizes)
        for sizes in zip(
            shape_a[2:],
            shape_b[2:],
            params["window_strides"],
            params["padding"],
            params["lhs_dilation"],
            params["rhs_dilation"],
            strict=True,
        )
    ]
    groups, batch_groups = params["feature_group_count"], params["batch_group_count"]
    n_groups = groups * batch_groups
    out_channels, in_channels = shape_b[:2]
    n_spatial = len(positions)
    out_spatial = [len(table) for table in positions]
    places = int(np.prod(shape_b[2:], dtype=np.int64))
    batch = shape_a[0] // batch_groups
    n_windows = int(np.prod(out_spatial, dtype=np.int64))
    back = np.argsort(numbers.out_spec)
    spatial, inner = [3 + 2 * i for i in range(n_spatial)], [4 + 2 * i for i in range(n_spatial)]

    def compute(ring: AbstractRing, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        a = _windows(ring, a.transpose(numbers.lhs_spec), 2, positions)
        # one of the two group counts is 1, so groups are merged into one leading axis
        if batch_groups > 1:
            a = a.reshape(n_groups, batch, in_channels, *a.shape[2:])
        else:
            a = a.reshape(batch, n_groups, in_channels, *a.shape[2:]).swapaxes(0, 1)
        a = a.transpose(0, 1, *spatial, 2, *inner)
        a = a.reshape(n_groups, batch * n_windows, in_channels * places)
        b = b.transpose(numbers.rhs_spec).reshape(n_groups, out_channels // n_groups, -1)
        product = ring.dot(a, b.swapaxes(1, 2))
        product = product.reshape(n_groups, batch, *out_spatial, out_channels // n_groups)
        product = np.moveaxis(product, 0, -2).reshape(batch, *out_spatial, out_channels)
        return np.moveaxis(product, -1, 1).transpose(back)

    return RingOperation(compute, (0, 1))


def _reduce_window_sum(equation: Equation) -> RingOperation:
    params = equation.params
    positions = [
        _window_positions(*sizes)
        for sizes in zip(
            equation.shapes[0],
            params["window_dimensions"],
            params["window_strides"],
            params["padding"],
            params["base_dilation"],
            params["window_dilation"],
            strict=True,
        )
    ]
    axes = tuple(itertools.islice(itertools.count(1, 2), len(positions)))
    return RingOperation(lambda ring, a: ring.sum(_windows(ring, a, 0, positions), axes), (0,))


CONTRACTIONS: dict[str, Lowering] = {
    "conv_general_dilated": _convolution,
    "dot_general": _dot_general,
    "reduce_window_sum": _reduce_window_sum,
}
