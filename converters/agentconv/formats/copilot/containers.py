"""Where the parts of a plugin of GitHub Copilot CLI 1.0.102 lie (asked): `.plugin/plugin.json` and two other places, in this order.

https://docs.github.com/copilot/concepts/agents/copilot-cli/about-cli-plugins

`skills` and `commands` take the place of the folders that are called so; a value of another type, or a path that leads out of the plugin,
keeps all of it out. Servers come from `.mcp.json`; what the file itself says of them was not seen to do anything beside that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.container import Container
from agentconv.core.dataclass import replace
from agentconv.parts.contained import Layout, Part

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

_FILES = (".plugin/plugin.json", ".github/plugin/plugin.json", "plugin.json")
_PORTABLE = "https://agent-plugins.org/schemas/"
_LAYOUT = Layout(
    {
        "skills": Part("skills", "skills", "**/SKILL.md", dotted=False),
        "commands": Part("commands", "commands", "*.md", dotted=False),
        "servers": Part("", ".mcp.json"),
    },
    strict=True,
)


def _is_one(source: SourceText) -> bool:
    """Whether it is a plugin of Copilot's own kind, rather than one that many read."""
    return _PORTABLE not in source.text


_OTHERS = replace(_LAYOUT, native=False)
BY_FORMAT = {
    "copilot": Container(_FILES, _LAYOUT.contents, also={".claude-plugin/plugin.json": _OTHERS.contents}, is_one=_is_one),
}
