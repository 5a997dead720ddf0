"""Other agents that an agent may start, and skills that it may load: whether that is more than it was, and what.

Neither comes to an effect of its own, so that `effects` does not know them: what is started has tools of its own, and what is loaded says
what to do with those that are there. A list of agents is all that may be started; a list of skills is what is loaded in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, partial, plain_words
from agentconv.core.access import Access, Level
from agentconv.core.dataclass import dataclass
from agentconv.core.widening import Widening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.ir import Agent


@dataclass(frozen=True, slots=True)
class _Kind:
    """What may be called."""

    capability: str
    word: str
    """What accepts it."""
    every: str
    one: str


_AGENTS = _Kind("delegate", plain_words.AGENTS, "starting other agents", "starting agent {}")
_SKILLS = _Kind("skill", plain_words.SKILLS, "loading skills", "loading skill {}")
_NOTHING = Access(Level.NO)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What of a kind an agent may call."""

    access: Access
    """How its tool for that is open."""
    names: frozenset[str] | None
    """The names of all that it may call; None where its tool knows no names."""


def beyond(before: Agent, after: Agent, client: str) -> Iterator[Widening]:
    """Yield what an agent may call in a client that it could not call there before.

    Args:
        before: As the client reads it.
        after: As it reads another version of it.
        client: The client's format id.
    """
    for kind in (_AGENTS, _SKILLS):
        yield from dict.fromkeys(_beyond(kind, _reach(kind, before, client), _reach(kind, after, client)))


def may_start(agent: Agent) -> bool:
    """Whether an agent may start others at all, by the words of its author."""
    reach = _reach(_AGENTS, agent, agent.origin.format if agent.origin else None)
    return reach.names is None or bool(reach.names)


def _reach(kind: _Kind, agent: Agent, client: str | None) -> _Reach:
    found = access.accesses(agent.tools, agent.permissions, client, held=True).get(kind.capability, _NOTHING)
    said = agent.delegates if kind is _AGENTS else agent.skills
    whole = found.level and (said is None or kind is _SKILLS)
    return _Reach(found, None if whole else frozenset(said or ()))


def _beyond(kind: _Kind, had: _Reach, has: _Reach) -> Iterator[Widening]:
    """Yield what one reach has beyond another."""
    if has.names is not None:
        new = has.names - had.names if had.names is not None else frozenset[str]()
        yield from (Widening(kind.one.format(name), effect=kind.word) for name in sorted(new))
    elif had.names is not None:
        but = f": beyond `{', '.join(sorted(had.names))}`" if had.names else ""
        yield Widening(f"{kind.every}{but}", effect=kind.word)
        return
    yield from _freer(kind, had.access, has.access)


def _freer(kind: _Kind, had: Access, has: Access) -> Iterator[Widening]:
    """Yield what rules leave open that they did not: no client asks before a call unless one of them says so."""
    if not had.level or not has.level:
        return
    was, now = (Level.ASK if one.level is Level.ASK else Level.ALLOW for one in (had, has))
    if now > was:
        yield Widening(f"{kind.every} without being asked", unasked=True, effect=kind.word)
    elif now is Level.ASK:
        for _, rows in has.freer:
            unasked = partial.beyond(rows, [one for _, one in had.freer])
            yield from _of_parts(kind, (f"`{one}` without being asked" for one in unasked), unasked=True)
    lost = sorted(one for one in partial.lost(had.parts, has.parts, asks=False) if now > Level.ASK or one[2] != "ask")
    yield from _of_parts(kind, (_lost(pattern, effect) for _, pattern, effect in lost))
    closed = {pattern for _, pattern, _ in had.parts}
    known = [rows for _, rows in had.reopened]
    opened = sorted(pair for _, rows in has.reopened - had.reopened for pair in partial.reopened(rows, closed, known))
    yield from _of_parts(kind, (f"`{other}` of `{pattern}`, which was closed" for pattern, other in opened))


def _lost(pattern: str, effect: str) -> str:
    return f"beyond `{partial.opened_by(pattern)}`" if effect == "only" else f"`{pattern}`, which was set to {effect}"


def _of_parts(kind: _Kind, said: Iterable[str], *, unasked: bool = False) -> Iterator[Widening]:
    yield from (Widening(f"{kind.every}: {one}", unasked=unasked, effect=kind.word) for one in said)
