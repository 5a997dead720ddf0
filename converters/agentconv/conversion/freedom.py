"""What an agent may do in a client, an effect at a time, held against its author's words: the one answer that every report gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import access, asks, effects, enforcement, fields, plain_words, tool_summary, vocabulary
from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from agentconv.core.effects import Effects, Guard
    from agentconv.core.ir import Agent
    from agentconv.core.widening import Widening

MCP, GUARD = "mcp", plain_words.HOOKS
ABOUT = ("write", "run", "network", MCP)
"""What there is an answer on for every agent; for one with guards of its own also on those."""
NOT_HELD, UNASKED, HELD, IN_PART = "not held", "unasked", "held", "in part"
IF_INSTALLED = "if installed"
"""Of a guard: where the machine has what it runs, which nobody sees here."""
EDITED = "edited"
"""Of a guard: what it runs came with a pack, and is not what that brought any more."""


@dataclass(frozen=True, slots=True)
class Freedom:
    """How far an agent may go with one effect, or with MCP servers; or whether the hooks that may block what it does are held."""

    about: str
    word: str
    """`no`, `asks`, `in part` (asks, but for what some patterns open), `yes`, `unasked` (its author's client asks first), `not held` (its
    author limits it, the client does not hold it to that), or the names of servers; of hooks `held` or `not held`."""
    more: bool
    """Whether that is more than its author allowed."""


def of(author: Agent, agent: Agent, client: str, guards: Collection[Guard] = ()) -> tuple[Freedom, ...]:
    """Return what an agent may do.

    Args:
        author: The agent as its author wrote it, maybe for another client.
        agent: The agent as the client reads it.
        client: The client's format id.
        guards: The guards of the whole set that the client holds: where they do what the agent's own do, it is held.
    """
    there = tool_summary.held(agent, client)
    said, free = effects.effects(there, format_id=client), enforcement.held(there, client)
    wider = beyond(author, said, client, guards)
    home = fields.is_of(author, client)
    dropped = set() if home else {*asks.dropped(author, there, client)}
    if "run" in dropped:  # nothing is closed to who runs commands
        dropped |= {effect for effect, level in effects.effects(author).levels.items() if level is not access.Level.ALLOW}
    unheld = not home and asks.is_unheld(author, client)
    more = _more(author, wider)
    found = [Freedom(one, _word(one, said, free, client, unheld=unheld), one in more) for one in access.EFFECTS if one in ABOUT]
    found = [Freedom(one.about, UNASKED, False) if _is_unasked(one, dropped) else one for one in found]
    own = [_guards(wider)] if effects.effects(author).guards else []
    return (*sorted(found, key=lambda one: ABOUT.index(one.about)), _servers(author, said, client, wider), *own)


def beyond(author: Agent, may: Effects, client: str, guards: Collection[Guard] = ()) -> list[Widening]:
    """Return what an agent that may do so much in a client may do beyond its author's words, with the set's guards that are held there."""
    wider = [*compare.beyond(author, may, client)]
    if not guards or not wider:
        return wider
    from agentconv.conversion import set_restraints

    return set_restraints.without_held(wider, author, may, guards)


def _guards(wider: Sequence[Widening]) -> Freedom:
    lost = any(one.effect == GUARD for one in wider)
    return Freedom(GUARD, NOT_HELD if lost else HELD, lost)


def _is_unasked(one: Freedom, dropped: set[str]) -> bool:
    return one.about in dropped and one.word == "yes" and not one.more


def _word(effect: str, said: Effects, free: Effects, client: str, *, unheld: bool) -> str:
    """Return the word for an effect: nothing is closed to who runs commands, and what a client does not hold is closed in words alone."""
    no, ask, inherit = access.Level.NO, access.Level.ASK, access.Level.INHERIT
    meant, level = (max(one.levels[effect], one.levels["run"]) for one in (said, free))
    if level is no:
        return "no"
    if unheld or (meant <= ask and meant < level):
        return NOT_HELD
    by = effect if free.levels[effect] >= free.levels["run"] else "run"
    if level is not ask and not (level is inherit and vocabulary.asks_for(client, by)):
        return "yes"
    return IN_PART if any(access.EFFECT_OF[capability] in (effect, by) for capability, _ in free.freer) else "asks"


def _more(author: Agent, wider: Sequence[Widening]) -> set[str]:
    """Return the effects that an agent has beyond its author's words: who may run commands has those of commands, too."""
    found = {one.effect for one in wider if one.effect}
    if any(one.effect == "run" and not one.unasked for one in wider):
        found |= {effect for effect, level in effects.effects(author).levels.items() if level is access.Level.NO}
    return {one for one in found if one}


def _servers(author: Agent, said: Effects, client: str, wider: Sequence[Widening]) -> Freedom:
    """Return which MCP servers an agent may use, whichever the user has."""
    limited = effects.limits_servers(author)
    if limited and vocabulary.unenforced(client).servers:
        return Freedom(MCP, NOT_HELD, False)
    named = "yes" if said.every_server else " ".join(name for name, tools in said.servers.items() if tools) or "no"
    opened = said.every_server and not effects.effects(author).every_server
    return Freedom(MCP, named, opened or any(one.server for one in wider))
