"""Instructions of Auggie 0.36.0 (its code read): `AGENTS.md`, `CLAUDE.md`, `.augment-guidelines`, and rules in `.augment/rules`.

https://docs.augmentcode.com/cli/rules

All of them are read. A rule says in `type` when it is; without that, `alwaysApply` or a description do.
The user's own rules are always read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.part_format import Place
from agentconv.families.keys import ABSENT, Ignored, Key
from agentconv.formats.auggie.auggie import ID, find, text_of
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions.client import Client, Files
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.families.keys import Absent

_HEADER = Markdown(find, grammar=JS_YAML_4, broken="empty")
_TYPES = {"always_apply": "always", "agent_requested": "asked", "manual": "manual"}


def _type(value: Json) -> Mapping[str, object]:
    word = (text_of(value) or "").lower()
    if word not in _TYPES:
        raise Ignored(f"`type` is one of {', '.join(_TYPES)}", key="type")
    return {"when": _TYPES[word]}


def _write_type(part: Any) -> Json | Absent:
    return next((word for word, when in _TYPES.items() if when == part.when), ABSENT)


def _always(value: Json) -> Mapping[str, object]:
    if not isinstance(value, bool):
        raise Ignored("`alwaysApply` must be true or false", key="alwaysApply")
    return {"when": "always"} if value else {}


def _description(value: Json) -> Mapping[str, object]:
    found = text_of(value)
    return {"description": found} if found else {}


_KEYS = {
    "description": Key(("description",), _description, lambda part: ABSENT if part.description is None else part.description),
    "alwaysApply": Key(("when",), _always, lambda _part: ABSENT, says_more=lambda _value: True),
    "type": Key(("when",), _type, _write_type),
}


def _rules(end: str) -> Files:
    return Files(Place(".augment/rules", f"**/*{end}"), _HEADER, _KEYS, asks=True)


_MAIN = tuple(Files(Place("", name, native=False), main=True) for name in ("AGENTS.md", "CLAUDE.md"))
BY_FORMAT = {
    ID: Client(
        ID,
        "Auggie",
        (_MAIN[0], _rules(".md"), _rules(".txt"), Files(Place("", ".augment-guidelines")), _MAIN[1]),
        (Files(Place(".augment/rules", "**/*.md")),),
        whens=frozenset({"always", "asked", "manual"}),
    )
}
