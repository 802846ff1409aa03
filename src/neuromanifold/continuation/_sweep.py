"""The verb `solve_many`: one system at many values of its parameters."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import neuromanifold
from neuromanifold._equality import same_fields
from neuromanifold.continuation._paths._ends import Ends
from neuromanifold.continuation._paths._follow import OnProgress, follow
from neuromanifold.continuation._paths._judged import judged
from neuromanifold.continuation._paths._last_resort import LastResort
from neuromanifold.continuation._paths._ledger import PathEnd
from neuromanifold.continuation._paths._track import PathStatus, TrackerOptions
from neuromanifold.continuation._solve import solve, usable_threads
from neuromanifold.continuation._starts._parameter_homotopy import ParameterHomotopy
from neuromanifold.continuation._starts._start_system import AbstractStart
from neuromanifold.continuation._systems._scaling import Scaling
from neuromanifold.continuation._systems._square_up import ExcessTest
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd

_REAL = 1e-8


@dataclass(frozen=True, eq=False)
class Sweep:
    """The solutions of F(x; p) = 0 at K values of p.

    Path i to value k starts at solution i of the generic member of the family.

    Attributes:
        values: (K, number of parameters).
        solutions: (K, N, n), the ends of the paths; NaN where a path has no regular end.
        ends: (K, N), codes of `PathEnd`.
        variables: names of the coordinates.
        parameters: names of the parameters.
        is_real_family: all constants of the family are real.
        generic: the generic member's solutions (N, n) and its parameter values.
        seed: every random choice came from it.
        seconds: wall time.
        is_interrupted: Ctrl-C stopped the tracking.
        version: of the package.
    """

    values: NDArray[np.complex128]
    solutions: NDArray[np.complex128]
    ends: NDArray[np.int8]
    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    is_real_family: bool
    generic: ParameterHomotopy = field(compare=False)
    seed: int
    seconds: float = field(compare=False)
    is_interrupted: bool
    version: str

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other, ignoring=("seconds", "generic"))

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.values)

    def count(self, end: PathEnd) -> NDArray[np.int64]:
        """(K,), how many paths to each value ended there."""
        return np.sum(self.ends == end.code, axis=1)

    @property
    def n_regular(self) -> NDArray[np.int64]:
        """(K,), regular solutions at each value."""
        return self.count(PathEnd.REGULAR)

    @property
    def n_failed(self) -> NDArray[np.int64]:
        """(K,), paths that were lost."""
        return self.count(PathEnd.FAILED)

    @property
    def is_real(self) -> NDArray[np.bool_]:
        """(K, N), regular solutions at real values with imaginary parts below 10⁻⁸ of their size."""
        size = np.maximum(np.max(np.abs(self.solutions), axis=2), _REAL)
        near = np.max(np.abs(self.solutions.imag), axis=2) <= _REAL * size
        real_value = np.all(self.values.imag == 0, axis=1) & self.is_real_family
        return near & real_value[:, None] & (self.ends == PathEnd.REGULAR.code)

    @property
    def n_real(self) -> NDArray[np.int64]:
        """(K,), real solutions at each value."""
        return np.sum(self.is_real, axis=1)

    def at(self, k: int) -> NDArray[np.complex128]:
        """The regular solutions at value number k, (number, n)."""
        return self.solutions[k, self.ends[k] == PathEnd.REGULAR.code]

    def to_dataframe(self) -> pd.DataFrame:
        """One row for each regular solution: the values of the parameters, then the coordinates.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas as pd

        rows, columns = np.nonzero(self.ends == PathEnd.REGULAR.code)
        table: dict[str, Any] = dict(zip(self.parameters, self.values[rows].T, strict=True))
        table |= dict(zip(self.variables, self.solutions[rows, columns].T, strict=True))
        table["is_real"] = self.is_real[rows, columns]
        return pd.DataFrame(table)

    def __str__(self) -> str:
        title = f"{len(self)} values of {', '.join(self.parameters)}"
        real, counts = np.unique(self.n_real, return_counts=True)
        lines = [
            title,
            "=" * len(title),
            f"• {self.solutions.shape[1]} paths to each: "
            + ", ".join(
                f"{int(self.count(end).sum())} {end.name.lower().replace('_', ' ')}"
                for end in PathEnd
                if self.count(end).any()
            ),
            "• real solutions: "
            + ", ".join(f"{n} at {c} values" for n, c in zip(real, counts, strict=True)),
            f"• seed {self.seed}, {self.seconds:.3g} s",
        ]
        if self.is_interrupted:
            lines.append("• interrupted: some paths were not tracked")
        return "\n".join(lines)


