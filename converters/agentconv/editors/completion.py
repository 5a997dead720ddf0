"""What an editor offers while something is typed: keys of the client, and the words that a key takes, those of the project among them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from agentconv.conversion import converting
from agentconv.core import schema_files, vocabulary
from agentconv.core.source import SourceText
from agentconv.editors import cursor, hover, parts, places, settings
from agentconv.formats import registry
from agentconv.lint import part_findings, project
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.editors.cursor import Cursor
    from agentconv.editors.document import Document
    from agentconv.editors.looked import Looked
    from agentconv.lint.subject import Subject

TRIGGERS = (":", " ", ",", '"', "-", "[")
_HOOKS = "hooks"
"""The field that an agent's own hooks are in, as a schema names it."""
_MARKS = {"toml": " = ", "json": ": "}


def of(document: Document, offset: int) -> list[types.CompletionItem]:
    """Return what may stand where something is typed."""
    if settings.is_of(document):
        return _of_settings(document, offset)
    looked = document.looked
    found = cursor.of(document, offset) if looked is not None and looked.subject is not None else None
    if looked is None or looked.subject is None or found is None:
        return []
    offered = _of_parts(document, offset, found, looked) if looked.parts else None
    if offered is not None or not looked.has_agents:
        return offered or []
    subject, kind = looked.subject, cursor.kind(document.location)
    if _is_of_own_events(document, found, schema_files.load(subject.format)["properties"]):
        return _events(document, offset, found, subject.format)
    if found.key is not None:
        return _items(document, offset, found, words(subject, found.key), kind)
    if found.nested and not registry.FORMATS[subject.format].holds_several(subject.path):
        return []
    return _keys(document, offset, found, subject)


def _of_parts(document: Document, offset: int, found: Cursor, looked: Looked) -> list[types.CompletionItem] | None:
    """Return what may stand in a part of a file; None where it is in none."""
    kind = cursor.kind(document.location)
    hooks, rules, at = parts.is_of_events(looked, found), parts.is_of_rules(looked, found), parts.entry(looked, found)
    if hooks is not None:
        return _events(document, offset, found, hooks.format)
    for subject in looked.parts:
        if subject.part is not None and subject.part.kind != "hooks" and _is_of_own_events(document, found, part_findings.rows(subject)):
            return _events(document, offset, found, subject.format)
    if rules is not None:
        return _items(document, offset, found, _tool_words(rules), kind)
    if at is None:
        return None
    if found.key is not None:
        return _items(document, offset, found, _part_words(at.subject, at.rows.get(found.key, {})), kind)
    there = at.subject.parts.parts[at.part].extras.get(at.subject.format, {}) if at.part is not None else {}
    schema = part_findings.schema(at.subject)
    rows = {name: hover.told(schema, name, at.subject.format) for name in at.rows if name not in there}
    return [_key_item(document, found, offset, name, told) for name, told in rows.items()]


def _events(document: Document, offset: int, found: Cursor, format_id: str) -> list[types.CompletionItem]:
    """Return the events of a client, as keys."""
    meaning = f"event of {registry.FORMATS[format_id].title}"
    return [_key_item(document, found, offset, name, meaning) for name in vocabulary.events(format_id)]


def _is_of_own_events(document: Document, found: Cursor, rows: Mapping[str, Any]) -> bool:
    """Whether the name of an event is typed in the hooks that an agent, or a part, has itself: right below the key that holds them."""
    above = document.text[document.positions.line(document.positions.line_of(found.start))[0] : found.start]
    if found.key is not None and (above.strip(" \t\"'") or found.table[-1:] != (found.key,)):
        return False
    own = [name for name in found.table if rows.get(name, {}).get("x-field") == _HOOKS]
    return len(own) == 1 and found.table[-1] == own[0]


def _part_words(subject: Subject, row: Mapping[str, Any]) -> dict[str, str]:
    """Return the words that a key of a part takes, each with what it means."""
    field, found = str(row.get("x-field", "")), dict.fromkeys(settings.enumerated(row), "")
    if field in ("approved_tools", "denied_tools"):
        return found | _tool_words(subject)
    return found | _models(subject.format) if field == "model" else found


def _tool_words(subject: Subject) -> dict[str, str]:
    """Return the words for tools, and for all tools of each of the project's servers."""
    tools = {word: ", ".join(its) for word, its in vocabulary.meanings(subject.format).get("tools", {}).items()}
    own = (_word_of_server(subject.format, server) for server in servers(subject))
    return tools | dict.fromkeys(filter(None, own), "MCP server of the project")


