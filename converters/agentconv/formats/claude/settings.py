"""The settings of Claude Code 2.1.329 (asked, key by key): one value of another type than it wants, and nothing of the file is applied.

https://code.claude.com/docs/en/settings

Neither its rules nor its hooks are, and servers that it switches off are started. Some keys are passed over alone, and so are hooks on an
event that can hold no tool, and an entry among the rules that is none.
"""

from __future__ import annotations

from agentconv.core.diagnostics import Effect
from agentconv.parts.settings_files import SettingsFormat

BY_FORMAT = {
    "claude-code": SettingsFormat("claude-code", (".claude/settings.json", ".claude/settings.local.json"), Effect.DROPS_ALL),
}
