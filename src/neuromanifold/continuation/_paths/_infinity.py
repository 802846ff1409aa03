"""Whether paths that are said to run to infinity do."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from neuromanifold import _core
from neuromanifold.continuation._paths._ends import Tracked
from neuromanifold.continuation._paths._initial_forms import InitialForms
from neuromanifold.continuation._paths._projective import ProjectivePatch
from neuromanifold.continuation._paths._segment import Segment, StoppedPaths
from neuromanifold.continuation._paths._track import PathBatch, PathStatus, TrackerOptions, track
from neuromanifold.rings import PolynomialMap

_SHORT = TrackerOptions(endgame_start=0.0, min_step=1e-60, max_steps=40)
_DEEP = TrackerOptions(endgame_start=1e-16, min_step=1e-60, max_steps=200, divergence_bound=1e140)
_AWAY = TrackerOptions(endgame_start=0.0, min_step=1e-60, max_steps=60, divergence_bound=1e140)
_CLOSER, _NEARER = 5, 0.01
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
    where it may arrive at a finite end after all. The exponents of paths that do run to infinity are
    kept, and looked for at smaller t if they are not known by then.

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

    def correct(self, paths: StoppedPaths) -> None:
        """Enter the finite ends, and the exponents of paths that do run to infinity."""
        forms = self._forms_of(paths.segment)
        runs = self._enter_valuations(paths.tracked, paths.rows, paths.points, paths.t, forms)
        self._find_ends(paths.of(~runs), forms)
        if forms is not None:
            self._look_closer(paths, forms)

    def recognize(self, paths: StoppedPaths) -> None:
        """Enter which lost paths run to infinity: those far out whose expansion shows it."""
        forms = self._forms_of(paths.segment)
        runs = self._enter_valuations(paths.tracked, paths.rows, paths.points, paths.t, forms)
        paths.tracked.status[paths.rows[runs]] = PathStatus.DIVERGED.code
        if forms is not None:
            self._look_closer(paths.of(runs), forms)

    def valuations(
        self, points: np.ndarray, t: np.ndarray, segment: Segment
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As `InitialForms.valuations`; no w is beyond doubt where there are too many terms."""
        forms = self._forms_of(segment)
        if forms is None:
            none = np.zeros(len(points), np.int32)
            return np.zeros(points.shape, np.int32), none, none.astype(np.bool_)
        return forms.valuations(points, t, self._threads)

    def _enter_valuations(
        self,
        tracked: Tracked,
        rows: np.ndarray,
        points: np.ndarray,
        t: np.ndarray,
        forms: InitialForms | None,
    ) -> np.ndarray:
        """Which paths, now at points (B, n), run to infinity beyond doubt; known exponents are kept."""
        if forms is None:
            return np.zeros(len(rows), bool)
        w, m, is_determined = forms.valuations(points, t, self._threads)
        runs = (m > 0) & (w.min(axis=1) < 0)
        known = runs & is_determined
        tracked.numerators[rows[known]] = w[known]
        tracked.denominators[rows[known]] = m[known]
        return runs

    def _forms_of(self, segment: Segment) -> InitialForms | None:
        if not segment.is_shared:
            return None
        key = segment.start.tobytes() + segment.target.tobytes()
        if key not in self._forms:
            forms = InitialForms.along(self._homotopy, segment.start, segment.target)
            self._forms[key] = forms
        return self._forms[key]

    @cached_property
    def _patch(self) -> ProjectivePatch | None:
        patch = ProjectivePatch(self._homotopy)
        return patch if patch.is_tight(self._homotopy) else None

    def _find_ends(self, paths: StoppedPaths, forms: InitialForms | None) -> None:
        """For paths whose expansion is not clear."""
        if len(paths):
            paths = paths.of(~self._in_patch(paths))
        if len(paths):
            self._follow_deeper(paths, forms)

    def _in_patch(self, paths: StoppedPaths) -> np.ndarray:
        """Which paths have a regular end in projective space; the finite ones are entered."""
        settled = np.zeros(len(paths), bool)
        if self._patch is None:
            return settled
        target = paths.segment.target
        batch, p = self._patch.track(paths.points, paths.parameters, target, _SHORT, self._threads)
        arrived = np.flatnonzero(batch.success)
        y = self._patch.polished(batch.solutions[arrived], p[arrived])
        size = np.max(np.abs(y), axis=1, initial=0.0)
        settled[arrived] = np.abs(y[:, 0]) <= _ZERO * size
        with np.errstate(all="ignore"):
            x = y[:, 1:] / y[:, :1]
        finite = np.isfinite(x).all(axis=1)
        arrived, x = arrived[finite], x[finite]
        settled[arrived] |= self._enter_regular_ends(paths.tracked, paths.rows[arrived], x, target)
        return settled

    def _enter_regular_ends(
        self, tracked: Tracked, rows: np.ndarray, points: np.ndarray, target: np.ndarray
    ) -> np.ndarray:
        """Which of the points (B, n) are close to a regular zero at the target; the paths end there."""
        found = _core.newton(self._homotopy.tape, points, target)
        good = found["converged"] & (found["moved"] <= _NEARBY)
        good &= found["condition"] <= _SHORT.max_condition
        ends = rows[good]
        tracked.points[ends] = found["solutions"][good]
        tracked.status[ends] = PathStatus.SUCCESS.code
        tracked.accuracy[ends] = found["accuracy"][good]
        tracked.condition[ends] = found["condition"][good]
        return good

    def _follow_deeper(self, paths: StoppedPaths, forms: InitialForms | None) -> None:
        """Enter the ends of those that arrive.

        Those that get stuck have failed if they have ceased to grow and their expansion is not clear
        now either.
        """
        tracked, rows, t = paths.tracked, paths.rows, paths.t
        batch = self._track(paths.points, paths.parameters, paths.segment.target, _DEEP, tracked)
        arrived = batch.success | batch.has_status(PathStatus.SINGULAR)
        tracked.enter(rows, batch, arrived)
        away = np.flatnonzero(~arrived)
        reached = t[away] * batch.t_reached[away]
        known = self._enter_valuations(tracked, rows[away], batch.solutions[away], reached, forms)
        stuck = away[~known & ~batch.has_status(PathStatus.DIVERGED)[away]]
        begun = np.max(np.abs(tracked.points[rows[stuck]]) / self._sizes, axis=1, initial=0.0)
        grown = np.max(np.abs(batch.solutions[stuck]) / self._sizes, axis=1, initial=0.0)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            stopped = grown < begun * batch.t_reached[stuck] ** -_SLOWEST
        has_moved = batch.t_reached[stuck] < _LATER
        stopped = np.where(has_moved, stopped, grown < _FAR)
        tracked.status[rows[stuck[stopped]]] = PathStatus.ACCURACY_LIMIT.code

    def _look_closer(self, paths: StoppedPaths, forms: InitialForms) -> None:
        """Find the exponents of paths to infinity at smaller t, where they are not known yet.

        Where initial forms do not determine them, they are those read off at two values of t. If none
        is below 0, the path may have a finite end after all.
        """
        tracked, segment = paths.tracked, paths.segment
        unknown = tracked.denominators[paths.rows] == 0
        unknown &= tracked.status[paths.rows] == PathStatus.DIVERGED.code
        paths = paths.of(unknown)
        rows, points, t = paths.rows, paths.points, paths.t
        before = np.zeros((len(rows), points.shape[1] + 1), np.int32)
        for nearer in (1.0, *[_NEARER] * _CLOSER):
            if not len(rows):
                break
            if nearer < 1:
                batch = self._track(points, segment(t), segment(nearer * t), _AWAY, tracked)
                arrived = np.flatnonzero(batch.success)
                rows, points, t = rows[arrived], batch.solutions[arrived], nearer * t[arrived]
                before = before[arrived]
            w, m, is_determined = forms.valuations(points, t, self._threads)
            now = np.column_stack([w, m])
            runs = (m > 0) & (w.min(axis=1) < 0)
            known = runs & (is_determined | (now == before).all(axis=1))
            tracked.numerators[rows[known]] = w[known]
            tracked.denominators[rows[known]] = m[known]
            settled = known.copy()
            stays = is_determined & ~runs
            settled[stays] = self._enter_regular_ends(
                tracked, rows[stays], points[stays], segment.target
            )
            left = ~settled
            rows, points, t, before = rows[left], points[left], t[left], now[left]

    def _track(
        self,
        points: np.ndarray,
        start: np.ndarray,
        target: np.ndarray,
        options: TrackerOptions,
        tracked: Tracked,
    ) -> PathBatch:
        """On from the points (B, n); `tracked` is to know of an interruption."""
        batch = track(
            self._homotopy.tape, points, start, target, options=options, threads=self._threads
        )
        tracked.is_interrupted |= batch.is_interrupted
        return batch
