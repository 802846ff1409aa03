"""Tracking many solution paths of a parameter homotopy at once."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuromanifold import _core
from neuromanifold.errors import InvalidInputError


class PathStatus(enum.Enum):
    """How a path ended; the value is a sentence that says what to do next.

    >>> PathStatus.from_code(4).name
    'DIVERGED'
    """

    SUCCESS = "The path reached t = 0 at a regular solution."
    INVALID_START = (
        "The start point does not solve the system at the start parameters, or is singular there: "
        "refine it with Newton's method first."
    )
    STEP_TOO_SMALL = (
        "The step size fell below min_step in the middle of the path: track it again with another "
        "random gamma or through a random intermediate parameter."
    )
    MAX_STEPS = "The path needs more than max_steps steps: raise max_steps."
    DIVERGED = (
        "The path goes to infinity: the target system has fewer solutions than the start system."
    )
    SINGULAR = (
        "The path ends at a singular point (a multiple solution or a positive-dimensional component), "
        "found by the endgame: `accuracy` says how well."
    )
    ACCURACY_LIMIT = (
        "Double precision cannot follow or refine the path: track it again with another random gamma, "
        "or scale the equations and the variables to comparable size."
    )
    INTERRUPTED = "Tracking was interrupted before the path ended: track it again from its start."

    @property
    def code(self) -> int:
        """The number that stands for this status in `PathBatch.status`."""
        return int(_core.PathStatus[self.name])

    @classmethod
    def from_code(cls, code: int) -> PathStatus:
        """The status that a number in `PathBatch.status` stands for."""
        return cls[_core.PathStatus(int(code)).name]


def with_status(codes: NDArray[np.int8], statuses: Iterable[PathStatus]) -> NDArray[np.bool_]:
    """The mask of the paths that ended with one of some statuses.

    >>> with_status(np.array([0, 4, 2]), [PathStatus.SUCCESS, PathStatus.STEP_TOO_SMALL])
    array([ True, False,  True])
    """
    is_wanted = np.zeros(len(PathStatus), np.bool_)
    is_wanted[[status.code for status in statuses]] = True
    return is_wanted[codes]


@dataclass(frozen=True, kw_only=True)
class TrackerOptions:
    """How carefully paths are followed.

    A step is accepted when the first Newton update contracts by the factor a = `contraction`. With h(a) =
    2a(√(4a² + 1) − 2a), the Lipschitz estimate ω, the prediction error e·(s/τ)⁴ after a step s, and the
    trust radius τ (the distance to the nearest singularity of the path), the next step is the smaller of
    τ((√(1 + 2h(a)) − 1)/(ωe))^{1/4}/β_ω and β_τ·τ.

    Attributes:
        max_steps: accepted and rejected steps before a path is given up.
        min_step: smallest step in t.
        initial_step: largest first step in t.
        contraction: a, in (0, 1/2).
        beta_omega: β_ω ≥ 1, safety factor of the step derived from the contraction.
        beta_tau: β_τ in (0, 1), largest step relative to the trust radius.
        beta_tau_strict: the same for the step that would reach t = 0.
        divergence_bound: a coordinate beyond it means that the path goes to infinity.
        endgame_start: from this t on a path that does not behave regularly is taken for one that runs to
            infinity, or ends in a singular point that loops around t = 0 can find; 0 for no endgame.
        max_winding_number: turns around t = 0 after which a path must have closed.
        max_condition: largest condition number of the scaled Jacobian at a regular solution.
        max_accuracy: largest relative Newton update left at a solution.

    Source: S. Timme, Mixed precision path tracking for polynomial homotopy continuation, 2021.
    """

    max_steps: int = 10_000
    min_step: float = 1e-15
    initial_step: float = 0.1
    contraction: float = 0.125
    beta_omega: float = 2.0
    beta_tau: float = 0.7
    beta_tau_strict: float = 0.45
    divergence_bound: float = 1e10
    endgame_start: float = 0.1
    max_winding_number: int = 16
    max_condition: float = 1e13
    max_accuracy: float = 1e-9

    def __post_init__(self):
        bounds = {
            "max_steps": (1, 2**31 - 1),
            "min_step": (1e-300, 1.0),
            "initial_step": (1e-12, 1.0),
            "contraction": (1e-6, 0.499),
            "beta_omega": (1.0, 1e6),
            "beta_tau": (1e-6, 0.99),
            "beta_tau_strict": (1e-6, 0.99),
            "divergence_bound": (1.0, 1e150),
            "endgame_start": (0.0, 1.0),
            "max_winding_number": (1, 1000),
            "max_condition": (1.0, np.inf),
            "max_accuracy": (0.0, 1.0),
        }
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InvalidInputError(f"{name} is {value}; choose it between {low} and {high}.")

    @classmethod
    def normal(cls) -> TrackerOptions:
        """The default: safe for the homotopies of this library."""
        return cls()

    @classmethod
    def tight(cls) -> TrackerOptions:
        """About twice the steps: for tracking again what failed or came out twice."""
        return cls(
            initial_step=0.02, contraction=0.0625, beta_omega=4.0, beta_tau=0.3, beta_tau_strict=0.2
        )

    @classmethod
    def loose(cls) -> TrackerOptions:
        """Fewest steps: for experiments whose counts are checked otherwise."""
        return cls(initial_step=0.25, beta_omega=1.5, beta_tau=0.8, beta_tau_strict=0.5)

    def _native(self) -> _core.TrackerOptions:
        native = _core.TrackerOptions()
        for field in dataclasses.fields(self):
            setattr(native, field.name, getattr(self, field.name))
        return native


@dataclass(frozen=True, eq=False)
class PathBatch:
    """Where each path went; entry i of every array belongs to start point i.

    Attributes:
        solutions: (B, n), the point at t_reached: the solution at the target parameters on success.
        status: (B,), codes of `PathStatus`.
        t_reached: (B,), 0 for a path that arrived, 1 for one that never left.
        steps_accepted: (B,).
        steps_rejected: (B,).
        accuracy: (B,), relative size of the last Newton update; at a singular end point the estimated
            relative error of the solution.
        condition: (B,), condition number of the scaled Jacobian at t = 0; 0 for a path that did not arrive.
        winding_number: (B,), the number m of turns around t = 0 after which the path closes, a power series
            in t^{1/m}: 1 at a regular solution, 0 where it is not known.
        is_interrupted: whether Ctrl-C stopped the tracking.
    """

    solutions: NDArray[np.complex128]
    status: NDArray[np.int8]
    t_reached: NDArray[np.float64]
    steps_accepted: NDArray[np.int32]
    steps_rejected: NDArray[np.int32]
    accuracy: NDArray[np.float64]
    condition: NDArray[np.float64]
    winding_number: NDArray[np.int32]
    is_interrupted: bool

    def __len__(self) -> int:
        return len(self.status)

    def has_status(self, status: PathStatus) -> NDArray[np.bool_]:
        """The mask of the paths that ended with this status."""
        return self.status == status.code

    @property
    def success(self) -> NDArray[np.bool_]:
        """The mask of the paths that reached a regular solution."""
        return self.has_status(PathStatus.SUCCESS)

    @property
    def n_success(self) -> int:
        """How many paths reached a regular solution."""
        return int(self.success.sum())

    @property
    def counts(self) -> dict[PathStatus, int]:
        """How many paths ended with each status that occurred."""
        codes, counts = np.unique(self.status, return_counts=True)
        return {PathStatus.from_code(c): int(k) for c, k in zip(codes, counts, strict=True)}

    def __str__(self) -> str:
        title = f"{len(self)} paths"
        lines = [title, "=" * len(title)]
        for status, count in self.counts.items():
            lines.append(f"• {count} {status.name.lower().replace('_', ' ')}: {status.value}")
        return "\n".join(lines)


def track(
    tape: _core.Tape,
    starts: ArrayLike,
    p_start: ArrayLike,
    p_target: ArrayLike,
    *,
    options: TrackerOptions | None = None,
    threads: int = 1,
    on_progress: Callable[[int, int], object] | None = None,
) -> PathBatch:
    """Follows solutions x(t) of F(x; t·p_start + (1 − t)·p_target) = 0 from t = 1 to t = 0.

    Predictor: Padé(2,1) per coordinate; corrector: Newton; every path has its own step size. The result is
    the same for any number of threads, to the last bit. A path that ends in a singular point is followed
    around t = 0 until it closes; the mean of that loop is its end (Cauchy). Ctrl-C stops early: the result
    then holds the paths that are done and says `is_interrupted`.

    Args:
        tape: a square system, n equations in n variables with m parameters.
        starts: (B, n), solutions of F(x; p_start).
        p_start: (m,), or (B, m) for a start of its own for each path.
        p_target: (m,) or (B, m).
        options: how carefully to track; `TrackerOptions.normal()` by default.
        threads: number of threads.
        on_progress: called with (paths done, paths in all) about 20 times a second.

    Returns:
        One entry per start, in the same order.

    Raises:
        InvalidInputError: if shapes do not fit, or the system is not square.

    Source: S. Timme, Mixed precision path tracking for polynomial homotopy continuation, 2021;
    S. Telen, M. Van Barel, J. Verschelde, A robust numerical path tracking algorithm for polynomial
    homotopy continuation, 2020; A. Morgan, A. Sommese, C. Wampler, Computing singular solutions to
    nonlinear analytic systems, 1990.

    >>> from neuromanifold import _core
    >>> op = _core.Opcode  # x² − p with the values 0: x, 1: p, 2: the constant 2
    >>> rows = [(op.SQUARE, 0, 0, 0), (op.SUB, 3, 1, 0), (op.MUL, 2, 0, 0)]
    >>> tape = _core.Tape(1, 1, [2], rows, [4], [[5]])
    >>> batch = track(tape, [[1], [-1]], [1], [9j])
    >>> batch.n_success, bool(np.allclose(batch.solutions**2, 9j))
    (2, True)
    """
    points = np.asarray(starts, np.complex128)
    n, m = tape.n_variables, tape.n_parameters
    if tape.n_equations != n:
        raise InvalidInputError(
            f"the tape has {tape.n_equations} equations in {n} variables; tracking needs a square system."
        )
    if points.ndim != 2 or points.shape[1] != n:
        raise InvalidInputError(
            f"starts has shape {points.shape}; it needs (number of paths, {n})."
        )
    parameters = {}
    for name, value in (("p_start", p_start), ("p_target", p_target)):
        parameters[name] = np.asarray(value, np.complex128)
        if parameters[name].shape not in {(m,), (len(points), m)}:
            raise InvalidInputError(
                f"{name} has shape {parameters[name].shape}; it needs ({m},) or ({len(points)}, {m})."
            )
    if threads < 1:
        raise InvalidInputError(f"threads is {threads}; give at least 1.")
    native = (TrackerOptions.normal() if options is None else options)._native()
    result = _core.track(
        tape, points, **parameters, options=native, threads=threads, on_progress=on_progress
    )
    is_interrupted = result.pop("interrupted")
    return PathBatch(**result, is_interrupted=is_interrupted)
