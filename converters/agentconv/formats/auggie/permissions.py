"""The rules of a project or user of Auggie 0.36.0 (its code read), in `.augment/settings.json`: `toolPermissions` and `removedTools`.

https://docs.augmentcode.com/cli/permissions

The rules of all files stand in one list, of which the first counts that has the name of the tool; an expression is looked for in the
command alone. Sub-agents are held to them, too. What a script or a page decides is taken for a denial: nobody else can ask it.
Nothing of another client's rules is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core import effects, schema_files, vocabulary
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.core.part_format import Place
from agentconv.core.parts import PermissionSet
from agentconv.formats.auggie.auggie import ID
from agentconv.json import jsonc
from agentconv.parts.permissions import lists
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat
from agentconv.parts.permissions.settings import Settings

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat
    from agentconv.core.source import SourceText

_RULES, _REMOVED = "toolPermissions", "removedTools"
_EFFECTS = {"allow": "allow", "ask-user": "ask"}
_WORDS = {effect: word for word, effect in _EFFECTS.items()}


def _rule(effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    """Return the rule for a tool; what is none of the client's own is one of some server, whose name nobody can tell from the tool's."""
    if vocabulary.own_word(ID, word) or effect == "allow":
        return lists.rule(ID, effect, word, pattern)
    held = None if pattern is None else Pattern(pattern, "regex")
    return (Rule(cast("Any", effect), word, ID, "mcp", held, effects.EVERY_SERVER),)


def _of_entry(entry: Json) -> tuple[Rule, ...]:
    """Return the rule that an entry is; none, where it is about answers, or nothing that the client takes."""
    found: dict[str, Any] = entry if isinstance(entry, dict) else {}
    word, permission = found.get("toolName"), found.get("permission")
    kind = permission.get("type") if isinstance(permission, dict) else None
    if not isinstance(word, str) or not isinstance(kind, str) or found.get("eventType", "tool-call") != "tool-call":
        return ()
    pattern = found.get("shellInputRegex")
    commands = "shell" in vocabulary.grants(ID, word)
    return _rule(_EFFECTS.get(kind, "deny"), word, pattern if isinstance(pattern, str) and commands else None)


def _entry(rule: Rule) -> Json:
    pattern: dict[str, Json] = {} if rule.pattern is None else {"shellInputRegex": str(rule.pattern)}
    return {"toolName": rule.native, **pattern, "permission": {"type": _WORDS.get(rule.effect, rule.effect)}}


class _RuleFile:
    """A file as it was read."""

    def __init__(self, source: SourceText) -> None:
        self.settings = Settings(source, jsonc.JSONC)
        schema = schema_files.part_schema("permissions", ID)
        for key in (_RULES, _REMOVED):
            wrong = schema_files.complaint(schema, key, self.settings.value(key)) if self.settings.node(key) else None
            if wrong is not None:
                self.settings.complain(wrong.reason, key, within=wrong.within, effect=wrong.effect, remedy=wrong.remedy)
        rules = (*self._of_removed(), *(rule for entry in self._entries() for rule in _of_entry(entry)))
        self.part = PermissionSet(rules=rules, resolution="first") if rules else None

    @property
    def complaints(self) -> list[tuple[Complaint, int]]:
        """What the client does not take."""
        return self.settings.complaints

    def _list(self, key: str) -> list[Json]:
        found = self.settings.value(key)
        return list(found) if isinstance(found, list) else []

    def _entries(self) -> list[Json]:
        return self._list(_RULES)

    def _of_removed(self) -> tuple[Rule, ...]:
        return tuple(rule for word in self._list(_REMOVED) if isinstance(word, str) for rule in _rule("deny", word, None))

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other rules in it, or without them: those that stay are as they stand."""
        wanted = list(part.rules if part else ())
        removed = [word for word in self._list(_REMOVED) if isinstance(word, str) and set(_rule("deny", word, None)) <= set(wanted)]
        rest = [rule for rule in wanted if rule not in {one for word in removed for one in _rule("deny", word, None)}]
        there = {rules[0]: entry for entry in reversed(self._entries()) if (rules := _of_entry(entry))}
        others = [entry for entry in self._entries() if not _of_entry(entry)]
        entries = [*(there.get(rule, _entry(rule)) for rule in rest), *others]
        wanted_lists: dict[str, list[Json]] = {_RULES: entries, _REMOVED: [*removed]}
        changes: dict[tuple[str, ...], Json | None] = {
            (key,): found or None for key, found in wanted_lists.items() if found != self._list(key)
        }
        return self.settings.rewritten(changes)


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        Client(ID, "Auggie", _rule, effects=frozenset()),
        _RuleFile,
        (Place(".augment/settings.json", mixed=True), Place(".augment/settings.local.json", mixed=True)),
        (Place(".augment/settings.json", mixed=True),),
    )
}
