"""The tape machine and the path tracker, written in C++."""

import enum
from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

class Opcode(enum.IntEnum):
    """Operations of a tape: value = a op b; SQUARE is a², POWER is a^immediate."""

    ADD = 0
    SUB = 1
    MUL = 2
    DIV = 3
    NEG = 4
    SQUARE = 5
    POWER = 6

class PathStatus(enum.IntEnum):
    """How a path ended; `neuromanifold.continuation.PathStatus` says what to do about it."""

    SUCCESS = 0
    INVALID_START = 1
    STEP_TOO_SMALL = 2
    MAX_STEPS = 3
    DIVERGED = 4
    SINGULAR = 5
    ACCURACY_LIMIT = 6
    INTERRUPTED = 7

@final
class TrackerOptions:
    """The fields of `neuromanifold.continuation.TrackerOptions`, which documents them."""

    max_steps: int
    min_step: float
    initial_step: float
    contraction: float
    beta_omega: float
    beta_tau: float
    beta_tau_strict: float
    divergence_bound: float
    max_condition: float
    max_accuracy: float
    def __init__(self) -> None: ...

@final
class Tape:
    """A system F(x; p) of m equations with its Jacobian, as a program in single-assignment form.

    Values are numbered: first the variables, then the parameters, then the constants; instruction i
    (a row opcode, a, b, immediate) defines value n_variables + n_parameters + len(constants) + i.
    `values[i]` is the number of F_i, `jacobian[i, j]` that of ∂F_i/∂x_j or -1 for a structural zero.
    Raises ValueError with a sentence naming the entry that cannot be used.
    """

    def __init__(
        self,
        n_variables: int,
        n_parameters: int,
        constants: ArrayLike,
        instructions: ArrayLike,
        values: ArrayLike,
        jacobian: ArrayLike,
    ) -> None: ...
    @property
    def n_variables(self) -> int: ...
    @property
    def n_parameters(self) -> int: ...
    @property
    def n_equations(self) -> int: ...
    @property
    def n_instructions(self) -> int:
        """Machine instructions for F and its Jacobian, after fusion."""
    @property
    def n_value_instructions(self) -> int:
        """Machine instructions for F alone."""
    @property
    def n_slots(self) -> int: ...

def lane_widths() -> list[int]:
    """How many paths this processor can track side by side, widest first."""

def evaluate(
    tape: Tape, x: ArrayLike, p: ArrayLike, lanes: int = 0
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """F (B, m) and its Jacobian (B, m, n) at x (B, n) with parameters p (k,) or (B, k)."""

def taylor(
    tape: Tape, x: ArrayLike, p: ArrayLike, order: int, lanes: int = 0
) -> NDArray[np.complex128]:
    """Coefficient `order` (1, 2 or 3) of F(Σ_{j<order} x[:, :, j] t^j; p[0] + p[1] t), shape (B, m)."""

def newton(
    tape: Tape,
    x: ArrayLike,
    p: ArrayLike,
    max_iterations: int = 20,
    tolerance: float = 1e-9,
    lanes: int = 0,
) -> dict[str, NDArray[Any]]:
    """Full Newton from x (B, n) until the updates stop shrinking.

    Returns solutions (B, n); accuracy (last update) and moved (whole way), both in the weighted maximum
    norm; condition of the scaled Jacobian; converged, where accuracy <= tolerance.
    """

def track(
    tape: Tape,
    starts: ArrayLike,
    p_start: ArrayLike,
    p_target: ArrayLike,
    options: TrackerOptions = ...,
    threads: int = 1,
    lanes: int = 0,
    on_progress: Callable[[int, int], object] | None = None,
) -> dict[str, Any]:
    """Follows the solutions of F(x; t p_start + (1 - t) p_target) from t = 1 to t = 0.

    Returns solutions (B, n), and of length B: status, t_reached, steps_accepted, steps_rejected, accuracy,
    condition; and the flag interrupted.
    """
