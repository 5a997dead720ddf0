"""Formats of other distributions that a configuration names and that are not here: nothing stops for them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, InputError
from agentconv.formats import registry
from agentconv.install import lock as lock_file

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.sync.tables import Table

_ELSEWHERE = "or `pip install` the distribution that brings it"
"""What else may be behind a word than a slip of the pen."""


def is_broken(word: str) -> bool:
    """Whether a word names a format of another distribution that is not here, or cannot be loaded."""
    try:
        registry.resolve(word)
    except InputError as error:
        return error.diagnostic.code is Code.EXTENSION
    return False


def is_absent(word: str, root: Path) -> bool:
    """Whether a word names such a format, as the lock or its distribution says."""
    if not is_broken(word) and not registry.is_known(word):
        with suppress(InputError):  # which is told when it is read for what is in it
            lock_file.read(root / lock_file.FILE)
    return is_broken(word)


def left_out(table: Table, word: str, number: int) -> Diagnostic:
    """Say that nothing is kept in step for a target: `agentconv sync --check` cannot say that it is, and so it fails."""
    message = f"nothing is looked at for `{word}`, whose format is not here; what it has stays as it is"
    hint = "install the distribution that brings it, or take it out, which leaves what was written for it where it is"
    return table.wrong(message, hint, "targets", number).diagnostic


def resolved(table: Table, word: str, *names: str | int) -> str:
    """Return the format that a word names; neither lock nor distribution may know yet who brings it.

    Raises:
        InputError: There is no such format here.
    """
    try:
        return registry.resolve(word)
    except InputError as error:
        told = error.diagnostic
        is_nowhere = told.code is Code.USAGE and registry.not_yet(word) is None
        raise table.wrong(told.message, f"{told.hint}; {_ELSEWHERE}" if is_nowhere else told.hint, *names) from None
