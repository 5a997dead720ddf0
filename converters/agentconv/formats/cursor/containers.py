"""Where the parts of a plugin of Cursor lie (documented): `.cursor-plugin/plugin.json`, or an Agent Plugin (its code).

https://cursor.com/docs/plugins
"""

from __future__ import annotations

from agentconv.core.container import Container
from agentconv.parts.contained import AGENT_PLUGIN, AGENT_PLUGINS, Layout, Part, is_agent_plugin

_LAYOUT = Layout(
    {
        "skills": Part("skills", "skills", "**/SKILL.md", dotted=False),
        "commands": Part("commands", "commands", "*.md", dotted=False),
        "servers": Part("mcpServers", "mcp.json", dotted=False),
        "hooks": Part("hooks", "hooks/hooks.json", dotted=False),
        "instructions": Part("rules", "rules", "**/*.mdc", dotted=False),
    }
)
BY_FORMAT = {
    "cursor": Container(
        (".cursor-plugin/plugin.json",),
        _LAYOUT.contents,
        also={AGENT_PLUGIN: AGENT_PLUGINS.contents},
        is_one=lambda source: source.path != AGENT_PLUGIN or is_agent_plugin(source),
    )
}
