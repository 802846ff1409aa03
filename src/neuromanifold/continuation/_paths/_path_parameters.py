"""The parameters of each path of a homotopy."""

from __future__ import annotations

import numpy as np


def path_parameters(parameters: np.ndarray, numbers: np.ndarray, n_paths: int) -> np.ndarray:
    """The parameters of some paths, if they differ; K rows serve n_paths/K consecutive paths each.

    >>> path_parameters(np.array([[1.0], [2.0]]), np.array([0, 2, 3]), 4).tolist()
    [[1.0], [2.0], [2.0]]
    """
    return parameters if parameters.ndim == 1 else parameters[numbers * len(parameters) // n_paths]
