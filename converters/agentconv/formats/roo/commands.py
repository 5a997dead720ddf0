"""Commands of Roo Code 3.54 (its code read): `.roo/commands/<name>.md`, the text with what the user types after it.

https://docs.roocode.com/features/slash-commands

gray-matter reads the header; one that does not parse is sent as a part of the text. Nothing is filled in. `mode` is the mode that the
command switches to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families import gray_matter
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import PLAIN
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import JS_YAML_3

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.families.keys import Key


def _text(name: str, field: str) -> Key:
    def read(value: Json) -> str | None:
        if not isinstance(value, str):
            raise Ignored(f"`{name}` is text")
        return value.strip(SPACE) or None

    return keys.key(field, read)


_PLACE = Place(".roo/commands", "*.md")
BY_FORMAT = {
    "roo": Client(
        "roo",
        "Roo Code",
        (_PLACE,),
        (_PLACE,),
        {".md": Markdown(gray_matter.find, grammar=JS_YAML_3, broken="whole")},
        PLAIN,
        {
            "description": _text("description", "description"),
            "argument-hint": _text("argument-hint", "argument_hint"),
            "mode": _text("mode", "agent"),
        },
        legal_name=flat.name,
        keeps_unknown=True,
    )
}
