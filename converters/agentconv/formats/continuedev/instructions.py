"""Instructions of Continue (the code of its command line 1.5.47): `AGENTS.md`, or what stands in for it, and rules.

https://docs.continue.dev/customize/deep-dives/rules

Of `AGENTS.md`, `AGENT.md`, `CLAUDE.md` and `CODEX.md` the first that is there is read. A rule in `.continue/rules` is always read with
`alwaysApply: true`, or where it says nothing of files; the editor reads one with `globs` at these, the command line never.
`invokable: true` makes it a command (`commands`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.part_format import Place
from agentconv.families.keys import ABSENT, Ignored, Key, Refused
from agentconv.formats.continuedev.continuedev import ID, find
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions import keys
from agentconv.parts.instructions.client import Client, Files
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.families.keys import Absent


def _always(value: Json) -> Mapping[str, object]:
    if not isinstance(value, bool):
        raise Ignored("`alwaysApply` must be true or false", key="alwaysApply")
    return {"when": "always"} if value else {}


def _write_always(part: Any) -> Json | Absent:
    return True if part.when == "always" and part.description is not None else ABSENT


def _invokable(value: Json) -> Mapping[str, object]:
    if value is True:
        raise Refused("`invokable` makes it a command", key="invokable")
    return {}


_KEYS = {
    "description": keys.DESCRIPTION,
    "globs": keys.files("globs"),
    "alwaysApply": Key(("when",), _always, _write_always),
    "invokable": Key(("extras",), _invokable, lambda _part: ABSENT, says_more=lambda _value: True),
}
_RULES = Files(Place(".continue/rules", "**/*.md"), Markdown(find, grammar=YAML_2, broken="drops"), _KEYS)
_NAMES = ("AGENTS.md", "AGENT.md", "CLAUDE.md", "CODEX.md")
_MAIN = tuple(Files(Place("", name, native=False, unless=_NAMES[:number]), main=True) for number, name in enumerate(_NAMES))
BY_FORMAT = {
    ID: Client(ID, "Continue", (_MAIN[0], _RULES, *_MAIN[1:]), (_RULES,), whens=frozenset({"always", "scoped"}), everything=keys.EVERYTHING)
}
