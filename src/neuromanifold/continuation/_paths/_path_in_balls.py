"""The end of a path, followed in high precision."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from flint import acb, acb_mat, arb, ctx

from neuromanifold.continuation._paths._linear_in_balls import (
    BITS,
    LinearizedInBalls,
    relative_size,
    size,
)
from neuromanifold.continuation._paths._segment import Segment
from neuromanifold.continuation._starts._start_system import Begun
from neuromanifold.rings import Circuit, Evaluator, PolynomialMap, jacobian

_FIRST = 1e-3
_LONGEST, _SHORTEST = 4.0, 1e-8
_MOST_NODES = 4
_CONTRACTION, _MOST_CONTRACTION = 0.02, 0.25
_MOST_BEFORE, _TIGHT = 8, 1e-20
_MOST_AFTER, _SMALL = 3, 1e-6
_LEAST = 1e-60
_WHILE, _ALIKE = 2.0, 0.01
_SLOW = 0.03
_SAFETY, _MOST_FASTER = 0.9, 4.0


class PathInBalls:
    """The path x(t) of F(x) + t·G(x) = 0 from t > 0 towards t = 0, in 256 bits.

    In τ = −log t, steps are predicted by the polynomial of degree 2k − 1 that has the values and the
    velocities of the last k ≤ 4 points, and corrected by two or three Newton steps. Their contraction
    controls the length.

    Args:
        number: of the path.
        system: F.
        slope: G.
        x: close to the path.
        t: there.
    """

    def __init__(
        self,
        number: int,
        system: LinearizedInBalls,
        slope: LinearizedInBalls,
        x: Sequence[acb],
        t: float,
    ) -> None:
        self.number = number
        self._system = system
        self._slope = slope
        self._step = _FIRST
        self._nodes: list[tuple[float, list[acb], list[acb]]] = []
        self.n_operations = 0
        """So far, in balls."""
        self.is_on_path = self._begin(list(x), -float(np.log(t)))
        """Newton's method comes from x to a path."""
        self.has_arrived = False
        """There is nothing more to follow."""

    @property
    def x(self) -> list[acb]:
        """Where it is."""
        return self._nodes[-1][1]

    @property
    def t(self) -> float:
        """There."""
        return float(np.exp(-self._nodes[-1][0]))

    @property
    def speed(self) -> float:
        """|dx/dτ|, relative to the size of each coordinate."""
        _, x, velocity = self._nodes[-1]
        return relative_size(velocity, x)

    @property
    def growth(self) -> float:
        """d log|x|/dτ for the largest coordinate."""
        _, x, velocity = self._nodes[-1]
        largest = max(range(len(x)), key=lambda i: size(x[i]))
        return complex(velocity[largest] / x[largest]).real

    @property
    def is_steady(self) -> bool:
        """It grows, and has not grown faster or more slowly for a while."""
        time, growth = self._began
        is_long = self._nodes[-1][0] - time > _WHILE
        return is_long and abs(self.growth - growth) <= _ALIKE * growth

    def advance(self) -> bool:
        """One step; False when none that is long enough succeeds."""
        while self._step >= _SHORTEST:
            time = self._nodes[-1][0] + self._step
            x, velocity, lengths = self._corrected(self._predicted(time), time, _MOST_AFTER, _SMALL)
            contraction = lengths[1] / lengths[0] if len(lengths) > 1 else np.inf
            if contraction <= _MOST_CONTRACTION:
                order = 2 * len(self._nodes)
                self._nodes = [*self._nodes, (time, x, velocity)][-_MOST_NODES:]
                factor = _SAFETY * (_CONTRACTION / max(contraction, 1e-12)) ** (1 / order)
                self._step = min(self._step * min(factor, _MOST_FASTER), _LONGEST)
                return True
            self._step /= 4 if len(self._nodes) == 1 else 2
        return False

    def _begin(self, x: list[acb], time: float) -> bool:
        x, velocity, lengths = self._corrected(x, time, _MOST_BEFORE, _TIGHT)
        if not lengths or lengths[-1] > _TIGHT:
            return False
        self._nodes = [(time, x, velocity)]
        self._began = time, self.growth
        return True

    def _predicted(self, time: float) -> list[acb]:
        """Hermite interpolation at the last points."""
        x = [acb(0)] * len(self.x)
        with ctx.workprec(BITS):
            for own, value, velocity in self._nodes:
                weight, slope = arb(1), arb(0)
                for other, _, _ in self._nodes:
                    if other != own:
                        gap = arb(own) - other
                        weight *= (time - arb(other)) / gap
                        slope += 2 / gap
                here = time - arb(own)
                a, b = (1 - slope * here) * weight**2, here * weight**2
                x = [(z + a * y + b * v).mid() for z, y, v in zip(x, value, velocity, strict=True)]
        return x

    def _corrected(
        self, x: list[acb], time: float, most: int, enough: float
    ) -> tuple[list[acb], list[acb], list[float]]:
        """Newton's method at τ: the point, the velocity, and the lengths of two steps or more."""
        lengths: list[float] = []
        velocity: list[acb] = []
        n = len(x)
        with ctx.workprec(BITS):
            t = (-acb(time)).exp().mid()
            while len(lengths) < 2 or (len(lengths) < most and lengths[-1] > enough):
                (F, A), (G, B) = self._system(x), self._slope(x)
                self.n_operations += self._system.n_operations + self._slope.n_operations + n**3
                tG = t * G
                both = acb_mat([[F[i, 0] + tG[i, 0], tG[i, 0]] for i in range(n)])
                try:
                    update = (A + t * B).solve(both).mid()
                except ZeroDivisionError:
                    return x, velocity, []
                lengths.append(max(relative_size([update[i, 0] for i in range(n)], x), _LEAST))
                if not lengths[-1] < 1:
                    return x, velocity, []
                x = [(z - update[i, 0]).mid() for i, z in enumerate(x)]
                velocity = [update[i, 1] for i in range(n)]
        return x, velocity, lengths


