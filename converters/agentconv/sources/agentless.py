"""Files of which no agent came, although a client looks for agents where they lie, or a user named them: one line each."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Complaint, Severity, Span
from agentconv.formats import registry
from agentconv.sources import sniffing

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.source import SourceText
    from agentconv.sources.inputs import Found

MOST = 3
"""How many files of one folder are told one by one."""


@dataclass(frozen=True, slots=True)
class Agentless:
    """A file of which no agent came, and why."""

    path: str
    cause: Diagnostic
    named: bool = False
    """Whether the user named the file itself."""


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def cause(format_id: str, source: SourceText, told: Diagnostic | None) -> Diagnostic | None:
    """Return why no agent came of a file, if that is told: where its bytes are no agent's in any client, this is why."""
    complaint = None if told is None else _of_bytes(source.data)
    if complaint is None:
        return told
    from agentconv.families import reading

    absent = reading.absent(registry.load(format_id).SPEC, complaint, source.span())
    return replace(absent, hint=complaint.remedy)


def _of_bytes(data: bytes) -> Complaint | None:
    if data[:2] in _UTF_16:
        return Complaint("the file is UTF-16", remedy="save it as UTF-8")
    if b"\0" in data:
        return Complaint("the file is no text", remedy="keep it where no assistant looks for agents")
    if not data.strip():
        return Complaint("the file is empty", remedy="write the agent into it, or delete it")
    return None


def in_question(file: Found, cause: Diagnostic) -> Agentless | None:
    """Return what is to be told of a file of which no agent came; None where nobody expects one of it."""
    place = PurePosixPath(os.path.abspath(file.location)) if file.location else None
    expected = place is None or sniffing.by_place(place, place.anchor) == file.format
    if not sniffing.may_be_agent(file.path, file.format) or not (file.named or expected):
        return None
    return Agentless(file.path, cause, file.named)


def by_folder(paths: Iterable[str]) -> Iterator[list[str]]:
    """Put paths together that are told in one line: each for itself, or those of a folder that has more than a few."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    for found in folders.values():
        yield from [found] if len(found) > MOST else [[path] for path in found]


def told(files: Sequence[Agentless]) -> Iterator[Diagnostic]:
    """Say why no agent came of files: an error where a user named the file, else a note, which is one for a folder with many."""
    for file in files:
        if file.named:
            yield replace(file.cause, severity=Severity.ERROR)
    causes: dict[Hashable, Diagnostic] = {file.path: file.cause for file in files if not file.named}
    for paths in by_folder(file.path for file in files if not file.named):
        cause = causes[paths[0]]
        if len(paths) == 1:
            yield replace(cause, hint=None)
            continue
        client = registry.load(cause.client).SPEC.client if cause.client else "the client"
        listed = ", ".join(f"`{path.rpartition('/')[2]}`" for path in paths[:MOST])
        message = f"no agent for {client} in {len(paths):,} files, {listed} and others; of the first: {cause.reason}"
        yield replace(cause, hint=None, message=message, span=Span(paths[0].rpartition("/")[0] or "."))


def untold(files: Iterable[Agentless], said: Collection[str]) -> Iterator[Diagnostic]:
    """Say why no agent came of files that a user named, and of which nothing else is said.

    It is a note, for a hook before a commit names each file that lies where agents do.

    Args:
        files: The files.
        said: Paths of the files of which something was found.
    """
    yield from (replace(file.cause, severity=Severity.NOTE) for file in files if file.named and file.path not in said)


def gone(told: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return why formats of other distributions are not there, but for what is told already: a file may have been one of theirs."""
    known = {one.message for one in told}
    return tuple(one for one in registry.broken() if one.message not in known)
