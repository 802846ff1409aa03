"""Every critical point of training, as an object that answers questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from neuromanifold._equality import same_fields
from neuromanifold.continuation import Certificate, Verification
from neuromanifold.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas

    from neuromanifold.functions import Dataset
    from neuromanifold.landscapes._training import Training
    from neuromanifold.models import Model
    from neuromanifold.theory import Prediction


class CompletenessStatus(Enum):
    """How sure it is that no critical point is missing; the value says what to do next."""

    COMPLETE = "the trace test passed and every path reached the target: nothing is missing"
    TRACE_OPEN = "the trace test did not close: solve again with another seed or more loops"
    PATHS_LOST = "some paths did not reach the target: solve again with another seed"
    UNCERTIFIED = "some points could not be certified: the target is close to degenerate"
    INTERRUPTED = "interrupted: what was found so far is kept; solve again for the rest"


@dataclass(frozen=True)
class Completeness:
    """The evidence for the count of critical points.

    Attributes:
        status: the verdict.
        n_generic: critical points found for a generic target.
        n_arrived: how many of them were followed to the given target.
        n_trace_points: further points of the curve used by the bilinear trace test.
        trace_residual: relative deviation of the trace from an affine function; 0 when exact.
        n_loops: monodromy loops walked.
    """

    status: CompletenessStatus
    n_generic: int
    n_arrived: int
    n_trace_points: int
    trace_residual: float
    n_loops: int


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """One critical point of the loss on the regular part of M.

    Attributes:
        parameters: a parameter vector θ with μ(θ) = f, shape (P,); real when one was found.
        coefficients: the coordinates c_f in V, shape (N,).
        loss: L(f) = Σ‖f(a) − b‖²; complex when f is.
        is_real: f has real coefficients.
        has_real_parameters: `parameters` is real, so training can reach f.
        index: number of negative eigenvalues of the Hessian of L on M at a real f
            (0: local minimum, dim M: local maximum); ``None`` for a complex f.
        certificate: what interval arithmetic proved about `parameters` in a gauge slice.
        free: the indices of the parameters that vary in that slice; the others are held.
    """

    parameters: np.ndarray
    coefficients: np.ndarray
    loss: float | complex
    is_real: bool
    has_real_parameters: bool
    index: int | None
    certificate: Certificate
    free: tuple[int, ...] = ()

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    def __hash__(self) -> int:
        return hash((self.loss, self.index, self.certificate))

    @property
    def is_certified(self) -> bool:
        """Existence and uniqueness were proved in ball arithmetic."""
        return self.certificate.is_certified

    @property
    def is_minimum(self) -> bool:
        """A real local minimum of the loss on M."""
        return self.index == 0


@dataclass(frozen=True, eq=False)
class Landscape:
    """All critical points of L(f) = ‖c_f − u‖²_Q + constant on the regular part of M.

    Attributes:
        critical_points: sorted; those with real parameters first, then other real ones, then complex,
            each group by increasing loss.
        completeness: the evidence that none is missing.
        dimension: dim M.
        ambient_dimension: N = dim V.
        coordinates: names of the N coordinates of V.
        parameter_names: names of the P parameters.
        target: u, shape (N,), the function that fits the data best within V.
        metric: Q, shape (N, N).
        constant: the loss of u, which no function in V can undercut.
        prediction: the count a theorem gives, where there is one.
        training: where gradient descent ended, after `with_training`.
        seed: the seed that every random choice came from.
        seconds: wall time spent.
        version: the version of the library.
        model: the model; absent after loading a file if it was a Python function.
        data: the dataset.
    """

    critical_points: tuple[CriticalPoint, ...]
    completeness: Completeness
    model_name: str
    dimension: int
    ambient_dimension: int
    coordinates: tuple[str, ...]
    parameter_names: tuple[str, ...]
    target: np.ndarray
    metric: np.ndarray
    constant: float
    n_samples: int
    prediction: Prediction | None
    training: Training | None
    seed: int
    seconds: float
    version: str
    model: Model | None = field(default=None, repr=False)
    data: Dataset | None = field(default=None, repr=False)

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other, ignoring=("model", "data"))

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[CriticalPoint]:
        return iter(self.critical_points)

    @property
    def n_complex(self) -> int:
        """Number of critical points over ℂ, the real ones included."""
        return len(self.critical_points)

    @property
    def n_real(self) -> int:
        """Number of critical points that are real functions."""
        return sum(point.is_real for point in self.critical_points)

    @property
    def n_reachable(self) -> int:
        """Number of critical points with real parameters, which training can reach."""
        return sum(point.has_real_parameters for point in self.critical_points)

    @property
    def n_minima(self) -> int:
        """Number of local minima on M among the points with real parameters."""
        return sum(p.is_minimum and p.has_real_parameters for p in self.critical_points)

    @property
    def n_certified(self) -> int:
        """Number of critical points proved to exist in ball arithmetic."""
        return sum(point.is_certified for point in self.critical_points)

    @property
    def is_complete(self) -> bool:
        """No critical point is missing, by the trace test."""
        return self.completeness.status is CompletenessStatus.COMPLETE

    @property
    def real_points(self) -> tuple[CriticalPoint, ...]:
        """The critical points that are real functions, by increasing loss."""
        real = (point for point in self.critical_points if point.is_real)
        return tuple(sorted(real, key=lambda point: float(np.real(point.loss))))

    @property
    def global_minimum(self) -> CriticalPoint | None:
        """The real critical point of least loss that real parameters reach; ``None`` if there is none.

        Singular and boundary points of M are not among the critical points: when M is not closed,
        or the infimum lies there, gradient descent may end below or beside this point.
        """
        reachable = [point for point in self.critical_points if point.has_real_parameters]
        return min(reachable, key=lambda point: float(np.real(point.loss)), default=None)

    def train(self, runs: int = 200, *, seed: int | None = None) -> Training:
        """Run gradient descent from `runs` random starts and match each end to a critical point."""
        from neuromanifold.landscapes._training import train

        return train(self, runs=runs, seed=self.seed if seed is None else seed)

    def with_training(self, training: Training) -> Landscape:
        """The same landscape, carrying the outcome of `train`."""
        return replace(self, training=training)

    def save(self, path: str | Path) -> None:
        """Write lossless JSON; `Landscape.load` gives an equal object."""
        from neuromanifold.landscapes._json import save

        save(self, Path(path))

    @staticmethod
    def load(path: str | Path) -> Landscape:
        """Read what `save` wrote."""
        from neuromanifold.landscapes._json import load

        return load(Path(path))

    def verify(self, model: Model | None = None, data: Dataset | None = None) -> Verification:
        """Prove every certificate again in ball arithmetic, from the model and the data alone.

        Args:
            model: the model; needed if the file could not hold it.
            data: the dataset; needed if the landscape has none.

        Raises:
            InvalidInputError: the model or the data are unknown.
        """
        from neuromanifold.landscapes._verify import verify_landscape

        return verify_landscape(self, model or self.model, data or self.data)

    def report(self, path: str | Path) -> None:
        """Write a self-contained HTML page."""
        from neuromanifold.report import write_html

        write_html(self, Path(path))

    def to_dataframe(self) -> pandas.DataFrame:
        """One row per critical point; needs pandas."""
        try:
            import pandas as pd
        except ImportError as error:
            raise InvalidInputError(
                "to_dataframe needs pandas; install it with `pip install pandas`."
            ) from error
        rows: list[dict[str, Any]] = [
            {
                "loss": point.loss,
                "is_real": point.is_real,
                "has_real_parameters": point.has_real_parameters,
                "index": point.index,
                "certified": point.is_certified,
                **dict(zip(self.coordinates, point.coefficients, strict=True)),
            }
            for point in self.critical_points
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        from neuromanifold.report import landscape_text

        return landscape_text(self)

    def _repr_html_(self) -> str:
        from neuromanifold.report import landscape_html_fragment

        return landscape_html_fragment(self)
