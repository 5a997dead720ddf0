"""Skills of Roo Code 3.54: `.roo/skills/<name>/SKILL.md`, by the letter of https://agentskills.io/specification.

https://docs.roocode.com/features/skills

gray-matter reads the header, without a repair; a name that is not that of its folder, or not legal, drops the skill. Skills in
`.roo/skills-<mode>` are for that mode, and win over others there; nothing in a skill says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families import gray_matter
from agentconv.families.keys import Refused
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import JS_YAML_3

if TYPE_CHECKING:
    from agentconv.core.ir import Json

ID = "roo"
_NAME = expression(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 64


def _description(value: Json) -> str:
    text = keys.required_text("description")(value)
    if not text.strip():
        raise Refused("`description` must not be blank", key="description")
    return text


def _bad_name(name: str) -> str | None:
    if _NAME.fullmatch(name) and len(name) <= _LONGEST_NAME:
        return None
    return f"`name` must be small letters, digits and single dashes, at most {_LONGEST_NAME}"


_PLACES = (
    Place(".roo/skills", "*/SKILL.md"),
    Place(".roo", "skills-*/*/SKILL.md", partial=True),
    Place(".agents/skills", "*/SKILL.md", native=False),
    Place(".agents", "skills-*/*/SKILL.md", native=False, partial=True),
)
BY_FORMAT = {
    ID: Client(
        ID,
        "Roo Code",
        _PLACES,
        _PLACES,
        gray_matter.find,
        {"description": keys.key("description", _description)},
        grammar=JS_YAML_3,
        bad_name=_bad_name,
        legal_name=lambda name: name if _bad_name(name) is None else names.slug(name),
        longest_description=1024,
        named_as_folder=True,
    )
}
