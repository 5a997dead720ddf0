"""What restrains Junie (documented): its user's `~/.junie/allowlist.json`, and `.aiignore`, for which it asks before it views or edits.

https://junie.jetbrains.com/docs/action-allowlist-junie-cli.html, https://www.jetbrains.com/help/junie/aiignore.html

Of the rules of a list, the first counts that fits: they are read from the last to the first, as others have them. `prefix` is a text, a
`pattern` a glob whose `*` ends at a slash and `**` does not; both are read as more where they ask or deny, and where they allow as nothing
that anybody else could say. Nothing of another client's rules is written, since nobody could ask what holds there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from agentconv.core import effects, rule_facts, schema_files
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.core.part_format import Place
from agentconv.core.parts import PermissionSet
from agentconv.formats.junie.junie import ID
from agentconv.json import jsonc
from agentconv.parts.permissions import ignore_files
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat
from agentconv.parts.permissions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat
    from agentconv.core.source import SourceText

_RULES, _PREFIX, _PATTERN, _ACTION, _DEFAULT = "rules", "prefix", "pattern", "action", "defaultBehavior"
_SERVERS = "mcpTools"
_GROUPS = {"executables": "shell", "fileEditing": "fs.edit", _SERVERS: "mcp", "readOutsideProject": "fs.read", "readSecretFile": "fs.read"}
_WILD = frozenset("*?[\\")


def _read(entry: dict[str, Any], effect: str) -> Pattern | None:
    """Return what an entry is about; None where it says neither a text nor a glob."""
    prefix, pattern = entry.get(_PREFIX), entry.get(_PATTERN)
    text = f"{prefix}*" if isinstance(prefix, str) else pattern
    if not isinstance(text, str):
        return None
    known = not (set(prefix) & _WILD if isinstance(prefix, str) else set(text) & set("[\\"))
    if effect == "allow" or not known:
        return Pattern("[!/]*" if text == "*" and prefix is None else text, None)
    return Pattern(text.replace("**", "*"), "glob")


def _rule(group: str, entry: Json) -> Rule | None:
    """Return the rule that an entry is; an action that is none of the client's is taken for a denial."""
    found: dict[str, Any] = entry if isinstance(entry, dict) else {}
    effect = found.get(_ACTION) if found.get(_ACTION) in ("allow", "ask") else "deny"
    pattern = _read(found, str(effect)) if isinstance(found.get(_ACTION), str) else None
    if pattern is None:
        return None
    server, tool = _server(str(pattern)) if group == _SERVERS else (None, None)
    return Rule(cast("Any", effect), group, ID, cast("Any", _GROUPS[group]), pattern, server, tool)


def _server(text: str) -> tuple[str, str | None]:
    """Return the server whose tools a pattern is about, and which of them: all servers', where it does not name one."""
    server, sign, tool = text.partition(":")
    if not sign or set(server) & _WILD:
        return effects.EVERY_SERVER, None
    return server, None if tool in ("", "*", "**") else tool


def _entry(rule: Rule) -> Json:
    text = str(rule.pattern)
    plain = text.endswith("*") and not set(text[:-1]) & _WILD
    said = {_PREFIX: text[:-1]} if plain else {_PATTERN: text.replace("*", "**")}
    return {**said, _ACTION: rule.effect}


class _Allowlist:
    """A file as it was read."""

    def __init__(self, source: SourceText) -> None:
        self.settings = Settings(source, jsonc.JSONC)
        schema = schema_files.part_schema("permissions", ID)
        for key in schema_files.part_rows("permissions", ID):
            wrong = schema_files.complaint(schema, key, self.settings.value(key)) if self.settings.node(key) else None
            if wrong is not None:
                self.settings.complain(wrong.reason, key, within=wrong.within, effect=wrong.effect, remedy=wrong.remedy)
        rules = tuple(rule for group in _GROUPS for entry in reversed(self._entries(group)) if (rule := _rule(group, entry)))
        otherwise = self.settings.value(_DEFAULT)
        free = rule_facts.rules(ID).beside[_DEFAULT][1]
        extras: dict[str, dict[str, Json]] = {ID: {_DEFAULT: otherwise}} if isinstance(otherwise, str) and otherwise not in free else {}
        self.part = PermissionSet(rules=rules, resolution="last" if rules else None, extras=extras) if rules or extras else None

    @property
    def complaints(self) -> list[tuple[Complaint, int]]:
        """What the client does not take."""
        return self.settings.complaints

    def _path(self, group: str) -> tuple[str, ...]:
        """Return where the rules about something are: in a list, or in one within a map."""
        return (_RULES, group) if isinstance(self.settings.value(_RULES, group), list) else (_RULES, group, _RULES)

    def _entries(self, group: str) -> list[Json]:
        found = self.settings.value(*self._path(group))
        return list(found) if isinstance(found, list) else []

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other rules in it, or without them: those that stay are as they stand, and new ones come first."""
        changes = dict(self._changed(part.rules if part else ()))
        return self.settings.rewritten(changes)

    def _changed(self, wanted: tuple[Rule, ...]) -> Iterator[tuple[tuple[str, ...], Json | None]]:
        for group in _GROUPS:
            entries = self._entries(group)
            there = {rule for entry in entries if (rule := _rule(group, entry))}
            new = [_entry(rule) for rule in reversed(wanted) if rule.native == group and rule not in there]
            kept = [entry for entry in entries if (rule := _rule(group, entry)) is None or rule in wanted]
            if [*new, *kept] != entries:
                yield self._path(group), [*new, *kept] or None


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        Client(ID, "Junie", partial(ignore_files.rule, ID), effects=frozenset()),
        _Allowlist,
        (Place(".aiignore"),),
        (Place(".junie/allowlist.json", mixed=True),),
        elsewhere=((".aiignore", ignore_files.reader(ID, "ask")),),
    )
}
