"""Where the parts of a plugin of GitHub Copilot CLI 1.0.102 lie (asked): `.plugin/plugin.json` and two other places, in this order.

https://docs.github.com/copilot/concepts/agents/copilot-cli/about-cli-plugins

`skills` and `commands` take the place of the folders that are called so; a value of another type, or a path that leads out of the plugin,
keeps all of it out. Servers come from `.mcp.json`; what the file itself says of them was not seen to do anything beside that.
A `plugin.json` with the `$schema` of Agent Plugins is one of these (asked).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.container import Container
from agentconv.core.dataclass import replace
from agentconv.parts.contained import AGENT_PLUGIN, AGENT_PLUGINS, Layout, Part, is_agent_plugin

if TYPE_CHECKING:
    from agentconv.core.container import Contents, There
    from agentconv.core.source import SourceText

_FILES = (".plugin/plugin.json", ".github/plugin/plugin.json", AGENT_PLUGIN)
_LAYOUT = Layout(
    {
        "skills": Part("skills", "skills", "**/SKILL.md", dotted=False),
        "commands": Part("commands", "commands", "*.md", dotted=False),
        "servers": Part("", ".mcp.json"),
    },
    strict=True,
)


def _contents(source: SourceText, there: There) -> Contents:
    """Return what a plugin's file says, which may be that of an Agent Plugin."""
    portable = source.path == AGENT_PLUGIN and is_agent_plugin(source)
    return (AGENT_PLUGINS if portable else _LAYOUT).contents(source, there)


_OTHERS = replace(_LAYOUT, native=False)
BY_FORMAT = {"copilot": Container(_FILES, _contents, also={".claude-plugin/plugin.json": _OTHERS.contents})}
