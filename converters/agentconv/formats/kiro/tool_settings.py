"""Settings of single tools as Amazon Q and Kiro CLI write them: what of commands, paths and services is denied is a part of a tool.

The others say what is done unasked, and stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import patterns, vocabulary
from agentconv.core.ir import ToolGrant
from agentconv.families import keys
from agentconv.families.keys import ABSENT, Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent

_PATHS = ("fs.read", "fs.list", "fs.search", "fs.write", "fs.edit")
_DENIED: dict[str | None, str] = {"shell": "deniedCommands", **dict.fromkeys(_PATHS, "deniedPaths"), None: "deniedServices"}
"""By capability, the setting that has what is denied; of tools that no other client has, services."""


def key(format_id: str, name: str) -> Key:
    """Return the key of settings by tool."""

    def read(value: Any) -> Mapping[str, object]:
        table = keys.checked_table(format_id, name, value)
        return {"tools.deny": tuple(grant for word, settings in table.items() for grant in _denied(format_id, word, settings))}

    def says_more(value: Any) -> bool:
        return bool(_spelled(read(value)["tools.deny"]) != value)

    return Key(("tools.deny",), read, _write, says_more)


def _denied(format_id: str, word: str, settings: Any) -> Iterator[ToolGrant]:
    found = vocabulary.tool_word(format_id, word)
    if found is None or format_id not in found.owners:
        return
    for text in settings.get(_DENIED.get(found.capability), ()):
        yield ToolGrant(found.native, format_id, found.capability, patterns.spoken(format_id, found.native, text))


def _spelled(denied: Any) -> dict[str, Json]:
    settings: dict[str, Any] = {}
    for grant in denied:
        setting = _DENIED.get(grant.capability)
        if grant.pattern is not None and setting is not None:
            settings.setdefault(grant.native, {}).setdefault(setting, []).append(str(grant.pattern))
    return settings


def _write(agent: Agent) -> Json | Absent:
    return _spelled(agent.tools.deny) or ABSENT


def reads_back(format_id: str, grant: ToolGrant) -> bool:
    """Whether a denied part of a tool, written, is read as itself."""
    return [grant] == [one for word, settings in _spelled((grant,)).items() for one in _denied(format_id, word, settings)]
