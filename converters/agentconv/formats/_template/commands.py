"""Commands of the client: `.template/commands/<name>.md`, the text with what the user types after it.

https://example.com/docs/commands

Here stands what was measured: what a command is called, what the client fills in, what it makes of a header that does not parse, and of a
key of a wrong type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families import plain_fences
from agentconv.families.keys import Ignored
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import PLAIN
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from agentconv.core.ir import Json


def _text(value: Json) -> str | None:
    if not isinstance(value, str):
        raise Ignored("`description` is text")
    return value or None


_PROJECT = (Place(".template/commands", "*.md"),)
_USER = (Place(".template/commands", "*.md"),)
BY_FORMAT = {
    "template": Client(
        "template",
        "Template",
        _PROJECT,
        _USER,
        {".md": Markdown(plain_fences.find, grammar=JS_YAML_4, broken="whole")},
        PLAIN,
        {"description": keys.key("description", _text)},
        legal_name=flat.name,
        keeps_unknown=True,
    )
}
