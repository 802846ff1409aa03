"""Krawczyk's test in ball arithmetic of any precision (Arb), one point at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from flint import acb, acb_mat, arb, ctx, fmpq

from neuromanifold.continuation._certificates._certificate import Certificate
from neuromanifold.continuation._certificates._distinct import Enclosure
from neuromanifold.rings import Evaluator, Node, PolynomialMap

_PRECISIONS = (128, 256)
_RELATIVE_RADII = (2.0**-42, 2.0**-34, 2.0**-48)
_NEWTON_STEPS = 4
# A centre with a tail has 106 bits.
_MORE_STEPS = 8
_NEARBY = 1e-6
_SMALLER_RADII = (2.0**-70, 2.0**-88)


class KrawczykBalls:
    """Proves zeros of one square system F(x; p), with constants and parameters taken exactly.

    Args:
        system: F, as many equations as variables.
        image: further functions of (x; p) to be enclosed on certified boxes.
    """

    def __init__(self, system: PolynomialMap, image: PolynomialMap | None = None) -> None:
        self._system = system
        self._values = Evaluator(system.outputs)
        self._jacobian = Evaluator([node for row in system.derivative for node in row])
        self._image = None if image is None else Evaluator(image.outputs)

    def certify(
        self, point: np.ndarray, parameters: Sequence[fmpq | complex]
    ) -> tuple[Certificate, Enclosure]:
        """Improve the point by simplified Newton steps, then test boxes of a few sizes around it.

        Where boxes around doubles are too large the centre gets a tail, and the boxes are tiny.
        """
        certificate = Certificate(tuple(complex(z) for z in point), (), False, False, 0)
        if not np.isfinite(point).all():
            return certificate, self._nothing()
        for precision in _PRECISIONS:
            with ctx.workprec(precision):
                exact = [as_ball(value) for value in parameters]
                inverse = self._approximate_inverse(point, exact, precision)
                if inverse is None:
                    continue
                center = self._refine(point, exact, inverse)
                scale = float(np.max(np.abs([center, point]), initial=0.0)) or 1.0
                for relative in _RELATIVE_RADII:
                    radii = relative * np.maximum(np.abs(center), 1e-3 * scale)
                    # An imaginary part below the radius is rounding: centre the box on the real line.
                    imaginary = np.where(np.abs(np.imag(center)) <= radii, 0.0, np.imag(center))
                    snapped = np.real(center) + 1j * imaginary
                    certificate, zero = self._test(snapped, None, radii, exact, inverse)
                    if certificate.is_certified:
                        return certificate, self._enclose(zero, exact)
        with ctx.workprec(_PRECISIONS[-1]):
            exact = [as_ball(value) for value in parameters]
            tiny, zero = self._certify_with_tail(point, exact)
            if tiny is not None and tiny.is_certified:
                return tiny, self._enclose(zero, exact)
        return certificate, self._nothing()

    def _certify_with_tail(
        self, point: np.ndarray, parameters: Sequence[acb]
    ) -> tuple[Certificate | None, list[acb]]:
        """Newton's method in working precision, and boxes around a point in double-double precision."""
        certificate, zero = None, []
        x = [acb(complex(z)) for z in point]
        for _ in range(_MORE_STEPS):
            inverse = self._inverse_in_balls(x, parameters)
            if inverse is None:
                return None, zero
            x = self._newton_step(x, parameters, inverse)
        inverse = self._inverse_in_balls(x, parameters)
        center = np.array([complex(z) for z in x])
        scale = float(np.max(np.abs(point), initial=0.0)) or 1.0
        if inverse is None or not np.max(np.abs(center - point), initial=0.0) <= _NEARBY * scale:
            return None, zero
        tail = np.array([complex(z - acb(complex(z))) for z in x])
        for relative in _SMALLER_RADII:
            radii = relative * np.maximum(np.abs(center), 1e-9 * scale)
            is_real = np.abs(np.imag(center) + np.imag(tail)) <= radii
            middle, rest = (np.where(is_real, np.real(z), z) for z in (center, tail))
            certificate, zero = self._test(middle, rest, radii, parameters, inverse)
            if certificate.is_certified:
                break
        return certificate, zero

    def check(
        self, certificate: Certificate, parameters: Sequence[fmpq | complex]
    ) -> tuple[Certificate, Enclosure]:
        """What can be proved about exactly the box of a certificate, nothing else of it being used."""
        proved = replace(certificate, is_certified=False, is_real=False, precision=0)
        n = len(self._system.variables)
        try:
            center = np.array(certificate.center, np.complex128)
            radii = np.array(certificate.radii, np.float64)
            tail = np.array(certificate.tail or np.zeros(n), np.complex128)
        except (TypeError, ValueError):  # read from a damaged file
            return proved, self._nothing()
        if not center.shape == radii.shape == tail.shape == (n,):
            return proved, self._nothing()
        if not (
            np.isfinite(center + tail).all() and np.isfinite(radii).all() and (radii > 0).all()
        ):
            return proved, self._nothing()
        for precision in _PRECISIONS:
            with ctx.workprec(precision):
                exact = [as_ball(value) for value in parameters]
                inverse = self._inverse_in_balls(_sums(center, tail), exact)
                if inverse is None:
                    continue
                proved, zero = self._test(center, tail, radii, exact, inverse)
                if proved.is_certified:
                    return proved, self._enclose(zero, exact)
        return proved, self._nothing()

    def _approximate_inverse(
        self, point: np.ndarray, parameters: Sequence[acb], precision: int
    ) -> acb_mat | None:
        """An approximate inverse C of the Jacobian, in doubles first; any C keeps the proof valid."""
        if precision > _PRECISIONS[0]:
            return self._inverse_in_balls([acb(complex(z)) for z in point], parameters)
        doubles = np.array([complex(value) for value in parameters])
        _, J = self._system.linearize(np.asarray(point)[None, :], doubles)
        try:
            return acb_mat([[acb(complex(z)) for z in row] for row in np.linalg.inv(J[0])])
        except (np.linalg.LinAlgError, ValueError):
            return None

    def _inverse_in_balls(self, point: Sequence[acb], parameters: Sequence[acb]) -> acb_mat | None:
        inputs = self._inputs(point, parameters)
        try:
            return self._jacobian_matrix(inputs).mid().inv().mid()
        except (ZeroDivisionError, ValueError):
            return None

    def _inputs(self, point: Sequence[acb], parameters: Sequence[acb]) -> dict[Node, acb]:
        nodes = (*self._system.variables, *self._system.parameters)
        return dict(zip(nodes, (*point, *parameters), strict=True))

    def _refine(self, point: np.ndarray, parameters: Sequence[acb], inverse: acb_mat) -> np.ndarray:
        """Simplified Newton steps x − C·F(x) in working precision, rounded to doubles at the end."""
        x = [acb(complex(z)) for z in point]
        for _ in range(_NEWTON_STEPS):
            x = self._newton_step(x, parameters, inverse)
        center = np.array([complex(z) for z in x])
        return center if np.isfinite(center).all() else np.array(point, dtype=complex)

    def _newton_step(
        self, x: Sequence[acb], parameters: Sequence[acb], inverse: acb_mat
    ) -> list[acb]:
        values = self._values(self._inputs(x, parameters), acb)
        step = inverse * acb_mat([[value] for value in values])
        return [(z - step[i, 0]).mid() for i, z in enumerate(x)]

    def _jacobian_matrix(self, inputs: dict[Node, acb]) -> acb_mat:
        n = len(self._system.variables)
        return acb_mat(n, n, self._jacobian(inputs, acb))

    def _test(
        self,
        center: np.ndarray,
        tail: np.ndarray | None,
        radii: np.ndarray,
        parameters: Sequence[acb],
        inverse: acb_mat,
    ) -> tuple[Certificate, list[acb]]:
        """The certificate of the box center + tail ± radii, and an enclosure of the zero."""
        n = len(center)
        x = [acb(complex(z)) for z in center] if tail is None else _sums(center, tail)
        r = [float(radius) for radius in radii]
        box = [z + acb(arb(0, q), arb(0, q)) for z, q in zip(x, r, strict=True)]
        F = acb_mat([[value] for value in self._values(self._inputs(x, parameters), acb)])
        J = self._jacobian_matrix(self._inputs(box, parameters))
        identity = acb_mat([[int(i == j) for j in range(n)] for i in range(n)])
        contraction = identity - inverse * J
        offset = acb_mat([[b - z] for b, z in zip(box, x, strict=True)])
        step = contraction * offset - inverse * F
        image = [z + step[i, 0] for i, z in enumerate(x)]
        is_contracting = all(
            sum((abs(contraction[i, j]) * r[j] for j in range(n)), arb(0)) < arb(0.7) * r[i]
            for i in range(n)
        )
        # Compared with the radii themselves: that of a ball may have been rounded up.
        is_certified = is_contracting and all(
            abs(step[i, 0].real) < q and abs(step[i, 0].imag) < q for i, q in enumerate(r)
        )
        is_real = (
            is_certified
            and all(value.imag == 0 for value in parameters)
            and all(abs(k.imag + z.imag) < q for k, z, q in zip(image, x, r, strict=True))
        )
        certificate = Certificate(
            tuple(complex(z) for z in center),
            tuple(r),
            is_certified,
            is_real,
            ctx.prec,
            () if tail is None or not tail.any() else tuple(complex(z) for z in tail),
        )
        # The zero lies in both, so the smaller one may be used from here on.
        return certificate, image if is_certified else box

    def _nothing(self) -> Enclosure:
        size = 0 if self._image is None else len(self._image)
        return Enclosure(np.zeros(size, complex), np.full(size, np.inf))

    def _enclose(self, box: Sequence[acb], parameters: Sequence[acb]) -> Enclosure:
        if self._image is None:
            return self._nothing()
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


def _sums(center: np.ndarray, tail: np.ndarray) -> list[acb]:
    """Exact where a tail is at most 2⁷⁰ times smaller than its number, and a ball otherwise."""
    return [acb(complex(a)) + acb(complex(b)) for a, b in zip(center, tail, strict=True)]


def as_ball(value: fmpq | complex) -> acb:
    """A number that is exact as it stands, in the working precision."""
    return acb(arb(value)) if isinstance(value, fmpq) else acb(complex(value))
