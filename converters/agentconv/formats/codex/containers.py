"""Where the parts of a plugin of Codex 0.169.0 lie (asked): `.codex-plugin/plugin.json`, and in a plugin of Claude Code the same.

https://developers.openai.com/codex/plugins

Paths that start with `./` take the place of `skills/` and `.mcp.json`; what is none is passed over. It has no agents; of
a command, its installer makes a skill `source-command-<name>`, which is not read here.
"""

from __future__ import annotations

from agentconv.core.container import Container
from agentconv.core.dataclass import replace
from agentconv.parts.contained import Layout, Part

_LAYOUT = Layout({"skills": Part("skills", "skills", "**/SKILL.md"), "servers": Part("mcpServers", ".mcp.json")})
_OTHERS = replace(_LAYOUT, native=False)
BY_FORMAT = {"codex": Container((".codex-plugin/plugin.json",), _LAYOUT.contents, also={".claude-plugin/plugin.json": _OTHERS.contents})}
