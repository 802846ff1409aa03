"""One line on the terminal that says what is being done."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from neuromanifold.landscapes import Progress


class ProgressLine:
    """A progress line on stderr, shown only where stderr is a terminal and gone at the end."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[counts]}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("starting", total=None, counts="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def update(self, progress: Progress) -> None:
        """Show what the solver reports."""
        done = str(progress.done) if progress.total is None else f"{progress.done}/{progress.total}"
        self._progress.update(
            self._task,
            description=progress.stage,
            completed=progress.done,
            total=progress.total,
            counts=f"{done} · {progress.found} found" if progress.found else done,
        )

    def stage(self, name: str) -> None:
        """Begin a stage of unknown length."""
        self._progress.update(self._task, description=name, completed=0, total=None, counts="")
