"""Functions that between them use every primitive the interpreter knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


@jax.custom_jvp
def square_with_own_jvp(x: Any) -> Any:
    return x * x


@square_with_own_jvp.defjvp
def _square_jvp(primals: Any, tangents: Any) -> Any:
    return primals[0] ** 2, 2 * primals[0] * tangents[0]


@jax.custom_vjp
def square_with_own_vjp(x: Any) -> Any:
    return x * x


def _forward(x: Any) -> Any:
    return x**2, x


def _backward(x: Any, cotangent: Any) -> Any:
    return (2 * x * cotangent,)


square_with_own_vjp.defvjp(_forward, _backward)


def scanned(x: Any) -> Any:
    def step(carry: Any, item: Any) -> Any:
        return carry * item + x[0], carry - item

    carry, collected = lax.scan(step, x[1], x)
    backwards, _ = lax.scan(lambda c, item: (c * item, None), carry, collected[:3], reverse=True)
    return backwards + collected.sum()


def convolution(**options: Any) -> Callable[[Any, Any], Any]:
    options = {"window_strides": (1,), "padding": "VALID"} | options
    return lambda x, w: lax.conv_general_dilated(x, w, **options)


PLANE = {
    "window_strides": (2, 1),
    "padding": ((1, 0), (0, 1)),
    "dimension_numbers": ("NHWC", "HWIO", "NHWC"),
}

POLYNOMIAL: dict[str, tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]] = {
    "add, sub, mul, neg": (lambda x, y: (x + y) * (x - 2) - y * (-x), ((3,), (3,))),
    "scalars": (lambda x, y: x * y + 3, ((), ())),
    "powers": (lambda x: x**5 + jnp.square(x) + jnp.power(x, 3.0) + x**0, ((3,),)),
    "division by constants": (lambda x: x / 3 + x / jnp.array([2.0, 5.0, 7.0]), ((3,),)),
    "quotient of constants": (lambda x: x * (jnp.ones(3) / 3), ((3,),)),
    "mean, sum, prod": (lambda x: x.mean() + x.sum(0) * x.prod(1).sum(), ((3, 2),)),
    "cumsum, cumprod": (lambda x: jnp.cumsum(x, 0) + jnp.cumprod(x, 1), ((3, 2),)),
    "reversed cumsum": (lambda x: lax.cumsum(x, 0, reverse=True), ((4,),)),
    "matrix product": (lambda a, b: a @ b, ((2, 3), (3, 4))),
    "vectors and matrices": (lambda a, b: b @ a @ b, ((3, 3), (3,))),
    "einsum with batches": (
        lambda a, b: jnp.einsum("bij,kbj->kib", a, b),
        ((2, 3, 4), (5, 2, 4)),
    ),
    "einsum over two axes": (lambda a, b: jnp.einsum("ijk,kil->lj", a, b), ((2, 3, 4), (4, 2, 2))),
    "outer product": (jnp.outer, ((2,), (3,))),
    "empty contraction": (lambda a, b: a[:, :0] @ b[:0] + 1, ((2, 3), (3, 2))),
    "kronecker product": (jnp.kron, ((2, 2), (2, 1))),
    "transpose, reshape": (lambda x: x.T.reshape(3, 2) * x.ravel()[0], ((2, 3),)),
    "squeeze, expand": (lambda x: x[None, :, 0] * jnp.squeeze(x[:1], 0)[0], ((3, 2),)),
    "broadcast": (lambda x: jnp.broadcast_to(x[:, None], (2, 3)) * x.sum(), ((2,),)),
    "slices with strides": (lambda x: x[1::2] * x[::2][:2], ((5,),)),
    "reverse, roll": (lambda x: jnp.flip(x) * jnp.roll(x, 2), ((4,),)),
    "concatenate, stack, tile": (
        lambda x, y: (
            jnp.concatenate([x, y, jnp.ones(2)]) * jnp.tile(jnp.stack([x, y]), 2).ravel()[0]
        ),
        ((3,), (3,)),
    ),
    "split, unstack": (lambda x: jnp.split(x, 2)[1] * jnp.unstack(x)[0], ((4,),)),
    "pad inside": (lambda x: lax.pad(x, x[0, 0] * 0 + 2, ((1, 2, 2), (0, 1, 0))), ((3, 2),)),
    "pad away": (lambda x: lax.pad(x, 0 * x[0], ((-1, 3, 1),)) * 2, ((4,),)),
    "pad away all": (lambda x: lax.pad(x, x[0], ((-4, 1, 1),)), ((3,),)),
    "select": (lambda x: jnp.where(jnp.arange(4) % 2 == 0, x, x**2), ((4,),)),
    "triangle, diagonal": (lambda x: jnp.tril(x) @ jnp.diag(jnp.diagonal(x)), ((3, 3),)),
    "trace, determinant": (
        lambda x: jnp.trace(x) + x[0, 0] * x[1, 1] - x[0, 1] * x[1, 0],
        ((2, 2),),
    ),
    "gather": (lambda x: x[jnp.array([0, 2, 2])][:, jnp.array([1, 0])], ((3, 2),)),
    "gather of points": (lambda x: x[jnp.array([0, 2]), jnp.array([1, 1])], ((3, 2),)),
    "take": (lambda x: jnp.take(x, jnp.array([[0, 1], [2, 0]]), axis=0), ((3, 2),)),
    "scatter": (lambda x: x.at[jnp.array([0, 2])].set(x[:2] ** 2), ((3,),)),
    "scatter-add": (lambda x: x.at[jnp.array([0, 2, 0])].add(x**2), ((3,),)),
    "scatter-add of rows": (lambda x: x.at[:, jnp.array([1, 1])].add(x[:, :2]), ((2, 3),)),
    "dynamic slices": (
        lambda x: lax.dynamic_update_slice(x, lax.dynamic_slice(x, (2,), (2,)) ** 2, (3,)),
        ((4,),),
    ),
    "Horner": (lambda x: jnp.polyval(jnp.array([1.0, -2.0, 3.0]), x), ((3,),)),
    "jit within jit": (jax.jit(lambda x: jax.jit(lambda y: y * y)(x) + 1), ((3,),)),
    "custom jvp": (lambda x: square_with_own_jvp(x) + 1, ((3,),)),
    "custom vjp": (lambda x: square_with_own_vjp(x) + 1, ((3,),)),
    "checkpoint": (jax.checkpoint(lambda x: (x * x).sum() * x), ((3,),)),
    "scan": (scanned, ((4,),)),
    "fori_loop": (lambda x: lax.fori_loop(1, 4, lambda i, c: c * x + i, x), ((2,),)),
    "scan over constants": (
        lambda x: lax.scan(lambda c, i: (c + x[i] * c, i / 3), x[0], jnp.array([2, 0, 1])),
        ((3,),),
    ),
    "cond": (lambda x: lax.cond(jnp.arange(3)[2] > 1, lambda y: y**2, lambda y: y, x), ((3,),)),
    "single precision": (lambda x: x.astype(jnp.float32) * 2, ((3,),)),
    "stop_gradient": (lambda x: lax.stop_gradient(x) * x, ((3,),)),
    "unused tanh": (lambda x: (jnp.tanh(x), x * 2)[1], ((3,),)),
    "convolution": (convolution(), ((2, 3, 6), (4, 3, 2))),
    "strides and padding": (
        convolution(window_strides=(2,), padding=((2, 1),)),
        ((1, 1, 5), (1, 1, 3)),
    ),
    "negative padding": (convolution(padding=((-1, 0),)), ((1, 1, 5), (1, 1, 2))),
    "dilated windows": (convolution(rhs_dilation=(2,)), ((1, 2, 7), (1, 2, 3))),
    "dilated input": (
        convolution(lhs_dilation=(2,), padding=((1, 2),)),
        ((1, 2, 4), (3, 2, 2)),
    ),
    "feature groups": (convolution(feature_group_count=2), ((3, 4, 5), (6, 2, 2))),
    "batch groups": (convolution(batch_group_count=2), ((4, 3, 5), (6, 3, 2))),
    "two-dimensional": (convolution(**PLANE), ((2, 3, 4, 2), (2, 2, 2, 3))),
    "average pooling": (
        lambda x: lax.reduce_window(x, 0.0, lax.add, (2, 3), (1, 2), "SAME") / 6,
        ((3, 5),),
    ),
    "jnp.convolve": (jnp.convolve, ((5,), (3,))),
}

RATIONAL: dict[str, tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]] = {
    "division": (lambda x, y: x / y + 1 / x, ((3,), (3,))),
    "negative powers": (lambda x: x**-2 + jnp.power(x, -1.0), ((3,),)),
    "normalisation": (lambda x: x / jnp.sum(x), ((3,),)),
}


def integers(shapes: tuple[tuple[int, ...], ...], seed: int = 0) -> list[np.ndarray]:
    """Small positive integers, as arguments."""
    generator = np.random.default_rng(seed)
    return [generator.integers(1, 6, shape) for shape in shapes]
