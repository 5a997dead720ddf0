"""`gemini-extension.json`: what Gemini CLI 0.61.0 wants of the file that makes a folder an extension (asked).

https://geminicli.com/docs/extensions/reference

Strict JSON without a byte order mark. `name`, of letters, digits and `-`, and `version` are required; a wrong one keeps the whole
extension out. Agents are those of the folder `agents`, whatever the file says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.names import slug
from agentconv.families.manifest import Manifest
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.json.jsonc import Node

_NAME = expression(r"[A-Za-z0-9-]+")


def _faults(nodes: Mapping[str, Node]) -> Iterator[tuple[Complaint, Node | None]]:
    for key in ("name", "version"):
        node = nodes.get(key)
        value = jsonc.value(node) if node else None
        if not value:
            yield Complaint(f"there is no `{key}`", key), node
        elif key == "name" and not _NAME.fullmatch(str(value)):
            yield Complaint("`name` must be letters, digits and `-`", key), node


def _legal(name: str) -> str:
    return name if _NAME.fullmatch(name) else slug(name).replace("_", "-")


MANIFEST = Manifest(
    "gemini-extension.json",
    "extension",
    ("name", "version", "description"),
    {"name": "agents", "version": "1.0.0"},
    _faults,
    _legal,
)
