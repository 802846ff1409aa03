"""Double precision in JAX, switched on locally."""

from __future__ import annotations

from contextlib import AbstractContextManager

import jax
import jax.experimental


def double_precision() -> AbstractContextManager[None]:
    """A context in which JAX computes in float64; the caller's setting is restored after it."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    return jax.experimental.enable_x64(True)
