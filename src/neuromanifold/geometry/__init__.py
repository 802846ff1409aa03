"""The shape of the neuromanifold: its dimension and what follows from it.

Its parts are imported on first use: a dimension needs no Voronoi cells.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neuromanifold.geometry._contains import Containment, contains
    from neuromanifold.geometry._degree import Degree, degree
    from neuromanifold.geometry._dimension import Dimension, dimension
    from neuromanifold.geometry._equations import Equations, equations
    from neuromanifold.geometry._exposure import Exposure, critical_exposure
    from neuromanifold.geometry._fibers._fiber import Fiber, FiberFinder, fiber
    from neuromanifold.geometry._identify import Identification, identify
    from neuromanifold.geometry._lcn_boundary import BoundaryType
    from neuromanifold.geometry._polynomialize import Polynomialized, PolynomialLayer, polynomialize
    from neuromanifold.geometry._scans._result import Scan, ScanRow
    from neuromanifold.geometry._scans._scan import scan
    from neuromanifold.geometry._scans._search import (
        ActivationThreshold,
        MinimalFilling,
        activation_threshold,
        minimal_filling_widths,
    )
    from neuromanifold.geometry._singularities import Singularity, SingularityType, singularities
    from neuromanifold.geometry._subnetworks import Stratum, Subnetwork, Subnetworks, subnetworks
    from neuromanifold.geometry._voronoi import (
        AbstractSubset,
        AbstractTargets,
        AlgebraicSet,
        BallTargets,
        BoxTargets,
        GaussianTargets,
        Membership,
        NearestProbability,
        ParametricCurve,
        VoronoiCell,
        nearest_probability,
        voronoi,
    )
    from neuromanifold.geometry._witness_set import WitnessSet, witness_set

_MODULE_OF = {
    "AbstractSubset": "geometry._voronoi",
    "AbstractTargets": "geometry._voronoi",
    "ActivationThreshold": "geometry._scans._search",
    "AlgebraicSet": "geometry._voronoi",
    "BallTargets": "geometry._voronoi",
    "BoundaryType": "geometry._lcn_boundary",
    "BoxTargets": "geometry._voronoi",
    "Containment": "geometry._contains",
    "Degree": "geometry._degree",
    "Dimension": "geometry._dimension",
    "Equations": "geometry._equations",
    "Exposure": "geometry._exposure",
    "Fiber": "geometry._fibers._fiber",
    "FiberFinder": "geometry._fibers._fiber",
    "GaussianTargets": "geometry._voronoi",
    "Identification": "geometry._identify",
    "Membership": "geometry._voronoi",
    "MinimalFilling": "geometry._scans._search",
    "NearestProbability": "geometry._voronoi",
    "ParametricCurve": "geometry._voronoi",
    "PolynomialLayer": "geometry._polynomialize",
    "Polynomialized": "geometry._polynomialize",
    "Scan": "geometry._scans._result",
    "ScanRow": "geometry._scans._result",
    "Singularity": "geometry._singularities",
    "SingularityType": "geometry._singularities",
    "Stratum": "geometry._subnetworks",
    "Subnetwork": "geometry._subnetworks",
    "Subnetworks": "geometry._subnetworks",
    "VoronoiCell": "geometry._voronoi",
    "WitnessSet": "geometry._witness_set",
    "activation_threshold": "geometry._scans._search",
    "contains": "geometry._contains",
    "critical_exposure": "geometry._exposure",
    "degree": "geometry._degree",
    "dimension": "geometry._dimension",
    "equations": "geometry._equations",
    "fiber": "geometry._fibers._fiber",
    "identify": "geometry._identify",
    "minimal_filling_widths": "geometry._scans._search",
    "nearest_probability": "geometry._voronoi",
    "polynomialize": "geometry._polynomialize",
    "scan": "geometry._scans._scan",
    "singularities": "geometry._singularities",
    "subnetworks": "geometry._subnetworks",
    "voronoi": "geometry._voronoi",
    "witness_set": "geometry._witness_set",
}

__all__ = [
    "AbstractSubset",
    "AbstractTargets",
    "ActivationThreshold",
    "AlgebraicSet",
    "BallTargets",
    "BoundaryType",
    "BoxTargets",
    "Containment",
    "Degree",
    "Dimension",
    "Equations",
    "Exposure",
    "Fiber",
    "FiberFinder",
    "GaussianTargets",
    "Identification",
    "Membership",
    "MinimalFilling",
    "NearestProbability",
    "ParametricCurve",
    "PolynomialLayer",
    "Polynomialized",
    "Scan",
    "ScanRow",
    "Singularity",
    "SingularityType",
    "Stratum",
    "Subnetwork",
    "Subnetworks",
    "VoronoiCell",
    "WitnessSet",
    "activation_threshold",
    "contains",
    "critical_exposure",
    "degree",
    "dimension",
    "equations",
    "fiber",
    "identify",
    "minimal_filling_widths",
    "nearest_probability",
    "polynomialize",
    "scan",
    "singularities",
    "subnetworks",
    "voronoi",
    "witness_set",
]


def __getattr__(name: str) -> Any:
    if name in _MODULE_OF:
        return getattr(import_module(f"neuromanifold.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module 'neuromanifold.geometry' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
