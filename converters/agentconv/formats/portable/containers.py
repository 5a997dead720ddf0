"""Where the parts of an Agent Plugin 1.0.0 lie: in `skills/` and `mcp.json`, whatever its own file says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.container import Container, Contents, Fault
from agentconv.formats.portable import plugin, servers, skills
from agentconv.parts.contained import is_agent_plugin

if TYPE_CHECKING:
    from agentconv.core.container import There
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import Place
    from agentconv.core.source import SourceText

_PLACES: dict[Kind, tuple[Place, ...]] = {
    "skills": skills.BY_FORMAT[plugin.ID].project,
    "servers": servers.BY_FORMAT[plugin.ID].project,
}


def contents(source: SourceText, _there: There) -> Contents:
    """Return what a plugin's own file says of its parts."""
    found = plugin.MANIFEST.problems(source)
    return Contents(plugin.MANIFEST.about(source).name, _PLACES, problem=Fault(*found[0]) if found else None)


BY_FORMAT = {plugin.ID: Container((plugin.MANIFEST.path,), contents, is_one=is_agent_plugin)}
