"""What rechecking a saved result found."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 5


@dataclass(frozen=True)
class Verification:
    """Statements of a file, proved again from the system alone.

    Attributes:
        what: what the points are, such as "solutions".
        n_points: points in the file.
        n_claimed: points whose certificates claim existence and uniqueness.
        n_confirmed: how many of these claims were proved again.
        n_real: zeros proved again to be real.
        problems: one sentence for each statement that could not be proved again.
        unchecked: what the file says beyond that, in words.
    """

    what: str
    n_points: int
    n_claimed: int
    n_confirmed: int
    n_real: int
    problems: tuple[str, ...]
    unchecked: str

    @property
    def is_confirmed(self) -> bool:
        """Every statement that was checked is proved again."""
        return not self.problems

    def __str__(self) -> str:
        title = f"{self.n_confirmed} of {self.n_points} {self.what} proved again"
        lines = [title, "=" * len(title)]
        if self.is_confirmed:
            lines.append("• each box holds exactly one; all are different")
            lines.append(f"• {self.n_real} proved real")
        if self.n_claimed < self.n_points:
            lines.append(f"• {self.n_points - self.n_claimed} without a certificate in the file")
        lines += [f"• {problem}" for problem in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            lines.append(f"• and {len(self.problems) - _SHOWN} more")
        lines.append(f"• not checked: {self.unchecked}")
        return "\n".join(lines)
