"""Instructions of Cline 3.0.65 (its code read): `AGENTS.md`, and rules in `.clinerules` and `.cline/rules`, all of them always read.

https://docs.cline.bot/customization/cline-rules

The header is YAML, and one that does not parse costs the rule, as does one without a text, or `disabled: true`. `paths`, which the
documentation has, means nothing to this version. Folders below are not looked at; `.clinerules` may be a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families.keys import ABSENT, Key, Refused
from agentconv.formats.cline import skills
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions.client import Client, Files
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from agentconv.core.ir import Json
    from agentconv.families.keys import Absent

_HEADER = Markdown(skills.find, grammar=YAML_2)


def _switch(name: str, off: bool) -> Key:
    def read(value: Json) -> Mapping[str, object]:
        if value is not None and not isinstance(value, bool):
            raise Refused(f"`{name}` must be true or false", key=name)
        if value is off:
            raise Refused(f"`{name}` switches it off", key=name)
        return {}

    def write(_part: Any) -> Json | Absent:
        return ABSENT

    return Key(("extras",), read, write, says_more=lambda _value: True)


def _name(value: Json) -> Mapping[str, object]:
    if value is not None and not isinstance(value, str):
        raise Refused("`name` must be text", key="name")
    return {}


_KEYS = {
    "name": Key(("extras",), _name, lambda _part: ABSENT, says_more=lambda _value: True),
    "disabled": _switch("disabled", off=True),
    "enabled": _switch("enabled", off=False),
}


def _files(path: str, pattern: str, *, main: bool = False, native: bool = True) -> Files:
    return Files(Place(path, pattern, native=native), _HEADER, _KEYS, main=main)


BY_FORMAT = {
    "cline": Client(
        "cline",
        "Cline",
        (
            _files("", "AGENTS.md", main=True, native=False),
            _files(".clinerules", "*.md"),
            _files(".clinerules", "*.txt"),
            _files("", ".clinerules"),
            _files(".cline/rules", "*.md"),
        ),
        (_files(".cline/rules", "*.md"), _files(".agents", "AGENTS.md", main=True, native=False), _files("Documents/Cline/Rules", "*.md")),
        whens=frozenset({"always"}),
        needs_text=True,
    )
}
