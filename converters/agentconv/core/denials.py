"""Denials that go a way of their own: of a tool beside an open one that does the same, and of places outside of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, fields, key_fields, rule_facts, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.ir import Rule, ToolGrant

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconv.core.ir import Agent


def without_moot(agent: Agent, target: str) -> tuple[Agent, tuple[str, ...]]:
    """Return an agent without such denials of words that the target has not got itself, and those words; denied parts are rules."""
    agent = _parts_as_rules(agent, target)
    client = fields.client_of(agent)
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


def in_words_of(agent: Agent, client: str) -> Agent:
    """Return an agent whose denials are all in a client's words: one of other words closes all that it means, as it is written there."""
    own = vocabulary.words_of(client)
    found: list[ToolGrant] = []
    for denied in agent.tools.deny:
        if denied.server or access.is_enforced(denied) or vocabulary.words_of(denied.format) == own:
            found.append(denied)
        else:
            found += (ToolGrant(word, own, one) for one in access.granted(denied) for word in vocabulary.tools_for(own, one))
    deny = tuple(found)
    return agent if deny == agent.tools.deny else replace(agent, tools=replace(agent.tools, deny=deny))


def _parts_as_rules(agent: Agent, target: str) -> Agent:
    """Return an agent whose denied parts of tools are rules that decide over all others: what holds of the one holds of the other."""
    parts = [grant for grant in agent.tools.deny if access.is_enforced(grant) and not grant.server and _is_a_rule(grant.format, target)]
    if not parts:
        return agent
    said = agent.permissions
    closing = tuple(Rule("deny", one.native, one.format, one.capability, one.pattern) for one in parts)
    rules = (*closing, *said.rules) if said.resolution == "first" else (*said.rules, *closing)
    permissions = replace(said, rules=rules, resolution=said.resolution or "deny")
    deny = tuple(grant for grant in agent.tools.deny if grant not in parts)
    return replace(agent, tools=replace(agent.tools, deny=deny), permissions=permissions)


def _is_a_rule(format_id: str, target: str) -> bool:
    """Whether a denied part is said by a rule: in words whose client has no list of denied tools, and in a target that has rules alone."""
    lists = rule_facts.is_client(format_id) and "tools.deny" in _said_by(format_id)
    return not lists or "permissions.rules" in _said_by(target)


def _said_by(format_id: str) -> Collection[str]:
    """Return the fields that the keys of a client's files become; nothing of a format whose schema does not say so."""
    try:
        return key_fields.of(format_id).values()
    except KeyError:
        return ()


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
