"""Credentials among the values that an agent's servers, hooks and other keys are given: they are kept as they are, and told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.ir import Agent, AgentSet
from agentconv.core.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.ir import Json
    from agentconv.sources.parts_on_disk import LoadedPart

_VALUES = ("mcp_servers", "hooks", "extras")
"""The fields with values for programs; what a prompt says is the linter's to look at."""


def told(holders: Iterable[Agent | AgentSet], source: SourceText) -> Iterator[Diagnostic]:
    """Yield a warning for each credential beyond doubt.

    Args:
        holders: Agents, or what is said for all of them together.
        source: The text that they stand in; an empty one where there is none.
    """
    for holder in holders:
        values = {name: found for name in _VALUES if (found := getattr(holder, name, None))}
        if not values:
            continue
        from agentconv.formats.canonical import documents  # for few agents

        name = holder.name if isinstance(holder, Agent) else None
        yield from _told_of(documents.plain(type(holder)(**values)), source, name)


def _told_of(values: Mapping[str, Json], source: SourceText, name: str | None) -> Iterator[Diagnostic]:
    """Yield a warning for each credential beyond doubt among plain values."""
    from agentconv.core import credentials

    for one in (found for found in credentials.secrets(json.dumps(values, ensure_ascii=False)) if found.strong):
        subject = f"`{one.name}` is given `{one.masked}`, which" if one.name else f"`{one.masked}`"
        message = f"{subject} looks like {one.what}, and is kept as it is"
        place = max(source.text.find(one.text), 0)
        hint = "let it come from the environment, and revoke it where others have it"
        yield Diagnostic(Code.CREDENTIAL, Severity.WARNING, message, source.span(place) if source.path else None, hint, name)


def told_of_parts(parts: Iterable[LoadedPart]) -> Iterator[Diagnostic]:
    """Yield the same for what servers are given, and for the hooks and other keys of skills and commands."""
    for one in parts:
        from agentconv.formats.canonical import part_documents

        plain = part_documents.plain(one.part)
        values = plain if one.kind == "servers" else {key: plain[key] for key in _VALUES if key in plain}
        yield from _told_of(values, one.source.text if one.source else SourceText("", b""), one.part.name)


def told_of_set(agents: AgentSet) -> Iterator[Diagnostic]:
    """Yield the same for a whole set, whose agents know which of its sources they stand in."""
    texts = {source.path: source.data for source in agents.sources}
    yield from told((agents,), SourceText("", b""))
    for agent in agents.agents:
        path = agent.origin.source if agent.origin else ""
        yield from told((agent,), SourceText(path, texts.get(path, b"")))
