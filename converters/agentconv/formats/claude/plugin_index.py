"""`.claude-plugin/plugin.json`: what Claude Code 2.1.329 reads of it (measured), and its list of agents kept up to date.

https://code.claude.com/docs/en/plugins-reference

Strict JSON, with or without a byte order mark. `name` is required, has no blanks, and is refused with a separator of paths;
the validator wants kebab case and none of Anthropic's own names. `agents` is one path or a list, each from `./` to `.md`;
given at all, even empty, it takes the place of the folder `agents/`. A wrong type or path of any key keeps the whole plugin
from loading, save for `author`, which is passed over; a file that is listed and is not there is one agent less.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Code, Complaint, Effect
from agentconv.core.expressions import expression
from agentconv.core.format import Listed, ReadResult
from agentconv.core.ir import AgentSet
from agentconv.core.names import slug
from agentconv.core.source import BOM, encode
from agentconv.families import reading
from agentconv.families.frontmatter import apply
from agentconv.formats.claude import manifest_parts, manifest_values
from agentconv.json import edits as jsonc_edits
from agentconv.json import jsonc
from agentconv.json.edits import REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.diagnostics import Diagnostic, Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.json.edits import Edit, Removed
    from agentconv.json.jsonc import Node

PATH = ".claude-plugin/plugin.json"
DEFAULT_NAME = "agents"
_WORDS = ("version", "description", "license")
_TEXTS = (*_WORDS, "homepage")
_AUTHOR = expression(r"\s*([^<>]*[^<>\s])\s*(?:<\s*([^<>\s]+)\s*>\s*)?")
_RESERVED = expression(r"(?:claude|anthropics?|cc-plugin)(?:-|$)")


def is_index(path: str) -> bool:
    """Whether a path is that of a plugin's own file."""
    return f"/{path}".endswith(f"/{PATH}")


def read(source: SourceText) -> Listed:
    """Return what the file says of the plugin, the agents' files that it lists, and why the client does not take it."""
    document = document_of(source)
    if document.error:
        return Listed(problem=f"not JSON: {document.error.problem}")
    root = document.root
    if not isinstance(root, jsonc.Object):
        return Listed(problem="the document is no map")
    values: dict[str, Any] = {key: jsonc.value(node) for key, node in root.entries().items()}
    listed_paths = paths(values)
    fault = next(faults(root), None)
    listed = None if listed_paths is None else tuple(path.removeprefix("./") for path in listed_paths)
    return Listed(listed, about(values), fault[0].reason if fault else None)


def about(values: Mapping[str, Any]) -> AgentSet:
    """Return what the values of such a file, or of a plugin's entry of a marketplace, say of the plugin."""
    texts = {key: values[key] for key in _WORDS if isinstance(values.get(key), str)}
    name = values.get("name")
    return AgentSet(name=name if isinstance(name, str) else None, authors=_authors(values.get("author")), **texts)


def document_of(source: SourceText) -> jsonc.Document:
    """Parse the file as its client does."""
    return jsonc.parse(source.text, jsonc.JSON, 1 if source.text.startswith(BOM) else 0)


def paths(values: dict[str, Any]) -> tuple[str, ...] | None:
    """Return the agents' files that are listed; None without such a key."""
    if "agents" not in values:
        return None
    found = values["agents"]
    items = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return tuple(item for item in items if isinstance(item, str))


def faults(root: jsonc.Object) -> Iterator[tuple[Complaint, Node]]:
    """Yield all that keeps the client from loading a plugin, with where it stands."""
    nodes = root.entries()
    name = jsonc.value(nodes["name"]) if "name" in nodes else None
    if not isinstance(name, str) or not name or " " in name or set(name) & set("/\\:"):
        yield Complaint("`name` must be text without blanks and separators", "name"), nodes.get("name", root)
    for key in _TEXTS:
        if key in nodes and not isinstance(jsonc.value(nodes[key]), str):
            yield Complaint(f"`{key}` must be text", key), nodes[key]
    yield from manifest_parts.faults(nodes)
    yield from manifest_values.faults(root)


def _authors(value: Any) -> tuple[str, ...] | None:
    name = value.get("name") if isinstance(value, dict) else None
    if not isinstance(name, str) or not name:
        return None
    email = value.get("email")
    return (f"{name} <{email}>" if isinstance(email, str) and email else name,)


def problems(source: SourceText) -> list[tuple[Complaint, int, int]]:
    """Return all that keeps the client from loading the plugin of a file, each with where it stands."""
    document = document_of(source)
    if document.error:
        return [(document.error.complaint, document.error.offset, document.error.offset)]
    if not isinstance(document.root, jsonc.Object):
        return [(Complaint("the document is no map"), 0, 0)]
    return [(complaint, node.start, node.end) for complaint, node in faults(document.root)]


