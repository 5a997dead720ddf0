"""The rules of a project or user of CodeBuddy Code 2.163.0 (asked): `permissions` in settings.json, JSON with comments.

https://www.codebuddy.ai/docs/cli/permissions

What is denied goes before all else, whatever the mode. A denied command is one at the start of a piece of a line: `sudo rm`, `$(rm x)` and
`/bin/rm` go past `Bash(rm:*)`, and `cat` past a denied `Read`. So no denied command of another client is held, and beside a denied path the
shell asks. Of paths, `./x` and `/x` deny nothing, though they are meant to. What is allowed is written nowhere, since an allowed line may
run what is denied in a piece that is not looked at.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.codebuddy.codebuddy import ID
from agentconv.json.jsonc import JSONC
from agentconv.parts.permissions import lists, wider
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet


def _server(server: str, tool: str | None) -> str | None:
    """Name a server's tools: a star stands for a whole name alone."""
    words = [one for one in (server, tool) if one is not None]
    return None if any(set(one) & set("*?") for one in words if one != "*") else "__".join(("mcp", *words))


CLIENT = Client(
    ID,
    "CodeBuddy",
    partial(lists.rule, ID),
    words={
        "fs.read": ("Read",),
        "fs.search": ("Grep",),
        "fs.list": ("Glob",),
        "fs.write": ("Edit", "Write"),
        "fs.edit": ("Edit",),
        "notebook.edit": ("Edit", "NotebookEdit"),
        "shell": ("Bash", "PowerShell", "Monitor", "REPL"),
        "web.fetch": ("WebFetch",),
        "web.search": ("WebSearch",),
    },
    holding={"fs.write": ("Edit",), "notebook.edit": ("Edit",)},
    effects=frozenset({"ask", "deny"}),
    patterns={"command": ("command", wider.as_prefixes), "path": ("path", wider.as_picomatch)},
    server=_server,
    asks_for_rest=True,
)
BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        CLIENT,
        lists.Lists(
            ID,
            {("permissions", "allow"): "allow", ("permissions", "ask"): "ask", ("permissions", "deny"): "deny"},
            mode=("permissions", "defaultMode"),
            folders=("permissions", "additionalDirectories"),
            table=("permissions",),
            syntax=JSONC,
        ),
        (Place(".codebuddy/settings.json", mixed=True), Place(".codebuddy/settings.local.json", mixed=True)),
        (Place(".codebuddy/settings.json", mixed=True),),
    )
}
