"""The geometry and the theory of neural networks.

A network maps parameters onto a *neuromanifold* M inside a function space V; training walks on M.
`neuromanifold` says what shape M has and where training can end.

Rooms are imported on first use, so that importing the package stays fast. What all of them compute with
is imported at once, so that the first call of a verb does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import flint  # noqa: F401
import numpy.random  # noqa: F401

__version__ = "0.1.0"

_ROOM_OF = {
    "AlgebraicSet": "geometry",
    "BallTargets": "geometry",
    "BoxTargets": "geometry",
    "COMPLEX": "functions",
    "Confidence": "continuation",
    "Dataset": "functions",
    "FiberFinder": "geometry",
    "FunctionSpace": "functions",
    "GaussianTargets": "geometry",
    "Landscape": "landscapes",
    "Model": "models",
    "Multihomogeneous": "continuation",
    "ParameterHomotopy": "continuation",
    "ParametricCurve": "geometry",
    "Polyhedral": "continuation",
    "REAL": "functions",
    "Scan": "geometry",
    "SolutionCount": "continuation",
    "System": "continuation",
    "TotalDegree": "continuation",
    "TraceTest": "continuation",
    "activation_threshold": "geometry",
    "certify": "continuation",
    "contains": "geometry",
    "critical_exposure": "geometry",
    "degree": "geometry",
    "describe": "landscapes",
    "dimension": "geometry",
    "equations": "geometry",
    "fiber": "geometry",
    "identify": "geometry",
    "landscape": "landscapes",
    "minimal_filling_widths": "geometry",
    "monodromy": "continuation",
    "nearest_probability": "geometry",
    "polynomialize": "geometry",
    "scan": "geometry",
    "singularities": "geometry",
    "solve": "continuation",
    "solve_many": "continuation",
    "subnetworks": "geometry",
    "voronoi": "geometry",
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
    from neuromanifold import errors, functions, models, theory
    from neuromanifold.continuation import (
        Confidence,
        Multihomogeneous,
        ParameterHomotopy,
        Polyhedral,
        SolutionCount,
        System,
        TotalDegree,
        TraceTest,
        certify,
        monodromy,
        solve,
        solve_many,
    )
    from neuromanifold.functions import COMPLEX, REAL, Dataset, FunctionSpace
    from neuromanifold.geometry import (
        AlgebraicSet,
        BallTargets,
        BoxTargets,
        FiberFinder,
        GaussianTargets,
        ParametricCurve,
        Scan,
        activation_threshold,
        contains,
        critical_exposure,
        degree,
        dimension,
        equations,
        fiber,
        identify,
        minimal_filling_widths,
        nearest_probability,
        polynomialize,
        scan,
        singularities,
        subnetworks,
        voronoi,
        witness_set,
    )
    from neuromanifold.landscapes import Landscape, describe, landscape
    from neuromanifold.models import Model

__all__ = [
    "COMPLEX",
    "REAL",
    "AlgebraicSet",
    "BallTargets",
    "BoxTargets",
    "Confidence",
    "Dataset",
    "FiberFinder",
    "FunctionSpace",
    "GaussianTargets",
    "Landscape",
    "Model",
    "Multihomogeneous",
    "ParameterHomotopy",
    "ParametricCurve",
    "Polyhedral",
    "Scan",
    "SolutionCount",
    "System",
    "TotalDegree",
    "TraceTest",
    "__version__",
    "activation_threshold",
    "certify",
    "contains",
    "critical_exposure",
    "degree",
    "describe",
    "dimension",
    "equations",
    "errors",
    "fiber",
    "functions",
    "identify",
    "landscape",
    "minimal_filling_widths",
    "models",
    "monodromy",
    "nearest_probability",
    "polynomialize",
    "scan",
    "singularities",
    "solve",
    "solve_many",
    "subnetworks",
    "theory",
    "voronoi",
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
