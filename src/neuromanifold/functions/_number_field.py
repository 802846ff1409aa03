"""The two fields over which a question about functions can be asked."""

from __future__ import annotations

from enum import Enum


class NumberField(Enum):
    """The field that parameters are taken from.

    Attributes:
        REAL: ℝ, where M is the set of functions that the network can represent.
        COMPLEX: ℂ, where M is constructible and its closure is an algebraic variety.
    """

    REAL = "real"
    COMPLEX = "complex"


REAL = NumberField.REAL
COMPLEX = NumberField.COMPLEX
