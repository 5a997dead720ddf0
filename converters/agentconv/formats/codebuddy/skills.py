"""Skills of CodeBuddy Code 2.163.0 (asked, and its code read): `.codebuddy/skills/**/SKILL.md`, called by the name in its header.

https://www.codebuddy.ai/docs/cli/skills

Without a name the folder is it, and without a description the name. `$ARGUMENTS` is filled in, and so are variables in braces; command
lines run. Hooks in a header run where a user's settings say so alone, so that none is taken along or written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored
from agentconv.formats.codebuddy import lines
from agentconv.formats.codebuddy.codebuddy import ID
from agentconv.parts.placeholders.languages import CODEBUDDY_SKILL
from agentconv.parts.skills import keys, specified
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from agentconv.core.ir import Json, ToolGrant

STARTERS = keys.Starters(closes=bool, also=("disable",))
"""Any word but `false` closes: it is no YAML that reads it."""


def name_of(value: Json) -> str:
    """Return a name; where it is no text, the folder is the skill's."""
    return value.strip(SPACE) if isinstance(value, str) else ""


def text(value: Json) -> str | None:
    """Return text without blanks at its ends; nothing, where it is none."""
    if not isinstance(value, str):
        raise Ignored("it is no text")
    return value.strip(SPACE) or None


def grants(value: Json) -> tuple[ToolGrant, ...] | None:
    """Return the tools of a list, or of text with commas."""
    if not isinstance(value, (str, list)):
        raise Ignored("tools are a list, or text with commas")
    return keys.grants(ID, value)


_PLACES = (Place(".codebuddy/skills", "**/SKILL.md"),)
BY_FORMAT = {
    ID: Client(
        ID,
        "CodeBuddy",
        _PLACES,
        _PLACES,
        lines.find,
        {
            "description": keys.key("description", text),
            "allowed-tools": keys.key("approved_tools", grants, keys.tokens_in_text),
        },
        fallback=lines.rewritten,
        repairs_all=True,
        grammar=YAML_2,
        starters=STARTERS,
        name_from="either",
        read_name=name_of,
        legal_name=specified.legal_name,
        described=lambda _body: None,
        needs_description=False,
        language=CODEBUDDY_SKILL,
        bare=True,
    )
}
