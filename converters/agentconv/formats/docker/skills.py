"""Skills of Docker Agent (its loader at 0d76412, run): everybody's folder and Claude Code's, for agents that say `skills: true`.

https://docs.docker.com/ai/docker-agent/features/skills/

A name and a description of one word or line are text, whatever else they could be; a key of another kind that it knows costs the skill,
and so does a key that is there twice. No key keeps a skill from the model. Files beside SKILL.md are not shown to it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families.frontmatter import Header
from agentconv.families.keys import Refused
from agentconv.formats.docker.docker_agent import ID
from agentconv.parts.skills import keys, specified
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

_FENCE = "---"
_CLOSED = expression(r"(?:\r\n|\r|\n)---[^\r\n]*(?:\r\n|\r|\n|\Z)")
_TEXTS = ("license", "compatibility")


def _find(source: SourceText) -> Header | Complaint:
    """Find the header between what begins the file and the next line that begins alike; a sign behind the first is passed over."""
    closed = _CLOSED.search(source.text, len(_FENCE)) if source.text.startswith(_FENCE) else None
    if closed is None or not source.decodable:
        return Complaint("the file does not start with a header between two lines `---`")
    start = min(len(_FENCE) + (2 if source.text.startswith("\r\n", len(_FENCE)) else 1), closed.start())
    return Header(source, start, closed.start(), closed.end(), lone_cr=True)


def _text(name: str, value: Json) -> str:
    """Return a value as the client makes text of it."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or value == "" or isinstance(value, (dict, list)):
        raise Refused(f"`{name}` must be text that is not empty", key=name)
    return str(value)


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Refuse what informs people where it costs the skill."""
    for name in _TEXTS:
        if isinstance(header.get(name), (dict, list)):
            raise Refused(f"`{name}` must be text", key=name)
    metadata = header.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise Refused("`metadata` is a map", key="metadata")
    tools = header.get("allowed-tools")
    if isinstance(tools, dict) or (isinstance(tools, list) and any(isinstance(one, (dict, list)) for one in tools)):
        raise Refused("`allowed-tools` is a list, or text with commas", key="allowed-tools")
    return {}


def _at(path: str, pattern: str = "*/SKILL.md") -> Place:
    return Place(path, pattern, native=False)


BY_FORMAT = {
    ID: Client(
        ID,
        "Docker Agent",
        (_at(".agents/skills"), _at(".claude/skills")),
        (_at(".agents/skills", "**/SKILL.md"), _at(".claude/skills"), _at(".codex/skills", "**/SKILL.md")),
        _find,
        {"description": keys.key("description", partial(_text, "description"))},
        grammar=YAML_2,
        lift=_lift,
        read_name=partial(_text, "name"),
        legal_name=specified.legal_name,
    )
}
