"""Gathers and scatters at indices that are known before a run.

JAX itself moves the *positions* of the entries once, when the program is traced; a run then only
picks entries by position. Position 0 is kept for "no entry".
"""

from __future__ import annotations

import jax
import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.rings._equation import Equation, Lowering, RingOperation
from neuromanifold.rings._ring import AbstractRing


def _positions(shape: tuple[int, ...], first: int = 1) -> np.ndarray:
    size = int(np.prod(shape, dtype=np.int64))
    return np.arange(first, first + size, dtype=np.int64).reshape(shape)


def _gather(equation: Equation) -> RingOperation | None:
    indices = equation.known[1]
    if indices is None:
        return None
    params = equation.params | {"fill_value": 0}
    moved = equation.primitive.bind(_positions(equation.shapes[0]), indices, **params)
    positions = np.asarray(moved)
    if positions.all():
        return RingOperation(lambda ring, a: a.reshape(-1)[positions - 1], (0,))
    outside = equation.params["fill_value"]
    if outside is None or not np.isfinite(outside):
        raise InvalidInputError(
            f"a gather reads outside of an array of shape {equation.shapes[0]}, where the value is "
            "not a number; keep the model's indices in range"
        )

    def compute(ring: AbstractRing, a: np.ndarray) -> np.ndarray:
        return np.concatenate([ring.array([outside]), a.reshape(-1)])[positions]

    return RingOperation(compute, (0,))


def _scatter(equation: Equation) -> RingOperation | None:
    indices = equation.known[1]
    if indices is None:
        return None
    operand = _positions(equation.shapes[0])
    updates = _positions(equation.shapes[2], first=operand.size + 1)
    moved = equation.primitive.bind(operand, indices, updates, **equation.params)
    positions = np.asarray(moved)

    def compute(ring: AbstractRing, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.concatenate([a.reshape(-1), b.reshape(-1)])[positions - 1]

    return RingOperation(compute, (0, 2))


def _scatter_add(equation: Equation) -> RingOperation | None:
    indices = equation.known[1]
    if indices is None:
        return None
    operand_shape, _, update_shape = equation.shapes

    def scattered(updates: jax.Array) -> jax.Array:
        (result,) = [
            equation.primitive.bind(np.zeros(operand_shape), indices, updates, **equation.params)
        ]
        return result

    # The transpose of a scatter reads, for every update, the entry that it is added to.
    read = jax.linear_transpose(scattered, jax.ShapeDtypeStruct(update_shape, np.float64))
    (moved,) = read(_positions(operand_shape).astype(np.float64))
    targets = np.asarray(moved).astype(np.int64).ravel()
    size = int(np.prod(operand_shape, dtype=np.int64))

    # Row i of the table lists the updates that meet at entry i, filled up with 0 for "none".
    order = np.argsort(targets, kind="stable")
    order = order[targets[order] > 0]
    met = targets[order] - 1
    counts = np.bincount(met, minlength=size)
    ranks = np.arange(len(met)) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.zeros((size, counts.max(initial=0)), np.int64)
    table[met, ranks] = order + 1

    def compute(ring: AbstractRing, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        pool = np.concatenate([ring.zeros((1,)), b.reshape(-1)])
        return ring.add(a, ring.sum(pool[table], (1,)).reshape(operand_shape))

    return RingOperation(compute, (0, 2))


INDEXING: dict[str, Lowering] = {
    "gather": _gather,
    "scatter": _scatter,
    "scatter-add": _scatter_add,
    "scatter_add": _scatter_add,
}
