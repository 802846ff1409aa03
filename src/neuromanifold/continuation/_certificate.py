"""Krawczyk certificates: what a box in complex space is proved to contain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Certificate:
    """What interval arithmetic proved about a box around one approximate zero.

    The box is B = ∏ᵢ {z : |Re(z − cᵢ)| ≤ rᵢ, |Im(z − cᵢ)| ≤ rᵢ}. With an approximate inverse C of the
    Jacobian at c, the Krawczyk operator K(B) = c − C·F(c) + (I − C·F′(B))(B − c) satisfies
    K(B) ⊂ int B and ‖I − C·F′(B)‖ < 1/√2 in the maximum norm weighted by r, so F has exactly one zero
    in B.

    Statements are one-sided: ``False`` means "not proved", never "disproved".

    Attributes:
        center: the box's midpoint c, exact in double precision.
        radii: the half-widths rᵢ.
        is_certified: exactly one zero of the system lies in the box.
        is_real: that zero is real (the system is real and B contains the complex conjugate of K(B)).
        precision: bits of the arithmetic: 53 for balls around doubles, more for Arb, 0 where nothing
            could be computed.
    """

    center: tuple[complex, ...]
    radii: tuple[float, ...]
    is_certified: bool
    is_real: bool
    precision: int

    @property
    def is_not_real(self) -> bool:
        """The zero has a coordinate that is not real: the box holds no real point."""
        return self.is_certified and any(
            abs(c.imag) > r for c, r in zip(self.center, self.radii, strict=True)
        )

    @property
    def is_positive(self) -> bool:
        """The zero is real and all its coordinates are greater than 0."""
        return self.is_real and all(
            c.real > r for c, r in zip(self.center, self.radii, strict=True)
        )
