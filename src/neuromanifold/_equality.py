"""Equality of frozen results that hold arrays."""

from dataclasses import fields
from typing import Any

import numpy as np


def same_fields(left: Any, right: Any, ignoring: tuple[str, ...] = ()) -> bool:
    """Whether two instances of one dataclass agree field by field, arrays bit for bit (NaN = NaN)."""
    if type(left) is not type(right):
        return False
    names = (f.name for f in fields(left) if f.name not in ignoring)
    return all(_same(getattr(left, name), getattr(right, name)) for name in names)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        return (
            isinstance(right, np.ndarray)
            and left.dtype == right.dtype
            and np.array_equal(left, right, equal_nan=True)
        )
    return bool(left == right)
