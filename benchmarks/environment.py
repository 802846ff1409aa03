"""Where and when something was measured."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from process import available_processors

_PACKAGES = ("neuromanifold", "numpy", "scipy", "jax", "python-flint", "sympy")


def environment() -> dict[str, object]:
    """Date, processor, system, compiler and versions, as plain JSON values."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "instruction_sets": _instruction_sets(),
        "processors": len(available_processors()),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}".rstrip(
            ", "
        ),
        "python": sys.version.split()[0],
        "compiler": _first_line("c++", "--version"),
        "commit": _first_line("git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"),
        "changed_files": _n_changed_files(),
        "packages": {name: installed for name in _PACKAGES if (installed := _version(name))},
        "load_average": load_average(),
    }


def load_average() -> float:
    """How many processes wanted a processor over the last minute."""
    return round(os.getloadavg()[0], 2)


def _cpuinfo(key: str) -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return None
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), None)


def _processor() -> str:
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _instruction_sets() -> list[str]:
    flags = (_cpuinfo("flags") or _cpuinfo("Features") or "").split()
    return [flag for flag in ("asimd", "avx2", "fma", "avx512f") if flag in flags]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _first_line(*command: str) -> str | None:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.splitlines()[0] if answer.stdout else None


def _n_changed_files() -> int | None:
    command = ["git", "-C", str(Path(__file__).parent), "status", "--porcelain"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return len(answer.stdout.splitlines())
