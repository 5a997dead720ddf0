"""Break the code in the places that `mutants.toml` names, one at a time, and see that a test fails each time.

    python tests/mutation/run.py [--only WORD] [--list]

Each mutant is tried on a copy of the checkout: first the narrow suite that it names, then, where that passes all the same, the
default run. What survives both is a hole in the tests: the run ends with 1 and names it. Not part of the default run; takes
about ten minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("mutants.toml")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One way to break the code."""

    name: str
    law: str
    """The law or the mechanism that is broken."""
    file: str
    """Path below the import package."""
    old: str
    """Text that stands there once."""
    new: str
    suite: tuple[str, ...]
    """The tests that are to see it."""


def mutants() -> list[Mutant]:
    """Read the table."""
    rows = tomllib.loads(TABLE.read_text("utf-8"))["mutant"]
    return [Mutant(**{**row, "suite": tuple(row["suite"])}) for row in rows]


def broken(mutant: Mutant, root: Path) -> str:
    """Return the text of the mutant's file, broken.

    Raises:
        ValueError: What it breaks is not there, or there more than once.
    """
    text = (root / "converters" / "agentconv" / mutant.file).read_text("utf-8")
    found = text.count(mutant.old)
    if found != 1:
        raise ValueError(f"{mutant.name}: {mutant.file} has its text {found} times, and should have it once")
    return text.replace(mutant.old, mutant.new)


def copy_of(root: Path, place: Path) -> None:
    """Copy what git knows of a checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (root / name).exists():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, place / name)


def seen_by(place: Path, words: tuple[str, ...]) -> str | None:
    """Run tests on a copy, and return the first that fails; None where all pass."""
    environment = {**os.environ, "PYTHONPATH": str(place / "converters"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *words]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    found = _FAILED.search(done.stdout)
    return found[1] if found else f"(pytest ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-200:]})"


def main() -> int:
    """Try the mutants, and return 1 where one survives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="mutants whose name holds this word")
    parser.add_argument("--list", action="store_true", help="name them, and try none")
    options = parser.parse_args()
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        copy_of(ROOT, place)
        for mutant in (one for one in mutants() if options.only in one.name):
            if options.list:
                print(f"{mutant.law}: {mutant.name} ({mutant.file})")
                continue
            path = place / "converters" / "agentconv" / mutant.file
            sound = path.read_bytes()
            path.write_text(broken(mutant, place), "utf-8")
            seen = seen_by(place, mutant.suite)
            late = seen is None
            seen = seen or seen_by(place, ("-n", "auto"))
            path.write_bytes(sound)
            survivors += seen is None
            print(f"{mutant.law}: {mutant.name}: {'SURVIVED' if seen is None else ('default run: ' if late else '') + seen}", flush=True)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
