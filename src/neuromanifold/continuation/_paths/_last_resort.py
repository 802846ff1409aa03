"""Regular zeros where double precision sees a singular end, one at infinity, or none at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import acb, fmpq

from neuromanifold.continuation._certificates._certify import Certifier
from neuromanifold.continuation._paths._ends import Ends, FarPoints, Tracked
from neuromanifold.continuation._paths._exhausted import from_far, from_start
from neuromanifold.continuation._paths._newton_in_balls import NewtonInBalls
from neuromanifold.continuation._paths._newton_walk import NewtonWalk, arrived
from neuromanifold.continuation._paths._path_in_balls import PathInBalls, PathsInBalls, slowing
from neuromanifold.continuation._starts._start_system import Begun
from neuromanifold.rings import PolynomialMap

_MOST_OPERATIONS = 100_000  # in balls, for all Newton walks of a call: about 60 ms
_MOST_FOLLOWING = 150_000  # likewise for all paths that are followed
_MOST_LOST = 1024
_TURNED = 0.65
_SAME = 1e-10
_CLOSE = 0.1
_MOST_LAST_STEPS = 10


class LastResort:
    """Finds regular zeros of F near the ends of paths that double precision could not judge.

    Paths that failed, and those that are said to end in a singular point or at infinity without a
    proof, are followed in doubles as far as possible. From there Newton's method goes to a zero of F
    in high precision, with the exact coefficients, and is left when it strays or converges as slowly as
    to a multiple zero. If it neither does so nor comes to a zero, paths to infinity themselves are
    followed in high precision, always the one that grows least: many that belong to one multiple point
    at infinity hide the few that leave it. A zero counts if it is certified and no other path ends
    there. The number of operations in all is bounded.

    Args:
        system: F, square, on which the homotopy ends up to rounding errors.
        parameters: exact values of the parameters of F, for each problem that paths lead to.
    """

    def __init__(
        self, system: PolynomialMap, parameters: Sequence[Sequence[fmpq | complex]]
    ) -> None:
        self._system = system
        self._parameters = parameters
        self._certifier = Certifier(system)
        self._methods: dict[int, NewtonInBalls] = {}

    def settle(self, begun: Begun, ends: Ends, threads: int) -> None:
        """Enter the zeros that are found."""
        lost = np.concatenate([ends.failed(), ends.singular()])[:_MOST_LOST]
        far = ends.far
        if ends.is_interrupted or not (len(lost) or len(far.numbers)):
            return
        numbers, points = from_start(begun, lost, threads)
        farther = from_far(begun, far, threads)
        walks = [
            *(self._walk(k, x, 0.0, begun) for k, x in zip(numbers, points, strict=True)),
            *(self._walk(k, x, _TURNED, begun) for k, x, _ in farther),
        ]
        if not walks:
            return
        most = _MOST_OPERATIONS // walks[0].method.n_operations
        for walk in arrived(walks, most):
            self._enter(walk, begun, ends)
        is_open = np.array([walk.is_open for walk in walks[len(numbers) :]], np.bool_)
        if is_open.any():
            self._follow(begun, ends, farther.at(is_open), far)

    def _walk(self, number: int, x: np.ndarray, turned: float, begun: Begun) -> NewtonWalk:
        size = float(np.max(np.abs(x), initial=0.0))
        return NewtonWalk(int(number), self._method(number, begun), _balls(x), turned * size)

    def _follow(self, begun: Begun, ends: Ends, farther: FarPoints, far: FarPoints) -> None:
        """Enter zeros that paths to infinity come to after all."""
        paths = self._begun_in_balls(begun, farther, far)
        most = _MOST_FOLLOWING - sum(path.n_operations for path in paths)
        for path in slowing((path for path in paths if path.is_on_path), most):
            walk = NewtonWalk(path.number, self._method(path.number, begun), path.x)
            if walk.arrives(_MOST_LAST_STEPS) and walk.length < _CLOSE:
                path.has_arrived = True
                self._enter(walk, begun, ends)

    def _begun_in_balls(
        self, begun: Begun, farther: FarPoints, far: FarPoints
    ) -> list[PathInBalls]:
        """From where they came in doubles, or from before, if that is off the path."""
        paths = PathsInBalls(begun)
        before = {number: (x, t) for number, x, t in far}
        found = []
        for number, there, last in farther:
            system = self._method(number, begun).linearized
            for x, t in ((there, last), before[number]):
                found.append(paths.path(number, system, _balls(x), t))
                if found[-1].is_on_path:
                    break
        return found

    def _problem(self, number: int, begun: Begun) -> int:
        return number * len(self._parameters) // begun.n_paths

    def _method(self, number: int, begun: Begun) -> NewtonInBalls:
        problem = self._problem(number, begun)
        if problem not in self._methods:
            self._methods[problem] = NewtonInBalls(self._system, self._parameters[problem])
        return self._methods[problem]

    def _enter(self, walk: NewtonWalk, begun: Begun, ends: Ends) -> None:
        problem = self._problem(walk.number, begun)
        n_each = begun.n_paths // len(self._parameters)
        siblings = range(problem * n_each, (problem + 1) * n_each)
        point = np.array([complex(z) for z in walk.x])
        others = (ends.numbers != walk.number) & np.isin(ends.numbers, siblings)
        radii = np.maximum(ends.radii()[others], _SAME * np.max(np.abs(point), initial=0.0))
        gaps = np.max(np.abs(ends.points[others] - point), axis=1, initial=0.0)
        if np.any(gaps <= radii):
            return
        certificate, _ = self._certifier.certify(point, self._parameters[problem])
        if certificate.is_certified:
            zero = Tracked.at_start(np.array([certificate.center], np.complex128))
            zero.condition[:] = walk.method.condition(walk.x)
            ends.attempts[walk.number] += 1
            ends.record(np.array([walk.number]), zero)


def _balls(x: np.ndarray) -> list[acb]:
    return [acb(complex(z)) for z in x]
