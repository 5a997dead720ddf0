"""Servers that a target has by a file of its own, and agents that have them there beyond their authors' words.

Where no file of a target's agent closes such a server (Cursor's `.cursor/mcp.json`), whoever wrote the file has opened it to every agent
there. That is a person's own decision about his client, so that the agents are written; each run says of which it is so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import effects, losses, vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Detail, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.core.kinds import Kind
    from agentconv.core.widening import Widening
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts_on_disk import LoadedPart
    from agentconv.sources.user_places import Home

CODE = "server-open-there"
_SERVERS: Kind = "servers"


@dataclass(frozen=True, slots=True)
class Standing:
    """A server that a target has."""

    name: str
    place: Span | str
    """Where it stands, for people; of what is on its way there, the file that it goes into, if that is known."""
    part: LoadedPart
    """What it was read from."""

    @property
    def key(self) -> str:
        """What its tools are called by."""
        return effects.server_key(self.name)


@dataclass(frozen=True, slots=True)
class AgentThere:
    """An agent that a target has, whoever wrote it there."""

    author: Agent
    """As its author wrote it: in the file of another assistant or in a pack, where it comes of that; else the very file."""
    agent: Agent
    """As the target's client has it."""
    path: str
    """Its file."""


def of(folder: Path, target: str, home: Home | None = None, shown: Callable[[str], str] = str) -> tuple[Standing, ...]:
    """Return the servers that a target's client has in a folder.

    Args:
        folder: The project's root, or the user's home.
        target: The client's format id.
        home: The user's home, where the user's own servers are meant.
        shown: Returns the path of a file below the folder, for people.
    """
    from agentconv.sources.parts import Parts

    found = Parts([folder], [target], home).of(_SERVERS)
    return tuple(_standing(one, shown) for one in found if one.taken)


def told(
    author: Agent, agent: Agent, target: str, there: Sequence[Standing], known: Collection[Widening] = (), *, trusted: bool = True
) -> Iterator[Loss]:
    """Say which servers that a target has its client lets an agent use beyond its author's words.

    Args:
        author: The agent as its author wrote it.
        agent: The agent as the target's client has it.
        target: The client's format id.
        there: The servers.
        known: What is told of the agent already.
        trusted: Whether the author wrote what keys outside of the agent's fields grant.
    """
    if vocabulary.unenforced(target).servers:
        return  # no file limits them there: `not-enforced`
    by_key = {one.key: one for one in there if _is_on(one.part)}
    opened: dict[str, list[str]] = {}
    for one in compare.widenings(author, agent, target, by_key, trusted=trusted) if by_key else ():
        if one.server in by_key and one not in known:
            opened.setdefault(one.server or "", []).append(str(one))
    for key in opened:
        name, place = by_key[key].name, by_key[key].place
        at, span = (f"{place.path}:{place.line}", place) if isinstance(place, Span) else (place, None)
        detail = Detail("`{}` in {}", (name, at)) if at else Detail("`{}`", (name,))
        yield replace(losses.loss(CODE, author.id, "tools", target, detail), span=span, beyond=(f"mcp:{key}",))


def forget(told: list[Loss]) -> None:
    """Take away what is told of a file that is not written after all."""
    told[:] = [one for one in told if one.code != CODE]


def is_read(piece: Loaded, read: Callable[[str], bytes | None] | None) -> bool:
    """Whether an agent's own file is below the folder that is written to."""
    return piece.source is not None and read is not None and read(piece.path) == piece.source.data


def _is_on(one: LoadedPart) -> bool:
    from agentconv.core.parts import Server

    return isinstance(one.part, Server) and one.part.definition.enabled is not False


def _pointer(one: LoadedPart) -> str:
    return one.part.origin.pointer if one.part.origin else ""


def _standing(one: LoadedPart, shown: Callable[[str], str]) -> Standing:
    from agentconv.sources import pointed

    found = pointed.span(one.source.text, _pointer(one)) if one.source and _pointer(one) else None
    return Standing(one.part.name or "", replace(found or Span(one.path), path=shown(one.path)), one)
