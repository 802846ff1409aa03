"""What can go wrong, in one small hierarchy.

Every message is a sentence that names the field, the value and the remedy.
"""


class NeuromanifoldError(Exception):
    """Base class: the command line prints its message and exits with status 1."""


class InvalidInputError(NeuromanifoldError, ValueError):
    """A value given by the user cannot be used: a width of 0, a NaN in a cell, a missing column."""


class NotPolynomialError(NeuromanifoldError, TypeError):
    """A traced program contains a primitive that is not polynomial or rational."""


class TooLargeError(NeuromanifoldError):
    """The computation would not fit in memory; the message says how large it would be."""


class DegenerateMetricError(NeuromanifoldError):
    """The dataset fixes too few directions of V: its critical points are not isolated."""