def _models(format_id: str) -> dict[str, str]:
    tables = vocabulary.meanings(format_id)
    return {word: ", ".join(its) for word, its in {**tables.get("tiers", {}), **tables.get("models", {})}.items()}


def _keys(document: Document, offset: int, found: Cursor, subject: Subject) -> list[types.CompletionItem]:
    """Return the keys of a client that an agent does not have yet."""
    several = registry.FORMATS[subject.format].holds_several(subject.path)
    there = set() if several else {one.key for one in places.of(subject.result, subject.format)}
    own = document.text[found.start : offset]
    rows = schema_files.load(subject.format)["properties"]
    told = {name: hover.key(subject.format, name) or "" for name in rows if name not in there or name == own}
    return [_key_item(document, found, offset, name, meaning) for name, meaning in told.items()]


def _key_item(document: Document, found: Cursor, offset: int, name: str, told: str) -> types.CompletionItem:
    return types.CompletionItem(
        name,
        kind=types.CompletionItemKind.Property,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, told),
        text_edit=_edit(document, found, offset, _spelled_key(name, found, cursor.kind(document.location))),
    )


def _spelled_key(name: str, found: Cursor, kind: str) -> str:
    if kind == "json":
        return name if found.quoted else f'"{name}": '
    return f"{name}{_MARKS.get(kind, ': ')}"


def words(subject: Subject, key: str) -> dict[str, str]:
    """Return the words that a key of a client takes, each with what it means."""
    row = schema_files.load(subject.format)["properties"].get(key, {})
    field, found = str(row.get("x-field", "")), dict.fromkeys(settings.enumerated(row), "")
    tables = vocabulary.meanings(subject.format)
    if field.startswith("tools") or field == "delegates":
        found |= _tool_words(subject)
    elif field == "model":
        found |= _models(subject.format)
    elif field == "effort":
        found = found or dict.fromkeys(
            (one for one in row.get("examples", ()) if isinstance(one, str) and one.isalpha() and one.islower()), ""
        )
    elif field == "permissions.mode":
        found |= {word: ", ".join(its) for word, its in tables.get("modes", {}).items()}
    elif field == "mcp_servers":
        found |= dict.fromkeys(servers(subject), "MCP server of the project")
    elif field == "skills":
        found |= dict.fromkeys(sorted(project.skills(subject.location)), "skill of the project")
    return found


def servers(subject: Subject) -> list[str]:
    """Return the MCP servers of a file's project."""
    return sorted(project.servers(subject.location))


@lru_cache(maxsize=256)
def _word_of_server(format_id: str, server: str) -> str | None:
    """Return how a client's list of tools names all tools of a server, as converting such a list gives it."""
    text = SourceText(".claude/agents/a.md", f"---\nname: a\ndescription: a\ntools: Read, mcp__{server}\n---\na\n".encode())
    for done in converting.convert(list(loading.with_ids(loading.load_source("claude-code", text))), format_id):
        read = registry.load(format_id).read(SourceText(done.file.path, done.file.data)) if done.file else None
        for agent in read.set.agents if read else ():
            return next((grant.native for grant in agent.tools.allow or () if grant.server == server), None)
    return None


def _of_settings(document: Document, offset: int) -> list[types.CompletionItem]:
    told = settings.at(document, offset)
    if told is None:
        return []
    found, row = told
    if found.key is not None:
        return _items(document, offset, found, settings.words(row, found.key), "toml")
    return [
        types.CompletionItem(
            name,
            kind=types.CompletionItemKind.Property,
            documentation=description,
            text_edit=_edit(document, found, offset, name if found.quoted else f"{name} = "),
        )
        for name, description in settings.keys(row).items()
    ]


def _items(document: Document, offset: int, found: Cursor, several: Mapping[str, str], kind: str) -> list[types.CompletionItem]:
    """Return words as values."""
    quote = "" if found.quoted or kind in ("yaml", "header") else '"'
    return [
        types.CompletionItem(
            word,
            kind=types.CompletionItemKind.Value,
            detail=meaning or None,
            text_edit=_edit(document, found, offset, word if word in ("true", "false") else f"{quote}{word}{quote}"),
        )
        for word, meaning in several.items()
        if not word.endswith("*")
    ]


def _edit(document: Document, found: Cursor, offset: int, new: str) -> types.TextEdit:
    return types.TextEdit(document.positions.between(found.start, offset), new)
