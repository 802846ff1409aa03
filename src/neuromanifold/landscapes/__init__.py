"""Critical points of training on the neuromanifold, and the training runs that end there."""

from neuromanifold.landscapes._describe import Description, describe
from neuromanifold.landscapes._landscape import landscape
from neuromanifold.landscapes._options import LandscapeOptions, Progress
from neuromanifold.landscapes._result import (
    Completeness,
    CompletenessStatus,
    CriticalPoint,
    Landscape,
)
from neuromanifold.landscapes._training import Training

__all__ = [
    "Completeness",
    "CompletenessStatus",
    "CriticalPoint",
    "Description",
    "Landscape",
    "LandscapeOptions",
    "Progress",
    "Training",
    "describe",
    "landscape",
]
