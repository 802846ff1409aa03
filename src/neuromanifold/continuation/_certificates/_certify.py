"""Certificates for many approximate zeros: balls around doubles first, Arb where they do not suffice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import ArrayLike, NDArray

from neuromanifold import _core
from neuromanifold.continuation._certificates._certificate import Certificate, Certificates
from neuromanifold.continuation._certificates._distinct import Enclosure, Enclosures, count_distinct
from neuromanifold.continuation._certificates._exact_doubles import ExactDoubles
from neuromanifold.continuation._certificates._krawczyk_balls import KrawczykBalls
from neuromanifold.continuation._systems._system import Names, Numbers, System
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import PolynomialMap, lower_values, tape_constants

_POINTS_AT_ONCE = 1024
_DOUBLE = 53  # bits of a double

OnPoints = Callable[[int, int], object]
_Found = dict[str, NDArray[Any]]


class Certifier:
    """Proves zeros of one square system F(x; p).

    The system's constants are exact rational numbers, and parameters are passed as exact values
    (int, float, complex or `fmpq`), so what is proved holds for exactly that system.
    `Certificate.is_real` is only claimed when every parameter is real.

    Args:
        system: F, as many equations as variables.
        image: further functions of (x; p) to be enclosed on certified boxes.
    """

    def __init__(self, system: PolynomialMap, image: PolynomialMap | None = None) -> None:
        self._system = system
        self._image = image

    @cached_property
    def _balls(self) -> KrawczykBalls:
        return KrawczykBalls(self._system, self._image)

    @cached_property
    def _constants(self) -> np.ndarray:
        return ExactDoubles.of(tape_constants(self._system.outputs)).rows

    @cached_property
    def _image_tape(self) -> _core.Tape | None:
        if self._image is None:
            return None
        return lower_values(self._image.outputs, self._system.variables, self._system.parameters)

    @cached_property
    def _image_constants(self) -> np.ndarray:
        outputs = () if self._image is None else self._image.outputs
        return ExactDoubles.of(tape_constants(outputs)).rows

    def certify(
        self, point: np.ndarray, parameters: Sequence[fmpq | complex]
    ) -> tuple[Certificate, Enclosure]:
        """Prove in Arb that a box around `point` holds exactly one zero, and enclose the image there.

        The point is first improved by Newton steps. If no attempt succeeds, the certificate says so
        and the enclosure is infinitely wide.
        """
        return self._balls.certify(np.asarray(point, np.complex128), parameters)

    def certify_many(
        self,
        points: np.ndarray,
        parameters: Sequence[fmpq | complex],
        *,
        threads: int = 1,
        on_progress: OnPoints | None = None,
    ) -> tuple[Certificates, Enclosures]:
        """`certify` for many points at once, most of them in double precision.

        F at the centre is evaluated in balls around double-doubles, F′ on the box in balls around
        doubles; every rounding error is bounded, also those of constants and parameters that are no
        doubles. Points for which that is not precise enough are passed to `certify`.

        Args:
            points: approximate zeros, (B, n).
            parameters: exact values of the parameters.
            threads: how many prove at once; the result does not depend on it.
            on_progress: called with (points done, points in all).
        """
        points = np.ascontiguousarray(points, np.complex128)
        try:
            exact = ExactDoubles.of(parameters)
        except OverflowError:
            exact = None
        proofs = _Proofs(points, 0 if self._image is None else len(self._image.outputs))
        blocks = [
            slice(start, min(start + _POINTS_AT_ONCE, len(points)))
            for start in range(0, len(points), _POINTS_AT_ONCE)
        ]
        for rows in blocks:
            if exact is not None:
                proofs.enter_block(rows, self._in_doubles(points[rows], exact, threads))
            for k in (rows.start + np.flatnonzero(~proofs.is_proved[rows])).tolist():
                if on_progress is not None:
                    on_progress(k, len(points))
                proofs.enter(k, *self.certify(points[k], parameters))
            if on_progress is not None:
                on_progress(rows.stop, len(points))
        return proofs.certificates, proofs.enclosures

    def check(
        self, certificate: Certificate, parameters: Sequence[fmpq | complex]
    ) -> tuple[Certificate, Enclosure]:
        """Prove a certificate's statements again in Arb, for exactly its box."""
        return self._balls.check(certificate, parameters)

    def _in_doubles(self, points: np.ndarray, parameters: ExactDoubles, threads: int) -> _Found:
        return _core.certify(
            self._system.tape,
            points,
            parameters.leading[None, :],
            parameters.trailing[None, :],
            parameters.radius[None, :],
            self._constants,
            self._image_tape,
            self._image_constants,
            threads=threads,
        )


