"""The verb `landscape`: every critical point of the squared loss on the neuromanifold."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq, fmpq_mat

import neuromanifold
from neuromanifold.continuation import Certificate, Certifier, Enclosure, distinct
from neuromanifold.errors import DegenerateMetricError
from neuromanifold.functions import (
    Dataset,
    FunctionSpace,
    LeastSquares,
    metric_factor,
    to_array,
)
from neuromanifold.landscapes._classification import hessian_eigenvalues, may_be_real
from neuromanifold.landscapes._critical_system import CriticalSystem
from neuromanifold.landscapes._gauge import GaugeSlice, gauge_slice
from neuromanifold.landscapes._options import LandscapeOptions, OnProgress, Progress
from neuromanifold.landscapes._prediction import predicted_critical_points
from neuromanifold.landscapes._real_fiber import real_parameters
from neuromanifold.landscapes._result import (
    Completeness,
    CompletenessStatus,
    CriticalPoint,
    Landscape,
)
from neuromanifold.landscapes._solve import GenericSolver
from neuromanifold.landscapes._start import StartPairs, parameter_scale
from neuromanifold.models import Model
from neuromanifold.rings import PolynomialMap


def landscape(
    model: Model,
    data: Dataset,
    *,
    seed: int = 0,
    options: LandscapeOptions | None = None,
    on_progress: OnProgress | None = None,
) -> Landscape:
    """Every critical point of L(f) = Σ_s‖f(a_s) − b_s‖² on the regular part of M.

    With c_f the coordinates of f in V, L(f) = ‖c_f − u‖²_Q + constant. A function f = μ(θ), at which
    the Jacobian J of μ has its generic rank dim M, is critical when J(θ)ᵀQ(c_f − u) = 0. All complex
    solutions for a random u are found by monodromy, their completeness is decided by a bilinear
    trace test, they are followed to the given u, and each end is certified in ball arithmetic for
    the exact data. Functions are counted, not parameters.

    Args:
        model: a polynomial network.
        data: the samples; flat rows are reshaped to the model's shapes.
        seed: every random choice flows from it.
        options: how hard to look.
        on_progress: called with a `Progress` from time to time.

    Returns:
        The landscape. After Ctrl-C it holds what was found and is marked as interrupted.

    Raises:
        InvalidInputError: the data do not fit the model.
        TooLargeError: V would not fit in memory.
        DegenerateMetricError: the data fix so few directions of V that critical points are not
            isolated.

    Example:
        >>> import neuromanifold as nm
        >>> model = nm.models.MLP((2, 1, 1), nm.models.monomial(2))
        >>> land = nm.landscape(model, nm.Dataset.random((2,), (1,), samples=10, seed=1))
        >>> land.n_complex, land.n_certified, land.is_complete
        (4, 4, True)
    """
    began = time.perf_counter()
    options = options or LandscapeOptions()
    report = on_progress or (lambda progress: None)
    report(Progress("space", 0, None, 0))
    rng = np.random.default_rng(seed)
    space = FunctionSpace.of(model)
    loss = space.least_squares(data)
    slice_ = gauge_slice(space, rng)
    _require_isolated(model, space, slice_, loss)
    start_metric = _full_rank_metric(space, data, loss, seed)
    critical = CriticalSystem(space, slice_, start_metric, loss.exact_metric)
    metric = to_array(start_metric)
    scale = parameter_scale(space, metric, loss.target, rng)
    signs = rng.choice([-1.0, 1.0], len(slice_.fixed))
    held = scale * signs * rng.uniform(0.5, 1.5, len(slice_.fixed))
    starts = StartPairs(critical, metric, held, scale, rng)
    solver = GenericSolver(critical, starts, held, options, rng, on_progress)
    solution = solver.solve(critical.parameters(loss.moment, held, 1.0))
    examiner = _Examiner(critical, loss, held, metric_factor(metric), rng)
    candidates, completeness = examiner.examine(solution.points, solution.completeness, report)
    points = sorted(candidates, key=_order)
    return Landscape(
        critical_points=tuple(points),
        completeness=completeness,
        model_name=str(model),
        dimension=slice_.dimension,
        ambient_dimension=space.dimension,
        coordinates=space.coordinates,
        parameter_names=tuple(model.parameter_names),
        target=loss.target,
        metric=loss.metric,
        constant=loss.constant,
        n_samples=data.n_samples,
        prediction=predicted_critical_points(model),
        training=None,
        seed=seed,
        seconds=time.perf_counter() - began,
        version=neuromanifold.__version__,
        model=model,
        data=data,
    )


@dataclass(frozen=True, eq=False)
class _Examiner:
    """Certifies and classifies the solutions at the target."""

    critical: CriticalSystem
    loss: LeastSquares
    held: np.ndarray
    factor: np.ndarray
    rng: np.random.Generator

    def examine(
        self, points: np.ndarray, completeness: Completeness, report: OnProgress
    ) -> tuple[list[CriticalPoint], Completeness]:
        certifier = Certifier(self.critical.system, self.critical.image)
        found: list[CriticalPoint] = []
        enclosures: list[Enclosure] = []
        try:
            for i, y in enumerate(points):
                report(Progress("certificates", i, len(points), len(points)))
                point, enclosure = self._point(certifier, y)
                found.append(point)
                enclosures.append(enclosure)
        except KeyboardInterrupt:
            return found, replace(completeness, status=CompletenessStatus.INTERRUPTED)
        proved = distinct(enclosures) if found else np.zeros(0, dtype=bool)
        certified = all(p.is_certified for p in found) and bool(proved.all())
        if completeness.status is CompletenessStatus.COMPLETE and not certified:
            completeness = replace(completeness, status=CompletenessStatus.UNCERTIFIED)
        return found, completeness

    def _point(self, certifier: Certifier, y: np.ndarray) -> tuple[CriticalPoint, Enclosure]:
        certificate, enclosure = certifier.certify(y, self._exact(self.held))
        held = self.held
        is_real = may_be_real(enclosure)
        if is_real and not certificate.is_real:
            real = self._with_real_parameters(certifier, certificate, enclosure)
            if real is not None:
                certificate, enclosure, held = real
        y = np.array(certificate.center)
        parameters = self.critical.parameters(self.loss.moment, held, 1.0)
        coefficients = self.critical.image(y[None, :], parameters)[0]
        theta = self.critical.slice.assemble(y[None, :], held)[0]
        index = None
        if is_real:
            coefficients = coefficients.real.astype(np.complex128)
            eigenvalues = hessian_eigenvalues(self.critical, y, parameters, self.factor)
            index = int(np.sum(eigenvalues < 0))
        value = complex(self.loss.loss(coefficients))
        return CriticalPoint(
            parameters=theta,
            coefficients=coefficients,
            loss=value.real if is_real else value,
            is_real=is_real,
            has_real_parameters=is_real and certificate.is_real,
            index=index,
            certificate=certificate,
        ), enclosure

    def _with_real_parameters(
        self, certifier: Certifier, certificate: Certificate, enclosure: Enclosure
    ) -> tuple[Certificate, Enclosure, np.ndarray] | None:
        """Certify the same function again, in a slice through real parameters, if there are any."""
        space, slice_ = self.critical.space, self.critical.slice
        coefficients = PolynomialMap.build(
            space.coefficients_of_theta, space.expansion.parameters
        )
        near = slice_.assemble(np.array(certificate.center)[None, :], self.held)[0]
        theta = real_parameters(coefficients, enclosure.midpoints.real, near, self.rng)
        if theta is None:
            return None
        held = theta[list(slice_.fixed)]
        again, enclosure_again = certifier.certify(
            theta[list(slice_.free)].astype(complex), self._exact(held)
        )
        same = np.abs(enclosure_again.midpoints - enclosure.midpoints)
        if not again.is_real or bool(np.any(same > 1e-6 * np.abs(enclosure.midpoints).max())):
            return None
        return again, enclosure_again, held

    def _exact(self, held: np.ndarray) -> list[fmpq | complex]:
        moment: list[fmpq | complex] = list(self.loss.exact_moment.entries())
        return [*moment, *(complex(value) for value in held), 1.0 + 0j]


def _require_isolated(
    model: Model, space: FunctionSpace, slice_: GaugeSlice, loss: LeastSquares
) -> None:
    if loss.rank < slice_.dimension:
        raise DegenerateMetricError(
            f"The data fix only {loss.rank} of the {space.dimension} coordinates of V, fewer than "
            f"dim M = {slice_.dimension}, so {model} fits them in infinitely many ways and critical "
            f"points are not isolated; add samples until at least {slice_.dimension} coordinates are "
            "fixed."
        )


def _full_rank_metric(
    space: FunctionSpace, data: Dataset, loss: LeastSquares, seed: int
) -> fmpq_mat:
    """Q itself, or Q plus the Gram matrix of further random samples where Q is singular."""
    metric = loss.exact_metric
    if loss.rank == space.dimension:
        return metric
    model = space.model
    samples = space.dimension + 1
    random = Dataset.random(model.input_shape, model.output_shape, samples=samples, seed=seed)
    extra = space.least_squares(random).exact_metric
    ratio = np.trace(to_array(metric)) / np.trace(to_array(extra))
    return metric + extra * fmpq(*float(ratio).as_integer_ratio())


def _order(point: CriticalPoint) -> tuple[int, float, float]:
    group = 0 if point.has_real_parameters else 1 if point.is_real else 2
    loss = complex(point.loss)
    return group, loss.real, loss.imag
