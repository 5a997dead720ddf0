"""Commands of Cline 3.0.65 (its code read): workflows, `.clinerules/workflows/<name>.md`, sent as they stand.

https://docs.cline.bot/features/slash-commands/workflows

The header is read as a skill's: a name takes the place of the file's, and one that does not parse costs the workflow, as does a file
without a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families.keys import Refused
from agentconv.formats.cline import skills
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import PLAIN
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json


def _switches(header: dict[str, Json]) -> Mapping[str, object]:
    """Refuse a word on whether the workflow is there that is neither true nor false."""
    for key in ("disabled", "enabled"):
        if header.get(key) is not None and not isinstance(header[key], bool):
            raise Refused(f"`{key}` must be true or false", key=key)
    return {}


BY_FORMAT = {
    "cline": Client(
        "cline",
        "Cline",
        (Place(".clinerules/workflows", "*.md"), Place(".cline/workflows", "*.md")),
        (Place(".cline/workflows", "*.md"), Place("Documents/Cline/Workflows", "*.md")),
        {".md": Markdown(skills.find, grammar=YAML_2)},
        PLAIN,
        {},
        lift=_switches,
        name_key="name",
        legal_name=flat.name,
        needs_body=True,
        keeps_unknown=True,
    )
}
