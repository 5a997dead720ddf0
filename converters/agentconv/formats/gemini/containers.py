"""Where the parts of an extension of Gemini CLI 0.61.0 lie (asked): in its folders, and the servers in its own file.

https://geminicli.com/docs/extensions/reference
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.container import Container, Contents, Fault
from agentconv.core.dataclass import replace
from agentconv.formats.gemini import commands, servers, skills
from agentconv.formats.gemini.extension_index import MANIFEST

if TYPE_CHECKING:
    from agentconv.core.container import There
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import Place
    from agentconv.core.source import SourceText

ID = "gemini-extension"
_PLACES: dict[Kind, tuple[Place, ...]] = {
    "skills": skills.BY_FORMAT[ID].project,
    "commands": commands.BY_FORMAT[ID].project,
    "servers": tuple(replace(place, at="/mcpServers") for place in servers.BY_FORMAT[ID].project),
}


def contents(source: SourceText, _there: There) -> Contents:
    """Return what an extension's own file says of its parts."""
    found = MANIFEST.problems(source)
    return Contents(MANIFEST.about(source).name, _PLACES, problem=Fault(*found[0]) if found else None)


BY_FORMAT = {ID: Container((MANIFEST.path,), contents)}
