"""Skills of an Agent Plugin 1.0.0: `skills/<name>/SKILL.md` as the Agent Skills specification has it.

https://agentskills.io/specification

What is in a header besides the specification's keys, each reader takes or passes over in its own way: Copilot, Qwen and Cursor keep a skill
to the user that says so, Codex and Cline do not. So nothing of that is held here.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.families import gray_matter
from agentconv.families.keys import Refused
from agentconv.parts.skills import keys, specified
from agentconv.parts.skills.client import Client

ID = "agent-plugin"


def _description(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused("`description` must be text that is not empty", key="description")
    return value


BY_FORMAT = {
    ID: Client(
        ID,
        "an Agent Plugin's reader",
        (Place("skills", "*/SKILL.md"),),
        (),
        gray_matter.find,
        {"description": keys.key("description", _description)},
        bad_name=specified.bad_name,
        legal_name=specified.legal_name,
        named_as_folder=True,
        longest_description=specified.LONGEST_DESCRIPTION,
    )
}
