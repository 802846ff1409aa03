"""Whether paths that are said to run to infinity do."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from neuromanifold import _core
from neuromanifold.continuation._ends import Tracked
from neuromanifold.continuation._initial_forms import InitialForms
from neuromanifold.continuation._projective import ProjectivePatch
from neuromanifold.continuation._sparse import expanded_segment
from neuromanifold.continuation._track import PathStatus, TrackerOptions, track
from neuromanifold.errors import TooLargeError
from neuromanifold.rings import PolynomialMap

_MOST_TERMS = 2_000
_SHORT = TrackerOptions(endgame_start=0.0, min_step=1e-60, max_steps=40)
_DEEP = TrackerOptions(endgame_start=1e-16, min_step=1e-60, max_steps=200, divergence_bound=1e140)
_NEARBY = 1e-2
_ZERO = 1e-14
_SLOWEST = 0.03  # x ~ t^{-v} with a smaller v does not run to infinity
_LATER = 0.1
_FAR = 1e5


class InfinityTest:
    """Finds the finite ends among paths that are said to run to infinity.

    Three tests, the next one only for what is left: the initial forms of the homotopy prove an
    expansion with negative exponents; in a patch of projective space a regular end is found, and its
    coordinate y₀ tells whether it is finite, however large; and the path is followed to t = 10⁻¹⁶,
    where it may arrive at a finite end after all.

    Args:
        homotopy: H(x; p), square.
        sizes: (n,), what size the coordinates of solutions are expected to have.
        threads: for tracking.
    """

    def __init__(self, homotopy: PolynomialMap, sizes: np.ndarray | float, threads: int) -> None:
        self._homotopy = homotopy
        self._sizes = sizes
        self._threads = threads
        self._forms: dict[bytes, InitialForms | None] = {}

    def correct(
        self,
        tracked: Tracked,
        rows: np.ndarray,
        t: np.ndarray,
        start: np.ndarray,
        target: np.ndarray,
    ) -> None:
        """Enter the finite ends of paths that stopped at t (B,) between start and target.

        Args:
            tracked: what is known of the paths.
            rows: the paths in question.
            t: where they are.
            start: (m,) or (B, m) for the paths in question.
            target: likewise.
        """
        one_segment = start.ndim == target.ndim == 1
        if one_segment:
            forms = self._forms_of(start, target)
            if forms is not None:
                rows, t = _without(forms.lead_to_infinity(tracked.points[rows], t), rows, t)
        else:
            forms = None
        if not len(rows):
            return
        here = t[:, None] * start + (1 - t[:, None]) * target
        settled = self._in_patch(tracked, rows, here, target)
        rows, t = _without(settled, rows, t)
        if len(rows):
            target = target if target.ndim == 1 else target[~settled]
            self._follow_deeper(tracked, rows, t, here[~settled], target, forms)

    def recognize(
        self,
        tracked: Tracked,
        rows: np.ndarray,
        t: np.ndarray,
        start: np.ndarray,
        target: np.ndarray,
    ) -> None:
        """Paths that got lost at t (B,) far out, where their expansion shows that they run to infinity."""
        if start.ndim == target.ndim == 1:
            forms = self._forms_of(start, target)
            if forms is not None:
                runs = forms.lead_to_infinity(tracked.points[rows], t)
                tracked.status[rows[runs]] = PathStatus.DIVERGED.code

    def _forms_of(self, start: np.ndarray, target: np.ndarray) -> InitialForms | None:
        key = start.tobytes() + target.tobytes()
        if key not in self._forms:
            try:
                segment = expanded_segment(
                    self._homotopy, start.tolist(), target.tolist(), _MOST_TERMS
                )
                self._forms[key] = InitialForms(segment)
            except TooLargeError:
                self._forms[key] = None
        return self._forms[key]

    @cached_property
    def _patch(self) -> ProjectivePatch | None:
        patch = ProjectivePatch(self._homotopy)
        return patch if patch.is_tight(self._homotopy) else None

    def _in_patch(
        self, tracked: Tracked, rows: np.ndarray, here: np.ndarray, target: np.ndarray
    ) -> np.ndarray:
        """Paths that have a regular end in projective space."""
        if self._patch is None:
            return np.zeros(len(rows), bool)
        batch, p = self._patch.track(tracked.points[rows], here, target, _SHORT, self._threads)
        arrived = np.flatnonzero(batch.success)
        y = self._patch.polished(batch.solutions[arrived], p[arrived])
        size = np.max(np.abs(y), axis=1, initial=0.0)
        settled = np.zeros(len(rows), bool)
        settled[arrived] = np.abs(y[:, 0]) <= _ZERO * size
        with np.errstate(all="ignore"):
            x = y[:, 1:] / y[:, :1]
        finite = np.isfinite(x).all(axis=1)
        arrived, x = arrived[finite], x[finite]
        found = _core.newton(
            self._homotopy.tape, x, target if target.ndim == 1 else target[arrived]
        )
        good = found["converged"] & (found["moved"] <= _NEARBY)
        good &= found["condition"] <= _SHORT.max_condition
        settled[arrived] |= good
        ends = rows[arrived[good]]
        tracked.points[ends] = found["solutions"][good]
        tracked.status[ends] = PathStatus.SUCCESS.code
        tracked.accuracy[ends] = found["accuracy"][good]
        tracked.condition[ends] = found["condition"][good]
        return settled

    def _follow_deeper(
        self,
        tracked: Tracked,
        rows: np.ndarray,
        t: np.ndarray,
        here: np.ndarray,
        target: np.ndarray,
        forms: InitialForms | None,
    ) -> None:
        """Enter the ends of those that arrive.

        Those that get stuck have failed if they have ceased to grow and their expansion is not clear
        now either.
        """
        batch = track(
            self._homotopy.tape,
            tracked.points[rows],
            here,
            target,
            options=_DEEP,
            threads=self._threads,
        )
        tracked.is_interrupted |= batch.is_interrupted
        arrived = batch.success | batch.has_status(PathStatus.SINGULAR)
        tracked.enter(rows, batch, arrived)
        stuck = np.flatnonzero(~arrived & ~batch.has_status(PathStatus.DIVERGED))
        if forms is not None:
            reached = t[stuck] * batch.t_reached[stuck]
            stuck = stuck[~forms.lead_to_infinity(batch.solutions[stuck], reached)]
        begun = np.max(np.abs(tracked.points[rows[stuck]]) / self._sizes, axis=1, initial=0.0)
        grown = np.max(np.abs(batch.solutions[stuck]) / self._sizes, axis=1, initial=0.0)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            stopped = grown < begun * batch.t_reached[stuck] ** -_SLOWEST
        has_moved = batch.t_reached[stuck] < _LATER
        stopped = np.where(has_moved, stopped, grown < _FAR)
        tracked.status[rows[stuck[stopped]]] = PathStatus.ACCURACY_LIMIT.code


def _without(settled: np.ndarray, rows: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return rows[~settled], t[~settled]
