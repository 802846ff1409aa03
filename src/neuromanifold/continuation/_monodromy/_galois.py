"""Permutations of the solutions along the loops of a homotopy graph."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._monodromy._homotopy_graph import LOST, Edge, HomotopyGraph


def loop_permutations(graph: HomotopyGraph) -> NDArray[np.int64]:
    """Where each loop takes the solutions at the base point: shape (number of loops, k).

    There is one loop for each edge outside a spanning tree: along the tree to the edge, over it, and
    back along the tree. Entry −1 stands for a solution that was lost on the way, or not tracked.
    """
    n = len(graph.vertices[0].known)
    neighbours: dict[int, list[Edge]] = {v: [] for v in range(len(graph.vertices))}
    for edge in graph.edges:
        neighbours[edge.a].append(edge)
        neighbours[edge.b].append(edge)
    transport = {0: np.arange(n)}
    tree: set[int] = set()
    queue = deque([0])
    while queue:
        here = queue.popleft()
        for edge in neighbours[here]:
            there = edge.b if edge.a == here else edge.a
            if there not in transport:
                transport[there] = _compose(transport[here], _along(edge, here))
                tree.add(id(edge))
                queue.append(there)
    rows = [
        _compose(_compose(transport[e.a], e.forward), _inverse(transport[e.b], len(e.backward)))
        for e in graph.edges
        if id(e) not in tree and e.a in transport
    ]
    return np.array(rows, np.int64).reshape(len(rows), n)


def orbits(graph: HomotopyGraph) -> NDArray[np.int64]:
    """Labels of the solutions at the base point: equal where paths of the graph join two of them."""
    first = np.cumsum([0, *(len(vertex.known) for vertex in graph.vertices)])
    labels = np.arange(first[-1])
    joined: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for edge in graph.edges:
        here = np.flatnonzero(edge.forward >= 0)
        joined.append((first[edge.a] + here, first[edge.b] + edge.forward[here]))
    while True:
        before = labels.copy()
        for a, b in joined:
            labels[a] = labels[b] = np.minimum(labels[a], labels[b])
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels[: first[1]]


def _along(edge: Edge, start: int) -> NDArray[np.int64]:
    return edge.forward if edge.a == start else edge.backward


def _compose(first: NDArray[np.int64], then: NDArray[np.int64]) -> NDArray[np.int64]:
    """Entries i ↦ then[first[i]], −1 where either is missing."""
    result = np.full(len(first), -1)
    known = (first >= 0) & (first < len(then))
    result[known] = then[first[known]]
    result[result == LOST] = -1
    return result


def _inverse(permutation: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    n = max(n, int(permutation.max(initial=-1)) + 1)
    result = np.full(n, -1)
    known = np.flatnonzero(permutation >= 0)
    result[permutation[known]] = known
    return result
