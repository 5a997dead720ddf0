"""The hooks of a project or user of Cursor (SDK 1.0.32, its code): handlers by event, each with its matcher, in `hooks.json`.

https://cursor.com/docs/agent/hooks

It runs Claude Code's as well, where its user has switched that on, and finds the tools' names for their matchers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

_FOREIGN = HookFormat(Client("claude-code", "Cursor"))
BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    "cursor": HookFormat(
        Client("cursor", "Cursor", flat=True, typed=False, head={"version": 1}),
        (Place(".cursor/hooks.json"), Place(".claude/settings.json", native=False), Place(".claude/settings.local.json", native=False)),
        (Place(".cursor/hooks.json"),),
        others=((".claude/settings.json", _FOREIGN), (".claude/settings.local.json", _FOREIGN)),
    )
}
