"""The rules of a user of goose 1.52.0 (asked): what `permission.yaml` keeps from being called, or has asked about, by names of tools.

https://goose-docs.ai/docs/guides/managing-tools/tool-permissions

They hold in its modes `approve` and `smart_approve`; in `auto`, which it has by default, all runs. A file without all three lists keeps it
from starting. What is allowed there is allowed nowhere else, and nothing of another client's rules is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core import vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.ir import Rule
from agentconv.core.part_format import Place
from agentconv.core.parts import PermissionSet
from agentconv.families import yaml_records
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import Roster, as_written
from agentconv.families.value_checks import is_texts
from agentconv.formats.goose.goose import ID
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat
from agentconv.yaml.grammar import SERDE_YAML

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.source import SourceText

_WHOSE = "user"
_EFFECTS = {"ask_before": "ask", "never_allow": "deny"}
_LISTS = ("always_allow", *_EFFECTS)


def _rule(effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:  # noqa: ARG001 - a name is all that there is
    """Return the rule that a tool's name is: one of its own tools, or one of an extension that is somebody's server."""
    server, _, tool = word.partition("__")
    capability = next(iter(vocabulary.grants(ID, word) or ()), None)
    if capability is None and server and tool:
        return (Rule(cast("Any", effect), word, ID, "mcp", None, server, tool),)
    return (Rule(cast("Any", effect), word, ID, capability),)


class _RuleFile:
    """A permission.yaml as it was read."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._file = yaml_records.YamlDocument(source, Roster("", by_name=False, document=True), (), SERDE_YAML, as_written(source))
        self.complaints: list[tuple[Complaint, int]] = []
        if self._file.problem:
            complaint, at = self._file.problem
            self.complaints.append((replace(complaint, effect=Effect.STOPS), at))
        self._value: Any = self._file.records[0].value if self._file.records else {}
        self._check()
        rules = tuple(rule for key, effect in _EFFECTS.items() for word in self._words(key) for rule in _rule(effect, word, None))
        self.part = PermissionSet(rules=rules, resolution="deny") if rules else None

    def _check(self) -> None:
        for name, lists in self._value.items():
            lacking = [key for key in _LISTS if not isinstance(lists, dict) or not is_texts(lists.get(key))]
            if lacking and not self._file.problem:
                self.complaints.append((Complaint(f"`{name}` has no list `{lacking[0]}`", effect=Effect.STOPS), 0))

    def _words(self, key: str) -> list[str]:
        lists = self._value.get(_WHOSE)
        value = lists.get(key) if isinstance(lists, dict) else None
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other lists in it, and nothing else changed."""
        rules = part.rules if part else ()
        wanted: dict[str, Any] = {key: [one.native for one in rules if one.effect == effect] for key, effect in _EFFECTS.items()}
        if self._file.problem or all(words == self._words(key) for key, words in wanted.items()):
            return self._source.text
        lists: dict[str, Any] = {"always_allow": self._words("always_allow"), **wanted}
        edits = self._file.patch(0, {_WHOSE: lists})
        return apply(self._source.text, edits or [])


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(Client(ID, "goose", _rule, effects=frozenset()), _RuleFile, user=(Place(".config/goose/permission.yaml"),))
}
