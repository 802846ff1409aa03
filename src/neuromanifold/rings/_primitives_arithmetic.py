"""Primitives that add, multiply and divide entries."""

from __future__ import annotations

import numpy as np

from neuromanifold.rings._equation import Equation, Lowering, RingOperation
from neuromanifold.rings._ring import AbstractRing


def _applying(name: str, n_operands: int) -> Lowering:
    """The ring's own operation of this name."""

    def lowering(equation: Equation) -> RingOperation:
        return RingOperation(
            lambda ring, *arrays: getattr(ring, name)(*arrays), tuple(range(n_operands))
        )

    return lowering


def _divide(equation: Equation) -> RingOperation:
    return RingOperation(
        lambda ring, a, b: ring.divide(a, b), (0, 1), divides=equation.known[1] is None
    )


def _powering(exponent: int) -> RingOperation:
    return RingOperation(lambda ring, a: ring.power(a, exponent), (0,), divides=exponent < 0)


def _integer_pow(equation: Equation) -> RingOperation:
    return _powering(int(equation.params["y"]))


def _pow(equation: Equation) -> RingOperation | None:
    exponents = equation.known[1]
    if exponents is None:
        return None
    values = set(np.ravel(exponents).tolist())
    if len(values) != 1 or not float(*values).is_integer():
        return None
    return _powering(int(*values))


def _reduce_sum(equation: Equation) -> RingOperation:
    axes = tuple(int(axis) for axis in equation.params["axes"])
    return RingOperation(lambda ring, a: ring.sum(a, axes), (0,))


def _reduce_prod(equation: Equation) -> RingOperation:
    axes = tuple(int(axis) for axis in equation.params["axes"])

    def compute(ring: AbstractRing, a: np.ndarray) -> np.ndarray:
        factors = np.moveaxis(a, axes, range(len(axes)))
        factors = factors.reshape(-1, *factors.shape[len(axes) :])
        result = np.broadcast_to(ring.array(1), factors.shape[1:])
        for factor in factors:
            result = ring.multiply(result, factor)
        return result

    return RingOperation(compute, (0,))


def _cumulative(name: str) -> Lowering:
    def lowering(equation: Equation) -> RingOperation:
        axis, is_reversed = equation.params["axis"], equation.params["reverse"]

        def compute(ring: AbstractRing, a: np.ndarray) -> np.ndarray:
            terms = np.split(a, a.shape[axis], axis) if a.size else [a]
            if is_reversed:
                terms.reverse()
            for i in range(1, len(terms)):
                terms[i] = getattr(ring, name)(terms[i - 1], terms[i])
            if is_reversed:
                terms.reverse()
            return np.concatenate(terms, axis)

        return RingOperation(compute, (0,))

    return lowering


ARITHMETIC: dict[str, Lowering] = {
    "add": _applying("add", 2),
    "add_any": _applying("add", 2),
    "cumprod": _cumulative("multiply"),
    "cumsum": _cumulative("add"),
    "div": _divide,
    "integer_pow": _integer_pow,
    "mul": _applying("multiply", 2),
    "neg": _applying("negate", 1),
    "pow": _pow,
    "reduce_prod": _reduce_prod,
    "reduce_sum": _reduce_sum,
    "square": lambda equation: _powering(2),
    "sub": _applying("subtract", 2),
}