class _Proofs:
    """What is proved about many points, entered block by block or one by one."""

    def __init__(self, points: NDArray[np.complex128], n_image: int) -> None:
        count, n = points.shape
        self.is_proved = np.zeros(count, np.bool_)
        self.certificates = Certificates(
            center=np.array(points),
            radii=np.full((count, n), np.nan),
            is_certified=np.zeros(count, np.bool_),
            is_real=np.zeros(count, np.bool_),
            precision=np.zeros(count, np.int64),
            tail=np.zeros((count, n), np.complex128),
        )
        self.enclosures = Enclosures(
            np.zeros((count, n_image), np.complex128), np.full((count, n_image), np.inf)
        )

    def enter_block(self, rows: slice, found: _Found) -> None:
        """Enter what the native kernel says; it has proved a point when its image is bounded too."""
        table, enclosures = self.certificates, self.enclosures
        table.center[rows], table.radii[rows] = found["center"], found["radius"]
        table.is_certified[rows], table.is_real[rows] = found["certified"], found["real"]
        table.precision[rows] = _DOUBLE
        enclosures.midpoints[rows] = found["image_midpoint"]
        enclosures.radii[rows] = found["image_radius"]
        bounded = np.isfinite(found["image_radius"]).all(axis=1)
        self.is_proved[rows] = found["certified"] & bounded

    def enter(self, k: int, certificate: Certificate, enclosure: Enclosure) -> None:
        """Enter one proof, or that there is none."""
        table = self.certificates
        table.center[k] = certificate.center
        table.radii[k] = certificate.radii or np.nan
        table.is_certified[k], table.is_real[k] = certificate.is_certified, certificate.is_real
        table.precision[k] = certificate.precision
        table.tail[k] = certificate.tail or 0
        self.enclosures.midpoints[k], self.enclosures.radii[k] = (
            enclosure.midpoints,
            enclosure.radii,
        )


@dataclass(frozen=True)
class CertifyResult:
    """What is proved about approximate zeros of a system.

    Attributes:
        certificates: one for each point, in the same order.
        n_distinct: different zeros among the certified ones: boxes that do not meet hold different
            zeros, and points whose boxes meet are counted once.
    """

    certificates: Certificates
    n_distinct: int

    def __len__(self) -> int:
        return len(self.certificates)

    @property
    def n_certified(self) -> int:
        """Points with a box around them that holds exactly one zero."""
        return int(np.sum(self.certificates.is_certified))

    @property
    def n_real(self) -> int:
        """Points whose zero is proved to be real."""
        return int(np.sum(self.certificates.is_real))

    @property
    def n_not_real(self) -> int:
        """Points whose zero is proved not to be real."""
        return int(np.sum(self.certificates.is_not_real))

    @property
    def n_positive(self) -> int:
        """Points whose zero is proved to be real with positive coordinates."""
        return int(np.sum(self.certificates.is_positive))

    def __str__(self) -> str:
        title = f"{self.n_certified} of {len(self)} points certified"
        lines = [
            title,
            "=" * len(title),
            f"• {self.n_distinct} different zeros",
            f"• {self.n_real} real ({self.n_positive} of them positive), {self.n_not_real} not real",
        ]
        return "\n".join(lines)


def certify(
    system: Any,
    points: ArrayLike,
    *,
    variables: Names | None = None,
    parameters: Numbers | None = None,
    on_progress: OnPoints | None = None,
) -> CertifyResult:
    """Prove that approximate zeros of a square system are zeros: existence, uniqueness, reality.

    For each point a box B is sought with K(B) ⊂ int B and ‖I − C·F′(B)‖ < 1/√2, where
    K(B) = c − C·F(c) + (I − C·F′(B))(B − c): it holds exactly one zero of F. Where the system divides,
    it is also proved that no denominator vanishes there.

    Args:
        system: a `System`, or what makes one: text, SymPy expressions, a JAX function.
        points: approximate zeros, (B, n), or (n,) for a single one.
        variables: their order, if the system is no `System`.
        parameters: values for the parameters by name.
        on_progress: called with (points done, points in all).

    Raises:
        InvalidInputError: the system is not square or has parameters without values, or the points
            have the wrong shape.

    Source: P. Breiding, K. Rose, S. Timme, Certifying zeros of polynomial systems using interval
    arithmetic, 2023.

    Examples:
        >>> result = certify(["x^2 + y^2 - 5", "x*y - 2"], [[2, 1], [-1, -2], [1, 1]])
        >>> result.n_certified, result.n_real, result.n_positive
        (2, 2, 1)
    """
    problem = _bound(system, variables, parameters)
    n = problem.n_variables
    if problem.n_equations != n:
        raise InvalidInputError(
            f"The system has {problem.n_equations} equations in {n} variables; a certificate needs as "
            "many equations as variables."
        )
    try:
        x = np.atleast_2d(np.asarray(points, np.complex128))
    except (TypeError, ValueError) as error:
        raise InvalidInputError("points is no array of numbers; give one row for each.") from error
    if x.size == 0:
        x = x.reshape(0, n)
    if x.ndim != 2 or x.shape[1] != n:
        raise InvalidInputError(
            f"points has shape {x.shape}; it needs (number of points, {n}), in the order "
            f"{', '.join(problem.variables)}."
        )
    certificates, enclosures = Certifier(problem.map, denominator_map(problem)).certify_many(
        x, problem.exact_values, on_progress=on_progress
    )
    kept = certificates.refused_unless(enclosures.excludes_zero)
    return CertifyResult(kept, count_distinct(kept))


def denominator_map(system: System) -> PolynomialMap | None:
    """What the given equations divide by, as functions of the inputs of `system.map`."""
    if not system.denominators:
        return None
    return PolynomialMap.build(system.denominators, system.map.variables, system.map.parameters)


def excludes_zero(enclosure: Enclosure) -> bool:
    """No enclosed value is 0."""
    z = enclosure.midpoints
    return bool(np.all(np.maximum(np.abs(z.real), np.abs(z.imag)) > enclosure.radii))


def _bound(system: Any, variables: Names | None, parameters: Numbers | None) -> System:
    if not isinstance(system, System):
        system = System(system, variables, () if parameters is None else list(parameters))
    return system if parameters is None else system.bound(parameters)
