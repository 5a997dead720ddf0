"""Instructions of Cursor (SDK 1.0.32, its code read): `.cursor/rules/**/*.mdc`, `.cursorrules`, `AGENTS.md`, and Claude Code's files.

https://cursor.com/docs/context/rules

A rule is always read with `alwaysApply: true`, at files with `globs`, by the model's choice with a description, and else where the user
names it. `CLAUDE.md` and `CLAUDE.local.md` are read where the user lets Cursor read what belongs to others. Nothing is imported.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core.part_format import Place
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Ignored, Key
from agentconv.formats.cursor.rule_header import RuleFile
from agentconv.parts.instructions import globs
from agentconv.parts.instructions.client import Client, Files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.families.keys import Absent


def _description(value: Json) -> Mapping[str, object]:
    if not isinstance(value, str):
        raise Ignored("`description` is text")
    return {"description": value} if value.strip(SPACE) else {}


def _globs(value: Json) -> Mapping[str, object]:
    if not isinstance(value, str | list):
        raise Ignored("`globs` is text with commas, or lines that start with a dash")
    texts = globs.split(value) if isinstance(value, str) else value
    found = tuple(one.strip(SPACE) for one in texts if isinstance(one, str) and one.strip(SPACE))
    values: Mapping[str, object] = {"paths": found} if found else {}
    if isinstance(value, str) and value[:1] == "[" and value[-1:] == "]":
        # `AV0` cuts a text at its commas, whatever stands around them: the first pattern of `["*.ts", "*.tsx"]` is `["*.ts"`
        raise Ignored("`globs` takes brackets and quotes as parts of its patterns", values, remedy="write `*.ts, *.tsx`, without brackets")
    return values


def _write_globs(part: Any) -> Json | Absent:
    return ",".join(part.paths) if part.paths else ABSENT


def _always(value: Json) -> Mapping[str, object]:
    if not isinstance(value, bool):
        raise Ignored("`alwaysApply` is true or false, without quotes")
    return {"when": "always"} if value else {}


def _write_always(part: Any) -> Json | Absent:
    return bool(part.when == "always")


def _folded(text: str) -> str:
    return " ".join(text.replace("---", "--").split())


_KEYS = {
    "description": Key(("description",), _description, lambda part: ABSENT if part.description is None else part.description),
    "globs": Key(("paths",), _globs, _write_globs),
    "alwaysApply": Key(("when",), _always, _write_always),
}
_rules = partial(Files, shape=RuleFile(), keys=_KEYS, silent="manual", asks=True)
_MAIN = Files(Place("", "AGENTS.md", native=False), main=True)
BY_FORMAT = {
    "cursor": Client(
        "cursor",
        "Cursor",
        (
            _MAIN,
            _rules(Place(".cursor/rules", "**/*.mdc")),
            Files(Place("", ".cursorrules")),
            Files(Place("", "CLAUDE.md", native=False), main=True),
            Files(Place("", "CLAUDE.local.md", native=False), main=True, personal=True),
            _MAIN.nested(),
        ),
        whens=frozenset({"always", "scoped", "asked", "manual"}),
        folded=_folded,
        listed_as=_rules,
    )
}
