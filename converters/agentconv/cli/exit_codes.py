"""What the process's exit code means: one table, shown by `agentconv --help`."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes."""

    OK = 0
    """Everything was done."""
    FINDINGS = 1
    """Refused, not loaded, kept, or lost to a bug of another distribution's format or rule; would change (--check); warnings (--strict)."""
    USAGE = 2
    """Usage, configuration, or nothing could be done."""
    BUG = 3
    """A bug of ours; the agents concerned were not written."""
    INTERRUPTED = 130
    """Ctrl-C."""
    CUT_OFF = 141
    """Who reads the output went away first."""
