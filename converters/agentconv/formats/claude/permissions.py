"""The rules of a project or user of Claude Code 2.1.329 (asked): `permissions` in settings.json.

https://code.claude.com/docs/en/permissions

What is denied goes before what asks, and that before what is allowed. A wrong value, such as a mode that there is not, costs all rules of
the file, with what they deny. A plugin's settings have no rules.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import effects
from agentconv.core.part_format import Place
from agentconv.parts.permissions import lists, wider
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_ID = "claude-code"


def _server(server: str, tool: str | None) -> str:
    """Name a server's tools as the client does: a rule in other letters is about none of them, and a star stands for any text (asked)."""
    return "__".join(("mcp", _key(server), *([_key(tool)] if tool else [])))


def _key(name: str) -> str:
    return "*".join(map(effects.server_key, name.replace("?", "*").split("*")))


def _outside(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, text) for word in ("Read", "Edit"))


CLIENT = Client(
    _ID,
    "Claude Code",
    partial(lists.rule, _ID),
    patterns={"command": ("command", wider.as_prefixes), "path": ("path", wider.as_gitignore)},
    words={
        "fs.read": ("Read",),
        "fs.search": ("Grep",),
        "fs.list": ("Glob",),
        "fs.write": ("Edit", "Write"),
        "fs.edit": ("Edit",),
        "notebook.edit": ("Edit", "NotebookEdit"),
        "shell": ("Bash",),
    },
    holding={"fs.write": ("Edit",), "notebook.edit": ("Edit",)},
    server=_server,
    outside=_outside,
)
FILE = lists.Lists(
    _ID,
    {("permissions", "allow"): "allow", ("permissions", "ask"): "ask", ("permissions", "deny"): "deny"},
    mode=("permissions", "defaultMode"),
    folders=("permissions", "additionalDirectories"),
    table=("permissions",),
    extras=(("sandbox", "enabled"),),
)
BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    _ID: PermissionFormat(
        CLIENT,
        FILE,
        (Place(".claude/settings.json", mixed=True), Place(".claude/settings.local.json", mixed=True)),
        (Place(".claude/settings.json", mixed=True),),
    )
}
