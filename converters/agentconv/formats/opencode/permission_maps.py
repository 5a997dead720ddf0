"""A client's map of permissions as ordered rules, of which the last that matches decides, and back.

A key is one of the client's own words, a pattern for them (`*`, `web*`), or the name of a tool of an MCP server
(`github_create_issue`, `github_*`): servers and tools are told apart at the first `_`, since the client has the whole only.
A value is an action, or a map of patterns to actions. A key that stands for several words is one rule for each of them.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, cast

from agentconv.core import fields, patterns, vocabulary
from agentconv.core.access import EVERY_CAPABILITY
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Complaint
from agentconv.core.ir import Rule, escape_key, unescape_key
from agentconv.core.losses import listed
from agentconv.core.suggestions import nearest
from agentconv.families import tool_tokens
from agentconv.families.javascript import in_order
from agentconv.families.keys import ABSENT, Key, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent

ACTIONS = frozenset({"allow", "ask", "deny"})
_EDITORS = frozenset({"write", "edit", "patch"})
"""Names of tools that the client's deprecated `tools` takes for `edit`."""
_UNUSABLE = "__proto__"
"""JavaScript takes this key for something else than a key."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """How one client writes its permissions."""

    format_id: str
    whole: frozenset[str]
    """Words that take an action, and no patterns."""
    nullable: bool = False
    """Whether null stands for nothing said."""

    def key(self) -> Key:
        """Make the key that holds the rules."""
        return Key(("permissions.rules", "permissions.resolution"), self.read, self.write)

    def read(self, value: Json) -> Mapping[str, object]:
        """Read a map of permissions, or one action for everything.

        Raises:
            Refused: The client's schema does not take it.
        """
        entries, problem = self._entries(value)
        found = _fields(self.rules(entries))
        if problem:
            raise Refused(problem.reason, found, within=problem.within, remedy=problem.remedy)
        return found

    def _entries(self, value: Json) -> tuple[dict[str, Json], Complaint | None]:
        """Return the map, and what is wrong with it; what is no action there denies, since nobody knows what it grants."""
        if isinstance(value, str) or (value is None and self.nullable):
            if value is not None and value not in ACTIONS:
                return {"*": _as_a_person(value)}, _no_action((), value)
            value = {"*": value}
        if not isinstance(value, dict):
            return {}, Complaint("`permission` is a map, or allow, ask or deny", remedy="write allow, ask or deny, or a map of them")
        problem = None
        entries: dict[str, Json] = {}
        for key, entry in in_order(value).items():
            wrong = self._complaint(unescape_key(key), entry)
            problem = problem or wrong
            entries[unescape_key(key)] = _as_a_person(entry) if wrong else entry
        return entries, problem

    def _complaint(self, key: str, entry: Json) -> Complaint | None:
        if not isinstance(entry, dict):
            return None if self._is_action(entry) else _no_action((key,), entry)
        if key in self.whole:
            actions = f"`permission.{key}` takes no patterns, and is allow, ask or deny"
            return Complaint(actions, within=(key,), remedy=f"write `{key}: deny`, or another action")
        bad = ((unescape_key(pattern), action) for pattern, action in entry.items() if not self._is_action(action))
        return next((_no_action((key, pattern), action) for pattern, action in bad), None)

    def _is_action(self, value: Json) -> bool:
        return (isinstance(value, str) and value in ACTIONS) or (value is None and self.nullable)

    def rules(self, entries: Mapping[str, Json]) -> tuple[Rule, ...]:
        """Return the rules of a map, in its order."""
        found: list[Rule] = []
        for key, entry in entries.items():
            if isinstance(entry, str):
                found.extend(rules_of(self.format_id, key, entry, None))
            elif isinstance(entry, dict):
                for pattern, action in in_order(entry).items():
                    if isinstance(action, str):
                        found.extend(rules_of(self.format_id, key, action, unescape_key(pattern)))
        return tuple(found)

    def with_tools(self, header: dict[str, Json]) -> Mapping[str, object]:
        """Take the deprecated `tools` out of a header, together with the permissions that it is merged with.

        A tool that is true or false is one that is allowed or denied; its place counts, unless a permission has its key:
        `Object.assign` then changes the action, and leaves it where it was. What the client's schema does not take stays.
        """
        if "tools" not in header:
            return {}
        tools = header["tools"]
        if not isinstance(tools, dict):
            return _listed(self.format_id, tools)
        entries, problem = self._entries(header["permission"]) if "permission" in header else ({}, None)
        merged: dict[str, Json] = {}
        for word, on in in_order(tools).items():
            merged["edit" if word in _EDITORS else unescape_key(word)] = "allow" if on is True else "deny"
        merged.update(entries)
        if problem is None and all(isinstance(on, bool) for on in tools.values()):
            del header["tools"]
            header.pop("permission", None)
        return _fields(self.rules(in_order(merged)))

    def write(self, agent: Agent) -> Json | Absent:
        """Write an agent's rules."""
        return self.written(agent.permissions.rules) if agent.permissions.rules else ABSENT

    def written(self, rules: tuple[Rule, ...]) -> Json:
        """Write rules as a map; one rule for everything is its action alone."""
        if len(rules) == 1 and rules[0].native == EVERY_CAPABILITY and rules[0].pattern is None:
            return rules[0].effect
        entries: dict[str, Json] = {}
        for rule in rules:
            key = escape_key(rule.native)
            entry = entries.get(key)
            if rule.pattern is None:
                entries[key] = rule.effect
            elif isinstance(entry, dict):
                entry[escape_key(str(rule.pattern))] = rule.effect
            else:
                entries[key] = {**({"*": entry} if entry else {}), escape_key(str(rule.pattern)): rule.effect}
        return entries

    def order(self, projection: Projection) -> None:
        """Bring the rules into an order that one map can have; what it cannot say is said more narrowly."""
        rules: tuple[Rule, ...] = projection.get("permissions.rules")
        if self._again(rules) == rules:
            return
        wanted = _deciding(rule for rule in map(self._narrowed, rules) if rule)
        found = self._again(wanted) or ()
        for path, value in (("permissions.rules", found), ("permissions.resolution", "last" if found else None)):
            projection.translate(path, value)
            if value != fields.get(projection.source, path) and path not in projection.declared:
                projection.declare("tools-as-rules", path, "as one map has them")
        here = {(rule.native, rule.server, rule.tool) for rule in found}
        astray = [rule.native for rule in wanted if rule.server and (rule.native, rule.server, rule.tool) not in here]
        if astray:
            detail = listed(dict.fromkeys(astray), "{} may be a tool of another server, since the name of a server ends at the first `_`")
            projection.declare("mcp-approximated", "permissions.rules", detail)

    @lru_cache(maxsize=1024)  # noqa: B019 - there is one of these for each client; most agents of a set share their rules
    def _again(self, rules: tuple[Rule, ...]) -> tuple[Rule, ...] | None:
        """Return the rules as they are read once they are written; None where the client refuses them."""
        try:
            return cast("tuple[Rule, ...]", self.read(self.written(rules)).get("permissions.rules", ())) if rules else ()
        except Refused:
            return None

    def _narrowed(self, rule: Rule) -> Rule | None:
        """Return a rule as the map can say it: a word without patterns is denied, or asked for, as a whole."""
        if _UNUSABLE in (rule.native, rule.pattern):
            return None
        if rule.pattern is None or rule.native not in self.whole:
            return rule
        if rule.effect == "allow" and rule.pattern != "*":
            return None
        return Rule(rule.effect, rule.native, rule.format, rule.capability, None, rule.server, rule.tool)


