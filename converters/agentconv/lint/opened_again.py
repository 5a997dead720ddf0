"""Agents whose own rules stand behind those of their project, and let them do again what these deny or ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.parts import PermissionSet
from agentconv.formats import registry
from agentconv.parts import registry as part_registry
from agentconv.parts.permissions import deciding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.ir import Agent, Rule
    from agentconv.core.parts import Part
    from agentconv.sources.loaded import Loaded


def by_agents(part: Part, client: str, pieces: Sequence[Loaded]) -> dict[str, tuple[str, ...]]:
    """Return by rule of a set, in a few words, the agents that are not held to it by a client, since their own rules open that again.

    Args:
        part: The rules.
        client: The client.
        pieces: The files of agents that there are.
    """
    module: Any = part_registry.part_format(client, "permissions")
    if module is None or module.within is None or not isinstance(part, PermissionSet):
        return {}
    found: dict[str, list[str]] = {}
    for agent in _agents(client, pieces):
        for rule in part.rules:
            if rule.effect != "allow" and _opens(module, agent, rule, part.rules):
                found.setdefault(deciding.text_of(rule), []).append(agent.name or agent.id)
    return {text: tuple(dict.fromkeys(names)) for text, names in found.items()}


def _agents(client: str, pieces: Sequence[Loaded]) -> Iterator[Agent]:
    """Yield the agents of files that a client looks at, as it reads them."""
    for piece in pieces:
        if piece.source is not None and registry.FORMATS[client].is_place(piece.source.path):
            result = registry.load(client).read(piece.source)
            yield from (agent for agent, state in zip(result.set.agents, result.states, strict=True) if not state.dropped)


def _opens(module: Any, agent: Agent, rule: Rule, rules: Sequence[Rule]) -> bool:
    """Whether an agent's rules, which go before those of its project, do what one of these denies, or unasked what it asks about."""
    own: tuple[Rule, ...] = agent.permissions.rules
    if rule.effect == "ask":  # who is asked, too, keeps to it, as who is denied keeps to a denial
        rule, own, rules = _denied(rule), tuple(map(_denied, own)), tuple(map(_denied, rules))
    return all(module.within(own, theirs) != own for theirs in ((rule,), tuple(rules)))


def _denied(rule: Rule) -> Rule:
    return replace(rule, effect="deny") if rule.effect == "ask" else rule
