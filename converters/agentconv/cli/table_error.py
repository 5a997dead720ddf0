"""The error of a table in a configuration file, which knows the keys that lead to what is wrong."""

from __future__ import annotations

from agentconv.core.diagnostics import InputError


class TableError(InputError):
    """A table that cannot be meant."""

    def __init__(self, error: InputError, *names: str) -> None:
        super().__init__(error.diagnostic)
        self.names = names
        """The keys that lead to what is wrong."""
