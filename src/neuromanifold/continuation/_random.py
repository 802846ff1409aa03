"""Random complex numbers."""

import numpy as np


def complex_gaussian(rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
    """Independent standard complex normal numbers, E|z|² = 1."""
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)
