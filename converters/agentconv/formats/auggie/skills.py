"""Skills of Auggie 0.36.0 (its code read): a SKILL.md anywhere below its folders, called by the name in its header.

https://docs.augmentcode.com/cli/skills

js-yaml reads the header, and values of any type are text. A skill whose name or description is missing or not legal is not there; the name
need not be that of its folder. It looks into the folders of Claude Code and into `.agents`, too, and knows no key that keeps a skill to
the user. A skill can be sent as a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families.keys import Refused
from agentconv.formats.auggie.auggie import FOLDERS, ID, find, text_of
from agentconv.parts.skills import keys, specified
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from agentconv.core.ir import Json


def _required(name: str, value: Json) -> str:
    found = text_of(value)
    if not found:
        raise Refused(f"`{name}` must not be empty", key=name)
    return found


_PLACES = tuple(Place(f"{folder}/skills", "**/SKILL.md", native=own) for folder, own in FOLDERS.items())
BY_FORMAT = {
    ID: Client(
        ID,
        "Auggie",
        _PLACES,
        _PLACES,
        find,
        {"description": keys.key("description", lambda value: _required("description", value))},
        grammar=JS_YAML_4,
        read_name=lambda value: _required("name", value),
        bad_name=specified.bad_name,
        legal_name=specified.legal_name,
        longest_description=specified.LONGEST_DESCRIPTION,
    )
}
