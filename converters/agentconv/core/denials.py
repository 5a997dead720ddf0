"""Denials that go a way of their own: of a tool beside an open one that does the same, and of places outside of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, rule_facts, vocabulary
from agentconv.core.dataclass import replace

if TYPE_CHECKING:
    from agentconv.core.ir import Agent, Rule, ToolGrant


def without_moot(agent: Agent, target: str) -> tuple[Agent, tuple[str, ...]]:
    """Return an agent without such denials of words that the target has not got itself, and those words."""
    client = agent.origin.format if agent.origin else None
    if client is None or not (agent.tools.deny or agent.permissions.rules):
        return agent, ()
    rules = tuple(rule for rule in agent.permissions.rules if not _is_moot_rule(rule, agent, client, target))
    deny = tuple(grant for grant in agent.tools.deny if not _is_moot_denial(grant, agent, client, target))
    if len(rules) == len(agent.permissions.rules) and len(deny) == len(agent.tools.deny):
        return agent, ()
    gone = [rule.native for rule in agent.permissions.rules if rule not in rules]
    gone += [grant.native for grant in agent.tools.deny if grant not in deny]
    permissions = replace(agent.permissions, rules=rules, resolution=agent.permissions.resolution if rules else None)
    return replace(agent, tools=replace(agent.tools, deny=deny), permissions=permissions), tuple(dict.fromkeys(gone))


def lost_places(source: Agent, result: Agent) -> tuple[str, ...]:
    """Return the words of rules that deny an agent places, which another client's agent does not have."""
    held = {rule.native for rule in result.permissions.rules}
    rules = [rule for rule in source.permissions.rules if rule_facts.pattern_subject(rule.format, rule.native) == "folder"]
    return tuple(dict.fromkeys(rule.native for rule in rules if rule.effect == "deny" and rule.native not in held))


def _is_moot_rule(rule: Rule, agent: Agent, client: str, target: str) -> bool:
    meanings = access.granted(rule)
    beside = bool(meanings) and all(access.is_moot(rule, one, agent.tools, agent.permissions, client) for one in meanings)
    return beside and not _has_it(rule.native, client, target)


def _is_moot_denial(denied: ToolGrant, agent: Agent, client: str, target: str) -> bool:
    meanings = access.granted(denied)
    beside = bool(meanings) and all(access.is_moot_denial(denied, one, agent.tools, client) for one in meanings)
    return beside and not _has_it(denied.native, client, target)


def _has_it(word: str, client: str, target: str) -> bool:
    """Whether the target has a tool of the same name that does the same, so that the denial is said there, too."""
    return vocabulary.own_word(target, word) == word and vocabulary.grants(target, word) == vocabulary.grants(client, word)
