"""What an editor offers while something is typed: keys of the client, and the words that a key takes, those of the project among them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lsprotocol import types

from agentconv.conversion import converting
from agentconv.core import schema_files, vocabulary
from agentconv.core.source import SourceText
from agentconv.editors import cursor, hover, places, settings
from agentconv.formats import registry
from agentconv.lint import project
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.editors.cursor import Cursor
    from agentconv.editors.document import Document
    from agentconv.lint.subject import Subject

TRIGGERS = (":", " ", ",", '"', "-", "[")
_MARKS = {"toml": " = ", "json": ": "}


def of(document: Document, offset: int) -> list[types.CompletionItem]:
    """Return what may stand where something is typed."""
    if settings.is_of(document):
        return _of_settings(document, offset)
    looked = document.looked
    if looked is None or looked.subject is None or not looked.has_agents:
        return []
    subject, kind = looked.subject, _kind(document.location)
    found = _cursor(document, offset, kind)
    if found is None:
        return []
    if found.key is not None:
        return _items(document, offset, found, words(subject, found.key), kind)
    if found.nested and not registry.FORMATS[subject.format].holds_several(subject.path):
        return []
    return _keys(document, offset, found, subject, kind)


def _kind(location: str) -> str:
    end = location.rpartition(".")[2]
    return "toml" if end == "toml" else "json" if end in ("json", "jsonc") else "yaml" if end in ("yaml", "yml", "roomodes") else "header"


def _cursor(document: Document, offset: int, kind: str) -> Cursor | None:
    text, positions = document.text, document.positions
    if kind == "toml":
        return cursor.in_toml(text, positions, offset)
    if kind == "json":
        return cursor.in_json(text, offset)
    if kind == "yaml" and not text.lstrip("\ufeff").startswith("---"):
        return cursor.in_yaml(text, positions, offset)
    return cursor.in_header(text, positions, offset)


def _keys(document: Document, offset: int, found: Cursor, subject: Subject, kind: str) -> list[types.CompletionItem]:
    """Return the keys of a client that an agent does not have yet."""
    several = registry.FORMATS[subject.format].holds_several(subject.path)
    there = set() if several else {one.key for one in places.of(subject.result, subject.format)}
    own = document.text[found.start : offset]
    rows = schema_files.load(subject.format)["properties"]
    return [
        types.CompletionItem(
            name,
            kind=types.CompletionItemKind.Property,
            documentation=types.MarkupContent(types.MarkupKind.Markdown, hover.key(subject.format, name) or ""),
            text_edit=_edit(document, found, offset, _spelled_key(name, found, kind)),
        )
        for name in rows
        if name not in there or name == own
    ]


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
        found |= {word: ", ".join(its) for word, its in tables.get("tools", {}).items()}
        found |= {word: "MCP server of the project" for server in servers(subject) if (word := _word_of_server(subject.format, server))}
    elif field == "model":
        found |= {word: ", ".join(its) for word, its in {**tables.get("tiers", {}), **tables.get("models", {})}.items()}
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
