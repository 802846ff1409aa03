"""Newton's method in high precision, from where a path was left to a zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from flint import acb

from neuromanifold.continuation._paths._newton_in_balls import NewtonInBalls

_MOST_STEPS = 32
_ALIKE, _MOST_ALIKE = 0.01, 10
_STRAY = 5.0
_ARRIVED = 1e-30
_NEAR = 1e-13
_LINEAR = 0.1


@dataclass
class NewtonWalk:
    """A path that goes on by Newton's method.

    Attributes:
        number: of the path.
        method: for its problem.
        x: where it is.
        least: the size of x below which it turns back from where the path was going.
        last: the length of its last step.
        length: of all steps.
        n_steps: how many it has taken.
        n_alike: how many of the last ones were equally long, as on the way to infinity.
        is_lost: it strayed, turned back, or converges as slowly as to a multiple zero.
    """

    number: int
    method: NewtonInBalls
    x: list[acb]
    least: float = 0.0
    last: float = np.inf
    length: float = 0.0
    n_steps: int = 0
    n_alike: int = 0
    is_lost: bool = False

    def advance(self) -> bool:
        """One step; False when it leads nowhere."""
        self.x, step = self.method.step(self.x)
        size = max(abs(complex(z)) for z in self.x)
        strays = not step < _STRAY or not self.least <= size < np.inf
        is_slow = step < _NEAR and step > max(_LINEAR * self.last, _ARRIVED)
        is_alike = abs(step - self.last) <= _ALIKE * step
        self.n_alike = self.n_alike + 1 if is_alike else 0
        self.last = step
        self.length += step
        self.n_steps += 1
        self.is_lost = strays or is_slow
        return not (self.is_lost or self.n_steps > _MOST_STEPS or self.n_alike > _MOST_ALIKE)

    @property
    def is_open(self) -> bool:
        """It came to no zero, but nothing tells that there is none."""
        return self.n_steps > 0 and not self.is_lost and self.last >= _ARRIVED

    def arrives(self, most_steps: int) -> bool:
        """Whether it comes to a zero."""
        while self.n_steps < most_steps and self.advance():
            if self.last < _ARRIVED:
                return True
        return False


def arrived(walks: Sequence[NewtonWalk], most_steps: int) -> Iterator[NewtonWalk]:
    """Those that come to a zero, one after the other as long as steps are left."""
    for walk in walks:
        if walk.arrives(most_steps):
            yield walk
        most_steps -= walk.n_steps
        if most_steps <= 0:
            break