def report(spec: FormatSpec, source: SourceText) -> ReadResult:
    """Read the file as one of the format's, which holds no agent itself."""
    found = problems(source)
    return ReadResult(read(source).about, diagnostics=tuple(_remark(spec, fault, source.span(start, end)) for fault, start, end in found))


def _remark(spec: FormatSpec, fault: Complaint, span: Span) -> Diagnostic:
    return reading.remark(
        spec,
        Code.NOT_LOADED,
        lambda client: f"{client} loads nothing of this plugin: {fault.reason}",
        span,
        "mend it; until then none of its agents is there",
        effect=Effect.DROPS,
        cause=fault.cause,
        reason=fault.reason,
    )


def listed_places(source: SourceText) -> list[tuple[str, tuple[int, int]]]:
    """Return the agents' files that the file lists, as it spells them, and where each of them stands."""
    document = document_of(source)
    node = document.root.entries().get("agents") if isinstance(document.root, jsonc.Object) and not document.error else None
    items = node.items if isinstance(node, jsonc.Array) else [node] if node else []
    found = [(jsonc.value(item), (item.start, item.end)) for item in items]
    return [(path, place) for path, place in found if isinstance(path, str)]


def held(about: AgentSet) -> AgentSet:
    """Return what the file can hold of a set's words: a legal name, one author."""
    author = _author(about.authors[0]) if about.authors else None
    name = _legal_name(about.name) if about.name else None
    words = {key: getattr(about, key) for key in _WORDS}
    return AgentSet(name=name, authors=_authors(author) if author else None, **words)


def _legal_name(name: str) -> str:
    """Return the kebab-case form of a name that does not pass for one of Anthropic's own plugins."""
    kebab = slug(name)
    while _RESERVED.match(kebab):
        kebab = _RESERVED.sub("", kebab, 1)
    if re.search("claude|anthropic", kebab):
        kebab = "-".join(part for part in kebab.split("-") if part != "official")
    return kebab or DEFAULT_NAME


def _author(text: str) -> dict[str, Json] | None:
    found = _AUTHOR.fullmatch(text)
    if found is None:
        return {"name": text} if text.strip() else None
    return {"name": found[1], **({"email": found[2]} if found[2] else {})}


def _values(about: AgentSet) -> dict[str, Json]:
    """Return a set's words as keys, in the documented order."""
    author = _author(about.authors[0]) if about.authors else None
    found = {"name": about.name, "version": about.version, "description": about.description, "author": author, "license": about.license}
    return {key: value for key, value in found.items() if value is not None}


def write(listed: Listed, original: SourceText) -> bytes:
    """Write the file: from nothing, or with only those values changed that are others.

    Args:
        listed: What it is to say; without a list, the client's folder stays what counts.
        original: The file as it stands; without a byte where there is none yet.
    """
    wanted = _values(listed.about)
    if not original.size:
        agents = {} if listed.paths is None else {"agents": [f"./{path}" for path in sorted(listed.paths)]}
        plain = {"name": DEFAULT_NAME, **wanted, **agents}
        return encode(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")
    document, before = document_of(original), read(original)
    if not isinstance(document.root, jsonc.Object) or document.error:
        return original.data
    present = _values(before.about)
    changes: dict[str, Json | Removed] = {key: value for key, value in wanted.items() if present.get(key) != value}
    changes.update({key: REMOVED for key in present if key not in wanted and key != "name"})
    edits: list[Edit] = []
    if listed.paths is not None and listed.paths != before.paths:
        node = document.root.entries().get("agents")
        if isinstance(node, jsonc.Array):
            edits = _relisted(document, node, listed.paths)
        else:
            changes["agents"] = [f"./{path}" for path in listed.paths]
    return encode(apply(original.text, [*edits, *jsonc_edits.patch(document, document.root, changes)]))


def _relisted(document: jsonc.Document, node: jsonc.Array, paths: tuple[str, ...]) -> list[Edit]:
    """Return the edits that take out of a list what is not wanted, and put at its end what is not there."""
    there = [str(jsonc.value(item)).removeprefix("./") for item in node.items]
    removed = {number for number, path in enumerate(there) if path not in paths}
    added = [json.dumps(f"./{path}", ensure_ascii=False) for path in sorted(set(paths) - set(there))]
    return jsonc_edits.arrange(document, node, removed, {len(there) - 1: added} if added else {})
