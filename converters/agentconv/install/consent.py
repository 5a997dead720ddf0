"""What agents may do beyond reading, in the words in which it is accepted; computed from files as their clients read them.

Nothing that a lock says of an agent counts: what is deployed is what is on the disk, and what is to be deployed is what will be written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.conversion import compare
from agentconv.core import called, effects, enforcement, plain_words, vocabulary
from agentconv.core.access import EFFECT_OF, Level
from agentconv.core.dataclass import dataclass
from agentconv.core.ir import Agent
from agentconv.core.plain_words import AGENTS, EFFECTS, HOOKS, SERVERS, SKILLS, TOOLS, UNATTENDED
from agentconv.formats import registry
from agentconv.install import part_consent
from agentconv.install.grant import Grant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.ir import Hook, McpServer
    from agentconv.core.widening import Widening
    from agentconv.install.units import Unit

READ = "read"
_COVERS = "run"
"""The effect that has all others in it."""
_UNATTENDED_MODES = frozenset({"bypass", "auto"})
_NO_GRANTS: Any = Agent()


def grants(agent: Unit) -> tuple[Grant, ...]:
    """Return what an agent or a part may do beyond reading."""
    if not isinstance(agent, Agent):
        return part_consent.grants(agent)
    may = effects.effects(agent)
    found = [Grant(effect, words) for effect, words in EFFECTS.items() if effect != READ and may.levels[effect] > Level.NO]
    if agent.permissions.mode not in _UNATTENDED_MODES:  # which says it of all of them
        found += [Grant(UNATTENDED, f"{one.what} {UNATTENDED}") for one in found if may.levels[one.word] is Level.ALLOW]
    defined = {server.name: server for server in agent.mcp_servers or ()}
    found += [Grant(SERVERS, "tools of every MCP server")] if may.every_server else []
    found += [_server(name, defined.get(name)) for name in dict.fromkeys((*may.servers, *defined))]
    found += [Grant(AGENTS, "starting other agents")] if called.may_start(agent) and not may.levels[_COVERS] else []
    return tuple(dict.fromkeys((*found, *_modes(agent, _NO_GRANTS), *_hooks(agent, _NO_GRANTS))))


def unheld(agent: Agent, target: str) -> tuple[Grant, ...]:
    """Return what an agent may do in a client although its file says otherwise, because nothing holds it to that there.

    Args:
        agent: As the client reads it.
        target: The client.
    """
    known = vocabulary.unenforced(target)
    if not (known.free or known.servers):
        return ()
    title = registry.FORMATS[target].title
    said, may = effects.effects(agent), enforcement.held(agent, target)
    found = [
        Grant(effect, f"{words} in {title}, as its session may, whatever the file says")
        for effect, words in EFFECTS.items()
        if effect != READ and may.levels[effect] > Level.NO and not said.may(effect)
    ]
    if may.every_server and not said.every_server:
        found.append(Grant(SERVERS, f"tools of every MCP server that is open in {title}, whatever the file says"))
    return tuple(one for one in found if one.word in (_COVERS, SERVERS)) if may.levels[_COVERS] else tuple(found)


def beyond(before: Agent, after: Agent, client: str) -> tuple[Grant, ...]:
    """Return what an agent may do that it might not do before, reading included: who could read less was accepted as one who does.

    Args:
        before: As its client reads the file that is there.
        after: As it reads the one that is to be there.
        client: The client.
    """
    if _is_off(before) and not _is_off(after):
        return grants(after)
    found = [Grant(_word(one), one.words) for one in compare.more(before, after, client)]
    found += [*_modes(after, before), *_servers(after, before), *_hooks(after, before), *_invoked(after, before)]
    return tuple(dict.fromkeys(found))


def _is_off(agent: Agent) -> bool:
    return agent.invocation is not None and bool(agent.invocation.disabled)


def _invoked(agent: Agent, old: Agent) -> Iterator[Grant]:
    was, now = ((one.invocation.by if one.invocation else None) for one in (old, agent))
    if was == "user" and now != was:
        yield Grant(UNATTENDED, "other agents may start it, which its user alone could")


def _word(wider: Widening) -> str:
    if wider.server is not None:
        return plain_words.server(wider.server)
    return UNATTENDED if wider.unasked else wider.effect or _COVERS


def _modes(agent: Agent, old: Agent) -> Iterator[Grant]:
    mode = agent.permissions.mode
    if mode in _UNATTENDED_MODES and old.permissions.mode != mode:
        yield Grant(UNATTENDED, f"permission mode {mode}, which asks before nothing")


def _servers(agent: Agent, old: Agent) -> Iterator[Grant]:
    """Yield the servers whose definition is new or another one, with what is run or called."""
    known = {server.name: server for server in old.mcp_servers or ()}
    for server in agent.mcp_servers or ():
        if server.transport and known.get(server.name) != server:
            one = _server(server.name, server)
            yield Grant(one.word, f"{one.what}, which was another one") if server.name in known else one


def _server(name: str, defined: McpServer | None) -> Grant:
    started = (defined.url or " ".join([defined.command or "", *(defined.args or ())]).strip()) if defined else ""
    return Grant(plain_words.server(name), f"MCP server {name}" + (f" ({started})" if started else ""))


def _hooks(agent: Agent, old: Agent) -> Iterator[Grant]:
    for hook in agent.hooks or ():
        if hook not in (old.hooks or ()):
            yield Grant(HOOKS, f"hook {hook.native_event}: {_run(hook)}")


def _run(hook: Hook) -> str:
    commands = [str(one["command"]) for one in hook.handlers if isinstance(one, dict) and "command" in one]
    return "; ".join(commands) or json.dumps(list(hook.handlers), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What agents ask for, and which."""

    grant: Grant
    agents: tuple[str, ...]


