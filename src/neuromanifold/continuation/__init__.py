"""Polynomial systems: tracking, monodromy, completeness, certificates. Knows nothing of networks."""

from neuromanifold.continuation._certificates._certificate import Certificate
from neuromanifold.continuation._certificates._certify import Certifier, CertifyResult, certify
from neuromanifold.continuation._certificates._distinct import Enclosure, distinct
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
from neuromanifold.continuation._monodromy._trace_test import BilinearTraceTest
from neuromanifold.continuation._monodromy._walk import LoopWalk, MonodromyOptions, walk_loops
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
from neuromanifold.continuation._sweep import Sweep, solve_many
from neuromanifold.continuation._systems._system import System
from neuromanifold.continuation._varieties._as_variety import sliced_variety
from neuromanifold.continuation._varieties._linear_trace import LinearTrace
from neuromanifold.continuation._varieties._parametrization import Parametrization, free_coordinates
from neuromanifold.continuation._varieties._slice import LinearSlice
from neuromanifold.continuation._varieties._sliced_variety import SlicedVariety
from neuromanifold.continuation._varieties._witness_set import WitnessSet, witness_set

__all__ = [
    "AbstractStart",
    "Begun",
    "BilinearTraceTest",
    "Certificate",
    "Certifier",
    "CertifyResult",
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
    "SolveResult",
    "Sweep",
    "System",
    "TotalDegree",
    "Trace",
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
