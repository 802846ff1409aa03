"""One measured process: pinned to processors, limited in time, with its peak memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "GC_MARKERS")
_SINGLE = dict.fromkeys(_THREAD_VARIABLES, "1")
_CAN_PIN = hasattr(os, "sched_setaffinity")
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


def available_processors() -> tuple[int, ...]:
    """Numbers of the processors this process may use; the last first, as interrupts go to the first."""
    numbers = os.sched_getaffinity(0) if _CAN_PIN else range(os.cpu_count() or 1)
    return tuple(sorted(numbers, reverse=True))


@dataclass(frozen=True)
class Finished:
    """What a process did.

    Attributes:
        status: its exit status; `None` when it was stopped at the time limit.
        output: what it printed.
        errors: the end of what it printed to standard error.
        seconds: wall time from start to end.
        cpu_seconds: processor time, system and user, of all its threads.
        peak_mb: largest resident memory in 10^6 bytes.
    """

    status: int | None
    output: str
    errors: str
    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Machine:
    """How processes are run.

    Attributes:
        processors: the processors a run with k threads may use are the first k of these.
        limit: seconds after which a process is killed.
    """

    limit: float
    processors: tuple[int, ...] = field(default_factory=available_processors)

    def run(
        self,
        command: Sequence[str | Path],
        *,
        threads: int,
        stdin: str = "",
        environment: dict[str, str] | None = None,
    ) -> Finished:
        """Start a command in a folder of its own and wait; libraries inside are asked for one thread."""
        with (
            tempfile.TemporaryDirectory() as folder,
            _pinned(self.processors[:threads]),
            tempfile.TemporaryFile("w+") as given,
            tempfile.TemporaryFile("w+") as output,
            tempfile.TemporaryFile("w+", errors="replace") as errors,
        ):
            given.write(stdin)
            given.seek(0)
            begin = time.perf_counter()
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=given,
                stdout=output,
                stderr=errors,
                env={**os.environ, **_absolute_paths(), **_SINGLE, **(environment or {})},
                cwd=folder,
                start_new_session=True,
            )
            stopped = threading.Event()

            def stop() -> None:
                stopped.set()
                os.killpg(process.pid, signal.SIGKILL)

            timer = threading.Timer(self.limit, stop)
            timer.start()
            try:
                _, wait_status, usage = os.wait4(process.pid, 0)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                os.wait4(process.pid, 0)
                raise
            finally:
                timer.cancel()
            seconds = time.perf_counter() - begin
            process.returncode = os.waitstatus_to_exitcode(wait_status)
            output.seek(0)
            errors.seek(0)
            return Finished(
                status=None if stopped.is_set() else process.returncode,
                output=output.read(),
                errors=errors.read()[-2000:],
                seconds=seconds,
                cpu_seconds=usage.ru_utime + usage.ru_stime,
                peak_mb=usage.ru_maxrss * _MAXRSS_BYTES / 1e6,
            )


def _absolute_paths() -> dict[str, str]:
    """`PYTHONPATH`, valid in any folder."""
    if not (given := os.environ.get("PYTHONPATH")):
        return {}
    return {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, given.split(os.pathsep)))}


@contextmanager
def _pinned(processors: Sequence[int]) -> Iterator[None]:
    """Processes started inside inherit these processors."""
    if not _CAN_PIN:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
