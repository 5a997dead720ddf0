"""Where the parts of a plugin of Codex 0.169.0 lie (asked): `.codex-plugin/plugin.json`, and in a plugin of Claude Code the same.

Of an Agent Plugin it takes what there is in such, and passes over a plugin of Claude Code in the same folder (asked).

https://developers.openai.com/codex/plugins

Paths that start with `./` take the place of `skills/` and `.mcp.json`; what is none is passed over. It has no agents; of
a command, its installer makes a skill `source-command-<name>`, which is not read here.
"""

from __future__ import annotations

from agentconv.core.container import Container
from agentconv.core.dataclass import replace
from agentconv.parts.contained import AGENT_PLUGIN, AGENT_PLUGINS, Layout, Part, is_agent_plugin

_LAYOUT = Layout({"skills": Part("skills", "skills", "**/SKILL.md"), "servers": Part("mcpServers", ".mcp.json")})
_OTHERS = replace(_LAYOUT, native=False)
_OWN = replace(_LAYOUT, parts={**_LAYOUT.parts, "hooks": Part("hooks", "hooks/hooks.json")})
BY_FORMAT = {
    "codex": Container(
        (".codex-plugin/plugin.json",),
        _OWN.contents,
        also={AGENT_PLUGIN: AGENT_PLUGINS.contents, ".claude-plugin/plugin.json": _OTHERS.contents},
        is_one=lambda source: source.path != AGENT_PLUGIN or is_agent_plugin(source),
    )
}
