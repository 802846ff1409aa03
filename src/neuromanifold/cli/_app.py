"""The commands.

What goes wrong becomes a sentence on stderr and an exit status, never a traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import neuromanifold
from neuromanifold.cli._scan import scan_app
from neuromanifold.errors import NeuromanifoldError

FAILED = 1
INTERRUPTED = 130

_app = typer.Typer(
    name="neuromanifold",
    help="The geometry and the theory of neural networks: what shape is M, where can training end?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

_app.add_typer(scan_app, name="scan")

_SpecPath = Annotated[
    Path, typer.Argument(metavar="SPEC.toml", help="What to compute: [model], [data], [solve].")
]
_JsonPath = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Save everything, without loss.")
]
_HtmlPath = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page with figures.")
]


def main() -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        _app()
    except NeuromanifoldError as error:
        _fail(str(error), FAILED)
    except MemoryError:
        _fail("Out of memory; use a smaller model or fewer samples.", FAILED)
    except Exception as error:
        name = type(error).__name__
        _fail(
            f"An unexpected {name} stopped the computation: {error}\n"
            "This is a defect of neuromanifold; please report it with the specification.",
            FAILED,
        )


@_app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"neuromanifold {neuromanifold.__version__}")
        raise typer.Exit


@_app.command()
def describe(spec: _SpecPath) -> None:
    """Describe the model: parameters, dimension of M, ambient space, theorems."""
    from neuromanifold.cli._spec import read_spec

    with _interruptible():
        from neuromanifold.landscapes import describe as describe_model

        typer.echo(str(describe_model(read_spec(spec).model())))


@_app.command()
def landscape(
    spec: _SpecPath,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of every random choice.")
    ] = None,
    train: Annotated[
        int | None,
        typer.Option(min=0, max=2**31 - 1, metavar="RUNS", help="Also train from RUNS starts."),
    ] = None,
    json: _JsonPath = None,
    html: _HtmlPath = None,
) -> None:
    """Find every critical point of the squared loss on the neuromanifold."""
    from neuromanifold.cli._spec import read_spec

    with _interruptible():
        specification = read_spec(spec)
        from neuromanifold.cli._compute import Outputs, compute

        status = compute(specification, Outputs(json, html), seed=seed, train=train)
    raise typer.Exit(status)


@_app.command()
def verify(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.json",
            help="A saved landscape, saved solutions or a saved monodromy search.",
        ),
    ],
) -> None:
    """Prove the certificates in a saved file again, from the equations alone."""
    from neuromanifold.cli._verify import verify_file

    with _interruptible():
        if not verify_file(file):
            _fail(f"'{file}' says something that is not proved.", FAILED)


@_app.command()
def demo(json: _JsonPath = None, html: _HtmlPath = None) -> None:
    """Run the packaged example: an attention layer on measured data."""
    from neuromanifold.cli._spec import read_spec

    folder_of = resources.files("neuromanifold.cli") / "demo"
    with _interruptible(), resources.as_file(folder_of) as folder:
        from neuromanifold.cli._compute import Outputs, compute

        status = compute(read_spec(folder / "spec.toml"), Outputs(json, html))
    if html is None and status == 0:
        typer.echo("For the interactive page: neuromanifold demo --html demo.html")
    raise typer.Exit(status)


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        _fail("Interrupted before anything was found; no file was written.", INTERRUPTED)


def _fail(message: str, status: int) -> NoReturn:
    typer.secho(message, fg=typer.colors.RED, err=True)
    sys.exit(status)