def solve_many(
    system: System,
    values: Any,
    *,
    start: AbstractStart | None = None,
    threads: int | None = None,
    seed: int = 0,
    options: TrackerOptions | None = None,
    on_progress: OnProgress | None = None,
) -> Sweep:
    """Solve F(x; p) = 0 at many values of p, after solving it once at a random complex value.

    A generic member has the largest number of isolated solutions, and each regular one at p is the end
    of exactly one path from there. All paths to all values are tracked together.

    Args:
        system: with parameters.
        values: (K, number of parameters), in the order of `system.parameters`; (K,) for one parameter.
        start: how to solve the generic member, or a `ParameterHomotopy` from a solved one.
        threads: by default as many as the process may use.
        seed: every random choice flows from it.
        options: how carefully paths are followed the first time.
        on_progress: called with (paths done, paths in all).

    Raises:
        InvalidInputError: the system has no parameters, or the values do not fit them.

    Examples:
        >>> from neuromanifold.continuation import System
        >>> family = System(["x^2 + y^2 - 1", "x + y = a"], parameters=["a"])
        >>> solve_many(family, [0, 1, 1.4, 2]).n_real.tolist()
        [2, 2, 2, 0]
    """
    began = time.perf_counter()
    if not system.parameters:
        raise InvalidInputError(
            "The system has no parameters to vary; name them, for example "
            "System(equations, parameters=['a'])."
        )
    if system.n_equations != system.n_variables:
        raise InvalidInputError(
            f"The system has {system.n_equations} equations in {system.n_variables} variables; "
            "solving at many values needs as many equations as variables."
        )
    rows = system.parameter_vectors(values)
    threads = usable_threads(threads)
    rng = np.random.default_rng(seed)
    generic = _generic(system, rows, start, rng, threads, options)
    first = system.bound(generic.p0)
    generic.check(first)
    scaling = Scaling.by_points(first, generic.points)
    scaled = generic.in_units(scaling.sizes).begin(scaling.applied(first), rng)
    one = replace(scaled, target_parameters=rows, stops=())
    n_each = len(generic.points)
    tile = one.points
    begun = replace(one, points=lambda k: tile(k % n_each), n_paths=n_each * len(rows))
    ends = follow(begun, options or TrackerOptions.normal(), threads, on_progress)
    if not ends.is_interrupted:
        exact = [tuple(map(complex, row)) for row in rows]
        LastResort(begun.homotopy, exact).settle(begun, ends, threads)
    kinds, solutions = _table(system, ends, scaling.sizes, rows, n_each)
    return Sweep(
        values=rows[:, : len(system.parameters)],
        solutions=solutions,
        ends=kinds,
        variables=system.variables,
        parameters=system.parameters,
        is_real_family=system.has_real_constants,
        generic=generic,
        seed=seed,
        seconds=time.perf_counter() - began,
        is_interrupted=ends.is_interrupted,
        version=neuromanifold.__version__,
    )


def _generic(
    system: System,
    rows: np.ndarray,
    start: AbstractStart | None,
    rng: np.random.Generator,
    threads: int,
    options: TrackerOptions | None,
) -> ParameterHomotopy:
    """All solutions at a random complex value of the parameters, of the size of the given values."""
    if isinstance(start, ParameterHomotopy) and not system.bound(start.p0).is_real:
        return start
    moving = rows[:, : len(system.parameters)]
    size = np.sqrt(np.mean(np.abs(moving) ** 2, axis=0)) if len(rows) else np.ones(moving.shape[1])
    size = np.where(size > 0, size, 1.0)
    shape = moving.shape[1]
    p0 = size * (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)
    result = solve(
        system.bound(p0),
        start=start,
        threads=threads,
        certify=False,
        seed=int(rng.integers(2**31)),
        options=options,
    )
    if result.is_interrupted or not result.n_regular:
        raise InvalidInputError(
            "A random member of the family has no regular solutions to start from; give them as "
            "start=ParameterHomotopy(points, p0)."
        )
    points = [solution.x for solution in result.distinct if not solution.is_singular]
    return ParameterHomotopy(points, p0)


def _table(
    system: System, ends: Ends, sizes: np.ndarray, rows: np.ndarray, n_each: int
) -> tuple[np.ndarray, np.ndarray]:
    """What became of each path, (K, N), and its end, (K, N, n).

    A member with a singular end, or with two paths to the same end, is judged by itself as `solve` does.
    """
    kinds = np.full(len(ends.status), PathEnd.FAILED.code, np.int8)
    kinds[ends.status == PathStatus.SUCCESS.code] = PathEnd.REGULAR.code
    kinds[ends.status == PathStatus.DIVERGED.code] = PathEnd.AT_INFINITY.code
    excess = ExcessTest(system)
    if excess.is_needed:
        missed = excess.excess(ends.points * sizes, rows[ends.numbers // n_each])
        kinds[ends.numbers[missed]] = PathEnd.EXCESS.code
    intricate = np.concatenate([ends.singular(), ends.coincident(len(rows))])
    for k in sorted(set((intricate // n_each).tolist())):
        first, last = k * n_each, (k + 1) * n_each
        member = system.bound(rows[k, : len(system.parameters)].tolist())
        kinds[first:last], _ = judged(member, ends.within(first, last), sizes)
    solutions = np.full((len(kinds), ends.points.shape[1]), np.nan + 0j)
    solutions[ends.numbers] = ends.points * sizes
    solutions[kinds != PathEnd.REGULAR.code] = np.nan
    return kinds.reshape(len(rows), n_each), solutions.reshape(len(rows), n_each, -1)
