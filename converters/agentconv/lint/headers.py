"""Headers as the rules need them: where they do not parse, what other libraries read, and values spelled anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv import frontmatter, registry, yaml_nodes, yaml_text
from agentconv.families import markdown
from agentconv.lint import fixing
from agentconv.lint.rule import Fix
from agentconv.source import SourceText, encode
from agentconv.yaml_nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.families.markdown import Dialect
    from agentconv.frontmatter import Header
    from agentconv.ir import Agent, Json
    from agentconv.lint.rule import Edit
    from agentconv.lint.subject import Subject

_LINE = re.compile(r"(?P<key>[A-Za-z_][\w-]*)[ \t]*:[ \t]+(?P<value>\S[^\r\n]*?)[ \t]*$")
_MOST_VALUES = 30


def dialect_of(client: str) -> Dialect | None:
    """Return how a client reads markdown with a header; None where it does not."""
    found = getattr(registry.load(client), "DIALECT", None)
    return found if isinstance(found, markdown.Dialect) else None


def error_place(subject: Subject, header: Header) -> tuple[int, int]:
    """Return the value in which a header does not parse, else the line."""
    at = header.start + (header.error.offset if header.error else 0)
    for key in header.values:
        start, end = header.extent(key) or (0, 0)
        if start <= at <= end and end:
            return start, end
    text = subject.text
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return start, (len(text) if end < 0 else end)


def astray(subject: Subject, clients: Iterable[str] = registry.CLIENTS) -> frozenset[str]:
    """Return the other clients that have no agent as the file's own client, or a person, reads it."""
    own = {_spoken(agent) for agent in subject.result.set.agents}
    found = set()
    for client in clients:
        result = subject.reading(client)
        read = {_spoken(agent) for agent, state in zip(result.set.agents, result.states, strict=True) if not state.dropped}
        if client != subject.format and not read & own:
            found.add(client)
    return frozenset(found)


def _spoken(agent: Agent) -> tuple[str | None, tuple[str, ...]]:
    return agent.name, tuple((agent.description or "").split())


def fields_of(subject: Subject, key: str) -> tuple[str, ...]:
    """Return the field paths that a key of the file's format holds."""
    keys = getattr(registry.load(subject.format), "KEYS", {})
    return keys[key].fields if key in keys else ()


def fields_at(subject: Subject, header: Header, edits: Iterable[Edit]) -> frozenset[str]:
    """Return the field paths of the values that edits are in."""
    places = {key: header.extent(key) or (-1, -1) for key in header.values}
    starts = [start for start, _, _ in edits]
    touched = [key for key, (first, last) in places.items() if any(first <= start <= last for start in starts)]
    return frozenset(path for key in touched for path in (f"extras.{key}", *fields_of(subject, key)))


def differing(header: Header, other: Dialect) -> list[str]:
    """Return the keys whose values another client's YAML library reads otherwise; none where it does not read the header at all."""
    again = frontmatter.parse(_unread(header), None, other.grammar)
    if again.error:
        return []
    return [key for key, value in header.values.items() if key in again.values and not _same(value, again.values[key])]


def _unread(header: Header) -> frontmatter.Header:
    """Return the same header, not yet read."""
    return frontmatter.Header(header.source, header.start, header.end, header.body)


def _same(one: Json, other: Json) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()  # who keeps the last line break of a block is no other reading
    return type(one) is type(other) and one == other


def quoted_as_read(subject: Subject, header: Header, key: str) -> Fix | None:
    """Spell a text so that each library reads the text that the file's own client reads."""
    value = header.values[key]
    edits = frontmatter.patch(header, {key: value}) if isinstance(value, str) and "\n" not in value else None
    if not edits:
        return None
    start, end, _ = edits[-1]
    edits[-1] = (start, end, yaml_text.quoted(value))
    fields = frozenset({f"extras.{key}", *fields_of(subject, key)})
    return Fix("put the value in double quotes", tuple(edits), respelled=fields)


def mended(subject: Subject) -> Fix | None:
    """Put the values in quotes that keep a header from parsing, each of them on one line; None where that does not do.

    The result must read as a person reads the file: the client has no reading of its own yet.
    """
    header, dialect = subject.header, subject.dialect
    if header is None or dialect is None or header.error is None or header.fallback:
        return None
    text = subject.text
    edits: dict[int, Edit] = {}
    for _ in range(_MOST_VALUES):
        now = dialect.find(SourceText(subject.path, encode(fixing.apply(text, edits.values()))))
        if isinstance(now, str):
            return None
        frontmatter.parse(now, None, dialect.grammar)
        if now.error is None:
            done = bool(edits) and markdown.is_mapping(now)
            return Fix("put the value in double quotes", tuple(edits.values()), heals=astray(subject)) if done else None
        row = now.text.count("\n", 0, now.error.offset)
        edit = _line_quoted(header, row)
        if edit is None or edit[0] in edits:
            return None
        edits[edit[0]] = edit
    return None


def _line_quoted(header: Header, row: int) -> Edit | None:
    """Put the value of the line in quotes, or of the one before it, where the parser noticed only on the next."""
    lines = header.text.split("\n")
    for number in (row, row - 1):
        match = _LINE.match(lines[number].rstrip("\r")) if 0 <= number < len(lines) else None
        follows = lines[number + 1] if number + 1 < len(lines) else ""
        if match is None or match["value"][0] in "\"'|>[{" or (follows[:1].isspace() and follows.strip()):
            continue
        start = header.start + sum(len(line) + 1 for line in lines[:number]) + match.start("value")
        return start, start + len(match["value"]), yaml_text.quoted(match["value"])
    return None




def key_place(subject: Subject, key: str) -> tuple[int, int] | None:
    """Return where a key itself stands in a header; None where it has none, or the key comes from elsewhere."""
    header = subject.header
    if header is None or not isinstance(header.root, Mapping):
        return None
    for node, _ in reversed(header.root.pairs):
        if yaml_nodes.key_text(node, header.grammar) == key:
            return header.place(node.start), header.place(node.end)
    return None
