"""Double precision in JAX, switched on locally."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module

import jax


def double_precision() -> AbstractContextManager[None]:
    """A context in which JAX computes in float64; the caller's setting is restored after it."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    # JAX before 0.8
    return import_module("jax.experimental").enable_x64(True)
