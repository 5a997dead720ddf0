"""What stops an agent from being deployed: hidden characters and credentials; and an update that asks for more, until it is accepted."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from agentconv.core import credentials, effects, plain_words
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.effects import Level
from agentconv.core.ir import Agent, Origin
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.formats.canonical import documents
from agentconv.lint import catalogue
from agentconv.lint.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from agentconv.core.ir import Hook, Json, McpServer
    from agentconv.sources.loading import Loaded

GRANTS = ("tools", "permissions", "mcp_servers", "hooks", "skills", "delegates")
"""The fields that say what an agent may do."""
_UNATTENDED = frozenset({"bypass", "auto"})
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
            if agent.id in ids and (remarks := tuple(_remarks(piece, agent))):
                found[agent.id] = remarks
    return found


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
                hint = "tell the pack's author; an older version, or --agent with the others, is a way around it"
                yield Diagnostic(Code.BLOCKED, Severity.ERROR, message, span, hint, agent.id)
                break


def _is_suspect(text: str) -> bool:
    """Whether any of the rules could find something: most texts are told at a glance to have nothing."""
    return not text.isascii() or bool(credentials.find(text))


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def grants(agent: Agent) -> dict[str, Json]:
    """Return what an agent may do, as the lock keeps it."""
    document = documents.plain(agent, languages=False)
    kept: dict[str, Json] = {key: document[key] for key in GRANTS if key in document}
    return {"format": agent.origin.format, **kept} if agent.origin else kept


def granted(document: Mapping[str, Json]) -> Agent:
    """Return an agent that may do what a lock says."""
    values = {key: value for key, value in document.items() if key != "format"}
    agent: Agent = documents.build(Agent, values)
    return replace(agent, origin=Origin(str(document["format"]), "")) if "format" in document else agent


def asks_for_more(before: Mapping[str, Json], agent: Agent) -> tuple[str, ...]:
    """Say in words what an agent may do that it might not do before; empty when nothing."""
    old = granted(before)
    found = [str(one) for one in effects.widenings(effects.effects(old), effects.effects(agent))]
    mode = agent.permissions.mode
    if mode in _UNATTENDED and old.permissions.mode != mode:
        found.append(f"permission mode {mode}, which asks before nothing")
    found += [f"MCP server {defined}" for defined in _servers(agent, old)]
    found += _hooks(agent, old)
    return tuple(found)


def _servers(agent: Agent, old: Agent) -> Iterator[str]:
    """Yield the servers whose definition is new or another one, with what is run or called."""
    known = {server.name: server for server in old.mcp_servers or ()}
    for server in agent.mcp_servers or ():
        if server.transport and known.get(server.name) != server:
            yield f"{server.name} ({_started(server)})" + (", which was another one" if server.name in known else "")


def _started(server: McpServer) -> str:
    return server.url or " ".join([server.command or "", *(server.args or ())]).strip()


def _hooks(agent: Agent, old: Agent) -> Iterator[str]:
    for hook in agent.hooks or ():
        if hook not in (old.hooks or ()):
            yield f"hook {hook.native_event}: {_run(hook)}"


def _run(hook: Hook) -> str:
    commands = [str(one["command"]) for one in hook.handlers if isinstance(one, dict) and "command" in one]
    return "; ".join(commands) or json.dumps(list(hook.handlers), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What agents ask for, and which."""

    what: str
    agents: tuple[str, ...]


def asked(agents: Iterable[Agent]) -> tuple[Asked, ...]:
    """Say what agents could do once they are deployed, beyond reading."""
    found: dict[str, list[str]] = {}
    for agent in agents:
        for what in _asks(agent):
            found.setdefault(what, []).append(agent.id)
    return tuple(Asked(what, tuple(ids)) for what, ids in found.items())


def _asks(agent: Agent) -> Iterator[str]:
    may = effects.effects(agent)
    yield from (words for effect, words in plain_words.EFFECTS.items() if effect != "read" and may.levels[effect] > Level.NO)
    if agent.permissions.mode in _UNATTENDED:
        yield f"permission mode {agent.permissions.mode}"
    yield from (f"MCP server {name}" for name in dict.fromkeys([*may.servers, *(one.name for one in agent.mcp_servers or ())]))
    yield from _hooks(agent, _NOTHING)


_NOTHING: Any = Agent()
