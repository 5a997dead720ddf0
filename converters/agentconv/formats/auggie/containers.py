"""Where the parts of a plugin of Auggie 0.36.0 lie (its code read): in folders, whatever its `.augment-plugin/plugin.json` says.

https://docs.augmentcode.com/cli/plugins

A plugin of Claude Code is one for it, too, where it has no file of its own. Each file in `hooks` is read, `settings.json` or not; of its
skills, this looks at those that are called SKILL.md.
"""

from __future__ import annotations

from agentconv.core.container import Container
from agentconv.core.dataclass import replace
from agentconv.formats.auggie.auggie import ID
from agentconv.parts.contained import Layout, Part

_LAYOUT = Layout(
    {
        "skills": Part("", "skills", "**/SKILL.md"),
        "commands": Part("", "commands", "**/*.md"),
        "servers": Part("", ".mcp.json"),
        "hooks": Part("", "hooks", "**/*.json"),
        "instructions": Part("", "rules", "**/*.md"),
    }
)
_OTHERS = replace(_LAYOUT, native=False)
BY_FORMAT = {
    ID: Container((".augment-plugin/plugin.json",), _LAYOUT.contents, also={".claude-plugin/plugin.json": _OTHERS.contents}),
}
