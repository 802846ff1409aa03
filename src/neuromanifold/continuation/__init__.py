"""Polynomial systems: tracking, monodromy, completeness, certificates. Knows nothing of networks."""

from neuromanifold.continuation._certificate import Certificate
from neuromanifold.continuation._certify import Certifier, Enclosure, distinct
from neuromanifold.continuation._monodromy import MonodromyOptions, MonodromyResult, walk_loops
from neuromanifold.continuation._point_set import PointSet
from neuromanifold.continuation._trace_test import BilinearTraceTest, Trace
from neuromanifold.continuation._track import PathBatch, PathStatus, TrackerOptions, track

__all__ = [
    "BilinearTraceTest",
    "Certificate",
    "Certifier",
    "Enclosure",
    "MonodromyOptions",
    "MonodromyResult",
    "PathBatch",
    "PathStatus",
    "PointSet",
    "Trace",
    "TrackerOptions",
    "distinct",
    "track",
    "walk_loops",
]
