"""An AgentSet as one plain document and back, exactly: what canonical JSON and canonical TOML both hold.

A source's text is stored without the prompts that stand in it, which are references to the agents: nothing is stored
twice, and the checksum says whether the whole is still what was read.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import dataclass as dataclasses
from agentconv.core import references
from agentconv.core.ir import (
    BUNDLE_URN,
    Agent,
    AgentSet,
    Hook,
    Invocation,
    Limits,
    McpServer,
    Model,
    Origin,
    Permissions,
    Prompt,
    Rule,
    Sandbox,
    Source,
    ToolGrant,
    Tools,
)
from agentconv.core.kinds import KINDS
from agentconv.core.meant import Foreign, Pattern, Reference, Text
from agentconv.core.source import decode as decode_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from dataclasses import Field

    from agentconv.core.ir import Json

SHORTEST_REFERENCE = 40
"""Prompts shorter than this stay in the stored text: a reference would be longer."""

Parts = object()
"""The shape of a list of parts."""
_SHAPES: dict[type, dict[str, Any]] = {
    AgentSet: {"agents": [Agent], **dict.fromkeys((*KINDS, "mcp_servers"), Parts)},
    Agent: {
        "prompt": Prompt,
        "invocation": Invocation,
        "tools": Tools,
        "permissions": Permissions,
        "model": Model,
        "mcp_servers": [McpServer],
        "hooks": [Hook],
        "limits": Limits,
        "origin": Origin,
    },
    Tools: {"allow": [ToolGrant], "deny": [ToolGrant]},
    Permissions: {"rules": [Rule], "sandbox": Sandbox},
    ToolGrant: {"pattern": Pattern},
    Rule: {"pattern": Pattern},
    McpServer: dict.fromkeys(references.PLACES, Text),
    Prompt: {"text": Text},
}
_TUPLES = {(AgentSet, "authors"), (Agent, "skills"), (Agent, "delegates"), (Model, "fallbacks"), (Hook, "handlers")} | {
    (McpServer, name) for name in ("enabled_tools", "disabled_tools")
}
_LEFT_OUT = frozenset({"sources", "diagnostics", "further"})
_FIELDS = {(AgentSet, "mcp_servers"): "servers"}
"""What version 1 called otherwise: it is read under both names."""


def to_document(agents: AgentSet, *, sources: bool = True) -> dict[str, Json]:
    """Return the whole set as one plain document, `$schema` first."""
    document: dict[str, Json] = {"$schema": BUNDLE_URN, **plain(agents), **{name: list(items) for name, items in agents.further.items()}}
    if sources and agents.sources:
        stored = source_documents(agents)
        document["sources"] = list(stored)
    return document


def plain(value: Any, *, languages: bool = True, without: Collection[str] = _LEFT_OUT) -> dict[str, Json]:
    """Return a value of the representation as a plain map, without what is absent or default.

    Args:
        value: The value.
        languages: Whether patterns say their languages; else they are those of their tools' clients.
        without: Fields that are left out.
    """
    found: dict[str, Json] = {}
    cls: Any = type(value)
    for field in _fields(cls):
        item = getattr(value, field.name)
        if item is None or item is field.default or field.name in without or _is_default(field, item):
            continue
        found[field.name] = _plain_item(item, languages=languages) if field.name not in KINDS or cls is not AgentSet else _plain_parts(item)
    return found


@cache
def _fields(cls: Any) -> tuple[Field[Any], ...]:
    """Return the fields of a type, which takes longer to find than they take to write."""
    return dataclasses.fields(cls)


def _plain_parts(parts: Any) -> Json:
    from agentconv.formats.canonical import part_documents

    return [part_documents.plain(part) for part in parts]


def _is_default(field: Field[Any], item: object) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return bool(item == field.default_factory())
    return bool(item == field.default) and type(item) is type(field.default)


def _plain_item(item: Any, *, languages: bool) -> Json:
    if type(item) is str:  # most are
        return item
    if dataclasses.is_dataclass(item):
        return plain(item, languages=languages)
    if isinstance(item, Pattern):
        return {"pattern": str(item), **({"language": item.language} if item.language else {})} if languages else str(item)
    if isinstance(item, Text):
        return _plain_text(item) if languages else str(item)
    if isinstance(item, tuple):
        return [_plain_item(child, languages=languages) for child in item]
    if isinstance(item, dict):
        return {key: _plain_item(value, languages=languages) if isinstance(value, Text) else value for key, value in item.items()}
    return item  # type: ignore[no-any-return]


def _plain_text(text: Text) -> Json:
    """Return a text as it stands where it means itself, else what it is made of, and its spelling where that is not the common one."""
    if text.parts == (str(text),):
        return str(text)
    parts: list[Json] = [part if isinstance(part, str) else _plain_part(part) for part in text.parts]
    return {"$text": parts, **({} if str(text) == references.common(text.parts) else {"spelled": str(text)})}


def _plain_part(part: Reference | Foreign) -> dict[str, Json]:
    if isinstance(part, Foreign):
        return {"foreign": part.text, "language": part.language}
    return {"env": part.env, **({} if part.default is None else {"default": part.default})}


def _text(item: Any, *, spoken: bool) -> Any:
    """Return a text from what stands for it; a plain one is meant as it stands, or as its client reads it in version 1."""
    if isinstance(item, str):
        return item if spoken else references.as_it_stands(item)
    if isinstance(item, list):
        return tuple(_text(child, spoken=spoken) for child in item)
    if "$text" not in item:
        return {key: _text(child, spoken=spoken) for key, child in item.items()}
    parts = tuple(part if isinstance(part, str) else _part(part) for part in item["$text"])
    return Text(item.get("spelled", references.common(parts)), parts)


def _part(part: dict[str, Any]) -> Reference | Foreign:
    return Foreign(part["foreign"], part["language"]) if "foreign" in part else Reference(part["env"], part.get("default"))


def build(cls: Any, data: Any, *, spoken: bool = False) -> Any:
    """Make a value of the representation from a plain map that its schema has found valid.

    Args:
        cls: Its class.
        data: The map.
        spoken: Whether plain texts are in their client's language, as they are in version 1.
    """
    shapes = _SHAPES.get(cls, {})
    values: dict[str, Any] = {}
    for key, item in data.items():
        shape, name = shapes.get(key), _FIELDS.get((cls, key), key)
        if shape is Pattern:
            values[name] = item if isinstance(item, str) else Pattern(item["pattern"], item.get("language"))
        elif shape is Text:
            values[name] = item if cls is Prompt and isinstance(item, str) else _text(item, spoken=spoken)
        elif shape is Parts:
            values[name] = _built_parts(name, item, spoken=spoken)
        elif isinstance(shape, list):
            values[name] = tuple(build(shape[0], child, spoken=spoken) for child in item)
        elif shape is not None:
            values[name] = build(shape, item, spoken=spoken)
        else:
            values[name] = tuple(item) if (cls, name) in _TUPLES else item
    return cls(**values)


def _built_parts(kind: str, items: Any, *, spoken: bool) -> Any:
    from agentconv.formats.canonical import part_documents

    return tuple(part_documents.build(kind, item, spoken=spoken) for item in items)


def from_document(document: dict[str, Any]) -> tuple[AgentSet, list[str]]:
    """Return the set that a valid document holds, and the paths of sources whose text is not what was read."""
    further = {key: tuple(document[key]) for key in unknown_lists(document)}
    data = {key: value for key, value in document.items() if key not in ("$schema", "sources") and key not in further}
    spoken = document["$schema"] != BUNDLE_URN
    agents: AgentSet = build(AgentSet, {**data, **({"further": further} if further else {})}, spoken=spoken)
    prompts = {agent.id: agent.prompt.text if agent.prompt else "" for agent in agents.agents}
    by_path = _by_source(agents.agents)
    stored, changed = [], []
    for entry in document.get("sources", ()):
        source = Source(entry["path"], entry["format"], _stored_bytes(entry, prompts), executable=entry.get("executable", False))
        own = tuple(by_path.get(source.path, ()))
        if source.sha256 != entry["sha256"]:
            changed.append(source.path)
        elif own and entry.get("agents_sha256") == _digest(own):
            source = dataclasses.replace(source, agents=own)
        stored.append(source)
    return dataclasses.replace(agents, sources=tuple(stored)), changed


def unknown_lists(document: dict[str, Any]) -> list[str]:
    """Return the keys of a document whose lists are kept as they are, in an order that does not depend on its own."""
    known = {*(key for _, key in _FIELDS), *(field.name for field in dataclasses.fields(AgentSet))}
    return sorted(key for key, value in document.items() if isinstance(value, list) and key not in known)


def _by_source(agents: tuple[Agent, ...]) -> dict[str, list[Agent]]:
    found: dict[str, list[Agent]] = {}
    for agent in agents:
        if agent.origin:
            found.setdefault(agent.origin.source, []).append(agent)
    return found


def _digest(agents: tuple[Agent, ...]) -> str:
    """Return the SHA-256 of what was read from one source, wherever it stands."""
    documents = [plain(dataclasses.replace(agent, id="", origin=None)) for agent in agents]
    return hashlib.sha256(json.dumps(documents, sort_keys=True).encode("ascii")).hexdigest()


def _stored_bytes(entry: dict[str, Any], prompts: dict[str, str]) -> bytes:
    if "base64" in entry:
        return base64.b64decode(entry["base64"])
    parts = [prompts.get(part["prompt"], "") if isinstance(part, dict) else part for part in entry["text"]]
    return "".join(parts).encode("utf-8")


def source_documents(agents: AgentSet) -> Iterator[dict[str, Json]]:
    """Yield each source as it is stored: its text in pieces, with the prompts as references."""
    by_path: dict[str, list[Agent]] = {}
    for agent in agents.agents:
        if agent.origin and agent.prompt and len(agent.prompt.text) >= SHORTEST_REFERENCE:
            by_path.setdefault(agent.origin.source, []).append(agent)
    for source in agents.sources:
        document: dict[str, Json] = {"path": source.path, "format": source.format, "sha256": source.sha256}
        if source.executable:
            document["executable"] = True
        if source.agents:
            document["agents_sha256"] = _digest(source.agents)
        text = decode_bytes(source.data)
        if any("\udc80" <= char <= "\udcff" for char in text) if not text.isascii() else False:
            document["base64"] = base64.b64encode(source.data).decode("ascii")
        else:
            document["text"] = _pieces(text, by_path.get(source.path, []))
        yield document


def _pieces(text: str, agents: list[Agent]) -> list[Json]:
    found: list[tuple[int, int, str]] = []
    for agent in agents:
        prompt = agent.prompt.text if agent.prompt else ""
        at = text.rfind(prompt)
        if at >= 0 and all(at >= end or at + len(prompt) <= start for start, end, _ in found):
            found.append((at, at + len(prompt), agent.id))
    pieces: list[Json] = []
    position = 0
    for start, end, agent_id in sorted(found):
        if start > position:
            pieces.append(text[position:start])
        pieces.append({"prompt": agent_id})
        position = end
    if position < len(text):
        pieces.append(text[position:])
    return pieces
