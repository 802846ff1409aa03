"""Whether a target lies in a Voronoi cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromanifold.geometry._voronoi._rationals import shown


@dataclass(frozen=True, eq=False)
class Membership:
    """Whether a target u lies in the Voronoi cell of p; true in a condition if it does.

    Attributes:
        target: u, shape (n,).
        is_inside: no point of S is closer to u than p.
        distance: ‖u − p‖.
        competitor: the point of S nearest to u apart from p, as far as known; shape (n,).
        competitor_distance: its distance from u; infinite if there is none.
        kind: "exact"; "certified", where all critical points were found, no path was lost, and
            their distances were compared in ball arithmetic; or "numerical".
    """

    target: np.ndarray
    is_inside: bool
    distance: float
    competitor: np.ndarray | None
    competitor_distance: float
    kind: str

    def __bool__(self) -> bool:
        return self.is_inside

    @property
    def margin(self) -> float:
        """How much farther the competitor is than p: negative outside of the cell."""
        return self.competitor_distance - self.distance

    def __str__(self) -> str:
        title = f"{shown(self.target)} is {'inside' if self.is_inside else 'outside'} ({self.kind})"
        lines = [title, "=" * len(title), f"• distance {self.distance:.6g}"]
        if self.competitor is not None:
            lines.append(
                f"• {shown(self.competitor)} is at distance {self.competitor_distance:.6g}"
            )
        return "\n".join(lines)
