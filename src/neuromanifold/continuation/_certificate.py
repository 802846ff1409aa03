"""Krawczyk certificates: what a box in complex space is proved to contain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Certificate:
    """What ball arithmetic proved about a box around one approximate zero.

    The box is B = ∏ᵢ {z : |Re(z − cᵢ)| ≤ rᵢ, |Im(z − cᵢ)| ≤ rᵢ}. With an approximate inverse C of the
    Jacobian at c, the Krawczyk operator K(B) = c − C·F(c) + (I − C·F′(B))(B − c) satisfies
    K(B) ⊂ int B and ‖I − C·F′(B)‖ < 1/√2, so F has exactly one zero in B.

    Statements are one-sided: ``False`` means "not proved", never "disproved".

    Attributes:
        center: the box's midpoint c, exact in double precision.
        radii: the half-widths rᵢ.
        is_certified: exactly one zero of the system lies in the box.
        is_real: that zero is real (the system is real and K(B) meets its own complex conjugate box).
        precision: working precision of the ball arithmetic, in bits.
    """

    center: tuple[complex, ...]
    radii: tuple[float, ...]
    is_certified: bool
    is_real: bool
    precision: int
