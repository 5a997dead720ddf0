"""Agent Plugins 1.0.0: `plugin.json` at the root of a folder with skills and MCP servers; there are no agents in it.

https://agent-plugins.org/specification

Strict JSON. `$schema` says that it is one; the name has lower-case letters, digits, `-` and `.`; any wrong type keeps the whole plugin
out, while a key that is unknown is passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.names import slug
from agentconv.families.manifest import Manifest
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.format import ReadResult
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node

ID = "agent-plugin"
SCHEMA = "https://agent-plugins.org/schemas/1.0.0/plugin.schema.json"
LONGEST_NAME = 64
_NAME = expression(r"(?!.*(?:--|\.\.))[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_TEXTS = ("version", "description", "homepage", "repository", "license")
_AUTHOR = ("name", "email", "url")


def _is_name(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME and _NAME.fullmatch(value) is not None


def _is_author(value: Json) -> bool:
    return isinstance(value, dict) and all(key in _AUTHOR and isinstance(item, str) for key, item in value.items())


def _faults(nodes: Mapping[str, Node]) -> Iterator[tuple[Complaint, Node | None]]:
    values = {key: jsonc.value(node) for key, node in nodes.items()}
    if values.get("$schema") != SCHEMA:
        yield Complaint(f"`$schema` must be `{SCHEMA}`", "$schema"), nodes.get("$schema")
    if not _is_name(values.get("name")):
        yield Complaint("`name` must be up to 64 lower-case letters, digits, `-` and `.`, none of these twice", "name"), nodes.get("name")
    for key in _TEXTS:
        if key in values and not isinstance(values[key], str):
            yield Complaint(f"`{key}` must be text", key), nodes[key]
    if "author" in values and not _is_author(values["author"]):
        yield Complaint("`author` must be a map with a `name`, `email` and `url`, each text", "author"), nodes["author"]
    keywords = values.get("keywords", [])
    if not isinstance(keywords, list) or not all(isinstance(word, str) for word in keywords):
        yield Complaint("`keywords` must be a list of texts", "keywords"), nodes["keywords"]


def _legal(name: str) -> str:
    return name if _is_name(name) else re.sub(r"-+", "-", slug(name).replace("_", "-")).strip("-")[:LONGEST_NAME].strip("-")


MANIFEST = Manifest(
    "plugin.json",
    "plugin",
    ("name", "version", "description", "author", "license"),
    {"$schema": SCHEMA, "name": "agents"},
    _faults,
    _legal,
    bom=True,
)
SPEC = FormatSpec(id=ID, client="Agent Plugin", holds=frozenset(), legal_name=str)
INDEX = MANIFEST.index()


def read(source: SourceText) -> ReadResult:
    """Read `plugin.json`: what it says of the plugin."""
    return MANIFEST.report(SPEC, source)
