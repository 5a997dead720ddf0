"""Rules as lists of words in a YAML file of a user, one list for each effect: what denies or asks is read, and nothing is allowed by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Effect
from agentconv.core.parts import PermissionSet
from agentconv.families import yaml_records
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import Roster, as_written
from agentconv.parts.permissions import lists

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Rule
    from agentconv.core.source import SourceText
    from agentconv.yaml.grammar import Grammar


@dataclass(frozen=True, slots=True)
class YamlLists:
    """Where a client's file has what."""

    grammar: Grammar
    effects: Mapping[str, str]
    """Effects, by the keys of their lists, the strictest first."""
    rules: Callable[[str, str], tuple[Rule, ...]]
    """Returns the rules that an entry of a list with an effect stands for."""
    wrong: Callable[[Mapping[str, Any]], Complaint | None]
    """Says what the client does not take in a file that parses."""
    below: str | None = None
    """The key of the map that has the lists; None where the document has them."""
    needed: tuple[str, ...] = field(default=())
    """Lists that must be there."""
    broken: Effect = Effect.DROPS_ALL
    """What the client does about a file that does not parse."""

    def __call__(self, source: SourceText) -> YamlListFile:
        """Read a file."""
        return YamlListFile(self, source)


class YamlListFile:
    """A file as it was read."""

    def __init__(self, spelled: YamlLists, source: SourceText) -> None:
        self._lists, self._source = spelled, source
        self._file = yaml_records.YamlDocument(source, Roster("", by_name=False, document=True), (), spelled.grammar, as_written(source))
        value = self._file.records[0].value if self._file.records else {}
        self._value: Mapping[str, Any] = value if isinstance(value, dict) else {}
        self.complaints: list[tuple[Complaint, int]] = []
        if self._file.problem:
            complaint, at = self._file.problem
            self.complaints.append((replace(complaint, effect=spelled.broken), at))
        elif (found := spelled.wrong(self._value)) is not None:
            self.complaints.append((found, self._file.records[0].keys.get(found.key or "", (0, 0))[0] if self._file.records else 0))
        rules = tuple(rule for key, effect in spelled.effects.items() for word in self._words(key) for rule in spelled.rules(effect, word))
        self.part = PermissionSet(rules=rules, resolution="deny") if rules else None

    def _table(self) -> Mapping[str, Any]:
        found = self._value if self._lists.below is None else self._value.get(self._lists.below)
        return found if isinstance(found, dict) else {}

    def _words(self, key: str) -> list[str]:
        value = self._table().get(key)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other lists in it, and nothing else changed."""
        rules = part.rules if part else ()
        wanted = {key: self._wanted(key, effect, rules) for key, effect in self._lists.effects.items()}
        changed: dict[str, Any] = {key: words for key, words in wanted.items() if words != self._words(key)}
        if self._file.problem or not changed:
            return self._source.text
        if self._lists.below is not None:
            whole: dict[str, Any] = {**{key: [] for key in self._lists.needed}, **self._table(), **wanted}
            changed = {self._lists.below: whole}
        return apply(self._source.text, self._file.patch(0, changed) or [])

    def _wanted(self, key: str, effect: str, rules: tuple[Rule, ...]) -> list[str]:
        """Return the entries of a list that are in some rules, and then those of other rules."""
        kept = [word for word in self._words(key) if all(rule in rules for rule in self._lists.rules(effect, word))]
        said = {rule for word in self._words(key) for rule in self._lists.rules(effect, word)}
        return [*kept, *(lists.token(rule) for rule in rules if rule.effect == effect and rule not in said)]
