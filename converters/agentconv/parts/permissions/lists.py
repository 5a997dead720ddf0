"""Rules as lists of `Tool(pattern)` in a JSON file of settings, one list for each effect: Claude Code, and who took it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core import rule_facts, schema_files, vocabulary
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Effect
from agentconv.core.ir import Rule, escape_key, unescape_key
from agentconv.core.meant import Pattern
from agentconv.core.parts import PermissionSet
from agentconv.families import tool_tokens
from agentconv.families.value_checks import is_texts
from agentconv.json import jsonc
from agentconv.json.jsonc import JSON, Syntax
from agentconv.parts.permissions import deciding
from agentconv.parts.permissions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.parts.permissions.client import ReadRule

Path = tuple[str, ...]


def rule(format_id: str, effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    """Read a rule that is `word(pattern)`."""
    grant = tool_tokens.grant(format_id, word)
    language = rule_facts.rule_pattern(format_id, word)[0]
    held = None if pattern is None else Pattern(pattern, language)
    return (Rule(cast("Any", effect), grant.native, format_id, grant.capability, held, grant.server, grant.tool),)


def token(rule: Rule) -> str:
    """Write a rule as it stands in a list."""
    return rule.native if rule.pattern is None else f"{rule.native}({rule.pattern})"


@dataclass(frozen=True, slots=True)
class Lists:
    """Where a client's settings have what."""

    format: str
    lists: Mapping[Path, str]
    """Effects, by the paths of their lists: first those that are written."""
    mode: Path | None = None
    folders: Path | None = None
    table: Path | None = None
    """A map whose other keys belong to the rules."""
    syntax: Syntax = JSON
    broken: Effect = Effect.DROPS_ALL
    """What the client does about a file that does not parse."""
    core: Path | None = None
    """A list of the only tools that are open."""
    extras: tuple[Path, ...] = field(default=())
    """Other values that say what may be done."""
    read: ReadRule | None = None
    """Reads a rule, where it is spelled otherwise than `rule` has it."""

    def rules_of(self, effect: str, text: str) -> tuple[Rule, ...]:
        """Return the rules that an entry of a list is."""
        word, pattern = text.strip(), None
        if word.endswith(")") and "(" in word:
            word, _, pattern = word[:-1].partition("(")
        return self.rules(effect, word, pattern)

    def rules(self, effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
        """Return the rule of a word and a pattern."""
        return self.read(effect, word, pattern) if self.read else rule(self.format, effect, word, pattern)

    def __call__(self, source: SourceText) -> ListFile:
        """Read a file."""
        return ListFile(self, source)


class ListFile:
    """A file as it was read."""

    def __init__(self, lists: Lists, source: SourceText) -> None:
        self.lists = lists
        self.settings = Settings(source, lists.syntax, lists.broken)
        self._told: set[Path] = set()
        """The paths of which it was said that the client does not take what stands there."""
        for path in (*lists.lists, *filter(None, (lists.core, lists.mode)), *self._table()):
            self._check(path)
        for path in dict.fromkeys(path[:-1] for path in lists.lists if len(path) > 1):
            self._check_table(path)
        self.part = self._part()

    def _table(self) -> list[Path]:
        """Return the paths of all that stands in the map of rules."""
        table = self.settings.value(*self.lists.table) if self.lists.table else None
        return [(*(self.lists.table or ()), unescape_key(key)) for key in table] if isinstance(table, dict) else []

    def _check(self, path: Path) -> None:
        """Say what the client does not take at a path, and what that costs, as its schema has it."""
        found = self.settings.node(*path)
        schema = schema_files.part_schema("permissions", self.lists.format)
        wrong = schema_files.complaint(schema, path[-1], jsonc.value(found)) if found is not None and path not in self._told else None
        if wrong is not None:
            self._told.add(path)
            self.settings.complain(wrong.reason, *path, within=wrong.within, effect=wrong.effect, remedy=wrong.remedy)

    def _check_table(self, path: Path) -> None:
        """Say that what should hold lists is no map; what that costs besides is told of the file (`sources.void_files`)."""
        value = self.settings.value(*path)
        if value is not None and not isinstance(value, dict):
            self.settings.complain(f"`{path[-1]}` is a map", *path)

    @property
    def complaints(self) -> list[tuple[Complaint, int]]:
        """What the client does not take."""
        return self.settings.complaints

    def _part(self) -> PermissionSet | None:
        rules = [found for path, effect in self.lists.lists.items() for found in self._rules(path, effect)]
        rules += self._beside_core()
        mode, folders = self._mode(), self._folders()
        extras = self._extras()
        if not rules and mode is None and folders is None and not extras:
            return None
        held = {self.lists.format: extras} if extras else {}
        order = rule_facts.rules(self.lists.format).order if rules else None
        return PermissionSet(rules=tuple(rules), resolution=cast("Any", order), mode=mode, folders=folders, extras=held)

    def _rules(self, path: Path, effect: str) -> list[Rule]:
        found: list[Rule] = []
        value = self.settings.value(*path)
        for number, text in enumerate(value if isinstance(value, list) else ()):
            if isinstance(text, str):
                found += self.lists.rules_of(effect, text)
            elif path not in self._told:
                self.settings.complain("a rule is a text", *path, within=(number,))
        return found

    def _beside_core(self) -> list[Rule]:
        """Return denials of all tools that are not in the list of those that are open."""
        value = self.settings.value(*self.lists.core) if self.lists.core else None
        if not isinstance(value, list) or not value:
            return []
        named = {self.lists.rules_of("allow", one)[0].native for one in value if isinstance(one, str)}
        have = {vocabulary.own_word(self.lists.format, word) or word for word in named}
        return [
            one
            for word in vocabulary.tool_words(self.lists.format)
            if word not in have and vocabulary.grants(self.lists.format, word)
            for one in self.lists.rules("deny", word, None)
        ]

    def _mode(self) -> Any:
        if self.lists.mode is None:
            return None
        value = self.settings.value(*self.lists.mode)
        if not isinstance(value, str):
            return None
        own = value if value in deciding.WATCHING else None  # in a client whose agents have no mode, too
        return vocabulary.portable_mode(self.lists.format, value) or own

    def _folders(self) -> tuple[str, ...] | None:
        value = self.settings.value(*self.lists.folders) if self.lists.folders else None
        return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else None

    def _extras(self) -> dict[str, Json]:
        known = {path[-1] for path in (*self.lists.lists, self.lists.mode, self.lists.folders) if path}
        table = self.settings.value(*self.lists.table) if self.lists.table else None
        found = {key: value for key, value in table.items() if key not in known} if isinstance(table, dict) else {}
        for path in self.lists.extras:
            value = self.settings.value(*path)
            if value is not None:
                found[escape_key(".".join(path))] = value
        return {**found, **self._misspelled()}

    def _misspelled(self) -> dict[str, Json]:
        """Return what stands where a list of denials should, and cannot be read as one: its author closed something with it."""
        strict = (*(path for path, effect in self.lists.lists.items() if effect != "allow"), *filter(None, [self.lists.core]))
        found: dict[str, Json] = {}
        for path in strict:
            value, table = self.settings.value(*path), self.settings.value(*path[:-1]) if path[:-1] else None
            wrong = table if table and not isinstance(table, dict) else None if is_texts(value) else value
            if wrong:
                found.setdefault(path[-1], wrong)
        return found

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other rules in it, or without them."""
        wanted = part or PermissionSet()
        old = self.part or PermissionSet()
        changes: dict[Path, Json | None] = {}
        if wanted.rules != old.rules:
            changes |= self._lists_for(wanted)
        for path, name, spell in (
            (self.lists.mode, "mode", self._mode_word),
            (self.lists.folders, "folders", list),
        ):
            value = getattr(wanted, name)
            if path and value != getattr(old, name):
                changes[path] = None if value is None else cast("Callable[[Any], Json]", spell)(value)
        before, after = (one.extras.get(self.lists.format, {}) for one in (old, wanted))
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                changes[self._path_of(key)] = after.get(key)
        return self.settings.rewritten(changes)

    def _mode_word(self, mode: str) -> str:
        return vocabulary.native_mode(self.lists.format, cast("Any", mode)) or mode

    def _path_of(self, key: str) -> Path:
        known = {path[-1]: path for path in (*self.lists.lists, *filter(None, [self.lists.core]))}
        found = known.get(key) or next((path for path in self.lists.extras if ".".join(path) == key), None)
        return found or (*(self.lists.table or ()), key)

    def _lists_for(self, part: PermissionSet) -> dict[Path, Json | None]:
        """Return the lists that say the rules of a set: those of one effect in its first list, but for what stands in others."""
        found: dict[Path, Json | None] = {}
        core = set(self._beside_core())
        for effect in dict.fromkeys(self.lists.lists.values()):
            first, *others = [path for path, one in self.lists.lists.items() if one == effect]
            elsewhere = {one for path in others for one in self._rules(path, effect)}
            texts = list(dict.fromkeys(token(one) for one in part.rules if one.effect == effect and one not in elsewhere | core))
            gone = [path for path in others if elsewhere - set(part.rules) and self.settings.value(*path) is not None]
            found |= {
                path: list(dict.fromkeys(token(one) for one in self._rules(path, effect) if one in part.rules)) or None for path in gone
            }
            if texts != [one for one in self.settings.value(*first) or () if isinstance(one, str)]:
                found[first] = cast("Json", texts) if texts else None
        return found
