"""Rechecking a landscape from nothing but its model and its data."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from neuromanifold.continuation import Certifier, Enclosure, Verification, distinct
from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import Dataset, FunctionSpace, LeastSquares
from neuromanifold.landscapes._classification import may_be_real
from neuromanifold.landscapes._critical_system import CriticalSystem
from neuromanifold.landscapes._gauge import GaugeSlice
from neuromanifold.landscapes._result import CriticalPoint, Landscape
from neuromanifold.models import Model

_CLOSE = 1e-8


def verify_landscape(
    landscape: Landscape, model: Model | None, data: Dataset | None
) -> Verification:
    """Prove every certificate of a landscape again in Arb, for exactly its box.

    The critical equations are made anew from the model and the exact data. Rechecked are existence,
    uniqueness, reality and difference of the critical points, and their coefficients and losses; not
    the trace test's verdict that none is missing, nor indices.

    Raises:
        InvalidInputError: the model or the data are missing.
    """
    if model is None or data is None:
        missing = "model, a Python function" if model is None else "data"
        raise InvalidInputError(
            f"The file does not hold the {missing}; verify it in Python with "
            "Landscape.load(file).verify(model, data)."
        )
    return _Recheck(landscape, model, data).run()


class _Recheck:
    def __init__(self, landscape: Landscape, model: Model, data: Dataset) -> None:
        self._landscape = landscape
        self._space = FunctionSpace.of(model)
        self._loss: LeastSquares = self._space.least_squares(data)
        self._systems: dict[GaugeSlice, tuple[CriticalSystem, Certifier]] = {}
        self._problems: list[str] = []

    def run(self) -> Verification:
        land = self._landscape
        if self._describes_another_problem():
            self._problems.append(
                "The target or the metric in the file is not that of its model and data."
            )
        claimed = [(k, p) for k, p in enumerate(land.critical_points, 1) if p.is_certified]
        proved = [(k, found) for k, p in claimed if (found := self._prove(k, p)) is not None]
        for k, is_different in zip(
            (k for k, _ in proved),
            distinct([enclosure for _, (_, enclosure) in proved]),
            strict=True,
        ):
            if not is_different:
                self._problems.append(
                    f"Critical point {k} is not proved different from the others."
                )
        return Verification(
            what="critical points",
            n_points=land.n_complex,
            n_claimed=len(claimed),
            n_confirmed=len(proved),
            n_real=sum(is_real for _, (is_real, _) in proved),
            problems=tuple(self._problems),
            unchecked="that no critical point is missing, indices, training",
        )

    def _describes_another_problem(self) -> bool:
        land, loss = self._landscape, self._loss
        if (land.coordinates, land.ambient_dimension) != (
            self._space.coordinates,
            self._space.dimension,
        ):
            return True
        pairs = ((land.target, loss.target), (land.metric, loss.metric))
        return any(
            a.shape != b.shape or not np.allclose(a, b, rtol=_CLOSE, atol=_CLOSE * np.abs(b).max())
            for a, b in pairs
        )

    def _prove(self, number: int, point: CriticalPoint) -> tuple[bool, Enclosure] | None:
        """Whether the parameters are real and where the function is; None where that is not proved."""
        name = f"Critical point {number}"
        slice_ = self._slice(point)
        if slice_ is None:
            self._problems.append(f"{name} does not say which parameters its certificate varies.")
            return None
        if not np.array_equal(point.parameters[list(slice_.free)], point.certificate.center):
            self._problems.append(f"{name} has other parameters than its certificate.")
            return None
        held = [complex(z) for z in point.parameters[list(slice_.fixed)]]
        moment: list[fmpq | complex] = list(self._loss.exact_moment.entries())
        _, certifier = self._system(slice_)
        proved, enclosure = certifier.check(point.certificate, [*moment, *held, 1.0 + 0j])
        if not proved.is_certified:
            self._problems.append(
                f"{name} is not proved: its box need not hold exactly one critical point."
            )
            return None
        self._compare(name, point, proved.is_real, enclosure)
        return proved.is_real, enclosure

    def _slice(self, point: CriticalPoint) -> GaugeSlice | None:
        n = self._space.model.n_parameters
        free = point.free
        if point.parameters.shape != (n,) or len(free) != self._landscape.dimension:
            return None
        if len(set(free)) != len(free) or not all(0 <= i < n for i in free):
            return None
        return GaugeSlice(free, tuple(i for i in range(n) if i not in set(free)))

    def _system(self, slice_: GaugeSlice) -> tuple[CriticalSystem, Certifier]:
        if slice_ not in self._systems:
            metric = self._loss.exact_metric
            critical = CriticalSystem(self._space, slice_, metric, metric)
            self._systems[slice_] = critical, Certifier(critical.system, critical.image)
        return self._systems[slice_]

    def _compare(self, name: str, point: CriticalPoint, is_real: bool, true: Enclosure) -> None:
        """Statements of the file against the enclosure of the coefficients."""
        says = self._problems.append
        if may_be_real(true) != point.is_real:
            says(f"{name} is called {'real' if point.is_real else 'complex'}, which is wrong.")
        if (point.is_real and is_real) != point.has_real_parameters:
            says(
                f"{name} says that it {'has' if point.has_real_parameters else 'lacks'} real parameters."
            )
        size = np.abs(true.midpoints).max() + _CLOSE * np.abs(self._loss.target).max()
        off = (
            np.abs(point.coefficients - true.midpoints)
            if len(point.coefficients) == len(true.midpoints)
            else np.array([np.inf])
        )
        if not (off <= true.radii.max() + _CLOSE * size).all():
            says(f"{name} has other coefficients than the function in its box.")
            return
        loss = complex(self._loss.loss(true.midpoints))
        if not abs(loss - point.loss) <= _CLOSE * max(abs(loss), abs(self._loss.constant), _CLOSE):
            says(f"{name} has another loss than the function in its box.")
