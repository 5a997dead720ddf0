"""Instructions of OpenCode 1.18.33 (asked) and Kilo 7.7.9: `AGENTS.md`, else `CLAUDE.md`, else `CONTEXT.md`, and what is listed.

https://opencode.ai/docs/rules/ and https://kilo.ai/docs/customize/agents-md

`instructions` of the configuration names further files, by patterns; addresses in it are not followed here. Nothing is imported, and no
header is read. Kilo has rules of its own besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.opencode import configurations
from agentconv.json import jsonc
from agentconv.parts.instructions.client import Client, Files

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

_MAIN = Files(Place("", "AGENTS.md", native=False), main=True)
_OTHERS = (
    Files(Place("", "CLAUDE.md", native=False, unless=("AGENTS.md",)), main=True),
    Files(Place("", "CONTEXT.md", unless=("AGENTS.md", "CLAUDE.md")), main=True),
)
_OUTSIDE = ("/", "~", "\\", "$", "{")


def _listed(source: SourceText) -> tuple[Place, ...]:
    """Return the files of the project that a configuration lists, by patterns."""
    root = jsonc.parse(source.text, jsonc.JSONC).root
    table = jsonc.value(root) if root else None
    names = table.get("instructions") if isinstance(table, dict) else None
    found = [one.removeprefix("./") for one in names or () if isinstance(one, str)] if isinstance(names, list) else []
    inside = (one for one in found if one and "://" not in one and ".." not in one.split("/") and not one.startswith(_OUTSIDE))
    return tuple(Place("", one) for one in inside)


def _own(folder: str) -> tuple[Files, ...]:
    return (
        Files(Place(folder, "AGENTS.md"), main=True),
        Files(Place(".claude", "CLAUDE.md", native=False, unless=(f"../{folder}/AGENTS.md",)), main=True),
    )


BY_FORMAT = {
    "opencode": Client(
        "opencode",
        "OpenCode",
        (_MAIN, *_OTHERS, _MAIN.nested()),
        _own(".config/opencode"),
        lists=configurations.OPENCODE,
        listed=_listed,
    ),
    "kilo": Client(
        "kilo",
        "Kilo",
        (_MAIN, *_OTHERS, Files(Place(".kilocode/rules", "*.md")), Files(Place(".kilo/rules", "*.md")), _MAIN.nested()),
        (*_own(".config/kilo"), Files(Place(".kilocode/rules", "*.md"))),
        whens=frozenset({"always"}),
        lists=configurations.KILO,
        listed=_listed,
    ),
}
