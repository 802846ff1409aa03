"""Checkpoints of a search by monodromy: the homotopy graph in a file."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from neuromanifold._files import check_writable, write_atomically
from neuromanifold.continuation._monodromy._homotopy_graph import Edge, HomotopyGraph
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Node, reachable

_FORMAT = "neuromanifold monodromy checkpoint 1"
_PATIENCE = 20
_COUNTERS = ("n_tracked", "n_lost", "n_retracked", "n_quiet")


class Checkpoint:
    """A file from which a search goes on exactly where it was.

    The file is replaced as a whole, so that a run that is killed leaves the last complete one. At most
    a twentieth of the time is spent on writing.

    Args:
        path: where to write; None writes nothing.
        fingerprint: identifies system, map and seed.

    Raises:
        InvalidInputError: the path cannot be written.
    """

    def __init__(self, path: str | Path | None, fingerprint: str) -> None:
        self._path = None if path is None else Path(path)
        self._fingerprint = fingerprint
        self._not_before = 0.0
        if self._path is not None:
            check_writable(self._path)

    def restore(self, graph: HomotopyGraph) -> bool:
        """Bring the graph to the state of the file; returns whether there was a file.

        Raises:
            InvalidInputError: the file is no checkpoint, is damaged, or belongs to another search.
        """
        if self._path is None or not self._path.exists():
            return False
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            document = None
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise InvalidInputError(
                f"'{self._path}' is no checkpoint of a monodromy search; give another path or remove it."
            )
        if document.get("fingerprint") != self._fingerprint:
            raise InvalidInputError(
                f"'{self._path}' belongs to another system, start or seed; give another path or remove it."
            )
        try:
            _load(graph, document)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise InvalidInputError(
                f"'{self._path}' is damaged; remove it to begin again."
            ) from error
        return True

    def save(self, graph: HomotopyGraph, *, now: bool = False) -> None:
        """Write the graph, unless it was written a moment ago."""
        began = time.monotonic()
        if self._path is None or (began < self._not_before and not now):
            return
        document = {
            "format": _FORMAT,
            "fingerprint": self._fingerprint,
            **{name: getattr(graph, name) for name in _COUNTERS},
            "vertices": [
                {"parameters": _packed(v.parameters), "points": _packed(v.known.points)}
                for v in graph.vertices
            ],
            "edges": [
                {"a": e.a, "b": e.b, "forward": _packed(e.forward), "backward": _packed(e.backward)}
                for e in graph.edges
            ],
        }
        write_atomically(self._path, json.dumps(document))
        ended = time.monotonic()
        self._not_before = ended + _PATIENCE * (ended - began)


def fingerprint(outputs: Sequence[Node], inputs: Sequence[Node], *others: Any) -> str:
    """A hash of circuits and of whatever else has a stable text.

    >>> from neuromanifold.rings import Circuit
    >>> x, y = Circuit().inputs(2)
    >>> fingerprint([x * y], [x, y]) == fingerprint([x * y], [y, x])
    False
    """
    positions = {node.index: f"input {k}" for k, node in enumerate(inputs)}
    lines = []
    for node in reachable(outputs):
        if node.index in positions:
            continue
        operands = ",".join(positions[operand.index] for operand in node.operands)
        positions[node.index] = str(len(lines))
        lines.append(f"{node.operation.value}({operands}) {node.value}")
    lines += [positions[node.index] for node in outputs]
    lines += [repr(other) for other in others]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _load(graph: HomotopyGraph, document: dict[str, Any]) -> None:
    base = graph.vertices[0]
    n, m = base.known.points.shape[1], len(base.parameters)
    parameters, points = [], []
    for vertex in document["vertices"]:
        parameters.append(_unpacked(vertex["parameters"], np.complex128).reshape(m))
        points.append(_unpacked(vertex["points"], np.complex128).reshape(-1, n))
    edges = [
        Edge(
            int(edge["a"]),
            int(edge["b"]),
            _unpacked(edge["forward"], np.int64),
            _unpacked(edge["backward"], np.int64),
        )
        for edge in document["edges"]
    ]
    for edge in edges:
        for matches, here, there in (
            (edge.forward, edge.a, edge.b),
            (edge.backward, edge.b, edge.a),
        ):
            if len(matches) > len(points[here]) or matches.max(initial=-1) >= len(points[there]):
                raise ValueError("an edge joins points that are not there")
    graph.restore(parameters, points, edges)
    for name in _COUNTERS:
        setattr(graph, name, int(document[name]))


def _packed(array: np.ndarray) -> str:
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return base64.b64encode(little.tobytes()).decode("ascii")


def _unpacked(text: str, dtype: type) -> np.ndarray:
    little = np.dtype(dtype).newbyteorder("<")
    return np.frombuffer(base64.b64decode(text, validate=True), little).astype(dtype)
