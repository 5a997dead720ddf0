"""What a run tells beside its report: on standard error, a message a line where a program may read it, wrapped where a person does."""

from __future__ import annotations

import sys

from agentconv.render.table import fitted


def say(told: str) -> None:
    """Print a message: as wide as the terminal, or as `COLUMNS` says; in a pipe whole, so that `grep` finds all of it."""
    print(fitted(told, sys.stderr), file=sys.stderr)
