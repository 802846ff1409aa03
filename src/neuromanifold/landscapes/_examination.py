"""Certifying and classifying the solutions of the critical equations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq

from neuromanifold.continuation import Certificate, Certifier, Enclosure, distinct
from neuromanifold.functions import LeastSquares
from neuromanifold.landscapes._classification import hessian_eigenvalues, may_be_real
from neuromanifold.landscapes._critical_system import CriticalSystem
from neuromanifold.landscapes._gauge import balance, local_slice
from neuromanifold.landscapes._options import OnProgress, Progress
from neuromanifold.landscapes._real_fiber import real_parameters
from neuromanifold.landscapes._result import Completeness, CompletenessStatus, CriticalPoint
from neuromanifold.rings import PolynomialMap

# Points proved together; Ctrl-C loses at most so many.
_BLOCK = 128


@dataclass(frozen=True, eq=False)
class _Examined:
    """One solution with its proof, in the slice where the proof succeeded."""

    critical: CriticalSystem
    held: np.ndarray
    certificate: Certificate
    enclosure: Enclosure


class Examiner:
    """Turns solutions y at the target into certified, classified critical points.

    Args:
        critical: the critical equations in the slice of the solutions.
        loss: the loss at the target.
        held: the parameters that slice holds.
        factor: L with Q₀ = LLᵀ, for the Hessian.
        rng: for searching real parameters.
    """

    def __init__(
        self,
        critical: CriticalSystem,
        loss: LeastSquares,
        held: np.ndarray,
        factor: np.ndarray,
        rng: np.random.Generator,
    ) -> None:
        self._critical = critical
        self._loss = loss
        self._held = held
        self._factor = factor
        self._rng = rng
        space = critical.space
        self._coefficients = PolynomialMap.build(
            space.coefficients_of_theta, space.expansion.parameters
        )
        self._systems = {critical.slice: (critical, Certifier(critical.system, critical.image))}

    def examine(
        self, points: np.ndarray, completeness: Completeness, report: OnProgress
    ) -> tuple[list[CriticalPoint], Completeness]:
        """The critical points, and the evidence for their number after certification."""
        found: list[CriticalPoint] = []
        enclosures: list[Enclosure] = []
        try:
            for start in range(0, len(points), _BLOCK):
                for attempt in self._attempts(points[start : start + _BLOCK]):
                    report(Progress("certificates", len(found), len(points), len(points)))
                    examined = self._improve(attempt)
                    found.append(self._classify(examined))
                    enclosures.append(examined.enclosure)
        except KeyboardInterrupt:
            return found, replace(completeness, status=CompletenessStatus.INTERRUPTED)
        proved = distinct(enclosures) if found else np.zeros(0, dtype=bool)
        certified = all(p.is_certified for p in found) and bool(proved.all())
        if completeness.status is CompletenessStatus.COMPLETE and not certified:
            completeness = replace(completeness, status=CompletenessStatus.UNCERTIFIED)
        return found, completeness

    def _attempts(self, points: np.ndarray) -> list[_Examined]:
        """Certify solutions as they are, in the slice in which they were found."""
        critical, certifier = self._systems[self._critical.slice]
        proofs = certifier.certify_many(points, self._exact(self._held))
        return [
            _Examined(critical, self._held, certificate, enclosure)
            for certificate, enclosure in zip(*proofs, strict=True)
        ]

    def _improve(self, examined: _Examined) -> _Examined:
        """Where that failed, certify in a better slice; and with real parameters if it can be."""
        critical, certificate = examined.critical, examined.certificate
        theta = critical.slice.assemble(np.array(certificate.center)[None, :], self._held)[0]
        if not certificate.is_certified:
            again = self._prove_near(theta)
            examined = again if again.certificate.is_certified else examined
        if may_be_real(examined.enclosure) and not examined.certificate.is_real:
            function = self._coefficients(theta[None, :])[0].real
            real = real_parameters(self._coefficients, function, theta, self._rng)
            if real is not None:
                again = self._prove_near(real.astype(complex))
                off = np.abs(again.enclosure.midpoints - function).max()
                if again.certificate.is_real and off < 1e-6 * np.abs(function).max():
                    examined = again
        return examined

    def _prove_near(self, theta: np.ndarray) -> _Examined:
        """Certify the function of θ at a balanced point of its fibre, in the best slice there."""
        dimension = self._critical.slice.dimension
        theta = balance(self._coefficients, theta, dimension)
        # Holding exactly real values keeps a real solution real.
        if np.abs(np.imag(theta)).max() <= 1e-9 * np.abs(theta).max():
            theta = np.real(theta).astype(complex)
        slice_ = local_slice(self._coefficients, theta, dimension)
        if slice_ not in self._systems:
            critical = replace(self._critical, slice=slice_)
            self._systems[slice_] = (critical, Certifier(critical.system, critical.image))
        critical, certifier = self._systems[slice_]
        held = theta[list(slice_.fixed)]
        point = theta[None, list(slice_.free)]
        (certificate,), (enclosure,) = certifier.certify_many(point, self._exact(held))
        return _Examined(critical, held, certificate, enclosure)

    def _classify(self, examined: _Examined) -> CriticalPoint:
        critical, certificate = examined.critical, examined.certificate
        y = np.array(certificate.center)
        parameters = critical.parameters(self._loss.moment, examined.held, 1.0)
        coefficients = critical.image(y[None, :], parameters)[0]
        is_real = may_be_real(examined.enclosure)
        index = None
        if is_real:
            coefficients = coefficients.real.astype(np.complex128)
            eigenvalues = hessian_eigenvalues(critical, y, parameters, self._factor)
            index = int(np.sum(eigenvalues < 0))
        value = complex(self._loss.loss(coefficients))
        return CriticalPoint(
            parameters=critical.slice.assemble(y[None, :], examined.held)[0],
            coefficients=coefficients,
            loss=value.real if is_real else value,
            is_real=is_real,
            has_real_parameters=is_real and certificate.is_real,
            index=index,
            certificate=certificate,
            free=critical.slice.free,
        )

    def _exact(self, held: np.ndarray) -> list[fmpq | complex]:
        moment: list[fmpq | complex] = list(self._loss.exact_moment.entries())
        return [*moment, *(complex(value) for value in held), 1.0 + 0j]