def asked(asking: Mapping[str, Iterable[Grant]]) -> tuple[Asked, ...]:
    """Turn what each agent asks for round: by what is asked for, in the order of the words."""
    found: dict[Grant, list[str]] = {}
    for agent, several in asking.items():
        for grant in several:
            found.setdefault(grant, []).append(agent)
    return tuple(Asked(grant, tuple(agents)) for grant, agents in sorted(found.items(), key=lambda one: _order(one[0].word)))


def words(asking: Iterable[Iterable[Grant]]) -> tuple[str, ...]:
    """Return the words that accept everything that is asked for, each once."""
    return in_order(grant.word for several in asking for grant in several)


def in_order(several: Iterable[str]) -> tuple[str, ...]:
    """Return words each once, in the order in which they are shown."""
    return tuple(sorted({*several}, key=_order))


def _order(word: str) -> tuple[int, str]:
    return (KNOWN.index(word) if word in KNOWN else len(KNOWN), word)


KNOWN = (*EFFECTS, AGENTS, SKILLS, UNATTENDED, HOOKS, SERVERS)
"""The words, but for those of single servers."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a person accepts."""

    words: frozenset[str] = frozenset()
    everything: bool = False

    @property
    def lets_go(self) -> bool:
        """Whether what left a pack may go on the lock's word alone."""
        return self.everything or LEAVING in self.words

    def covers(self, asking: Iterable[Grant]) -> bool:
        """Whether all of it is accepted; `mcp` accepts every server, and who may run commands may do all that they can."""
        known = self.words | (frozenset({*EFFECTS, AGENTS}) if _COVERS in self.words else frozenset())
        return self.everything or all(one.word in known or one.word.partition(":")[0] in known for one in asking)


NOTHING = Accepted()
LEAVING = "leaving"
"""The word for what left a pack, and nothing but the lock says that it was the pack's: it may be taken away."""


def meant(word: str) -> tuple[str, ...]:
    """Return what a word of a command line accepts: itself, or what comes of the tools that it is the word for; nothing if it is none."""
    if word in (*KNOWN, LEAVING) or word.startswith(f"{SERVERS}:"):
        return (word,)
    return tuple(dict.fromkeys(EFFECT_OF[one] for one in TOOLS.get(word, ()) if one in EFFECT_OF))
