"""Regular zeros where double precision sees a singular end, one at infinity, or none at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from flint import acb, fmpq

from neuromanifold.continuation._certificates._certify import Certifier
from neuromanifold.continuation._paths._ends import Ends, FarPoints, Tracked, by_growth
from neuromanifold.continuation._paths._initial_forms import InitialForms
from neuromanifold.continuation._paths._newton_in_balls import NewtonInBalls
from neuromanifold.continuation._paths._path_parameters import path_parameters
from neuromanifold.continuation._paths._track import PathStatus, TrackerOptions, track
from neuromanifold.continuation._starts._start_system import Begun
from neuromanifold.rings import PolynomialMap

_DEEP = replace(
    TrackerOptions.tight(),
    endgame_start=0.0,
    min_step=1e-30,
    max_steps=400,
    divergence_bound=1e140,
)
_MOST_OPERATIONS = 100_000  # in balls, for all paths of a call: about 60 ms
_MOST_LOST = 1024
_MOST_STEPS = 32
_ALIKE, _MOST_ALIKE = 0.01, 10
_STRAY = 5.0
_TURNED = 0.65
_ARRIVED = 1e-30
_NEAR = 1e-13
_LINEAR = 0.1
_SAME = 1e-10


class LastResort:
    """Finds regular zeros of F near the ends of paths that double precision could not judge.

    Paths that failed, and those that are said to end in a singular point or at infinity without a
    proof, are followed in doubles as far as possible. From there Newton's method goes to a zero of F
    in high precision, with the exact coefficients. A zero counts if it is certified and no other path
    ends there. Paths that grew least come first, and a path is left when it strays or converges as
    slowly as to a multiple zero; the number of operations in all is bounded.

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

    def settle(self, begun: Begun, ends: Ends, threads: int) -> None:
        """Enter the zeros that are found."""
        lost = np.concatenate([ends.failed(), ends.singular()])[:_MOST_LOST]
        far = ends.far
        if ends.is_interrupted or not (len(lost) or len(far.numbers)):
            return
        n_problems = len(self._parameters)
        methods: dict[int, NewtonInBalls] = {}

        def method(number: int) -> NewtonInBalls:
            problem = number * n_problems // begun.n_paths
            if problem not in methods:
                methods[problem] = NewtonInBalls(self._system, self._parameters[problem])
            return methods[problem]

        followed = [_from_start(begun, lost, threads), _from_far(begun, far, threads)]
        numbers, points = (np.concatenate(parts) for parts in zip(*followed, strict=True))
        if not len(numbers):
            return
        most = _MOST_OPERATIONS // method(int(numbers[0])).n_operations
        is_far = ends.status[numbers] == PathStatus.DIVERGED.code
        least = np.where(is_far, _TURNED, 0.0) * np.max(np.abs(points), axis=1, initial=0.0)
        seekers = [
            _Seeker(int(k), method(int(k)), [acb(complex(z)) for z in x], float(r))
            for k, x, r in zip(numbers, points, least, strict=True)
        ]
        for seeker in _arrived(seekers, most):
            problem = seeker.number * n_problems // begun.n_paths
            first = problem * begun.n_paths // n_problems
            self._enter(seeker, ends, range(first, first + begun.n_paths // n_problems), problem)

    def _enter(self, seeker: _Seeker, ends: Ends, siblings: range, problem: int) -> None:
        point = np.array([complex(z) for z in seeker.x])
        others = (ends.numbers != seeker.number) & np.isin(ends.numbers, siblings)
        radii = np.maximum(ends.radii()[others], _SAME * np.max(np.abs(point), initial=0.0))
        gaps = np.max(np.abs(ends.points[others] - point), axis=1, initial=0.0)
        if np.any(gaps <= radii):
            return
        certificate, _ = self._certifier.certify(point, self._parameters[problem])
        if certificate.is_certified:
            zero = Tracked.at_start(np.array([certificate.center], np.complex128))
            zero.condition[:] = seeker.method.condition(seeker.x)
            ends.attempts[seeker.number] += 1
            ends.record(np.array([seeker.number]), zero)


@dataclass
class _Seeker:
    """A path that goes on by Newton's method.

    Attributes:
        number: of the path.
        method: for its problem.
        x: where it is.
        least: the size of x below which it turns back from where the path was going.
        last: the length of its last step.
        n_steps: how many it has taken.
        n_alike: how many of the last ones were equally long, as on the way to infinity.
    """

    number: int
    method: NewtonInBalls
    x: list[acb]
    least: float
    last: float = np.inf
    n_steps: int = 0
    n_alike: int = 0

    def advance(self) -> bool:
        """One step; False when it leads nowhere."""
        self.x, step = self.method.step(self.x)
        size = max(abs(complex(z)) for z in self.x)
        is_lost = not step < _STRAY or not self.least <= size < np.inf
        is_slow = step < _NEAR and step > max(_LINEAR * self.last, _ARRIVED)
        is_alike = abs(step - self.last) <= _ALIKE * step
        self.n_alike = self.n_alike + 1 if is_alike else 0
        self.last = step
        self.n_steps += 1
        is_late = self.n_steps > _MOST_STEPS or self.n_alike > _MOST_ALIKE
        return not (is_lost or is_slow or is_late)


def _arrived(seekers: list[_Seeker], most_steps: int) -> Iterator[_Seeker]:
    """Those that come to a zero, one after the other as long as steps are left."""
    for seeker in seekers:
        while seeker.n_steps < most_steps and seeker.advance():
            if seeker.last < _ARRIVED:
                yield seeker
                break
        most_steps -= seeker.n_steps
        if most_steps <= 0:
            break


def _from_start(begun: Begun, numbers: np.ndarray, threads: int) -> tuple[np.ndarray, np.ndarray]:
    """Where lost paths are when double precision is exhausted."""
    x = np.array(begun.points(numbers), np.complex128)
    t = np.zeros(len(numbers))
    legs = [begun.start_parameters, *begun.stops, begun.target_parameters]
    for start, target in pairwise(legs):
        arrived = t == 0
        numbers, x = numbers[arrived], x[arrived]
        here, there = (path_parameters(p, numbers, begun.n_paths) for p in (start, target))
        batch = track(begun.homotopy.tape, x, here, there, options=_DEEP, threads=threads)
        x, t = batch.solutions, batch.t_reached
    kept = (t < 1) & np.isfinite(x).all(axis=1)
    return numbers[kept], x[kept]


def _from_far(begun: Begun, far: FarPoints, threads: int) -> tuple[np.ndarray, np.ndarray]:
    """The same for paths that are said to run to infinity, without those that do."""
    last = (begun.start_parameters, *begun.stops)[-1]
    start, there = (
        path_parameters(p, far.numbers, begun.n_paths) for p in (last, begun.target_parameters)
    )
    here = far.t[:, None] * start + (1 - far.t[:, None]) * there
    batch = track(begun.homotopy.tape, far.points, here, there, options=_DEEP, threads=threads)
    x, t = batch.solutions, far.t * batch.t_reached
    kept = np.flatnonzero((batch.t_reached < 1) & np.isfinite(x).all(axis=1))
    far_out = kept[t[kept] > 0]
    runs = _run_to_infinity(begun, far.numbers[far_out], x[far_out], t[far_out], threads)
    kept = np.setdiff1d(kept, far_out[runs], assume_unique=True)
    kept = kept[by_growth(x[kept], t[kept])]
    return far.numbers[kept], x[kept]


def _run_to_infinity(
    begun: Begun, numbers: np.ndarray, x: np.ndarray, t: np.ndarray, threads: int
) -> np.ndarray:
    """Which paths, at x (B, n) for t (B,), have exponents below 0 that initial forms determine.

    Where the terms of lowest order are all without t, they vanish at a solution at infinity, or nearly
    vanish on the way to a large finite one: that needs more digits.
    """
    runs = np.zeros(len(numbers), bool)
    start = (begun.start_parameters, *begun.stops)[-1]
    target = np.atleast_2d(begun.target_parameters)
    problems = numbers * len(target) // begun.n_paths
    if start.ndim == 1:
        for problem in sorted(set(problems.tolist())):
            forms = InitialForms.along(begun.homotopy, start, target[problem])
            rows = np.flatnonzero(problems == problem)
            if forms is not None:
                w, m, is_determined = forms.valuations(x[rows], t[rows], threads)
                runs[rows] = (m > 0) & is_determined & (w.min(axis=1) < 0)
    return runs
