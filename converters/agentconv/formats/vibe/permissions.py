"""What restrains all of Mistral Vibe 3.0.3 (its code read): the tables `[tools.X]`, the lists of tools, `outside_workdir`.

https://docs.mistral.ai/mistral-vibe/configuration

They stand in config.toml. A denied command is a piece of a line, whatever follows it; a path is held against the whole path of a file,
so that no other client's pattern is the same. An agent is left what both lists leave. What is allowed there still asks outside of the
folder, and is allowed nowhere else; a permission that is none of the client's words fails each call, and is taken for a denial. Nothing
of another client's rules is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core import effects, rule_facts, schema_files, toml_places, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.ir import Rule, unescape_key
from agentconv.core.meant import Pattern
from agentconv.core.part_format import Place
from agentconv.core.parts import PermissionSet
from agentconv.core.source import BOM
from agentconv.families import toml_values
from agentconv.formats.vibe.vibe import ID, grants
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat
    from agentconv.core.source import SourceText

    Spelled = tuple[tuple[str, ...], str | None, tuple[Rule, ...]]
    """The keys that lead to what is said, the entry of a list that says it, and the rules that it is."""

_TABLES, _ENABLED, _DISABLED, _OUTSIDE = "tools", "enabled_tools", "disabled_tools", "outside_workdir"
_PERMISSION = "permission"
_LISTS = {"denylist": "deny", "sensitive_patterns": "ask"}
_UNSAID = set("*:\n\\")
"""What means something else in a command's pattern than in a text."""


def _pattern(word: str, text: str) -> Pattern:
    """Return what an entry of a list is, in the language that says the same; a command is one also with more words behind it."""
    language = rule_facts.rule_pattern(ID, word)[0]
    if language != "prefix":
        return Pattern(text, language)
    plain = text.strip() == text != "" and not set(text) & _UNSAID
    return Pattern(f"{text}:*", language) if plain else Pattern(text, None)


