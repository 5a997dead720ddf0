"""Where the parts of a plugin of Cursor lie (`discoverComponents` in its SDK 1.0.32): `.cursor-plugin/plugin.json`, or an Agent Plugin.

https://cursor.com/docs/plugins

A plugin of Claude Code is one for it, too, where it has no file of its own (`manifestPaths`); the hooks of such a one are not read here.
"""

from __future__ import annotations

from agentconv.core.container import Container
from agentconv.parts.contained import AGENT_PLUGIN, AGENT_PLUGINS, Layout, Part, is_agent_plugin

_LAYOUT = Layout(
    {
        "skills": Part("skills", "skills", "*/SKILL.md", dotted=False),
        "commands": Part("commands", "commands", "**/*.md", dotted=False),
        "servers": Part("mcpServers", "mcp.json", dotted=False),
        "hooks": Part("hooks", "hooks/hooks.json", dotted=False),
        "instructions": Part("rules", "rules", "**/*.mdc", dotted=False),
    }
)
_OTHERS = Layout(
    {
        "skills": _LAYOUT.parts["skills"],
        "commands": _LAYOUT.parts["commands"],
        "servers": Part("mcpServers", ".mcp.json", dotted=False),
    },
    native=False,
)
BY_FORMAT = {
    "cursor": Container(
        (".cursor-plugin/plugin.json",),
        _LAYOUT.contents,
        also={AGENT_PLUGIN: AGENT_PLUGINS.contents, ".claude-plugin/plugin.json": _OTHERS.contents},
        is_one=lambda source: source.path != AGENT_PLUGIN or is_agent_plugin(source),
    )
}
