"""What became of a set of agents in one client: converted, saved, and looked at through the client itself. Once a run."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import agentconv
import hostile
from agent_files import FIXTURES
from agentconv import effects, registry, vocabulary
from agentconv.ir import ToolGrant, Tools
from driving import SERVER, Place, drive
from installed import CLIENTS

if TYPE_CHECKING:
    from agentconv.diagnostics import Diagnostic, Loss
    from agentconv.ir import Agent, AgentSet
    from driving import Seen, Session

HERE = Path(__file__).parent
_SERVER_TOOL = re.compile(rf"(?:mcp_+)?{SERVER}(?:_+|\.)(\w+)")


@dataclass(frozen=True)
class Case:
    """One agent: as it was read, what was reported, how it was written, and as the client has it."""

    source: Agent
    losses: tuple[Loss, ...]
    written: Agent | None
    """As our own reader reads what was written; None when it was refused."""
    seen: Seen | None
    shadowed: bool = False
    """Whether it is a file of the client's own, of whose name the client uses another."""

    def reported(self, *fields: str) -> bool:
        """Whether a loss says that one of these fields is not what it was."""
        return any(loss.field.split(".")[0] in fields for loss in self.losses)


@dataclass(frozen=True)
class Conversion:
    """A set of agents in one client."""

    session: Session
    cases: tuple[Case, ...]
    diagnostics: tuple[Diagnostic, ...]


def sets() -> list[str]:
    """Return the names of the sets of agents that are tried: those like real ones, hostile ones, and each format's fixtures."""
    fixtures = [name for name in registry.FORMATS if (FIXTURES / name / "valid").is_dir()]
    return ["real", "hostile", *fixtures]


@cache
def _read(name: str) -> AgentSet:
    if name == "real":
        return agentconv.read(HERE / "real", format="claude-code")
    if name != "hostile":
        return agentconv.read(FIXTURES / name / "valid", format=name)
    folder = Path(tempfile.mkdtemp(prefix="agentconv-hostile-"))
    for stem, text in hostile.files().items():
        (folder / f"{stem}.md").write_bytes(text.encode("utf-8"))
    return agentconv.read(folder, format="claude-code")


@cache
def convert(client: str, name: str) -> Conversion:
    """Convert a set to a client's format, save it in a scratch project, and start the client there."""
    agents = _read(name)
    result = agentconv.write(agents, client)
    place = Place.make(Path(tempfile.mkdtemp(prefix=f"agentconv-{client}-")))
    result.save(place.project)
    written = [agent for file in result.files for agent in agentconv.reads(file.data, client, path=file.path).agents]
    kept = [agent for agent in agents.agents if agent.id not in result.refused]
    assert len(kept) == len(written), result.diagnostics
    session = drive(client, place)
    again = {agent.id: one for agent, one in zip(kept, written, strict=True)}
    cases: list[Case] = []
    for agent in agents.agents:
        losses = tuple(loss for loss in result.losses if loss.agent == agent.id)
        one = again.get(agent.id)
        shadowed = agent.id != agent.name and one is not None and one.name == agent.name and _format(agent) == client
        cases.append(Case(agent, losses, one, session.agents.get(one.name or "") if one and not shadowed else None, shadowed))
    return Conversion(session, tuple(cases), result.diagnostics)


def _format(agent: Agent) -> str | None:
    return agent.origin.format if agent.origin else None


def grants(client: str, words: frozenset[str]) -> tuple[ToolGrant, ...]:
    """Return what a client's own tool names mean; those that nobody knows mean nothing."""
    found = []
    for word in sorted(words):
        if server_tool := _SERVER_TOOL.fullmatch(word):
            found.append(ToolGrant(word, client, "mcp", server=SERVER, tool=server_tool[1]))
        elif known := vocabulary.tool_word(client, word):
            found += [ToolGrant(word, client, capability) for capability in known.capabilities]
    return tuple(found)


def unknown(client: str, words: frozenset[str]) -> set[str]:
    """Return those of a client's tool names that our vocabulary has not."""
    return {word for word in words if not _SERVER_TOOL.fullmatch(word) and vocabulary.tool_word(client, word) is None}


def as_seen(client: str, case: Case) -> effects.Effects:
    """Return what an agent may do with the tools that its client really offers it."""
    assert case.written
    assert case.seen
    words = (case.seen.tools or frozenset()) - set(CLIENTS[client].session_decides)
    offered = Tools("list", grants(client, words))
    return effects.effects(replace(case.written, tools=offered), format_id=client)
