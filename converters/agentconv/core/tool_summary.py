"""What an agent's tools let it do in a client, in a few plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, effects, plain_words, vocabulary
from agentconv.core.access import EFFECT_OF, EVERY_CAPABILITY, Level
from agentconv.core.dataclass import replace
from agentconv.core.effects import EVERY_SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.effects import Effects
    from agentconv.core.ir import Agent, Rule, ToolGrant

_LIVE = ("exact", "alias")
"""How a word must be known to a client that takes it."""
_OF_SERVERS = "mcp"
_MISSING_SHOWN = 3
"""How many words may follow `all but`."""


def held(agent: Agent, client: str) -> Agent:
    """Return an agent with the tools that the client gives it: without words that it does not take, with all where it takes no list."""

    def takes(one: ToolGrant | Rule) -> bool:
        word = vocabulary.tool_word(client, one.native)
        return bool(one.server or one.capability == EVERY_CAPABILITY or (word and word.how in _LIVE))

    allow, deny = (tuple(filter(takes, grants)) for grants in (agent.tools.allow, agent.tools.deny))
    rules = tuple(filter(takes, agent.permissions.rules))
    mode = "inherit" if is_unlimited(agent, client) else agent.tools.mode
    return replace(
        agent, tools=replace(agent.tools, mode=mode, allow=allow, deny=deny), permissions=replace(agent.permissions, rules=rules)
    )


def is_unlimited(agent: Agent, client: str) -> bool:
    """Whether the client gives an agent every tool although it has a list, because it has no prompt."""
    prompted = agent.prompt is not None and bool(agent.prompt.text.strip())
    return agent.tools.mode != "inherit" and not prompted and vocabulary.fact(client, "lists_need_prompts")


def tools(agent: Agent, client: str, may: Effects | None = None) -> str:
    """Say in a few words what an agent's tools let it do in a client: `all`, `none`, `read search`, `all but shell`.

    Args:
        agent: The agent.
        client: The client.
        may: What the agent may do there, where that is known already.
    """
    may = may or effects.effects(agent, format_id=client)
    have, full = effects.usable(agent, client), vocabulary.capabilities(client)
    servers = [plain_words.server(name) for name in may.servers] if not may.every_server else []
    missing = _missing(have, full, open_servers=may.every_server)
    missing += [plain_words.server(name) for name in sorted(may.denied_servers - {EVERY_SERVER})]
    held = _words(have) + servers
    if not missing:
        said = plain_words.EVERY_TOOL
    elif not held:
        said = plain_words.NO_TOOL
    elif len(missing) <= _MISSING_SHOWN and len(missing) < len(held):
        said = f"all but {' '.join(missing)}"
    else:
        said = " ".join(held)
    return ", ".join([said, *_conditions(agent, client, have)])


def _words(capabilities: Iterable[str]) -> list[str]:
    return plain_words.tools(capability for capability in capabilities if capability != _OF_SERVERS)


def _missing(have: Iterable[str], full: Iterable[str], *, open_servers: bool) -> list[str]:
    """Return the words for what the client's agents may have and this one has not; the finer ones where it has some of a kind."""
    have, found = set(have), []
    for word, capabilities in plain_words.TOOLS.items():
        if word == _OF_SERVERS:
            continue
        gone = [capability for capability in capabilities if capability in full and capability not in have]
        found += [word] if gone and not have.intersection(capabilities) else [capability.partition(".")[2] for capability in gone]
    return found if open_servers else [*found, _OF_SERVERS]


def _conditions(agent: Agent, client: str, have: Mapping[str, Level]) -> Iterator[str]:
    """Say what holds for the tools besides: a sandbox, tools that are open to a part only, and what the file itself says of asking."""
    sandbox = agent.permissions.sandbox
    if sandbox is not None and sandbox.files != "full":
        yield f"{sandbox.files} sandbox"
    partly = _words(one for one, access in access.accesses(agent.tools, agent.permissions, client).items() if access.parts)
    if partly:
        yield f"in part: {' '.join(partly)}"
    touching = {capability: level for capability, level in have.items() if EFFECT_OF.get(capability, "read") != "read"}
    for level, word in ((Level.ASK, "asks"), (Level.ALLOW, "unattended")):
        found = _words(capability for capability, its in touching.items() if its is level)
        if found:
            yield word if found == _words(touching) else f"{word}: {' '.join(found)}"
