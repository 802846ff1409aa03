"""Metrics on V: exact matrices as doubles, and their factors."""

import numpy as np
from flint import fmpq_mat

from neuromanifold.rings import to_float


def to_array(matrix: fmpq_mat) -> np.ndarray:
    """The nearest doubles to a matrix of rational numbers."""
    entries = [to_float(entry) for entry in matrix.entries()]
    return np.array(entries).reshape(matrix.nrows(), matrix.ncols())


def metric_factor(metric: np.ndarray) -> np.ndarray:
    """L with Q = LLᵀ for a positive semidefinite Q; ‖Lᵀ(c − u)‖² = ‖c − u‖²_Q.

    >>> L = metric_factor(np.array([[2.0, 1.0], [1.0, 1.0]]))
    >>> np.allclose(L @ L.T, [[2, 1], [1, 1]])
    True
    """
    eigenvalues, eigenvectors = np.linalg.eigh(metric)
    return eigenvectors * np.sqrt(np.maximum(eigenvalues, 0.0))
