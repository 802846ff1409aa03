"""Families of systems that are linear in some of their parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromanifold.rings import PolynomialMap


@dataclass(frozen=True, eq=False)
class LinearFamily:
    """The systems F(x; h, q) = 0 for all h, with q held and F linear in h.

    Attributes:
        system: F, with parameters (h, q) in this order.
        image: the nodes of μ, which tells solutions apart, on the same variables and parameters.
        frame: (N, any), images are compared in the coordinates μ·frame.
        held: q.
        sample: draws a random h.
        start_pair: draws a random pair (x, h) with F(x; h, q) = 0.
    """

    system: PolynomialMap
    image: PolynomialMap
    frame: NDArray[np.float64]
    held: NDArray[np.complex128]
    sample: Callable[[np.random.Generator], np.ndarray]
    start_pair: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]

    @property
    def n_linear(self) -> int:
        """The length of h."""
        return len(self.system.parameters) - len(self.held)
