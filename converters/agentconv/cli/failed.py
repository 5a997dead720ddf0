"""What a CI reads of a command that could not be done: the report that it asked for is there, with the one thing that is wrong."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from agentconv.cli import named_file
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import InputError
from agentconv.render import printable

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic

FORMATS = ("github", "gitlab", "junit", "sarif")


def report(wrong: Diagnostic, kind: str, file: str) -> None:
    """Write a report of what kept a command from being done, into the file that was named or to standard output.

    Args:
        wrong: What it is.
        kind: The form that the command line asks for; nothing is written in one that is no CI's.
        file: Where to.
    """
    if kind not in FORMATS:
        return
    from agentconv.render import synced_machine

    if wrong.span is not None and os.path.isabs(wrong.span.path):
        wrong = replace(wrong, span=replace(wrong.span, path=os.path.relpath(wrong.span.path).replace(os.sep, "/")))
    said = synced_machine.report(kind, [wrong])
    put(said.encode("utf-8", "backslashreplace"), file)


def put(data: bytes, file: str) -> None:
    """Write a report into a file, or to standard output where none is named.

    A file that is there stays: nobody has looked yet whether it is one of those that are to be looked at.
    """
    if not file:
        printable.data(data)
    elif not os.path.lexists(file):
        with suppress(InputError):  # which may be the very thing that is wrong
            named_file.save(file, data, (), "--output-file")
