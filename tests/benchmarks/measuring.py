"""Whole processes, measured in turn."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_RUN = """
import resource, subprocess, sys, time
begun = time.perf_counter()
code = subprocess.run(sys.argv[1:], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, time.perf_counter() - begun)
"""


@dataclass(frozen=True)
class Taken:
    """What one run took."""

    code: int
    cpu: float
    """Seconds, user and system."""
    memory: float
    """MiB at the peak, of the largest process."""
    wall: float = 0.0
    """Seconds on the clock."""


@dataclass(frozen=True)
class Job:
    """One command."""

    command: Sequence[str]
    folder: Path | None = None
    """Where it is run."""
    before: Callable[[], None] = field(default=lambda: None)
    """What is done before each run, and not measured."""
    env: Mapping[str, str] = field(default_factory=dict)
    """What it has in its environment besides."""


def environment(root: Path) -> dict[str, str]:
    """Return the environment of a tool that is installed: its modules are compiled once, and not for each run."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME")}
    return {**kept, "PYTHONPYCACHEPREFIX": str(root / "compiled")}


def measure(job: Job, env: Mapping[str, str]) -> Taken:
    """Run a command once."""
    job.before()
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, *job.command], check=True, capture_output=True, text=True, cwd=job.folder, env={**env, **job.env}
    )
    code, cpu, memory, wall = ran.stdout.split()
    return Taken(int(code), float(cpu), float(memory), float(wall))


def in_turn(jobs: Mapping[str, Job], runs: int, env: Mapping[str, str]) -> dict[str, list[Taken]]:
    """Run commands in turn, so that what else the machine does falls on all of them; a first round is not counted."""
    found: dict[str, list[Taken]] = {name: [] for name in jobs}
    for number in range(runs + 1):
        for name, job in jobs.items():
            taken = measure(job, env)
            if number:
                found[name].append(taken)
    return found


def median(taken: Sequence[Taken]) -> float:
    """Return the median of the CPU seconds."""
    return statistics.median(one.cpu for one in taken)


def waited(taken: Sequence[Taken]) -> float:
    """Return the median of the seconds on the clock: what a person waits for."""
    return statistics.median(one.wall for one in taken)


def ratio(taken: Sequence[Taken], against: Sequence[Taken]) -> float:
    """Return the median of the ratios of CPU, pair by pair."""
    return statistics.median(one.cpu / other.cpu for one, other in zip(taken, against, strict=True))


def without(folder: Path) -> Callable[[], None]:
    """Return what takes a folder away."""
    return lambda: shutil.rmtree(folder, ignore_errors=True)
