"""Where the parts of a plugin of Cursor lie (documented): `.cursor-plugin/plugin.json`.

https://cursor.com/docs/plugins
"""

from __future__ import annotations

from agentconv.core.container import Container
from agentconv.parts.contained import Layout, Part

_LAYOUT = Layout(
    {
        "skills": Part("skills", "skills", "**/SKILL.md", dotted=False),
        "commands": Part("commands", "commands", "*.md", dotted=False),
        "servers": Part("mcpServers", "mcp.json", dotted=False),
    }
)
BY_FORMAT = {"cursor": Container((".cursor-plugin/plugin.json",), _LAYOUT.contents)}
