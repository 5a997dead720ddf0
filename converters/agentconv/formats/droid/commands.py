"""Commands of Factory Droid 0.215.0 (its code read): `.factory/commands/<name>.md`, or any file that starts with `#!`, which it runs.

https://docs.factory.ai/cli/configuration/custom-slash-commands

`$ARGUMENTS` is all that the user types, which is left out where the text has no place for it. A name is small letters, digits, `-` and
`_`; everything else becomes a dash. The header is found and repaired as an agent's is, and one that does not parse is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.formats.droid import droid, lines
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import DROID
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from agentconv.core.ir import Json

_ILLEGAL = expression(r"[^a-z0-9-_]")


def _spelled(name: str) -> str:
    return re.sub("--+", "-", _ILLEGAL.sub("-", re.sub(r"\.[^.]+$", "", name).lower()))


def _text(value: Json) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


_PLACE = Place(".factory/commands", "*")
BY_FORMAT = {
    "droid": Client(
        "droid",
        "Factory Droid",
        (_PLACE,),
        (_PLACE,),
        {".md": Markdown(droid.find, lines.rewritten, JS_YAML_4, repairs_all=True, broken="empty")},
        DROID,
        {"description": keys.key("description", _text), "argument-hint": keys.key("argument_hint", _text)},
        spelled=_spelled,
        legal_name=lambda name: _spelled(flat.name(name)),
        runs_files=True,
        keeps_unknown=True,
    )
}
