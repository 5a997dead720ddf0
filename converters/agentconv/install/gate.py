"""What stops an agent from being deployed, whatever anybody accepts: hidden characters, credentials, paths out of the project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconv.core import credentials, paths
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.parts import SetHook, Skill
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.formats.canonical import documents, part_documents
from agentconv.install.units import Units
from agentconv.lint import catalogue
from agentconv.lint.subject import Subject
from agentconv.packs import paths as pack_paths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentconv.core.ir import Agent
    from agentconv.core.parts import FolderFile
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts_on_disk import LoadedPart

_VALUES = "---\nname: agent\ndescription: d\n---\n{}\n"
"""An agent whose prompt is everything that another one says: what rules find in its text, they find in any field."""


def unsafe(pieces: Iterable[Loaded], ids: Collection[str]) -> dict[str, tuple[Diagnostic, ...]]:
    """Return by agent, or part, what keeps it from being deployed at all. A comment in a pack's file leaves out no rule here.

    Args:
        pieces: What was read of a pack.
        ids: The agents and parts that are to be deployed.
    """
    found: dict[str, tuple[Diagnostic, ...]] = {}
    pieces = tuple(pieces)
    for piece in pieces:
        for agent in piece.agents:
            if agent.id in ids and (remarks := (*_astray(piece, agent), *_remarks(piece, agent))):
                found[agent.id] = remarks
    units = Units(pieces)
    for id_ in units.scripts.keys() & set(ids):
        if remarks := tuple(found.get(id_, ())) + tuple(_in_files(id_, units.scripts[id_])):
            found[id_] = remarks
    loaded = units.loaded
    for id_ in units.agents.keys() & loaded.keys():  # what is asked for and accepted goes by these names
        message = f"not deployed: `{id_}` is an agent and a part of the pack"
        found[id_] = (Diagnostic(Code.BLOCKED, Severity.ERROR, message, None, _HINT, id_),)
    ids = {id_ for id_ in ids if id_ not in units.agents or id_ not in loaded}
    found.update({id_: remarks for id_, one in loaded.items() if id_ in ids and (remarks := tuple(_of_part(id_, one)))})
    return found


def _of_part(id_: str, one: LoadedPart) -> Iterator[Diagnostic]:
    """Yield what keeps a part from being deployed: a path that leads elsewhere, and what rules find in any of its texts."""
    files = one.part.files if isinstance(one.part, (Skill, SetHook)) else ()
    for path in (*([one.path] if one.path else []), *(file.path for file in files)):
        problem = pack_paths.problem(path)
        if problem:
            yield Diagnostic(Code.BLOCKED, Severity.ERROR, f"not deployed: `{path}` is {problem}", None, _HINT, id_)
            return
    document = part_documents.plain(replace(one.part, origin=None))
    document.pop("files", None)
    texts = [(one.path, json.dumps(document, ensure_ascii=False).replace("\\n", "\n"))]
    texts += [(one.path, one.source.text.text)] if one.source else []
    for path, text in texts:
        yield from _in_text(id_, path, text)
    yield from _in_files(id_, files)


def _in_files(id_: str, files: Iterable[FolderFile]) -> Iterator[Diagnostic]:
    """Yield what rules find in the texts of files."""
    for file in files:
        if b"\0" not in file.data:
            yield from _in_text(id_, file.path, file.data.decode("utf-8", "replace"))


def _in_text(id_: str, path: str, text: str) -> Iterator[Diagnostic]:
    """Yield what rules find in a text of a part."""
    if not _is_suspect(text):
        return
    subject = Subject(SourceText(path, _VALUES.format(text).encode("utf-8", "replace")), "claude-code", ("claude-code",))
    for rule in catalogue.security_rules():
        finding = next(iter(rule.check(subject)), None)
        if finding is not None:
            message = f"not deployed: {rule.name}: {finding.message}"
            yield Diagnostic(Code.BLOCKED, Severity.ERROR, message, Span(path) if path else None, _HINT, id_)


_HINT = "tell the pack's author; an older version, or --agent with the others, is a way around it"


def _astray(piece: Loaded, agent: Agent) -> Iterator[Diagnostic]:
    """Yield what would let a client look at files of the user's that are none of the pack's business."""
    for format_id in agent.extras:
        for key, path in paths.astray(agent, format_id):
            message = f"not deployed: `{key}` leads out of the project: `{path}`"
            yield Diagnostic(Code.BLOCKED, Severity.ERROR, message, Span(piece.path), _HINT, agent.id)


def _remarks(piece: Loaded, agent: Agent) -> Iterator[Diagnostic]:
    """Yield what rules find in the text that an agent alone has, else in its values, in which nothing is escaped."""
    alone = len(piece.agents) == 1 and piece.source is not None and piece.format in registry.CLIENTS
    values = json.dumps(documents.plain(replace(agent, origin=None)), ensure_ascii=False).replace("\\n", "\n")
    own = piece.source if alone else None
    if not any(map(_is_suspect, (values, own.text if own else ""))):
        return
    subjects = [Subject(SourceText(piece.path, _VALUES.format(values).encode("utf-8", "replace")), "claude-code", ("claude-code",))]
    if own is not None:
        subjects.insert(0, Subject(own, piece.format, (piece.format,)))
    for rule in catalogue.security_rules():
        for subject in subjects:
            finding = next(iter(rule.check(subject)), None)
            if finding is not None:
                span = Span(piece.path, *_place(subject.text, finding.start)) if subject.source is own else Span(piece.path)
                message = f"not deployed: {rule.name}: {finding.message}"
                yield Diagnostic(Code.BLOCKED, Severity.ERROR, message, span, _HINT, agent.id)
                break


def _is_suspect(text: str) -> bool:
    """Whether any of the rules could find something: most texts are told at a glance to have nothing."""
    return not text.isascii() or bool(credentials.find(text))


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
