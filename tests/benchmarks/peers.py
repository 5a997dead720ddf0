"""Other converters on the same agents, where they are installed.

npm install --prefix PEERS rulesync            (needs Node 22)      --rulesync PEERS/node_modules/.bin/rulesync
python -m venv PEERS && PEERS/bin/pip install apm-cli               --apm PEERS/bin/apm
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from measuring import Job

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOW_TO = __doc__.partition("\n")[2].strip("\n")


def words(given: str, name: str) -> list[str] | None:
    """Return how a peer is called: as a flag says, or as it is found on PATH; None where it is not installed or does not start."""
    command = given.split() or [found for found in (shutil.which(name),) if found]
    if not command or shutil.which(command[0]) is None:
        return None
    started = subprocess.run([*command, "--version"], check=False, capture_output=True)
    return command if started.returncode == 0 else None


def rulesync(command: Sequence[str], project: Path, target: str) -> Job:
    """Convert the agents of a Claude Code project beside it."""
    there = {"opencode": ".opencode", "codex": ".codex"}[target]
    names = {"opencode": "opencode", "codex": "codexcli"}
    job = [*command, "convert", "--from", "claudecode", "--to", names[target], "--features", "subagents"]
    return Job(job, project, lambda: shutil.rmtree(project / there, ignore_errors=True))


def apm(command: Sequence[str], project: Path, target: str, home: Path) -> Job:
    """Deploy a package's agents; the package is made of those of a Claude Code project."""
    package = home / ".apm" / "agents"
    if not package.is_dir():
        package.mkdir(parents=True)
        for file in (project / ".claude" / "agents").iterdir():
            shutil.copy(file, package / f"{file.stem}.agent.md")
        (home / "apm.yml").write_text("name: bench\nversion: 1.0.0\ndescription: A set of agents\nauthor: bench\n", "utf-8")

    def clean() -> None:
        for name in (".opencode", ".codex", "apm_modules"):
            shutil.rmtree(home / name, ignore_errors=True)
        (home / "apm.lock.yaml").unlink(missing_ok=True)

    return Job([*command, "install", "--target", target, "--no-policy", "--no-audit"], home, clean)
