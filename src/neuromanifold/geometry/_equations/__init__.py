"""The polynomials that vanish on a neuromanifold."""

from neuromanifold.geometry._equations._equations import equations
from neuromanifold.geometry._equations._result import Equations

__all__ = ["Equations", "equations"]
