"""Skills of GitHub Copilot CLI 1.0.102: a SKILL.md anywhere below its folders, called by the name in its header, or by its folder.

https://docs.github.com/en/copilot/concepts/agents/about-agent-skills

The header is strict YAML with strict types, as an agent's is: a wrong one, null too, drops the skill. Blanks in a name become dashes.
Without a description, what the body says first is shown. The client also reads what lies in the folders of others.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families.keys import Refused
from agentconv.families.value_checks import is_text, is_texts
from agentconv.formats.copilot import copilot
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import SERDE_YAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json, ToolGrant

ID = "copilot"
LONGEST_NAME = 64
LONGEST_DESCRIPTION = 1024
SHOWN_LINES = 3
_NAME = expression(r"[A-Za-z0-9][A-Za-z0-9_.: -]*")
_STARTERS = keys.Starters()


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Refuse a word on who starts the skill that is neither true nor false."""
    for key in _STARTERS.names:
        if not isinstance(header.get(key, True), bool):
            raise Refused(f"`{key}` must be true or false", key=key)
    return {}


def _name(value: Json) -> str:
    name = keys.required_text("name")(value)
    if not _NAME.fullmatch(name):
        raise Refused("`name` must start with a letter or digit, and hold letters, digits, `-`, `_`, `.`, `:` and blanks only", key="name")
    return name.replace(" ", "-")


def _bad_name(name: str) -> str | None:
    return f"`name` is longer than {LONGEST_NAME} characters" if len(name) > LONGEST_NAME else None


def _legal_name(name: str) -> str:
    dashed = name.replace(" ", "-")
    return dashed if _NAME.fullmatch(dashed) and len(dashed) <= LONGEST_NAME else names.slug(name)


def _grants(value: Any) -> tuple[ToolGrant, ...] | None:
    if not is_text(value) and not is_texts(value):
        raise Refused("`allowed-tools` is text, or a list of names", key="allowed-tools")
    return keys.grants(ID, value)


def _described(body: str) -> str | None:
    """Return what is shown of a body: its first lines that are no headings."""
    lines = (line.strip() for line in body.split("\n"))
    return (
        " ".join(islice((line for line in lines if line and not line.startswith("#")), SHOWN_LINES))[:LONGEST_DESCRIPTION].strip() or None
    )


def _hint(value: Json) -> str:
    return keys.required_text("argument-hint")(value)


_ANY = "**/SKILL.md"
_SHARED = Place(".agents/skills", _ANY, native=False)
BY_FORMAT = {
    ID: Client(
        ID,
        "GitHub Copilot",
        (Place(".github/skills", _ANY), _SHARED, Place(".claude/skills", _ANY, native=False)),
        (Place(".copilot/skills", _ANY), _SHARED),
        copilot.find,
        {
            "description": keys.key("description", keys.required_text("description")),
            "argument-hint": keys.key("argument_hint", _hint),
            "allowed-tools": keys.key("approved_tools", _grants, keys.tokens),
        },
        grammar=SERDE_YAML,
        starters=_STARTERS,
        lift=_lift,
        name_from="either",
        read_name=_name,
        bad_name=_bad_name,
        legal_name=_legal_name,
        described=_described,
        needs_description=False,
        longest_description=LONGEST_DESCRIPTION,
    )
}
