"""The geometry and the theory of neural networks.

A network maps parameters onto a *neuromanifold* M inside a function space V; training walks on M.
`neuromanifold` says what shape M has and where training can end.

Rooms are imported on first use, so that importing the package stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_ROOM_OF = {
    "Dataset": "functions",
    "FunctionSpace": "functions",
    "Landscape": "landscapes",
    "Model": "models",
    "Multihomogeneous": "continuation",
    "ParameterHomotopy": "continuation",
    "Polyhedral": "continuation",
    "System": "continuation",
    "TotalDegree": "continuation",
    "certify": "continuation",
    "degree": "geometry",
    "describe": "landscapes",
    "dimension": "geometry",
    "landscape": "landscapes",
    "monodromy": "continuation",
    "solve": "continuation",
    "solve_many": "continuation",
    "witness_set": "geometry",
}
_ROOMS = (
    "cli",
    "continuation",
    "errors",
    "functions",
    "geometry",
    "landscapes",
    "models",
    "report",
    "rings",
    "theory",
)

if TYPE_CHECKING:
    from neuromanifold import errors, functions, models
    from neuromanifold.continuation import (
        Multihomogeneous,
        ParameterHomotopy,
        Polyhedral,
        System,
        TotalDegree,
        certify,
        monodromy,
        solve,
        solve_many,
    )
    from neuromanifold.functions import Dataset, FunctionSpace
    from neuromanifold.geometry import degree, dimension, witness_set
    from neuromanifold.landscapes import Landscape, describe, landscape
    from neuromanifold.models import Model

__all__ = [
    "Dataset",
    "FunctionSpace",
    "Landscape",
    "Model",
    "Multihomogeneous",
    "ParameterHomotopy",
    "Polyhedral",
    "System",
    "TotalDegree",
    "__version__",
    "certify",
    "degree",
    "describe",
    "dimension",
    "errors",
    "functions",
    "landscape",
    "models",
    "monodromy",
    "solve",
    "solve_many",
    "witness_set",
]


def __getattr__(name: str) -> Any:
    if name in _ROOM_OF:
        return getattr(import_module(f"neuromanifold.{_ROOM_OF[name]}"), name)
    if name in _ROOMS:
        return import_module(f"neuromanifold.{name}")
    raise AttributeError(f"module 'neuromanifold' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
