"""What is compared: this package and the peers, each in a process of its own.

The peers are optional and are started as their own documentation says.
"""

from __future__ import annotations

import abc
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from process import Finished, Machine
from systems import ParametricFamily, PolynomialSystem

_HERE = Path(__file__).parent
Case = PolynomialSystem | ParametricFamily


@dataclass(frozen=True)
class Run:
    """One run of one contender.

    Attributes:
        seconds: wall time of what is measured; `None` when the run failed.
        cpu_seconds: processor time of the same.
        peak_mb: largest resident memory of the whole process, in 10^6 bytes.
        count: regular solutions found.
        certified: how many of them are proved, where the contender proves any.
        failure: why there is no time.
    """

    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_mb: float | None = None
    count: int | None = None
    certified: int | None = None
    failure: str | None = None


class AbstractContender(abc.ABC):
    """A solver that may be installed or not."""

    name: str
    measures: str
    threads: int

    @abc.abstractmethod
    def version(self) -> str | None:
        """The installed version, or `None`."""

    @abc.abstractmethod
    def accepts(self, case: Case) -> bool:
        """Whether it can be asked to solve this kind of problem."""

    @abc.abstractmethod
    def run(self, case: Case, seed: int, machine: Machine) -> Run:
        """Solve once, in a new process."""


@dataclass(frozen=True)
class Neuromanifold(AbstractContender):
    """`neuromanifold.solve` (or `monodromy` for a family) inside a Python process, after the import.

    Attributes:
        name: heading of its column.
        start: constructor of the start system, such as `Polyhedral`; `None` for the default.
        certify: whether each solution is proved, as by default.
        threads: of the tracker.
    """

    name: str
    start: str | None = None
    certify: bool = True
    threads: int = 1
    measures: str = "the whole call, after the import"

    def version(self) -> str | None:
        return _version_by(
            sys.executable,
            "-c",
            "import neuromanifold as nm; nm.solve; print(nm.__version__)",
        )

    def accepts(self, case: Case) -> bool:
        return isinstance(case, PolynomialSystem) or (self.certify and self.start is None)

    def run(self, case: Case, seed: int, machine: Machine) -> Run:
        request = {
            "equations": case.equations,
            "variables": case.variables,
            "seed": seed,
            "start": self.start,
            "certify": self.certify,
            "threads": self.threads,
        }
        if isinstance(case, ParametricFamily):
            request["parameters"] = case.parameters
        finished = machine.run(
            [sys.executable, _HERE / "solve_neuromanifold.py"],
            threads=self.threads,
            stdin=json.dumps(request),
        )
        return _from_json(finished)


@dataclass(frozen=True)
class Macaulay2(AbstractContender):
    """`solveSystem` (total degree, compiled tracker); for a family `monodromySolve`."""

    name: str = "Macaulay2"
    threads: int = 1
    measures: str = "solveSystem inside the process; packages are loaded before"

    def version(self) -> str | None:
        return _version_by("M2", "--version")

    def accepts(self, case: Case) -> bool:
        return True

    def run(self, case: Case, seed: int, machine: Machine) -> Run:
        variables = ", ".join(case.variables)
        if isinstance(case, ParametricFamily):
            package = "MonodromySolver"
            ring = f"CC[{', '.join(case.parameters)}][{variables}]"
            problem, call = "polySystem problem", "(node, paths) = monodromySolve problem"
            count = "length node.PartialSols"
        else:
            package, ring = "NumericalAlgebraicGeometry", f"CC[{variables}]"
            problem, call = "problem", "found = solveSystem problem"
            count = "#select(found, p -> status p === Regular)"
        return _run_macaulay2(package, ring, case, seed, problem, call, count, machine)


@dataclass(frozen=True)
class MonodromySolver(AbstractContender):
    """`sparseMonodromySolve` of Macaulay2's package MonodromySolver."""

    name: str = "Macaulay2 sparseMonodromySolve"
    threads: int = 1
    measures: str = "sparseMonodromySolve inside the process; packages are loaded before"

    def version(self) -> str | None:
        return _version_by("M2", "--version")

    def accepts(self, case: Case) -> bool:
        return isinstance(case, PolynomialSystem)

    def run(self, case: Case, seed: int, machine: Machine) -> Run:
        return _run_macaulay2(
            package="MonodromySolver",
            ring=f"CC[{', '.join(case.variables)}]",
            case=case,
            seed=seed,
            problem="polySystem problem",
            call="found = sparseMonodromySolve problem",
            count="length found",
            machine=machine,
        )


