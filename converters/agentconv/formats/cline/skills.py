"""Skills of Cline 3.0.65 (@cline/core 0.0.86): `.cline/skills/<folder>/SKILL.md`, called by the name in its header, or by its folder.

https://docs.cline.bot/features/skills

The header is YAML between two lines `---`; without one, all of the file is the skill. Names and descriptions are text, and a wrong type
drops the skill, as an empty body does. `disabled`, or `enabled: false`, turns a skill off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families import markdown
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Refused
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

ID = "cline"
_FRONTMATTER = expression(r"---\r?\n([\s\S]*?)(\r?\n)---\r?\n?")


def find(source: SourceText) -> Header | Complaint:
    """Find the header: between two lines `---`, the first of them the first line of the file."""
    found = _FRONTMATTER.match(source.text, markdown.strip_bom(source.text))
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=len(found[2]))


def _text(name: str, value: Json) -> str:
    if value is not None and not isinstance(value, str):
        raise Refused(f"`{name}` must be text", key=name)
    return (value or "").strip(SPACE)


_PLACES = (
    Place(".cline/skills", "*/SKILL.md"),
    Place(".clinerules/skills", "*/SKILL.md"),
    Place(".agents/skills", "*/SKILL.md", native=False),
)
BY_FORMAT = {
    ID: Client(
        ID,
        "Cline",
        _PLACES,
        (_PLACES[0], _PLACES[2]),
        find,
        {"description": keys.key("description", lambda value: _text("description", value) or None)},
        grammar=YAML_2,
        name_from="either",
        read_name=lambda value: _text("name", value),
        needs_description=False,
        bare=True,
        needs_body=True,
    )
}
