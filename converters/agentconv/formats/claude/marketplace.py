"""`.claude-plugin/marketplace.json`: the plugins of a repository, and what Claude Code 2.1.329 does not take of it (measured).

https://code.claude.com/docs/en/plugin-marketplaces

Strict JSON with `name`, `owner` and `plugins`. A plugin's `source` is a path from the folder that holds `.claude-plugin`, from
`./` and without `..`, or below `metadata.pluginRoot` where there is one, or a map that says where to fetch it from. A plugin's
own `agents` has the form that it has in plugin.json. One fault, and the client takes no plugin of the marketplace.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Code, Complaint, Effect
from agentconv.core.expressions import expression
from agentconv.core.format import Offered, ReadResult
from agentconv.core.source import BOM, encode
from agentconv.families import reading
from agentconv.formats.claude import manifest_parts, plugin_index
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import AgentSet, Json
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node

PATH = ".claude-plugin/marketplace.json"
_PART = expression(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FETCHED = frozenset({"github", "git-subdir", "npm", "url"})


def is_marketplace(path: str) -> bool:
    """Whether a path is that of a marketplace."""
    return f"/{path}".endswith(f"/{PATH}")


def offered(source: SourceText) -> list[Offered]:
    """Return the plugins that lie in the repository itself."""
    root = _document(source).root
    if not isinstance(root, jsonc.Object):
        return []
    base, plugins = base_of(root), root.entries().get("plugins")
    values = [jsonc.value(plugin) for plugin in (plugins.items if isinstance(plugins, jsonc.Array) else ())]
    found = [(path_of(plugin, base), plugin) for plugin in values]
    among = _about(root)
    return [
        Offered(path, plugin_index.paths(plugin), plugin_index.about(plugin), among)
        for path, plugin in found
        if path is not None and isinstance(plugin, dict)
    ]


def _about(root: jsonc.Object) -> AgentSet:
    """Return what a marketplace says of itself."""
    values: dict[str, Any] = {key: jsonc.value(node) for key, node in root.entries().items() if key in ("name", "owner")}
    return plugin_index.about({"name": values.get("name"), "author": values.get("owner")})


def written(about: AgentSet, plugins: Iterable[tuple[str, AgentSet]] = ()) -> bytes:
    """Write a marketplace that offers plugins by their paths, or the one in whose folder it is (asked: `./` is taken)."""
    name = about.name or plugin_index.DEFAULT_NAME
    owner = about.authors[0].partition("<")[0].strip() if about.authors else ""
    offers = [_offer(path, one) for path, one in plugins] or [_offer("", about)]
    return encode(json.dumps({"name": name, "owner": {"name": owner or name}, "plugins": offers}, ensure_ascii=False, indent=2) + "\n")


def _offer(path: str, about: AgentSet) -> dict[str, Json]:
    words = {"description": about.description} if about.description else {}
    return {"name": about.name or plugin_index.DEFAULT_NAME, "source": f"./{path}", **words}


def base_of(root: jsonc.Object) -> str:
    """Return the folder that paths without `./` are relative to; empty where none is said."""
    metadata = root.entries().get("metadata")
    values: Any = jsonc.value(metadata) if metadata else None
    base = values.get("pluginRoot") if isinstance(values, dict) else None
    return base if isinstance(base, str) else ""


def path_of(plugin: Json, base: str) -> str | None:
    """Return the path of a plugin that lies in the repository itself; None for any other."""
    path: Any = plugin.get("source") if isinstance(plugin, dict) else None
    if not isinstance(path, str) or ".." in PurePosixPath(path).parts or path.startswith("/"):
        return None
    return str(PurePosixPath(path if path.startswith("./") or not base else f"{base}/{path}"))


def report(spec: FormatSpec, source: SourceText) -> ReadResult:
    """Read the file as one of the format's, which holds no agent itself: what keeps the client from taking it."""
    document = _document(source)
    if document.error:
        faults = [(document.error.complaint, document.error.offset, document.error.offset)]
    elif isinstance(document.root, jsonc.Object):
        faults = [(complaint, node.start, node.end) for complaint, node in _faults(document.root)]
    else:
        faults = [(Complaint("the document is no map"), 0, 0)]
    remarks = (
        reading.remark(
            spec,
            Code.NOT_LOADED,
            lambda client, reason=fault.reason: f"{client} takes no plugin of this marketplace: {reason}",  # type: ignore[misc]
            source.span(start, end),
            "mend it; until then none of its plugins is there",
            effect=Effect.DROPS,
            cause=fault.cause,
            reason=fault.reason,
        )
        for fault, start, end in faults
    )
    return ReadResult(diagnostics=tuple(remarks))


def _document(source: SourceText) -> jsonc.Document:
    return jsonc.parse(source.text, jsonc.JSON, 1 if source.text.startswith(BOM) else 0)


def _faults(root: jsonc.Object) -> Iterator[tuple[Complaint, Node]]:
    nodes = root.entries()
    yield from _named(root, "the marketplace")
    if not isinstance(nodes.get("owner"), jsonc.Object):
        yield Complaint("`owner` must be a map with a `name`", "owner"), nodes.get("owner", root)
    plugins = nodes.get("plugins")
    if not isinstance(plugins, jsonc.Array):
        yield Complaint("`plugins` must be a list", "plugins"), plugins or root
        return
    metadata = nodes.get("metadata")
    rooted = isinstance(metadata, jsonc.Object) and "pluginRoot" in metadata.entries()
    for plugin in plugins.items:
        if not isinstance(plugin, jsonc.Object):
            yield Complaint("a plugin must be a map"), plugin
            continue
        yield from _named(plugin, "a plugin")
        yield from _source_faults(plugin, rooted=rooted)
        if "agents" in plugin.entries():
            yield from manifest_parts.path_faults("agents", plugin.entries()["agents"])


def _named(node: jsonc.Object, what: str) -> Iterator[tuple[Complaint, Node]]:
    name = node.entries().get("name")
    text = jsonc.value(name) if name else None
    if not isinstance(text, str) or not _PART.fullmatch(text):
        yield Complaint(f"the `name` of {what} must be of letters, digits, `.`, `_` and `-`, from a letter or digit on"), name or node


def _source_faults(plugin: jsonc.Object, *, rooted: bool) -> Iterator[tuple[Complaint, Node]]:
    node = plugin.entries().get("source")
    found = jsonc.value(node) if node else None
    if isinstance(found, dict) and node:
        if found.get("source") not in _FETCHED:
            yield Complaint("`source` is a path, or a map whose `source` says what to fetch"), node
    elif not isinstance(found, str):
        yield Complaint("`source` must say where the plugin is"), node or plugin
    elif ".." in PurePosixPath(found).parts or not (rooted or found.startswith("./")):
        yield Complaint("`source` must be a path that starts with `./` and has no `..`"), node or plugin
