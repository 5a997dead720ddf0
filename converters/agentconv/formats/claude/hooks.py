"""The hooks of a project, a plugin or a user of Claude Code 2.1.329 (asked): groups of handlers by event, in `settings.json`.

https://code.claude.com/docs/en/hooks

In a folder that its user does not trust, none of them runs. Of an entry that is not as it should be, only that is lost; but where it is one
that could hold a tool, or stands outside of `hooks`, nothing of its file is applied, since it may guard the rules beside it (asked); and
nothing of the plugin, where it is in one, nor where `hooks` are no map or `description` is no text. What is no JSON, or says no `hooks`,
costs the hooks alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

_GUARDS = frozenset({"PreToolUse", "PermissionRequest"})
_TRUST = "they run in a folder that is trusted alone: say so when Claude Code asks"
BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    "claude-code": HookFormat(
        Client("claude-code", "Claude Code", whole=_GUARDS, astray=True, blank=True, trust=_TRUST),
        (Place(".claude/settings.json", trusted=True, mixed=True), Place(".claude/settings.local.json", trusted=True, mixed=True)),
        (Place(".claude/settings.json", mixed=True),),
        off=((("disableAllHooks",), True),),
    ),
    "claude-plugin": HookFormat(
        Client("claude-plugin", "Claude Code", whole=_GUARDS, astray=True, blank=True, plugin=True),
        (Place("hooks/hooks.json"),),
    ),
}
