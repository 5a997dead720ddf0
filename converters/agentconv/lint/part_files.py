"""The files of a project's parts (skills, servers, hooks, ...), as rules see them: each once, for the client that it is of."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.kinds import KINDS
from agentconv.core.source import SourceText
from agentconv.lint.subject import PartFile, Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from agentconv.core.kinds import Kind
    from agentconv.sources.parts_on_disk import PartsOnDisk


def subjects(project: PartsOnDisk, clients: Sequence[str], kinds: Collection[Kind] = KINDS, only: str = "") -> Iterator[Subject]:
    """Yield the files that any of the clients reads; of several, it is that client's in whose own place the file lies.

    Args:
        project: Where they lie.
        clients: The clients.
        kinds: The kinds of parts that are looked for.
        only: The absolute path of the one file that is looked for; empty for all.
    """
    for kind in kinds:
        seen: set[str] = set()
        for own in (True, False):
            for client in clients:
                for source in project.files(client, kind, own=own):
                    subject = _subject(project, clients, client, PartFile(kind, source, project))
                    is_meant = not only or os.path.abspath(subject.path) == only
                    if is_meant and subject.path not in seen and (only or subject.parts.parts or subject.parts.diagnostics):
                        seen.add(subject.path)  # not a file of settings that says nothing of the kind
                        yield subject
                    yield from _beside(project, clients, subject, seen, only)
        yield from (one for one in _astray(project, clients, kind, seen) if not only or os.path.abspath(one.path) == only)


def _beside(project: PartsOnDisk, clients: Sequence[str], subject: Subject, seen: set[str], only: str) -> Iterator[Subject]:
    """Yield the texts that a part comes with: what is in a skill's folder, and the scripts that a hook names."""
    if subject.part is None:
        return
    own = subject.part.source.text.path
    folder = f"{posixpath.dirname(own)}/" if subject.part.kind == "skills" else ""
    for one in subject.part.source.files:
        text = SourceText(f"{folder}{one.path}", one.data)
        if b"\0" in one.data or len(one.data) > _LONGEST:
            continue
        source = replace(subject.part.source, text=text, files=())
        found = _subject(project, clients, subject.format, PartFile(subject.part.kind, source, project, beside=True))
        if found.path not in seen and (not only or os.path.abspath(found.path) == only):
            seen.add(found.path)
            yield found


_LONGEST = 1024 * 1024


def _astray(project: PartsOnDisk, clients: Sequence[str], kind: Kind, seen: set[str]) -> Iterator[Subject]:
    """Yield the files that lie where folders are meant."""
    for client in clients if kind == "skills" else ():
        for source in project.astray(client):
            subject = _subject(project, clients, client, PartFile(kind, source, project, astray=True))
            if subject.path not in seen:
                seen.add(subject.path)
                yield subject


def _subject(project: PartsOnDisk, clients: Sequence[str], client: str, part: PartFile) -> Subject:
    path = project.place(client, part.source.text.path).as_posix()
    return Subject(part.source.text.put(part.source.text.data, path), client, tuple(dict.fromkeys((client, *clients))), part=part)
