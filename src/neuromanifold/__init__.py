"""The geometry and the theory of neural networks.

A network maps parameters onto a *neuromanifold* M inside a function space V; training walks on M.
`neuromanifold` says what shape M has and where training can end.

Rooms are imported on first use, so that importing the package stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_ROOM_OF = {
    "Model": "models",
    "Dataset": "functions",
    "FunctionSpace": "functions",
    "describe": "landscape",
    "dimension": "geometry",
    "landscape": "landscape",
    "Landscape": "landscape",
}
_ROOMS = (
    "cli",
    "continuation",
    "errors",
    "functions",
    "geometry",
    "landscape",
    "models",
    "report",
    "rings",
    "theory",
)
