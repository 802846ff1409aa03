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
    endgame_start: float
    max_winding_number: int
    max_condition: float
    max_accuracy: float
    def __init__(self) -> None: ...

@final
class Tape:
    """A system F(x; p) of m equations with its Jacobian, as a program in single-assignment form.

    Values are numbered: first the variables, then the parameters, then the constants; instruction i
    (a row opcode, a, b, immediate) defines value n_variables + n_parameters + len(constants) + i.
    `values[i]` is the number of F_i, `jacobian[i, j]` that of ∂F_i/∂x_j or -1 for a structural zero;
    without it the values are differentiated.
    Raises ValueError with a sentence naming the entry that cannot be used.
    """

    def __init__(
        self,
        n_variables: int,
        n_parameters: int,
        constants: ArrayLike,
        instructions: ArrayLike,
        values: ArrayLike,
        jacobian: ArrayLike | None = None,
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
    condition, winding_number; and the flag interrupted.
    """

def certify(
    tape: Tape,
    x: NDArray[np.complex128],
    p: NDArray[np.complex128],
    p_trailing: NDArray[np.float64],
    p_radius: NDArray[np.float64],
    constants: NDArray[np.float64],
    image: Tape | None,
    image_constants: NDArray[np.float64],
    lanes: int = 0,
    threads: int = 1,
) -> dict[str, NDArray[Any]]:
    """Krawczyk's test in interval arithmetic around the approximate zeros x (B, n).

    Exact numbers q are given as |q - (leading + trailing)| <= radius, leading the nearest double: the
    parameters as p, p_trailing and p_radius with one row for all points or one for each, the constants
    of the tapes as rows (leading, trailing, radius). Imaginary parts are exact.

    Returns center and radius (B, n) of the boxes; certified and real (B,); and for functions `image` of
    the same inputs balls image_midpoint, image_radius (B, k) that hold their values at the certified
    zeros, with an infinite radius at other points. The same for all lane widths and any number of
    threads, to the last bit.
    """

def enclose(
    tape: Tape,
    x: NDArray[np.complex128],
    x_radius: NDArray[np.float64],
    p: NDArray[np.complex128],
    p_trailing: NDArray[np.float64],
    p_radius: NDArray[np.float64],
    constants: NDArray[np.float64],
    extended: bool,
    lanes: int = 0,
) -> dict[str, NDArray[np.complex128]]:
    """Enclosures of F(x; p) for all points of the boxes x ± x_radius (real and imaginary parts alike).

    The other arguments are those of `certify`; `extended` computes with balls around double-doubles.
    Returns leading, trailing and radius, each (B, m): |Re F - Re(leading + trailing)| <= Re radius, and
    the same for imaginary parts. A radius that is not finite says that nothing is known.
    """

class DegenerateLifting(ArithmeticError):  # noqa: N818
    """The lifting is not generic; draw another one."""

def mixed_cells(
    sizes: NDArray[np.int32],
    exponents: NDArray[np.int64],
    lifting: NDArray[np.int64],
    simplex_lifting: NDArray[np.int64],
    most_volume: int = ...,
    big_integers: bool = False,
) -> dict[str, Any]:
    """Fine mixed cells of n lifted supports, by tropical homotopy continuation in exact integers.

    Takes the number of points of each support, all points (M, n) with exponents ≥ 0, their heights
    (M,) and the heights (n, n + 1) of the points 0, e_1, …, e_n of the starting simplices, among
    which {0, e_j} must be the only cell. Returns points (N, n, 2), numbers within the supports;
    normals (N, n) and volumes (N,), with normals/volumes the inner normals, or None where 64-bit
    integers were not enough; n_flips; is_too_large, when the search was given up because the volumes
    would exceed most_volume. Raises DegenerateLifting where two events coincide.
    """

class TooManyTerms(ArithmeticError):  # noqa: N818
    """Multiplied out, the polynomials have more terms than wanted."""

class LossOfPrecision(ArithmeticError):  # noqa: N818
    """Terms cancel so much that doubles do not tell what is left."""

def hermite_forms(
    matrices: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint8]]:
    """Row Hermite normal forms H = U·A of square matrices A (K, n, n), with U modulo 2⁶⁴.

    The third array is 1 where they are known: A is regular and 64-bit integers were enough.
    """

def expanded_segment(
    tape: Tape,
    p_start: NDArray[np.complex128],
    p_target: NDArray[np.complex128],
    most_terms: int,
    accuracy: float = 1e-12,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.complex128]]:
    """F(x; t·p_start + (1 − t)·p_target) multiplied out, with t as the last variable.

    Returns the number of terms of each polynomial, the exponents (M, n + 1) and the coefficients (M,) of
    all terms, none of them 0 and each with a smaller relative error than `accuracy`. Raises
    TooManyTerms, and LossOfPrecision where that is not possible or F is rational.
    """

class InitialForms:
    """n polynomials in x and t, given by the first three of `expanded_segment`."""

    def __init__(
        self,
        sizes: NDArray[np.int64],
        exponents: NDArray[np.int32],
        coefficients: NDArray[np.complex128],
    ) -> None: ...
    def valuations(
        self, points: NDArray[np.complex128], t: NDArray[np.float64], threads: int = 1
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
        """Exponents w of paths x(t) = z·t^w·(1 + o(1)) that are at points (B, n) for t (B,).

        Returns numerators (B, n) and common denominators (B,), 0 where w is not clear, and whether no
        other w has the same initial forms (B,).
        """

def track_rays(
    tape: Tape,
    starts: NDArray[np.complex128],
    rates: NDArray[np.complex128],
    p_target: NDArray[np.complex128],
    options: TrackerOptions = ...,
    threads: int = 1,
    lanes: int = 0,
) -> dict[str, Any]:
    """Follows the solutions of F(x; e^(-rate t) p_target) from t = 1 to t = 0.

    Ends are not checked.

    Rates (B, m) are real and not negative. Returns solutions (B, n), status, t_reached, steps_accepted and
    steps_rejected (B,).
    """
