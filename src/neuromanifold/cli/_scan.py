"""The command `scan`: dimensions of families of architectures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuromanifold._files import check_writable, write_atomically
from neuromanifold.cli._scan_ranges import layers, sizes
from neuromanifold.errors import InvalidInputError

if TYPE_CHECKING:
    from neuromanifold.geometry import Scan
    from neuromanifold.models import Model

_INTERRUPTED = 130
_MOST = 100_000
_FIGURES = (".html", ".png", ".pdf", ".svg")

scan_app = typer.Typer(
    help="Tabulate dimensions of families of architectures.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of every random choice.")]
_Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Processes; by default one for each core.")
]
_Json = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Keep everything here; the same scan continues."),
]
_Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the table.")]
_Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw heat maps: .html, .png, .pdf or .svg."),
]
_Degrees = Annotated[
    str, typer.Option(metavar="RANGE", help="Exponents r of the activation x^r, such as 2-5.")
]


@scan_app.command("mlp")
def mlp(
    widths: Annotated[
        list[str],
        typer.Option(
            metavar="RANGES", help="A range for each width, such as 2-4,1-4,1; repeatable."
        ),
    ],
    degrees: _Degrees = "2",
    seed: _Seed = 0,
    workers: _Workers = None,
    json: _Json = None,
    csv: _Csv = None,
    plot: _Plot = None,
) -> None:
    """Fully connected networks without biases."""
    with _interruptible():
        from neuromanifold.models import MLP, monomial

        families = [layers("--widths", text) for text in widths]
        exponents = sizes("--degrees", degrees)
        _check_size(sum(prod(map(len, family)) for family in families) * len(exponents))
        models: list[Model] = [
            MLP(shape, monomial(r))
            for family in families
            for shape in product(*family)
            for r in exponents
        ]
        status = _run(models, seed, workers, _Files(json, csv, plot))
    raise typer.Exit(status)


@scan_app.command("convolution")
def convolution(
    filters: Annotated[
        str, typer.Option(metavar="RANGES", help="A range for each filter size, such as 2-3,2.")
    ],
    strides: Annotated[
        str | None, typer.Option(metavar="RANGES", help="A range for each stride; by default 1.")
    ] = None,
    degrees: _Degrees = "1",
    outputs: Annotated[str, typer.Option(metavar="RANGE", help="Lengths of the output.")] = "1",
    seed: _Seed = 0,
    workers: _Workers = None,
    json: _Json = None,
    csv: _Csv = None,
    plot: _Plot = None,
) -> None:
    """Convolutional networks in one dimension with one channel."""
    with _interruptible():
        from neuromanifold.models import Convolution, monomial

        k = layers("--filters", filters)
        s = [range(1, 2)] * len(k) if strides is None else layers("--strides", strides)
        if len(s) != len(k):
            raise InvalidInputError(
                f"--filters has {len(k)} layers and --strides {len(s)}; give a stride for each"
            )
        exponents, lengths = sizes("--degrees", degrees), sizes("--outputs", outputs)
        _check_size(prod(map(len, [*k, *s, exponents, lengths])))
        models: list[Model] = [
            Convolution(shape, steps, monomial(r), outputs=n)
            for shape in product(*k)
            for steps in product(*s)
            for n in lengths
            for r in exponents
        ]
        status = _run(models, seed, workers, _Files(json, csv, plot))
    raise typer.Exit(status)


@scan_app.command("attention")
def attention(
    d: Annotated[str, typer.Option("--d", metavar="RANGE", help="Dimensions of a token.")],
    a: Annotated[str, typer.Option("--a", metavar="RANGE", help="Numbers of rows of K and Q.")],
    d_out: Annotated[
        str, typer.Option("--d-out", metavar="RANGE", help="Dimensions of an output token.")
    ] = "1",
    tokens: Annotated[str, typer.Option(metavar="RANGE", help="Numbers of tokens.")] = "2",
    depths: Annotated[
        str, typer.Option("--layers", metavar="RANGE", help="Numbers of layers.")
    ] = "1",
    seed: _Seed = 0,
    workers: _Workers = None,
    json: _Json = None,
    csv: _Csv = None,
    plot: _Plot = None,
) -> None:
    """Lightning attention: V X Xᵀ Kᵀ Q X, layer after layer."""
    with _interruptible():
        from neuromanifold.models import LightningAttention

        options = {"--d": d, "--a": a, "--d-out": d_out, "--tokens": tokens, "--layers": depths}
        ranges = [sizes(option, text) for option, text in options.items()]
        _check_size(prod(map(len, ranges)))
        models: list[Model] = [LightningAttention(*shape) for shape in product(*ranges)]
        status = _run(models, seed, workers, _Files(json, csv, plot))
    raise typer.Exit(status)


@scan_app.command("filling")
def filling(
    inputs: Annotated[int, typer.Option(min=1, help="d_0.")],
    hidden: Annotated[int, typer.Option(min=1, help="The number of hidden layers.")],
    largest: Annotated[int, typer.Option(min=1, help="The largest hidden width to try.")],
    outputs: Annotated[int, typer.Option(min=1, help="d_h.")] = 1,
    degree: Annotated[int, typer.Option(min=2, help="The exponent r of x^r.")] = 2,
    seed: _Seed = 0,
) -> None:
    """Search for minimal filling widths."""
    with _interruptible():
        from neuromanifold.geometry import minimal_filling_widths

        _check_size(largest**hidden)
        with _progress("deciding") as report:
            found = minimal_filling_widths(
                inputs,
                outputs,
                hidden_layers=hidden,
                exponent=degree,
                largest=largest,
                seed=seed,
                on_progress=report,
            )
        typer.echo(str(found))


@scan_app.command("threshold")
def threshold(
    widths: Annotated[str, typer.Option(metavar="WIDTHS", help="d_0,...,d_h, such as 2,3,1.")],
    up_to: Annotated[int, typer.Option("--up-to", min=2, help="The largest exponent to try.")] = 8,
    seed: _Seed = 0,
) -> None:
    """Find the exponent above which the dimension counts all effective parameters."""
    with _interruptible():
        from neuromanifold.geometry import activation_threshold

        shape = layers("--widths", widths)
        if any(len(choice) > 1 for choice in shape):
            raise InvalidInputError(f"--widths is '{widths}'; give one number for each width")
        found = activation_threshold([choice[0] for choice in shape], up_to, seed=seed)
        typer.echo(str(found))


@dataclass(frozen=True)
class _Files:
    json: Path | None
    csv: Path | None
    plot: Path | None

    def check(self) -> None:
        given = [path for path in (self.json, self.csv, self.plot) if path is not None]
        for path in given:
            check_writable(path)
        if len({path.resolve() for path in given}) < len(given):
            raise InvalidInputError(
                "--json, --csv and --plot name the same file; give different names"
            )
        if self.plot is not None and self.plot.suffix.lower() not in _FIGURES:
            raise InvalidInputError(
                f"--plot is '{self.plot}'; end the name in one of {', '.join(_FIGURES)}"
            )

    def write(self, table: Scan) -> None:
        if self.json is not None:
            typer.echo(f"Saved to {self.json}")
        if self.csv is not None:
            write_atomically(self.csv, table.to_csv())
            typer.echo(f"Table written to {self.csv}")
        if self.plot is not None and table.rows:
            if self.plot.suffix.lower() == ".html":
                page = table.interactive().to_html(include_plotlyjs=True, full_html=True)
                write_atomically(self.plot, page)
            else:
                table.plot().savefig(self.plot, dpi=150)
            typer.echo(f"Heat maps written to {self.plot}")


def _run(models: list[Model], seed: int, workers: int | None, files: _Files) -> int:
    from rich.console import Console

    from neuromanifold.cli._scan_screen import show_scan
    from neuromanifold.geometry import scan

    files.check()
    n_workers = workers or len(os.sched_getaffinity(0))
    with _progress("dimensions") as report:
        table = scan(
            models, seed=seed, workers=n_workers, checkpoint=files.json, on_progress=report
        )
    show_scan(table, Console(highlight=False))
    files.write(table)
    if table.is_complete:
        return 0
    kept = "" if files.json is None else f" Run the same command again to continue {files.json}."
    typer.secho(f"Interrupted: the table is not complete.{kept}", fg=typer.colors.RED, err=True)
    return _INTERRUPTED


@contextmanager
def _progress(stage: str) -> Iterator[Callable[[int, int], None]]:
    from neuromanifold.cli._progress import ProgressLine
    from neuromanifold.landscapes import Progress

    with ProgressLine() as line:
        yield lambda done, total: line.update(Progress(stage, done, total, 0))


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        typer.secho("Interrupted before anything was found.", fg=typer.colors.RED, err=True)
        raise typer.Exit(_INTERRUPTED) from None


def _check_size(count: int) -> None:
    if count > _MOST:
        raise InvalidInputError(
            f"the ranges hold {count} architectures, and {_MOST} is the limit; narrow a range"
        )