def slowing(paths: Iterable[PathInBalls], most_operations: int) -> Iterator[PathInBalls]:
    """The one that grows least advances, again and again; yields it each time that it hardly moves.

    A path is left when its growth does not change, as on the way to infinity.
    """
    slowest = [(path.growth, path.number, path) for path in paths]
    heapq.heapify(slowest)
    while slowest and most_operations > 0:
        _, number, path = heapq.heappop(slowest)
        before = path.n_operations
        goes_on = path.advance()
        most_operations -= path.n_operations - before
        if goes_on and path.speed < _SLOW:
            yield path
        if goes_on and not (path.has_arrived or path.is_steady):
            heapq.heappush(slowest, (path.growth, number, path))


class PathsInBalls:
    """The paths of H(x; p(t)) near t = 0: F is H at t = 0, with exact coefficients, and G = dH/dt there.

    If H depends on p by more than a first power, these are other paths to the same zeros.
    """

    def __init__(self, begun: Begun) -> None:
        self._begun = begun
        ends = np.vstack([begun.last_stop, begun.target_parameters])
        self._slope = _slope_at_target(begun.homotopy, np.any(ends != ends[-1], axis=0).tolist())
        self._slopes: dict[bytes, LinearizedInBalls] = {}

    def path(
        self, number: int, system: LinearizedInBalls, x: Sequence[acb], t: float
    ) -> PathInBalls:
        """One of them, close to x at t."""
        segment = Segment.last_of(self._begun, np.array([number])).of(np.array(0))
        given = np.concatenate([segment.target, segment.start - segment.target])
        key = given.tobytes()
        if key not in self._slopes:
            self._slopes[key] = LinearizedInBalls(self._slope, list(map(complex, given)))
        return PathInBalls(number, system, self._slopes[key], x, t)


def _slope_at_target(homotopy: PolynomialMap, moving: Sequence[bool]) -> PolynomialMap:
    """G(x; p, q) = dH(x; p + t·q)/dt at t = 0, where q_j = 0 for the parameters that do not move."""
    circuit = Circuit()
    x = circuit.inputs(len(homotopy.variables))
    p = circuit.inputs(len(homotopy.parameters))
    q = circuit.inputs(len(homotopy.parameters))
    (t,) = circuit.inputs(1)
    inputs = dict(zip(homotopy.variables, x, strict=True))
    inputs |= {
        node: a + t * b if moves else a
        for node, a, b, moves in zip(homotopy.parameters, p, q, moving, strict=True)
    }
    values = Evaluator(homotopy.outputs)(inputs, circuit.constant)
    slopes = [row[0] for row in jacobian(values, [t])]
    here = {node: node for node in (*x, *p, *q)} | {t: circuit.constant(0)}
    return PolynomialMap.build(Evaluator(slopes)(here, circuit.constant), x, [*p, *q])
