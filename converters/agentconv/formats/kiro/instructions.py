"""Instructions of Kiro (documented): `AGENTS.md` and `.kiro/steering/*.md`; of Amazon Q (15cc8f3, its code): `AGENTS.md` and its rules.

https://kiro.dev/docs/steering/

A steering file says in `inclusion` when it is read, and is always read where it does not. `AGENTS.md` of a folder below is read, too.
What Amazon Q reads are the resources of the agent that is there without any; `README.md` is one of them, and no instruction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.part_format import Place
from agentconv.families import plain_fences
from agentconv.families.keys import ABSENT, Ignored, Key
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions import keys
from agentconv.parts.instructions.client import Client, Files
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.families.keys import Absent

_INCLUSIONS = {"always": "always", "fileMatch": "scoped", "manual": "manual", "auto": "asked"}


def _inclusion(value: Json) -> Mapping[str, object]:
    if value not in _INCLUSIONS:
        raise Ignored(f"`inclusion` is one of {', '.join(_INCLUSIONS)}", key="inclusion")
    return {"when": _INCLUSIONS[str(value)]}


def _write_inclusion(part: Any) -> Json | Absent:
    return next(word for word, when in _INCLUSIONS.items() if when == part.when)


def _patterns(value: Json) -> Mapping[str, object]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Ignored("`fileMatchPattern` is text, or a list of texts", key="fileMatchPattern")
    return {"paths": tuple(found)} if found else {}


def _write_patterns(part: Any) -> Json | Absent:
    paths: list[Json] = [*map(str, part.paths or ())]
    return ABSENT if not paths else paths[0] if len(paths) == 1 else paths


_KEYS = {
    "inclusion": Key(("when",), _inclusion, _write_inclusion),
    "fileMatchPattern": Key(("paths",), _patterns, _write_patterns),
    "description": keys.DESCRIPTION,
}
_STEERING = Files(Place(".kiro/steering", "*.md"), Markdown(plain_fences.find, grammar=JS_YAML_4, broken="whole"), _KEYS)
_MAIN = Files(Place("", "AGENTS.md", native=False), main=True)


def _kiro(format_id: str, title: str) -> Client:
    whens = frozenset({"always", "scoped", "manual", "asked"})
    return Client(format_id, title, (_MAIN, _STEERING, _MAIN.nested()), (_STEERING,), whens=whens)  # type: ignore[arg-type]


BY_FORMAT = {
    "kiro": _kiro("kiro", "Kiro CLI"),
    "kiro-ide": _kiro("kiro-ide", "Kiro IDE"),
    "amazon-q": Client(
        "amazon-q",
        "Amazon Q",
        (_MAIN, Files(Place("", "AmazonQ.md"), main=True), Files(Place(".amazonq/rules", "**/*.md"))),
        whens=frozenset({"always"}),
    ),
}
