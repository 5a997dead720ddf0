"""Skills of Kimi Code 2.1.0 (its code read): a SKILL.md anywhere below its folders, called by the name in its header.

https://moonshotai.github.io/kimi-code/en/customization/skills.html

The header is found as an agent's is. Three spellings of a key are one, and the last that stands there counts. Of a `flow` and a
`reference` the model is told nothing. The client also takes a file `<name>.md` that lies in the folder itself for a skill.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.part_format import Place
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Refused
from agentconv.formats.kimi import kimi
from agentconv.parts.placeholders.languages import OF_FORMAT
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json

_TYPES = ("prompt", "inline", "flow", "reference")
_STARTERS = keys.Starters(model_only=None, also=("disable_model_invocation", "disableModelInvocation"))
_WHEN = ("whenToUse", "when-to-use", "when_to_use")
SHOWN = 250
"""Characters of a description that the model is shown."""


def _required(name: str, value: Json) -> str:
    if not isinstance(value, str) or not value.strip(SPACE):
        raise Refused(f"`{name}` must be text that is not empty", key=name)
    return value.strip(SPACE)


def _arguments(value: Json) -> tuple[str, ...] | None:
    found = re.split(rf"[{SPACE}]+", value) if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(one for one in found if isinstance(one, str) and one.strip(SPACE) and not one.isdecimal()) or None


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Take out what says when to use a skill, in any spelling, and refuse a type that the client does not have."""
    kind = header.get("type")
    if isinstance(kind, str) and kind.strip(SPACE) and kind.strip(SPACE) not in _TYPES:
        raise Refused(f"`type` must be one of {', '.join(_TYPES)}", key="type")
    said = [key for key in header if key in _WHEN]
    when = header[said[-1]] if said else None
    if not isinstance(when, str) or not when:
        return {}
    for key in said:
        del header[key]
    return {"when_to_use": when}


_ANY = "**/SKILL.md"
_PLACES = (Place(".kimi-code/skills", _ANY), Place(".agents/skills", _ANY, native=False))
BY_FORMAT = {
    kimi.ID: Client(
        kimi.ID,
        "Kimi Code",
        _PLACES,
        _PLACES,
        kimi.find,
        {
            "description": keys.key("description", lambda value: _required("description", value)),
            "whenToUse": keys.key("when_to_use", lambda value: keys.text_if(value) or None),
            "arguments": keys.key("arguments", _arguments, list),
        },
        grammar=JS_YAML_4,
        starters=_STARTERS,
        lift=_lift,
        read_name=lambda value: _required("name", value),
        legal_name=lambda name: name.strip(SPACE) or names.slug(name),
        shown_description=SHOWN,
        language=OF_FORMAT[kimi.ID],
    )
}