def _rule(effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    """Return the rule about a tool; what is none of the client's own is one of some server, whose name nobody can tell from the tool's."""
    own = vocabulary.own_word(ID, word)
    found = next(iter(grants(word, denies=True)))
    held = None if pattern is None else _pattern(own or word, pattern)
    if own is None and found.server is None:
        return (Rule(cast("Any", effect), word, ID, "mcp", held, effects.EVERY_SERVER),)
    return (Rule(cast("Any", effect), found.native, ID, found.capability, held, found.server, found.tool),)


def _texts(value: Json) -> list[str]:
    return [one for one in value if isinstance(one, str) and one.strip()] if isinstance(value, list) else []


def _of_table(name: str, table: Mapping[str, Any]) -> Iterator[Spelled]:
    """Yield what the table of a tool says: what is denied and asked for by patterns counts before its permission."""
    for key, effect in _LISTS.items():
        for text in _texts(table.get(key)) if name in rule_facts.rules(ID).patterns else ():
            yield (_TABLES, name, key), text, _rule(effect, name, text)
    permission = table.get(_PERMISSION, "always")
    if permission != "always":
        yield (_TABLES, name, _PERMISSION), None, _rule("ask" if permission == "ask" else "deny", name, None)


def _disabled(text: str) -> tuple[Rule, ...]:
    """Return the denials that an entry of `disabled_tools` is."""
    found: list[Rule] = []
    for grant in grants(text.strip(), denies=True):
        found += _servers(text.strip()) if grant.server == effects.EVERY_SERVER else _rule("deny", grant.native, None)
    return tuple(found)


def _servers(said: str) -> tuple[Rule, ...]:
    """Return a denial of the tools of all servers."""
    return (Rule("deny", "every server" if said == "*" else said, ID, "mcp", None, effects.EVERY_SERVER),)


def _beside(value: Json) -> tuple[Rule, ...]:
    """Return denials of all that is not in the list of the only tools that are open; an empty one is no limit, one of blanks opens none."""
    texts = [one.strip() for one in _texts(value)]
    if not value or not isinstance(value, list) or "*" in texts:
        return ()
    opened = {grant.native for text in texts for grant in grants(text, denies=False)}
    closed = [word for word in vocabulary.tool_words(ID) if word not in opened and vocabulary.grants(ID, word)]
    return (*(rule for word in closed for rule in _rule("deny", word, None)), *_servers(_ENABLED))


def _spelled(values: Mapping[str, Any]) -> Iterator[Spelled]:
    """Yield all that a configuration says of tools: what the lists close is closed, whatever the tables say."""
    for text in _texts(values.get(_DISABLED)):
        yield (_DISABLED,), text, _disabled(text)
    yield (_ENABLED,), None, _beside(values.get(_ENABLED))
    tables = values.get(_TABLES)
    for name, table in tables.items() if isinstance(tables, dict) else ():
        if isinstance(table, dict):
            yield from _of_table(unescape_key(name), table)


def _outside(values: Mapping[str, Any]) -> dict[str, Json]:
    """Return what is said of files outside of the folder, for all or for a single tool: what keeps it from one, from all."""
    tables = values.get(_TABLES)
    of_tools = [one.get(_OUTSIDE) for one in tables.values() if isinstance(one, dict)] if isinstance(tables, dict) else []
    said = [one for one in (values.get(_OUTSIDE), *of_tools) if one is not None]
    return {_OUTSIDE: next((one for one in said if one != "ask"), "ask")} if said else {}


class _Config:
    """A config.toml as it was read."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.complaints: list[tuple[Complaint, int]] = []
        values = toml_values.parsed(source.text.removeprefix(BOM))
        if isinstance(values, toml_values.Broken):
            self.complaints.append((replace(values.complaint, effect=Effect.STOPS), values.at))
            values = {}
        for key, value in values.items():
            found = schema_files.complaint(f"parts/permissions/{ID}", key, value)
            if found is not None:
                self.complaints.append((replace(found, client=ID), toml_places.innermost(source.text, (key, *found.within))))
        self._said = list(_spelled(values))
        self.part = self._part(_outside(values))

    def _part(self, outside: dict[str, Json]) -> PermissionSet | None:
        every = dict.fromkeys(rule for _, _, found in self._said for rule in found)
        closed = {rule.native for rule in every if rule.effect == "deny" and rule.pattern is None}
        held = (rule for rule in every if rule.effect == "deny" or rule.native not in closed)
        rules = tuple(sorted(held, key=_place))
        if not rules and not outside:
            return None
        return PermissionSet(rules=rules, resolution="first" if rules else None, extras={ID: outside} if outside else {})

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file without what says rules that are no longer wanted: what says one that is, stays."""
        import tomlkit

        document: Any = tomlkit.parse(self.source.text.removeprefix(BOM))
        wanted, there = (set(one.rules if one else ()) for one in (part, self.part))
        for way, text, rules in self._said:
            if there & set(rules) and not wanted & set(rules):
                _take(document, way, text)
        for rule in part.rules if part else ():
            if rule not in there:
                _put(document, rule)
        if part and part.extras.get(ID) and not (self.part and self.part.extras.get(ID)):
            document[_OUTSIDE] = part.extras[ID][_OUTSIDE]
        if not (part and part.extras.get(ID)):
            tables = document.get(_TABLES)
            for table in (document, *(tables.values() if isinstance(tables, dict) else ())):
                if isinstance(table, dict):
                    table.pop(_OUTSIDE, None)
        return (BOM if self.source.text.startswith(BOM) else "") + tomlkit.dumps(document)


def _place(rule: Rule) -> tuple[bool, str, bool]:
    """Return what sorts rules alike, wherever in the file each is said: what is denied first, of a tool what is about some of it."""
    return rule.effect != "deny", rule.native, rule.pattern is None


def _put(document: Any, rule: Rule) -> None:
    """Put a rule into a file: what its own tools are held to into their tables, other words into the list, which takes globs."""
    if rule.pattern is None and rule.effect == "deny" and vocabulary.own_word(ID, rule.native) is None:
        document.setdefault(_DISABLED, []).append(rule.native)
        return
    table = document.setdefault(_TABLES, {}).setdefault(rule.native, {})
    if rule.pattern is None:
        table[_PERMISSION] = "never" if rule.effect == "deny" else rule.effect
    else:
        key = next(key for key, effect in _LISTS.items() if effect == rule.effect)
        table.setdefault(key, []).append(rule.pattern.removesuffix(":*"))


def _take(document: Any, way: tuple[str, ...], text: str | None) -> None:
    """Take a key out of a file, or an entry out of its list."""
    *above, key = way
    for one in above:
        document = document[one]
    if text is not None:
        document[key].remove(text)
    if text is None or not document[key]:
        del document[key]


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        Client(ID, "Mistral Vibe", _rule, effects=frozenset()),
        _Config,
        (Place(".vibe/config.toml", trusted=True, mixed=True),),
        (Place(".vibe/config.toml", mixed=True),),
    )
}
