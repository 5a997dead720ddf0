"""Skills of Factory Droid 0.215.0: `.factory/skills/<folder>/SKILL.md`, called by the name in its header.

https://docs.factory.ai/cli/configuration/skills

The header is found and repaired as a droid's is. One value of a wrong type in a key that the client knows turns the skill off, and so do
a name that is not legal and an empty body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families.keys import Refused
from agentconv.families.value_checks import is_text, is_texts
from agentconv.formats.droid import droid, lines
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json, ToolGrant

ID = "droid"
_NAME = expression(r"(?=.*[a-z0-9])[a-z0-9-]+")
_STARTERS = keys.Starters()


def _grants(value: Json) -> tuple[ToolGrant, ...] | None:
    if not is_text(value) and not is_texts(value):
        raise Refused("tools are a list, or text with commas", key="allowed-tools")
    return keys.grants(ID, value)


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Take out the other spelling of the tools, and refuse what is neither true nor false where that is to be said."""
    for key in (*_STARTERS.names, "enabled"):
        if not isinstance(header.get(key, True), bool):
            raise Refused(f"`{key}` must be true or false", key=key)
    if "tools" not in header:
        return {}
    found = _grants(header.pop("tools"))
    return {"approved_tools": found} if found and "allowed-tools" not in header else {}


def _bad_name(name: str) -> str | None:
    return None if _NAME.fullmatch(name) else "`name` must be small letters, digits and dashes"


_PLACES = (
    Place(".factory/skills", "*/SKILL.md"),
    Place(".agents/skills", "*/SKILL.md", native=False),
    Place(".agent/skills", "*/SKILL.md", native=False),
)
BY_FORMAT = {
    ID: Client(
        ID,
        "Factory Droid",
        _PLACES,
        _PLACES,
        droid.find,
        {
            "description": keys.key("description", keys.required_text("description")),
            "allowed-tools": keys.key("approved_tools", _grants, keys.tokens),
        },
        fallback=lines.rewritten,
        repairs_all=True,
        grammar=JS_YAML_4,
        starters=_STARTERS,
        lift=_lift,
        bad_name=_bad_name,
        legal_name=lambda name: name if _bad_name(name) is None else names.slug(name),
        needs_body=True,
    )
}
