"""The verb `landscape`: every critical point of the squared loss on the neuromanifold."""

from __future__ import annotations

import time

import numpy as np
from flint import fmpq, fmpq_mat

import neuromanifold
from neuromanifold.errors import DegenerateMetricError
from neuromanifold.functions import (
    Dataset,
    FunctionSpace,
    LeastSquares,
    metric_factor,
    to_array,
)
from neuromanifold.landscapes._critical_system import CriticalSystem
from neuromanifold.landscapes._examination import Examiner
from neuromanifold.landscapes._gauge import GaugeSlice, gauge_slice
from neuromanifold.landscapes._options import LandscapeOptions, OnProgress, Progress
from neuromanifold.landscapes._prediction import predicted_critical_points
from neuromanifold.landscapes._result import CriticalPoint, Landscape
from neuromanifold.landscapes._solve import GenericSolver
from neuromanifold.landscapes._start import StartPairs, parameter_scale
from neuromanifold.models import Model


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

    Examples:
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
    examiner = Examiner(critical, loss, held, metric_factor(metric), rng)
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
