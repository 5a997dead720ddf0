"""Instructions of CodeBuddy Code 2.163.0 (asked): `CODEBUDDY.md`, or `AGENTS.md` where there is none, and `.codebuddy/rules/**/*.md`.

https://www.codebuddy.ai/docs/cli/memory

A rule with `paths` is read at such files, unless `alwaysApply` is true; with `alwaysApply: false` and no paths, or `enabled: false`, never.
A `CODEBUDDY.md` in a folder below the root is read with the files there, and `CODEBUDDY.local.md` is one user's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.part_format import Place
from agentconv.families.keys import ABSENT, Ignored, Key, Refused
from agentconv.formats.codebuddy import lines
from agentconv.formats.codebuddy.codebuddy import ID
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions import keys
from agentconv.parts.instructions.client import Client, Files
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartSource

_HEADER = Markdown(lines.find, lines.rewritten, YAML_2, repairs_all=True, broken="empty")


def _always(value: Json) -> Mapping[str, object]:
    if not isinstance(value, bool):
        raise Ignored("`alwaysApply` must be true or false", key="alwaysApply")
    return {"when": "always"} if value else {}


def _enabled(value: Json) -> Mapping[str, object]:
    if value is False:
        raise Refused("`enabled: false` switches it off", key="enabled")
    return {}


def _never(source: PartSource) -> Complaint | None:
    """Say that a rule is never read."""
    header = _HEADER.header(source.text)
    if header is None or header.values.get("alwaysApply") is not False or header.values.get("paths"):
        return None
    return Complaint("`alwaysApply: false` without `paths` keeps it from being read", "alwaysApply", remedy="name files in `paths`")


_KEYS = {
    "paths": keys.files("paths", everything=frozenset({"**", "**/*"})),
    "alwaysApply": Key(("when",), _always, lambda _part: ABSENT, says_more=lambda _value: True),
    "enabled": Key(("extras",), _enabled, lambda _part: ABSENT, says_more=lambda _value: True),
}


def _main(path: str, name: str, *, native: bool = True, unless: tuple[str, ...] = (), personal: bool = False) -> Files:
    return Files(Place(path, name, native=native, unless=unless), main=True, personal=personal, imports="words")


_OWN = _main("", "CODEBUDDY.md")
_RULES = Files(Place(".codebuddy/rules", "**/*.md"), _HEADER, _KEYS, judge=_never)
BY_FORMAT = {
    ID: Client(
        ID,
        "CodeBuddy",
        (
            _main("", "AGENTS.md", native=False, unless=("CODEBUDDY.md",)),
            _OWN,
            _main(".codebuddy", "CODEBUDDY.md"),
            _RULES,
            _main("", "CODEBUDDY.local.md", personal=True),
            _OWN.nested(),
        ),
        (_main(".codebuddy", "CODEBUDDY.md"), _RULES),
        everything=frozenset({"**", "**/*"}),
        whens=frozenset({"always", "scoped"}),
    )
}
