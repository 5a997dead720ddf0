"""The rules of a project or user of Gemini CLI 0.61.0 and Qwen Code 0.24.4 (read in their bundles): lists in settings.json.

https://geminicli.com/docs/reference/configuration, https://qwenlm.github.io/qwen-code-docs/en/users/configuration/settings/

Gemini reads no policies of a project (`disableWorkspacePolicies`), so that of its files only the lists of tools hold there: a name with a
pattern in `tools.exclude` is the name of no tool. Qwen has `permissions` as Claude Code has them, and heeds the older lists, too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Effect
from agentconv.core.part_format import Place
from agentconv.formats.gemini import policies
from agentconv.json.jsonc import Syntax
from agentconv.parts.permissions import ignore_files, lists, wider
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_COMMENTS = Syntax(comments=True)


def _of_gemini(server: str, tool: str | None) -> str | None:
    """Name a server's tools: a star stands for all of them, and within a name for nothing but itself."""
    return None if set(f"{server}{tool}") & set("*?") else f"mcp_{server}_{tool or '*'}"


def _of_qwen(server: str, tool: str | None) -> str | None:
    """Name a server's tools: a star at the end of a name stands for any text, and before that for itself."""
    if set(f"{server}{tool or ''}".removesuffix("*")) & set("*?"):
        return None
    return f"mcp__{server}__{tool}" if tool else f"mcp__{server}"


def _outside(text: str) -> tuple[tuple[str, str], ...]:
    """Return what closes a folder outside: its paths are spelled as in Claude Code."""
    return tuple((word, text) for word in ("Read", "Edit"))


GEMINI = Client("gemini-cli", "Gemini CLI", policies.rule, server=_of_gemini)
QWEN = Client(
    "qwen-code",
    "Qwen Code",
    partial(lists.rule, "qwen-code"),
    words={
        "fs.read": ("Read",),
        "fs.search": ("Grep",),
        "fs.list": ("Glob", "ListFiles"),
        "fs.write": ("Edit",),
        "fs.edit": ("Edit",),
        "notebook.edit": ("Edit",),
        "shell": ("Bash", "Monitor"),
        "web.fetch": ("WebFetch",),
        "web.search": ("WebSearch",),
    },
    patterns={"command": ("command", wider.as_words), "path": ("path", wider.as_picomatch)},
    server=_of_qwen,
    outside=_outside,
    asks_for_rest=True,
)


_OTHERS = (".agentignore", ".aiignore")
"""Files of that kind which Qwen Code looks for besides its own, unless settings name others."""


def _places(folder: str) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    path = f"{folder}/settings.json"
    return (Place(path, trusted=True, mixed=True), Place(f"{folder}ignore")), (Place(path, mixed=True),)


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    "gemini-cli": PermissionFormat(
        GEMINI,
        lists.Lists(
            "gemini-cli",
            {("tools", "allowed"): "allow", ("tools", "confirmationRequired"): "ask", ("tools", "exclude"): "deny"},
            mode=("general", "defaultApprovalMode"),
            syntax=_COMMENTS,
            broken=Effect.STOPS,
            core=("tools", "core"),
            read=policies.rule,
        ),
        _places(".gemini")[0],
        (*_places(".gemini")[1], Place(".gemini/policies", "*.toml")),
        elsewhere=((".geminiignore", ignore_files.reader("gemini-cli")), (".toml", policies.Policies)),
    ),
    "gemini-extension": PermissionFormat(
        replace(GEMINI, format="gemini-extension", effects=frozenset({"deny"})),
        lists.Lists("gemini-extension", {("excludeTools",): "deny"}, read=policies.rule),
        (Place("gemini-extension.json", mixed=True), Place("policies", "*.toml")),
        elsewhere=((".toml", policies.of_extension),),
    ),
    "qwen-code": PermissionFormat(
        QWEN,
        lists.Lists(
            "qwen-code",
            {
                ("permissions", "allow"): "allow",
                ("permissions", "ask"): "ask",
                ("permissions", "deny"): "deny",
                ("tools", "allowed"): "allow",
                ("tools", "exclude"): "deny",
                ("tools", "disabled"): "deny",
            },
            mode=("tools", "approvalMode"),
            table=("permissions",),
            syntax=_COMMENTS,
            core=("tools", "core"),
        ),
        (*_places(".qwen")[0], *(Place(name, native=False) for name in _OTHERS)),
        _places(".qwen")[1],
        elsewhere=tuple((name, ignore_files.reader("qwen-code")) for name in (".qwenignore", *_OTHERS)),
    ),
}