@dataclass(frozen=True)
class Phcpack(AbstractContender):
    """The blackbox solver `phc -b`, which chooses its start system itself."""

    name: str = "PHCpack"
    threads: int = 1
    measures: str = "the whole process phc -b"

    def version(self) -> str | None:
        return _version_by("phc", "--version")

    def accepts(self, case: Case) -> bool:
        return isinstance(case, PolynomialSystem)

    def run(self, case: Case, seed: int, machine: Machine) -> Run:
        tasks = [] if self.threads == 1 else [f"-t{self.threads}"]
        with tempfile.TemporaryDirectory() as folder:
            given, answer = Path(folder) / "input", Path(folder) / "output"
            lines = [str(len(case.equations)), *(f"{equation};" for equation in case.equations)]
            given.write_text("\n".join(lines) + "\n")
            finished = machine.run(
                ["phc", "-b", *tasks, f"-0{seed}", given, answer], threads=self.threads
            )
            if failure := _failure(finished):
                return Run(failure=failure)
            count = count_in_phc_file(given.read_text(errors="replace"))
        if count is None:
            return Run(failure="no solutions in the file of phc")
        return Run(finished.seconds, finished.cpu_seconds, finished.peak_mb, count)


@dataclass(frozen=True)
class Bertini2(AbstractContender):
    """`ZeroDimSolver` of the Python package bertini2 with its defaults (total degree, adaptive precision).

    Attributes:
        python: the interpreter of the environment bertini2 is installed in.
    """

    python: str
    name: str = "bertini2"
    threads: int = 1
    measures: str = "ZeroDimSolver and solve inside the process, after the import"

    def version(self) -> str | None:
        return _version_by(
            self.python,
            "-c",
            "import bertini; from importlib.metadata import version; print(version('bertini2'))",
        )

    def accepts(self, case: Case) -> bool:
        return isinstance(case, PolynomialSystem)

    def run(self, case: Case, seed: int, machine: Machine) -> Run:
        request = {"equations": case.equations, "variables": case.variables}
        finished = machine.run(
            [self.python, _HERE / "solve_bertini2.py"],
            threads=self.threads,
            stdin=json.dumps(request),
            environment={"BERTINI_NUM_THREADS": str(self.threads)},
        )
        return _from_json(finished)


def count_in_phc_file(text: str) -> int | None:
    """The number of solutions `phc -b` has appended to its input file.

    >>> count_in_phc_file("1\\nx^5 - 1;\\n\\nTHE SOLUTIONS :\\n5 1\\n=====")
    5
    """
    found = re.search(r"^THE SOLUTIONS :\s*\n\s*(\d+)\s+\d+", text, re.MULTILINE)
    return int(found[1]) if found else None


def _run_macaulay2(
    package: str,
    ring: str,
    case: Case,
    seed: int,
    problem: str,
    call: str,
    count: str,
    machine: Machine,
) -> Run:
    script = f"""
needsPackage "{package}"
setRandomSeed {seed}
domain = {ring}
problem = {{{", ".join(case.equations)}}}
problem = {problem}
before = cpuTime()
clock = elapsedTiming({call})
<< endl << "benchmark " << clock#0 << " " << cpuTime() - before << " " << {count} << endl
"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.m2"
        path.write_text(script)
        finished = machine.run(["M2", "--script", path], threads=1)
    if failure := _failure(finished):
        return Run(failure=failure)
    if not (found := re.search(r"^benchmark (\S+) (\S+) (\d+)$", finished.output, re.MULTILINE)):
        return Run(failure="no count in the output of Macaulay2")
    return Run(float(found[1]), float(found[2]), finished.peak_mb, int(found[3]))


def _from_json(finished: Finished) -> Run:
    if failure := _failure(finished):
        return Run(failure=failure)
    answer = json.loads(finished.output.splitlines()[-1])
    return Run(peak_mb=finished.peak_mb, **answer)


def _failure(finished: Finished) -> str | None:
    if finished.status is None:
        return f"stopped after {finished.seconds:.0f} s"
    if finished.status != 0:
        lines = finished.errors.strip().splitlines() or ["no message"]
        return f"exit status {finished.status}: {lines[-1][:200]}"
    return None


@cache
def _version_by(*command: str) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    answer = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL
    )
    if answer.returncode != 0 or not answer.stdout.strip():
        return None
    return answer.stdout.strip().splitlines()[0]
