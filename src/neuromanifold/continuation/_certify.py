"""Krawczyk certificates in ball arithmetic (Arb)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import acb, acb_mat, arb, ctx, fmpq

from neuromanifold.continuation._certificate import Certificate
from neuromanifold.rings import Evaluator, Node, PolynomialMap

_PRECISIONS = (128, 256)
_RELATIVE_RADII = (2.0**-42, 2.0**-34, 2.0**-48)
_NEWTON_STEPS = 4


@dataclass(frozen=True)
class Enclosure:
    """Balls midpoint ± radius (for real and imaginary part alike) that contain exact values."""

    midpoints: np.ndarray
    radii: np.ndarray


class Certifier:
    """Proves zeros of one square system F(x; p).

    The system's constants are exact rational numbers, and parameters are passed as exact values
    (int, float, complex or `fmpq`), so what is proved holds for exactly that system. A real system
    is assumed for the reality proof; `Certificate.is_real` is only claimed when every parameter is
    real.

    Args:
        system: F, as many equations as variables.
        image: further functions of (x; p) to be enclosed on certified boxes.
    """

    def __init__(self, system: PolynomialMap, image: PolynomialMap | None = None) -> None:
        self._system = system
        self._values = Evaluator(system.outputs)
        entries = [node for row in system.derivative for node in row]
        self._jacobian = Evaluator(entries)
        self._image = None if image is None else Evaluator(image.outputs)

    def certify(
        self, point: np.ndarray, parameters: Sequence[fmpq | complex]
    ) -> tuple[Certificate, Enclosure]:
        """Prove that a box around `point` holds exactly one zero, and enclose the image there.

        The point is first improved by Newton steps in ball arithmetic. If no attempt succeeds, the
        certificate says so and the enclosure is infinitely wide.
        """
        certificate = Certificate(tuple(complex(z) for z in point), (), False, False, 0)
        for precision in _PRECISIONS:
            with ctx.workprec(precision):
                exact = [_ball(value) for value in parameters]
                is_real_system = all(value.imag == 0 for value in exact)
                inverse = self._approximate_inverse(point, exact, precision)
                if inverse is None:
                    continue
                center = self._refine(point, exact, inverse)
                for relative in _RELATIVE_RADII:
                    certificate, box = self._krawczyk(
                        point, center, exact, inverse, relative, precision, is_real_system
                    )
                    if certificate.is_certified:
                        return certificate, self._enclose(box, exact)
        size = 0 if self._image is None else len(self._image)
        return certificate, Enclosure(np.zeros(size, complex), np.full(size, np.inf))

    def _approximate_inverse(
        self, point: np.ndarray, parameters: Sequence[acb], precision: int
    ) -> acb_mat | None:
        """An approximate inverse C of the Jacobian, in doubles first; any C keeps the proof valid."""
        if precision == _PRECISIONS[0]:
            doubles = np.array([complex(value) for value in parameters])
            _, J = self._system.linearize(np.asarray(point)[None, :], doubles)
            try:
                return acb_mat([[acb(complex(z)) for z in row] for row in np.linalg.inv(J[0])])
            except (np.linalg.LinAlgError, ValueError):
                return None
        inputs = self._inputs([acb(complex(z)) for z in point], parameters)
        try:
            return self._jacobian_matrix(inputs).mid().inv().mid()
        except ZeroDivisionError:
            return None

    def _inputs(self, point: Sequence[acb], parameters: Sequence[acb]) -> dict[Node, acb]:
        nodes = (*self._system.variables, *self._system.parameters)
        return dict(zip(nodes, (*point, *parameters), strict=True))

    def _refine(self, point: np.ndarray, parameters: Sequence[acb], inverse: acb_mat) -> np.ndarray:
        """Simplified Newton steps x − C·F(x) in working precision, rounded to doubles at the end."""
        x = [acb(complex(z)) for z in point]
        for _ in range(_NEWTON_STEPS):
            values = self._values(self._inputs(x, parameters), acb)
            step = inverse * acb_mat([[value] for value in values])
            x = [(z - step[i, 0]).mid() for i, z in enumerate(x)]
        center = np.array([complex(z) for z in x])
        return center if np.isfinite(center).all() else np.asarray(point, dtype=complex)

    def _jacobian_matrix(self, inputs: dict[Node, acb]) -> acb_mat:
        n = len(self._system.variables)
        return acb_mat(n, n, self._jacobian(inputs, acb))

    def _krawczyk(
        self,
        point: np.ndarray,
        center: np.ndarray,
        parameters: Sequence[acb],
        inverse: acb_mat,
        relative: float,
        precision: int,
        is_real_system: bool,
    ) -> tuple[Certificate, list[acb]]:
        scale = float(np.max(np.abs([center, point]), initial=0.0)) or 1.0
        radii = [relative * max(abs(z), 1e-3 * scale) for z in center]
        # An imaginary part below the radius is rounding: centre the box on the real line.
        center = np.array(
            [
                complex(z.real, 0 if abs(z.imag) <= r else z.imag)
                for z, r in zip(center, radii, strict=True)
            ]
        )
        x = [acb(complex(z)) for z in center]
        box = [acb(arb(z.real, r), arb(z.imag, r)) for z, r in zip(center, radii, strict=True)]
        at_center = self._inputs(x, parameters)
        F = acb_mat([[value] for value in self._values(at_center, acb)])
        J = self._jacobian_matrix(self._inputs(box, parameters))
        n = len(x)
        identity = acb_mat([[int(i == j) for j in range(n)] for i in range(n)])
        contraction = identity - inverse * J
        offset = acb_mat([[b - z] for b, z in zip(box, x, strict=True)])
        step = contraction * offset - inverse * F
        image = [z + step[i, 0] for i, z in enumerate(x)]
        norm = max(
            float(sum((abs(contraction[i, j]).upper() for j in range(n)), arb(0)).upper())
            for i in range(n)
        )
        is_certified = norm < 2**-0.5 and all(
            b.real.contains_interior(k.real) and b.imag.contains_interior(k.imag)
            for b, k in zip(box, image, strict=True)
        )
        is_real = (
            is_certified
            and is_real_system
            and all(
                b.real.contains(k.real) and b.imag.contains(-k.imag)
                for b, k in zip(box, image, strict=True)
            )
        )
        # The zero lies in both, so the intersection may be used from here on.
        tight = image if is_certified else box
        return Certificate(tuple(center), tuple(radii), is_certified, is_real, precision), tight

    def _enclose(self, box: Sequence[acb], parameters: Sequence[acb]) -> Enclosure:
        if self._image is None:
            return Enclosure(np.zeros(0, complex), np.zeros(0))
        values = self._image(self._inputs(box, parameters), acb)
        midpoints = np.array([complex(value.mid()) for value in values])
        # Rounding the midpoint to doubles moves it: the radius covers that too.
        radii = np.array(
            [
                float(max(value.real.rad(), value.imag.rad(), key=float)) * 1.0001
                + 4e-16 * abs(m)
                + 1e-300
                for value, m in zip(values, midpoints, strict=True)
            ]
        )
        return Enclosure(midpoints, radii)


def distinct(enclosures: Sequence[Enclosure]) -> np.ndarray:
    """Which enclosed values are proved different from all the others: boolean, one per enclosure."""
    midpoints = np.array([e.midpoints for e in enclosures])
    radii = np.array([e.radii for e in enclosures])
    proved = np.ones(len(enclosures), dtype=bool)
    for i in range(len(enclosures)):
        gap = np.abs(midpoints - midpoints[i]) > np.sqrt(2) * (radii + radii[i]) * 1.0001
        apart = gap.any(axis=1)
        apart[i] = True
        proved[i] = bool(apart.all())
    return proved


def _ball(value: fmpq | complex) -> acb:
    return acb(arb(value)) if isinstance(value, fmpq) else acb(complex(value))
