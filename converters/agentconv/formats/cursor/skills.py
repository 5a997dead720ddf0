"""Skills of Cursor (SDK 1.0.32): a SKILL.md anywhere below its folders, read with gray-matter.

https://cursor.com/docs/context/skills

Its own agents' headers are lines, a skill's is YAML. Only a description that is text and not empty makes a skill. With a setting of the
user's, the client reads the folders of Claude Code and Codex, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families import gray_matter
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Refused
from agentconv.families.value_checks import is_text, is_texts
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import JS_YAML_3

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json

ID = "cursor"
SHOWN = 1536
"""Characters of a description that the client shows."""


def _name(value: Json) -> str:
    return value.strip(SPACE) if isinstance(value, str) else ""


def _description(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`description` must be text that is not empty", key="description")
    return value


def _globs(value: Json) -> tuple[str, ...] | None:
    if not is_text(value) and not is_texts(value):
        raise Ignored("globs are a list, or text with commas")
    return keys.texts_if(value)


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Take out the other spelling of the globs, which counts where the usual one is silent."""
    if header.get("paths") is not None or not (is_text(header.get("globs")) or is_texts(header.get("globs"))):
        return {}
    found = keys.texts_if(header.pop("globs"))
    return {"paths": found} if found else {}


_ANY = "**/SKILL.md"
_OTHERS = (".claude/skills", ".codex/skills", ".grok/skills")
"""Other assistants' folders, which it reads where its setting for them is on (its code)."""
_PLACES = (Place(".cursor/skills", _ANY), Place(".agents/skills", _ANY, native=False))
BY_FORMAT = {
    ID: Client(
        ID,
        "Cursor",
        _PLACES,
        _PLACES,
        gray_matter.find,
        {"description": keys.key("description", _description), "paths": keys.key("paths", _globs, list)},
        grammar=JS_YAML_3,
        perhaps=tuple(Place(folder, _ANY, native=False, optional=True) for folder in _OTHERS),
        starters=keys.Starters(model_only=None),
        lift=_lift,
        name_from="either",
        read_name=_name,
        shown_description=SHOWN,
    )
}
