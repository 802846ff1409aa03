"""Krawczyk certificates: what a box in complex space is proved to contain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuromanifold.continuation._rows import AbstractRows


@dataclass(frozen=True)
class Certificate:
    """What interval arithmetic proved about a box around one approximate zero.

    The box is B = ∏ᵢ {z : |Re(z − cᵢ)| ≤ rᵢ, |Im(z − cᵢ)| ≤ rᵢ} with c = center + tail. With an
    approximate inverse C of the Jacobian at c, the Krawczyk operator
    K(B) = c − C·F(c) + (I − C·F′(B))(B − c) satisfies K(B) ⊂ int B and ‖I − C·F′(B)‖ < 1/√2 in the
    maximum norm weighted by r, so F has exactly one zero in B.

    Statements are one-sided: ``False`` means "not proved", never "disproved".

    Attributes:
        center: the box's midpoint c, exact in double precision unless there is a tail.
        radii: the half-widths rᵢ.
        is_certified: exactly one zero of the system lies in the box.
        is_real: that zero is real (the system is real and B contains the complex conjugate of K(B)).
        precision: bits of the arithmetic: 53 for balls around doubles, more for Arb, 0 where nothing
            could be computed.
        tail: what double precision leaves off the midpoint of a tiny box around a badly conditioned
            zero; empty where that is nothing.
    """

    center: tuple[complex, ...]
    radii: tuple[float, ...]
    is_certified: bool
    is_real: bool
    precision: int
    tail: tuple[complex, ...] = ()

    @property
    def is_not_real(self) -> bool:
        """The zero has a coordinate that is not real: the box holds no real point."""
        return bool(Certificates.of([self]).is_not_real[0])

    @property
    def is_positive(self) -> bool:
        """The zero is real and all its coordinates are greater than 0."""
        return bool(Certificates.of([self]).is_positive[0])


@dataclass(frozen=True, eq=False, repr=False)
class Certificates(AbstractRows[Certificate]):
    """Certificates about points of one space, as arrays.

    Attributes:
        center: (B, n).
        radii: (B, n), NaN where nothing could be computed.
        is_certified: (B,).
        is_real: (B,).
        precision: (B,).
        tail: (B, n), 0 where a certificate has none.
    """

    center: NDArray[np.complex128]
    radii: NDArray[np.float64]
    is_certified: NDArray[np.bool_]
    is_real: NDArray[np.bool_]
    precision: NDArray[np.int64]
    tail: NDArray[np.complex128]

    @staticmethod
    def of(certificates: Iterable[Certificate]) -> Certificates:
        """The same certificates as arrays.

        Raises:
            ValueError: they are about points of different spaces.
        """
        if isinstance(certificates, Certificates):
            return certificates
        rows = tuple(certificates)
        n = len(rows[0].center) if rows else 1
        return Certificates(
            np.array([row.center for row in rows], np.complex128).reshape(-1, n),
            np.array([row.radii or (np.nan,) * n for row in rows], np.float64).reshape(-1, n),
            np.array([row.is_certified for row in rows], np.bool_),
            np.array([row.is_real for row in rows], np.bool_),
            np.array([row.precision for row in rows], np.int64),
            np.array([row.tail or (0j,) * n for row in rows], np.complex128).reshape(-1, n),
        )

    def __len__(self) -> int:
        return len(self.center)

    def _row(self, k: int) -> Certificate:
        precision = int(self.precision[k])
        return Certificate(
            tuple(self.center[k].tolist()),
            tuple(self.radii[k].tolist()) if precision else (),
            bool(self.is_certified[k]),
            bool(self.is_real[k]),
            precision,
            tuple(self.tail[k].tolist()) if self.tail[k].any() else (),
        )

    @property
    def reach(self) -> NDArray[np.float64]:
        """(B, n), half-widths of boxes around `center` alone that hold those of the certificates."""
        tail = np.maximum(np.abs(self.tail.real), np.abs(self.tail.imag))
        return np.where(tail > 0, np.nextafter(self.radii + tail, np.inf), self.radii)

    @property
    def is_not_real(self) -> NDArray[np.bool_]:
        """(B,), which zeros are proved not to be real."""
        return self.is_certified & (np.abs(self.center.imag) > self.reach).any(axis=1)

    @property
    def is_positive(self) -> NDArray[np.bool_]:
        """(B,), which zeros are proved to be real with positive coordinates."""
        return self.is_real & (self.center.real > self.reach).all(axis=1)

    def in_units(self, sizes: NDArray[np.float64]) -> Certificates:
        """The boxes with coordinate j multiplied by sizes_j, a power of 2, so that nothing is rounded."""
        if np.all(sizes == 1):
            return self
        with np.errstate(over="ignore", invalid="ignore"):
            return replace(
                self, center=self.center * sizes, radii=self.radii * sizes, tail=self.tail * sizes
            )

    def refused_unless(self, allowed: NDArray[np.bool_]) -> Certificates:
        """Statements are withdrawn where they are not allowed."""
        return replace(
            self, is_certified=self.is_certified & allowed, is_real=self.is_real & allowed
        )
