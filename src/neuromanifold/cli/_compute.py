"""From a specification to a landscape on the screen and in files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from neuromanifold._files import check_writable
from neuromanifold.cli._progress import ProgressLine
from neuromanifold.cli._screen import show
from neuromanifold.cli._spec import Spec
from neuromanifold.errors import InvalidInputError
from neuromanifold.landscapes import CompletenessStatus, Landscape
from neuromanifold.landscapes import landscape as find_landscape

DONE = 0
INTERRUPTED = 130


@dataclass(frozen=True)
class Outputs:
    """The files asked for.

    Attributes:
        json: where to save the landscape.
        html: where to write the page.
    """

    json: Path | None
    html: Path | None

    def check(self, spec: Spec) -> None:
        """Refuse, before computing, what could not be written or would destroy an input.

        Raises:
            InvalidInputError: naming the path and the remedy.
        """
        wanted = [path for path in (self.json, self.html) if path is not None]
        for path in wanted:
            check_writable(path)
            for source in (spec.path, spec.csv):
                if source is not None and path.resolve() == source.resolve():
                    raise InvalidInputError(
                        f"Cannot write '{path}': it is an input of this run; give another name."
                    )
        if len(wanted) == 2 and wanted[0].resolve() == wanted[1].resolve():
            raise InvalidInputError(
                f"--json and --html both name '{wanted[0]}'; give two different files."
            )

    def write(self, land: Landscape) -> None:
        """Write the files and say where they are."""
        if self.json is not None:
            land.save(self.json)
            print(f"Saved to {self.json}")
        if self.html is not None:
            land.report(self.html)
            print(f"Page written to {self.html}")


def compute(
    spec: Spec, outputs: Outputs, *, seed: int | None = None, train: int | None = None
) -> int:
    """Find the landscape of a specification, show it and write the files asked for.

    After Ctrl-C, what was found so far is shown and written, marked as incomplete.

    Args:
        spec: the specification.
        outputs: the files to write.
        seed: overrides the seed of ``[solve]``.
        train: overrides the number of training runs of ``[solve]``.

    Returns:
        the exit status: 0, or 130 after Ctrl-C.

    Raises:
        NeuromanifoldError: the specification, the data or an output path cannot be used.
    """
    outputs.check(spec)
    solve = spec.tables.solve
    model = spec.model()
    data = spec.data(model)
    interrupted = False
    with ProgressLine() as line:
        land = find_landscape(
            model,
            data,
            seed=solve.seed if seed is None else seed,
            options=solve.options(),
            on_progress=line.update,
        )
        runs = solve.train if train is None else train
        interrupted = land.completeness.status is CompletenessStatus.INTERRUPTED
        if runs and land.n_complex and not interrupted:
            line.stage(f"training, {runs} runs")
            try:
                land = land.with_training(land.train(runs=runs))
            except KeyboardInterrupt:
                interrupted = True
    show(land, Console(highlight=False))
    outputs.write(land)
    if interrupted:
        Console(stderr=True, highlight=False).print(
            _interruption(land, outputs), style="red", soft_wrap=True
        )
    return INTERRUPTED if interrupted else DONE


def _interruption(land: Landscape, outputs: Outputs) -> str:
    what = (
        "Interrupted: critical points may be missing."
        if land.completeness.status is CompletenessStatus.INTERRUPTED
        else "Interrupted during training: the critical points are those found before it."
    )
    kept = outputs.json is not None or outputs.html is not None
    return what if kept else f"{what} Use --json FILE to keep such a result."