def _fields(rules: tuple[Rule, ...]) -> Mapping[str, object]:
    return {"permissions.rules": rules, "permissions.resolution": "last"} if rules else {}


def _listed(format_id: str, tools: Json) -> Mapping[str, object]:
    """Return what a person means by `tools` as a list, as other clients have it (this one refuses it)."""
    allow = tuple(tool_tokens.grant(format_id, token) for token in tool_tokens.split(tools))
    if allow:
        return {"tools.mode": "list", "tools.allow": allow}
    return {"tools.mode": "none"} if tools == [] else {}


def _no_action(way: tuple[str, ...], value: Json) -> Complaint:
    """Say that a value is no action, and what its author may have meant."""
    shown = json.dumps(value, ensure_ascii=False)
    place = ".".join(("permission", *way))
    reason = f"`{place}`: `{shown if len(shown) <= _SHOWN else f'{shown[:_SHOWN]}...'}` is no action; there are allow, ask and deny"
    if len(way) > 1 and way[-1] in ACTIONS and isinstance(value, str):
        return Complaint(f"pattern and action are swapped: {reason}", within=way, remedy=f'write `"{value}": {way[-1]}`')
    if isinstance(value, bool):
        meant = "allow" if value else "deny"
        return Complaint(reason, within=way, remedy=f"write `{meant}` if that is what {shown} is to say")
    near = nearest(value, sorted(ACTIONS), 0.7) if isinstance(value, str) else None
    return Complaint(reason, within=way, remedy=f"did you mean `{near}`?" if near else "write allow, ask or deny")


