"""Writing files so that a failure leaves what was there before."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from neuromanifold.errors import InvalidInputError


def check_writable(path: str | Path) -> None:
    """Find out, before a long computation, whether `write_atomically` could write to `path`.

    Raises:
        InvalidInputError: the directory is missing or closed, or `path` is a directory.
    """
    path = Path(path)
    try:
        target = path.resolve()
        if target.is_dir():
            raise InvalidInputError(
                f"Cannot write '{path}': it is a directory; give the name of a file inside it."
            )
        if target.exists():
            if not os.access(target, os.W_OK):
                raise _unwritable(path, "the file is write-protected")
            if not target.is_file():
                return
        if not target.parent.is_dir():
            raise InvalidInputError(
                f"Cannot write '{path}': the directory '{path.parent}' does not exist; "
                "create it first."
            )
        # Creating a file is the only test that holds on every file system and for every user.
        probe = _beside(target)
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        probe.unlink()
        if len(target.name.encode()) > 255:
            raise _unwritable(path, "the file name is too long")
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def read_text(path: str | Path) -> str:
    """The text of a file.

    Raises:
        InvalidInputError: it cannot be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"Cannot read '{path}': {error}.") from error


def write_atomically(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8 to `path`, all of it or none of it.

    The text goes to a new file in the same directory, which then takes the place of `path`; a
    device or a pipe is written to directly.

    Raises:
        InvalidInputError: `path` cannot be written.
    """
    path = Path(path)
    check_writable(path)
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8") as stream:
                stream.write(text)
            return
        temporary = _beside(target)
        try:
            with temporary.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o7777)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def _beside(target: Path) -> Path:
    return target.parent / f".neuromanifold-{secrets.token_hex(6)}.tmp"


def _unwritable(path: Path, reason: str) -> InvalidInputError:
    reason = reason[:1].lower() + reason[1:]
    return InvalidInputError(f"Cannot write '{path}': {reason}; give a path you may write to.")
