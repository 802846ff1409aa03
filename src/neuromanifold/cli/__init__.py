"""The command line: `neuromanifold describe`, `landscape` and `demo`."""

from neuromanifold.cli._app import main

__all__ = ["main"]
