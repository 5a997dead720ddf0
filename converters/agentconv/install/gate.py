"""What stops an agent from being deployed, whatever anybody accepts: hidden characters, credentials, paths out of the project."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from agentconv.core import credentials, paths
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.formats.canonical import documents
from agentconv.lint import catalogue
from agentconv.lint.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded

_VALUES = "---\nname: agent\ndescription: d\n---\n{}\n"
"""An agent whose prompt is everything that another one says: what rules find in its text, they find in any field."""


def unsafe(pieces: Iterable[Loaded], ids: Collection[str]) -> dict[str, tuple[Diagnostic, ...]]:
    """Return by agent what keeps it from being deployed at all. A comment in a pack's file leaves out no rule here.

    Args:
        pieces: What was read of a pack.
        ids: The agents that are to be deployed.
    """
    found: dict[str, tuple[Diagnostic, ...]] = {}
    for piece in pieces:
        for agent in piece.agents:
            if agent.id in ids and (remarks := (*_astray(piece, agent), *_remarks(piece, agent))):
                found[agent.id] = remarks
    return found


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
