"""The homotopy graph: parameter values joined by segments, along which each solution moves once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._monodromy._point_set import PointSet
from neuromanifold.continuation._paths._track import PathBatch, TrackerOptions, track
from neuromanifold.rings import PolynomialMap

Image = Callable[[np.ndarray, np.ndarray], np.ndarray]

UNTRIED, LOST = -1, -2
_SELECTIVITY = 0.5


@dataclass(eq=False)
class Vertex:
    """Values of the parameters, and the solutions known there."""

    parameters: NDArray[np.complex128]
    known: PointSet


@dataclass(eq=False)
class Edge:
    """The segment from vertex `a` to vertex `b`, and which solutions it joins.

    `forward[i]` is the solution at b that solution i at a moves to, `backward` is the inverse;
    `UNTRIED` and `LOST` stand for no solution. The edge is saturated when nothing is untried.
    """

    a: int
    b: int
    forward: NDArray[np.int64]
    backward: NDArray[np.int64]
    is_saturated: bool = False

    @property
    def n_matched(self) -> int:
        """Solutions that are joined."""
        return int(np.count_nonzero(self.forward >= 0))


@dataclass(frozen=True)
class _Move:
    """Solutions to be tracked along an edge, in one direction."""

    edge: Edge
    is_forward: bool
    which: NDArray[np.int64]

    @property
    def ends(self) -> tuple[int, int]:
        return (self.edge.a, self.edge.b) if self.is_forward else (self.edge.b, self.edge.a)

    @property
    def matches(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """There and back."""
        there, back = self.edge.forward, self.edge.backward
        return (there, back) if self.is_forward else (back, there)


class HomotopyGraph:
    """Solutions of F(x; p_v) = 0 at vertices v, found by tracking along the edges.

    The solutions at the two ends of an edge correspond one to one, so each is tracked along each
    edge once, in one of the two directions, and a graph with E edges needs E paths for each solution.
    Two paths of one edge that arrive at the same end contradict that: both are tracked again, more
    carefully. This is a homotopy graph in the sense of Duff, Hill, Jensen, Lee, Leykin and Sommars
    (Solving polynomial systems via homotopy continuation and monodromy, 2019).

    Args:
        system: as many equations as variables.
        known: at least one solution at `parameters`.
        parameters: those of vertex 0, the base point.
        image: the map that identifies solutions, called with points and parameters; values (B, N), or
            (B, G, N) for the orbits of a group.
        tracker: options of the tracker.
        threads: threads of the tracker.

    Attributes:
        vertices: the first is the base point.
        edges: in the order in which they were added.
        n_tracked: paths tracked.
        n_lost: of these, paths that did not arrive.
        n_retracked: paths tracked again because two had the same end.
        n_quiet: arrivals since the last discovery at vertices with as many solutions as any. Each of
            them might have been a new solution.
    """

    def __init__(
        self,
        system: PolynomialMap,
        known: PointSet,
        parameters: np.ndarray,
        image: Image,
        tracker: TrackerOptions,
        threads: int,
    ) -> None:
        self._system = system
        self._image = image
        self._tracker = tracker
        self._threads = threads
        self.vertices = [Vertex(np.asarray(parameters, np.complex128), known)]
        self.edges: list[Edge] = []
        self.n_tracked = self.n_lost = self.n_retracked = self.n_quiet = 0

    @property
    def n_known(self) -> int:
        """The largest number of solutions known at one vertex."""
        return max(len(vertex.known) for vertex in self.vertices)

    @property
    def n_loops(self) -> int:
        """Independent loops: edges outside a spanning tree."""
        return len(self.edges) - len(self.vertices) + 1

    @property
    def missing_mass(self) -> float:
        """Solutions reached once, divided by all arrivals: Good and Turing's estimate."""
        once = total = 0
        for v, vertex in enumerate(self.vertices):
            reached = np.zeros(len(vertex.known), np.int64)
            for edge in self.edges:
                for end, matches in ((edge.a, edge.forward), (edge.b, edge.backward)):
                    if end == v:
                        reached[: len(matches)] += matches >= 0
            once += int(np.sum(reached == 1))
            total += int(np.sum(reached))
        return once / total if total else 1.0

    def add_vertex(self, parameters: np.ndarray, neighbours: Sequence[int]) -> None:
        """A new vertex without solutions, and edges from it to others."""
        known = self.vertices[0].known.emptied()
        self.vertices.append(Vertex(np.asarray(parameters, np.complex128), known))
        none = np.zeros(0, np.int64)
        last = len(self.vertices) - 1
        self.edges += [Edge(a, last, none, none) for a in neighbours]

    def add_solutions(self, points: np.ndarray) -> int:
        """Add solutions at the base point that were found otherwise; returns how many were new."""
        base = self.vertices[0]
        fresh = base.known.add(points, self._image(points, base.parameters))
        if fresh:
            self.n_quiet = 0
        return fresh

    def restore(
        self,
        parameters: Sequence[np.ndarray],
        points: Sequence[np.ndarray],
        edges: Sequence[Edge],
    ) -> None:
        """Replace vertices and edges by others; `known` of the base point stays the same object."""
        base = self.vertices[0].known
        sets = [base.emptied() if k else base for k in range(len(points))]
        base.clear()
        self.vertices = [Vertex(p, known) for p, known in zip(parameters, sets, strict=True)]
        for vertex, batch in zip(self.vertices, points, strict=True):
            if len(batch):
                vertex.known.add(batch, self._image(batch, vertex.parameters))
            if len(vertex.known) != len(batch):
                raise ValueError("two points of one vertex are the same")
        self.edges = list(edges)

    def step(self, n_expected: int | None = None) -> PathBatch | None:
        """Track where most new solutions are expected; None when every solution was tracked.

        With D solutions at each vertex, of which c are joined by an edge a–b already, and u_b known at
        b but not joined, a path from a to b finds a new solution with probability 1 − u_b/(D − c). All
        moves with at least half the best probability are made at once.

        Args:
            n_expected: D, if it is known.
        """
        moves = self._moves(n_expected)
        if not moves:
            return None
        batch = self._track(moves, self._tracker)
        doubtful = self._record(moves, batch)
        if doubtful and not batch.is_interrupted:
            self.n_retracked += sum(len(move.which) for move in doubtful)
            again = self._track(doubtful, TrackerOptions.tight())
            self._record(doubtful, again)
        return batch

    def _moves(self, n_expected: int | None) -> list[_Move]:
        guess = 2 * self.n_known if n_expected is None else n_expected
        candidates: list[tuple[float, _Move]] = []
        for edge in self.edges:
            if not self._extend(edge) and edge.is_saturated:
                continue
            matched = edge.n_matched
            total = max(guess, len(edge.forward), len(edge.backward)) - matched
            options = [
                (
                    1 - (len(back) - matched) / max(total, 1),
                    is_forward,
                    np.flatnonzero(there == UNTRIED),
                )
                for is_forward, there, back in (
                    (True, edge.forward, edge.backward),
                    (False, edge.backward, edge.forward),
                )
            ]
            possible = [option for option in options if len(option[2])]
            edge.is_saturated = not possible
            if possible:
                gain, is_forward, which = max(possible, key=lambda option: option[0])
                candidates.append((gain, _Move(edge, is_forward, which)))
        best = max((gain for gain, _ in candidates), default=0.0)
        return [move for gain, move in candidates if gain >= _SELECTIVITY * best]

    def _extend(self, edge: Edge) -> bool:
        """Make room for solutions that became known since; returns whether there were any."""
        n_a, n_b = (len(self.vertices[v].known) for v in (edge.a, edge.b))
        is_longer = len(edge.forward) < n_a or len(edge.backward) < n_b
        if len(edge.forward) < n_a:
            edge.forward = _lengthened(edge.forward, n_a)
        if len(edge.backward) < n_b:
            edge.backward = _lengthened(edge.backward, n_b)
        return is_longer

    def _track(self, moves: Sequence[_Move], options: TrackerOptions) -> PathBatch:
        counts = [len(move.which) for move in moves]
        here, there = (
            np.repeat(ends, counts) for ends in zip(*(m.ends for m in moves), strict=True)
        )
        parameters = np.array([vertex.parameters for vertex in self.vertices])
        batch = track(
            self._system.tape,
            np.concatenate([self.vertices[m.ends[0]].known.points[m.which] for m in moves]),
            parameters[here],
            parameters[there],
            options=options,
            threads=self._threads,
        )
        self.n_tracked += len(batch)
        self.n_lost += int(np.sum(~batch.success))
        return batch

    def _record(self, moves: Sequence[_Move], batch: PathBatch) -> list[_Move]:
        """Enter the arrivals; returns the moves that contradict each other, opened again."""
        arrived = batch.success
        moves_to: dict[int, list[tuple[_Move, slice]]] = {}
        first = 0
        for move in moves:
            part = slice(first, first + len(move.which))
            first += len(move.which)
            moves_to.setdefault(move.ends[1], []).append((move, part))
            if not arrived[part].all():
                there, _ = move.matches
                there[move.which[~arrived[part]]] = UNTRIED if batch.is_interrupted else LOST
        doubtful: list[_Move] = []
        for v, parts in moves_to.items():
            which = [move.which[arrived[part]] for move, part in parts]
            ends = np.concatenate([batch.solutions[part][arrived[part]] for _, part in parts])
            for (move, _), left, positions in zip(
                parts, which, self._placed(v, ends, [len(w) for w in which]), strict=True
            ):
                conflict = self._join(move, left, positions)
                if len(conflict):
                    doubtful.append(_Move(move.edge, move.is_forward, conflict))
        return doubtful

    def _placed(
        self, v: int, ends: NDArray[np.complex128], counts: Sequence[int]
    ) -> list[NDArray[np.int64]]:
        """Positions of the ends of some moves at a vertex, after adding those that are new."""
        target = self.vertices[v]
        most, known = self.n_known, len(target.known)
        if not len(ends):
            return [np.zeros(0, np.int64)] * len(counts)
        positions = target.known.place(ends, self._image(ends, target.parameters))
        parts, first = [], 0
        for count in counts:
            part = positions[first : first + count]
            first += count
            parts.append(part)
            now = max(known, int(part.max(initial=-1)) + 1)
            if now > most:
                self.n_quiet, most = 0, now
            elif known == most:
                self.n_quiet += len(part)
            known = now
        return parts

    def _join(
        self, move: _Move, which: NDArray[np.int64], positions: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Match solutions with the ends of their paths; returns those that share an end with another."""
        self._extend(move.edge)
        there, back = move.matches
        is_placed = positions >= 0
        there[which[~is_placed]] = LOST
        which, positions = which[is_placed], positions[is_placed]
        former = back[positions]
        clash = (former >= 0) & (former != which)
        if len(set(positions.tolist())) < len(positions):
            _, group, sizes = np.unique(positions, return_inverse=True, return_counts=True)
            clash |= sizes[group.reshape(-1)] > 1
        there[which[~clash]] = positions[~clash]
        back[positions[~clash]] = which[~clash]
        if not clash.any():
            return which[:0]
        former = former[clash]
        conflict = np.union1d(which[clash], former[former >= 0])
        opened = there[conflict]
        back[opened[opened >= 0]] = UNTRIED
        there[conflict] = LOST
        return conflict


def _lengthened(matches: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    return np.concatenate([matches, np.full(length - len(matches), UNTRIED)])
