"""Skills of deepagents-code 0.1.88 (the loader of deepagents asked): `.deepagents/skills/<folder>/SKILL.md`.

https://docs.langchain.com/oss/python/deepagents/skills

The header is found as an agent's is. Names and descriptions of any type are text; a name that the specification does not have, or that is
not its folder's, is only warned of. A skill of the same name in `.agents/skills` wins. No key keeps a skill from the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families.keys import Refused
from agentconv.formats.deepagents.deepagents import ID, find
from agentconv.parts.skills import keys, specified
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import PYYAML

if TYPE_CHECKING:
    from agentconv.core.ir import Json


def _text(name: str, value: Json) -> str:
    found = str(value).strip()
    if not found:
        raise Refused(f"`{name}` must not be empty", key=name)
    return found


_SHARED = Place(".agents/skills", "*/SKILL.md", native=False, wins=True)
BY_FORMAT = {
    ID: Client(
        ID,
        "deepagents-code",
        (Place(".deepagents/skills", "*/SKILL.md"), _SHARED),
        (Place(".deepagents/agent/skills", "*/SKILL.md"), _SHARED),
        find,
        {"description": keys.key("description", lambda value: _text("description", value))},
        grammar=PYYAML,
        perhaps=(Place(".claude/skills", "*/SKILL.md", native=False, optional=True),),
        read_name=lambda value: _text("name", value),
        legal_name=specified.legal_name,
        shown_description=specified.LONGEST_DESCRIPTION,
    )
}
"""The user's own folder is that of the agent that is used where none is named."""
