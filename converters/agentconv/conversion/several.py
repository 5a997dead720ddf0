"""Files that hold several agents, entry by entry: what is in them, and changes that touch not a byte of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.ir import Agent, AgentSet, Prompt
from agentconv.core.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from agentconv.core.format import Format


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file of several agents, with other agents in it."""

    data: bytes
    agents: tuple[Agent, ...]
    """The agents as they are read back."""
    problem: str | None = None
    """Why the file, as it is, cannot be changed so; the rest is what was there then."""


def rewrite(module: Format, original: SourceText, wanted: Sequence[Agent], ours: Collection[str | None]) -> Rewritten:
    """Give a file its complete wanted agents. It is read back, and where the client would not take it, nothing changes.

    Args:
        module: The file's format.
        original: The file as it stands; without a byte where there is none.
        wanted: All that is to be in it, in order.
        ours: Names of the agents that the client has to load afterwards.
    """
    written = module.write(AgentSet(tuple(wanted)), original)
    again = module.read(SourceText(original.path, written.data))
    found = again.set.agents
    bad = any(state.dropped and agent.name in ours for agent, state in zip(found, again.states, strict=True))
    exact = len(found) == len(wanted) and all(map(fields.same, found, wanted))
    if not bad and exact and not (original.size and written.whole):
        return Rewritten(written.data, found)
    before = module.read(original)
    remarks = again.diagnostics if bad else before.diagnostics
    problem = remarks[0].message if remarks else "it cannot be changed without changing what else is in it"
    return Rewritten(original.text.encode("utf-8", "surrogateescape"), before.set.agents, problem)


def is_bare(module: Format, path: str, data: bytes) -> bool:
    """Whether a file is what is left of one that we made when the last agent went."""
    probe = Agent("a", "a", description="a", prompt=Prompt("a"))
    fresh = module.write(AgentSet((probe,)), SourceText(path, b"")).data
    return data == module.write(AgentSet(()), SourceText(path, fresh)).data


def pointer(agent: Agent) -> str:
    """Return the place of the agents of a file and the agent's name there: what stays the same when others come or go."""
    where = agent.origin.pointer.rpartition("/")[0] if agent.origin else ""
    return f"{where}/{(agent.name or '').replace('~', '~0').replace('/', '~1')}"
