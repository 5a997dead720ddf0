"""What agents and parts of one set may do that they might not do in another: the words of the law, as an update asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv import api
from agentconv.conversion import given_words
from agentconv.core import fields
from agentconv.core.dataclass import dataclass
from agentconv.core.ir import AgentSet
from agentconv.core.library_words import public
from agentconv.formats import registry
from agentconv.install import consent, loosening, looser_parts, part_consent

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from agentconv.core.ir import Agent
    from agentconv.core.parts import Part
    from agentconv.install.grant import Grant

What: TypeAlias = "AgentSet | str | os.PathLike[str]"
_ALONE = ("skills", "commands", "servers")
"""Kinds of which each is compared with that of its name."""
_TOGETHER = ("hooks", "permissions")
"""Kinds that hold for all that works in a project, whatever they are called."""


@dataclass(frozen=True, slots=True)
class Gain:
    """Something that an agent or a part may do now, and might not do before."""

    name: str
    """What the agent or the part is called."""
    word: str
    """What it comes to: `write`, `run`, `network`, `unattended`, `hooks`, `agents`, `skills`, `mcp:NAME`."""
    what: str
    """What it is, for people."""
    client: str | None = None
    """The format whose client reads it."""
    part: str | None = None
    """The kind of a part, such as `servers`; None of an agent."""
    new: bool = False
    """Whether there was no such agent or part before."""

    def __str__(self) -> str:
        """Say it in one line."""
        about = f"{self.part}/{self.name}" if self.part else self.name
        return f"{about}{' (new)' if self.new else ''}: {self.what}"


@public
def compare(before: What, after: What) -> tuple[Gain, ...]:
    """Say what agents, and the rules, hooks, servers, skills and commands beside them, may do that they might not do before.

    Each agent is judged as its own client reads it: its effects, patterns, MCP servers and each of their tools, other agents and skills
    that it may call, permission modes, and hooks, both those that run something and those that held it back. An agent, or a part, that
    is new has all that it may do beyond reading. What texts ask for, and what is less than before, is not said.

    Args:
        before: A set, or a path that is read.
        after: The same later.

    Returns:
        What is more than it was, by agents and parts in the order of `after`; nothing where nothing is.

    Raises:
        InputError: A path names nothing, or a value of a set is of a type that is not its field's.
    """
    old, new = _set(before), _set(after)
    return tuple(dict.fromkeys((*_of_agents(old, new), *_of_parts(old, new), *_of_all(old, new))))


def _set(what: Any) -> AgentSet:
    if not isinstance(what, AgentSet):
        return api.read(what)
    given_words.check(what)
    return what


def _of_agents(before: AgentSet, after: AgentSet) -> Iterator[Gain]:
    known = {_key(agent): agent for agent in before.agents}
    for agent in after.agents:
        old, client = known.get(_key(agent)), fields.client_of(agent)
        if old is None:
            found = (*consent.grants(agent), *_unheld(agent, client))
        else:
            more = consent.beyond(old, agent, client or _NOBODY)
            found = (*more, *(one for one in _unheld(agent, client) if one not in _unheld(old, client)))
        yield from (Gain(agent.name or agent.id, one.word, one.what, client, None, old is None) for one in found)


_NOBODY = "json"
"""The format of what is in no client's words."""


def _key(agent: Agent) -> tuple[str | None, str]:
    return fields.client_of(agent), agent.id


def _unheld(agent: Agent, client: str | None) -> tuple[Grant, ...]:
    return consent.unheld(agent, client) if client in registry.CLIENTS else ()


def _of_parts(before: AgentSet, after: AgentSet) -> Iterator[Gain]:
    """Yield what a skill, a command or a server has more than the one of its name."""
    for kind in _ALONE:
        known = {_part_key(part): part for part in getattr(before, kind)}
        for part in getattr(after, kind):
            old = known.get(_part_key(part))
            had = part_consent.grants(old) if old is not None else ()
            found = [one for one in part_consent.grants(part) if one not in had]
            found += looser_parts.looser(old, part) if old is not None else ()
            yield from _told(kind, part, found, new=old is None)


def _of_all(before: AgentSet, after: AgentSet) -> Iterator[Gain]:
    """Yield what hooks and rules do for everybody, and what none of them holds back any more."""
    for kind in _TOGETHER:
        old: tuple[Part, ...] = getattr(before, kind)
        new: tuple[Part, ...] = getattr(after, kind)
        had = {(_client(part), grant) for part in old for grant in part_consent.grants(part)}
        for part in new:
            yield from _told(kind, part, (one for one in part_consent.grants(part) if (_client(part), one) not in had))
        for part in old:
            coming = [one for one in new if _client(one) == _client(part)]
            yield from _told(kind, part, (grant for one in loosening.gone(part, coming) for grant in loosening.grants(part, one)))


def _told(kind: str, part: Part, found: Iterable[Grant], *, new: bool = False) -> Iterator[Gain]:
    yield from (Gain(part.name or part.id, one.word, one.what, _client(part), kind, new) for one in found)


def _client(part: Part) -> str | None:
    return part.origin.format if part.origin else None


def _part_key(part: Part) -> tuple[str | None, str]:
    return _client(part), part.id
