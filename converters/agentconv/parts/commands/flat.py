"""Names of commands in clients that look into no folder below their own."""

from __future__ import annotations


def name(name: str) -> str:
    """Return a name without folders: `git/fix` is `git-fix`."""
    return "-".join(filter(None, name.split("/")))
