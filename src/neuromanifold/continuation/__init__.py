"""Polynomial systems: tracking, monodromy, completeness, certificates. Knows nothing of networks.

What `solve` does not need is imported on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from neuromanifold.continuation._certificates._certificate import Certificate
from neuromanifold.continuation._certificates._certify import Certifier, CertifyResult, certify
from neuromanifold.continuation._certificates._distinct import Enclosure, distinct
from neuromanifold.continuation._paths._ledger import Ledger, PathEnd
from neuromanifold.continuation._paths._track import PathBatch, PathStatus, TrackerOptions, track
from neuromanifold.continuation._paths._valuations import Valuations
from neuromanifold.continuation._random import complex_gaussian
from neuromanifold.continuation._solutions import Solution, SolveResult
from neuromanifold.continuation._solve import solve
from neuromanifold.continuation._starts._multihomogeneous import Multihomogeneous
from neuromanifold.continuation._starts._parameter_homotopy import ParameterHomotopy
from neuromanifold.continuation._starts._polyhedral import Polyhedral
from neuromanifold.continuation._starts._start_system import AbstractStart, Begun
from neuromanifold.continuation._starts._total_degree import TotalDegree
from neuromanifold.continuation._systems._system import System

if TYPE_CHECKING:
    from neuromanifold.continuation._certificates._verification import Verification
    from neuromanifold.continuation._certificates._verify import verify_solutions
    from neuromanifold.continuation._certificates._verify_monodromy import verify_monodromy
    from neuromanifold.continuation._monodromy._bilinear_cut import Trace
    from neuromanifold.continuation._monodromy._completeness import (
        Evidence,
        MonodromyWarning,
        SearchCompleteness,
    )
    from neuromanifold.continuation._monodromy._linear_family import LinearFamily
    from neuromanifold.continuation._monodromy._point_set import PointSet
    from neuromanifold.continuation._monodromy._result import MonodromyResult
    from neuromanifold.continuation._monodromy._solve import monodromy
    from neuromanifold.continuation._monodromy._stopping import (
        Confidence,
        SolutionCount,
        TraceTest,
    )
    from neuromanifold.continuation._monodromy._trace_test import BilinearTraceTest
    from neuromanifold.continuation._monodromy._walk import LoopWalk, MonodromyOptions, walk_loops
    from neuromanifold.continuation._sweep import Sweep, solve_many
    from neuromanifold.continuation._varieties._as_variety import sliced_variety
    from neuromanifold.continuation._varieties._linear_trace import LinearTrace
    from neuromanifold.continuation._varieties._parametrization import (
        Parametrization,
        free_coordinates,
    )
    from neuromanifold.continuation._varieties._slice import LinearSlice
    from neuromanifold.continuation._varieties._sliced_variety import SlicedVariety
    from neuromanifold.continuation._varieties._witness_set import WitnessSet, witness_set

_ON_FIRST_USE = {
    "BilinearTraceTest": "_monodromy._trace_test",
    "Confidence": "_monodromy._stopping",
    "Evidence": "_monodromy._completeness",
    "LinearFamily": "_monodromy._linear_family",
    "LinearSlice": "_varieties._slice",
    "LinearTrace": "_varieties._linear_trace",
    "LoopWalk": "_monodromy._walk",
    "MonodromyOptions": "_monodromy._walk",
    "MonodromyResult": "_monodromy._result",
    "MonodromyWarning": "_monodromy._completeness",
    "Parametrization": "_varieties._parametrization",
    "PointSet": "_monodromy._point_set",
    "SearchCompleteness": "_monodromy._completeness",
    "SlicedVariety": "_varieties._sliced_variety",
    "SolutionCount": "_monodromy._stopping",
    "Sweep": "_sweep",
    "Trace": "_monodromy._bilinear_cut",
    "TraceTest": "_monodromy._stopping",
    "Verification": "_certificates._verification",
    "WitnessSet": "_varieties._witness_set",
    "free_coordinates": "_varieties._parametrization",
    "monodromy": "_monodromy._solve",
    "sliced_variety": "_varieties._as_variety",
    "solve_many": "_sweep",
    "verify_monodromy": "_certificates._verify_monodromy",
    "verify_solutions": "_certificates._verify",
    "walk_loops": "_monodromy._walk",
    "witness_set": "_varieties._witness_set",
}

__all__ = [
    "AbstractStart",
    "Begun",
    "BilinearTraceTest",
    "Certificate",
    "Certifier",
    "CertifyResult",
    "Confidence",
    "Enclosure",
    "Evidence",
    "Ledger",
    "LinearFamily",
    "LinearSlice",
    "LinearTrace",
    "LoopWalk",
    "MonodromyOptions",
    "MonodromyResult",
    "MonodromyWarning",
    "Multihomogeneous",
    "ParameterHomotopy",
    "Parametrization",
    "PathBatch",
    "PathEnd",
    "PathStatus",
    "PointSet",
    "Polyhedral",
    "SearchCompleteness",
    "SlicedVariety",
    "Solution",
    "SolutionCount",
    "SolveResult",
    "Sweep",
    "System",
    "TotalDegree",
    "Trace",
    "TraceTest",
    "TrackerOptions",
    "Valuations",
    "Verification",
    "WitnessSet",
    "certify",
    "complex_gaussian",
    "distinct",
    "free_coordinates",
    "monodromy",
    "sliced_variety",
    "solve",
    "solve_many",
    "track",
    "verify_monodromy",
    "verify_solutions",
    "walk_loops",
    "witness_set",
]


def __getattr__(name: str) -> Any:
    if name in _ON_FIRST_USE:
        return getattr(import_module(f"{__name__}.{_ON_FIRST_USE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
