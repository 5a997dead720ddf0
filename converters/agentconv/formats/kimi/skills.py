"""Skills of Kimi Code 2.1.0 (its code read): a SKILL.md anywhere below its folders, called by the name in its header.

https://moonshotai.github.io/kimi-code/en/customization/skills.html

The header is found as an agent's is. Three spellings of a key are one, and the last that stands there counts. Of a `flow` and a
`reference` the model is told nothing. A file `<name>.md` that lies in the folder itself is a skill, too, which needs no header; none is
written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.part_format import PartsRead, Place
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Refused
from agentconv.formats.kimi import kimi
from agentconv.parts.placeholders.languages import OF_FORMAT
from agentconv.parts.skills import keys, reading
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartSource
    from agentconv.core.parts import Skill

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


def _first_line(body: str) -> str | None:
    """Return what the client shows of a file without a description."""
    found = next(filter(None, (line.strip(SPACE) for line in body.split("\n"))), None)
    return None if found is None else found if len(found) <= _SHOWN_OF_BODY else f"{found[: _SHOWN_OF_BODY - 1]}\u2026"


@dataclass(frozen=True, slots=True)
class _Skills(Client):
    """Its format of skills."""

    def read(self, source: PartSource) -> PartsRead[Skill]:
        """Read a skill's folder, or the one file that is a skill."""
        if source.text.path == source.place.holds(reading.FILE):
            return PartsRead()
        return reading.read(self if source.place.pattern != _FLAT else self._of_one_file(source.text.text), source)

    def _of_one_file(self, text: str) -> Client:
        """Return what it makes of a file that is a skill: nothing is wanted of its header but that it is closed."""
        bare = text.partition("\n")[0].strip(SPACE) != "---"
        table = {**self.keys, "description": keys.key("description", lambda value: _filled(value) or None)}
        more: dict[str, Any] = {"name_from": "either", "read_name": _filled, "described": _first_line}
        return replace(self, keys=table, needs_description=False, bare=bare, **more)


def _filled(value: Json) -> str:
    return value.strip(SPACE) if isinstance(value, str) else ""


_ANY, _FLAT = "**/SKILL.md", "*.md"
_SHOWN_OF_BODY = 240
_FOLDERS = {".kimi-code/skills": True, ".agents/skills": False}
_PLACES = tuple(Place(folder, pattern, native=own) for pattern in (_ANY, _FLAT) for folder, own in _FOLDERS.items())
BY_FORMAT = {
    kimi.ID: _Skills(
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