_SHOWN = 40
"""Characters of a value that are shown."""


def _as_a_person(entry: Json) -> Json:
    """Return what a person means by something that is no action."""
    if isinstance(entry, dict):
        return {pattern: _as_a_person(action) for pattern, action in entry.items()}
    if isinstance(entry, str) and entry in ACTIONS:
        return entry
    return "allow" if entry is True else "deny"


def _deciding(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Put the rules of one key together, without those that a later one takes over."""
    by_word: dict[str, dict[str, tuple[int, Rule]]] = {}
    everything = -1
    for number, rule in enumerate(rules):
        whole = rule.pattern in (None, "*")
        last = by_word.setdefault(rule.native, {})
        last.pop(rule.pattern or "*", None)
        while last and (whole or next(iter(last.values()))[0] < everything):  # they are in their order: the oldest is the first
            del last[next(iter(last))]
        last[rule.pattern or "*"] = number, rule
        if whole and rule.native == EVERY_CAPABILITY:
            everything = number
    words = sorted(by_word.values(), key=lambda last: max(number for number, _ in last.values()))
    return tuple(rule for last in words for _, rule in last.values())


def rules_of(format_id: str, key: str, action: str, pattern: str | None) -> Iterator[Rule]:
    """Yield the rules that a key with an action, for a pattern or for all, stands for."""
    effect = cast("Literal['allow', 'ask', 'deny']", action)
    held = None if pattern is None else patterns.spoken(format_id, key, pattern)
    for capability, server, tool in meanings(format_id, key):
        yield Rule(effect, key, format_id, capability, held, server, tool)


@cache
def meanings(format_id: str, key: str) -> tuple[tuple[str | None, str | None, str | None], ...]:
    """Return what a key speaks of: capabilities, or an MCP server and its tool."""
    if key == EVERY_CAPABILITY:
        return ((EVERY_CAPABILITY, None, None),)
    word = vocabulary.tool_word(format_id, key)
    if word is not None:
        return ((word.capability, None, None),)
    found: list[tuple[str | None, str | None, str | None]] = []
    if set(key) & set("*?"):
        found += [(capability, None, None) for capability in _matched(format_id, key)]
    server, _, tool = key.partition("_")
    if server and tool:
        found.append(("mcp", server, None if tool == "*" else tool))
    return tuple(found) or ((None, None, None),)


def matching(format_id: str, glob: str) -> list[str]:
    """Return the client's words that a pattern matches."""
    pattern = re.compile(re.escape(glob).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
    return [word for word in vocabulary.tool_words(format_id) if pattern.fullmatch(word)]


def _matched(format_id: str, glob: str) -> Iterable[str]:
    """Return the first capability of each of the client's words that a pattern matches."""
    words = [vocabulary.grants(format_id, word) for word in matching(format_id, glob)]
    return dict.fromkeys(several[0] for several in words if several)


def spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, or one of its tools, as the client names its tools."""
    name = re.sub(r"[^A-Za-z0-9_*?-]", "_", server)
    return f"{name}_{re.sub(r'[^A-Za-z0-9_*?-]', '_', tool) if tool else '*'}"
