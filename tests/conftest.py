"""What several test modules use."""

import sys

import pytest

from neuromanifold.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process: exit status, output, errors."""

    def run_(*arguments):
        monkeypatch.setattr(sys, "argv", ["neuromanifold", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return run_
