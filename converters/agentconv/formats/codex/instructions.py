"""Instructions of Codex 0.169.0 (asked): `AGENTS.md` in each folder from the root down, as they stand.

https://developers.openai.com/codex/guides/agents-md

`AGENTS.override.md` takes its place in its folder, and the first of `project_doc_fallback_filenames` that is there stands in for both; a
path is no such name. Nothing is imported, and no header is read. Of the files from the root down it reads the first 32 KiB, or as much as
`project_doc_max_bytes` says: what is beyond is cut off, be it in the middle of a line.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families import toml_values
from agentconv.parts.instructions.client import Client, Files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.source import SourceText

_FIRST = ("AGENTS.override.md", "AGENTS.md")


def _listed(source: SourceText) -> tuple[Place, ...]:
    """Return the files that stand in for the others of their folders, as the configuration names them."""
    values = toml_values.parsed(source.text)
    found = values.get("project_doc_fallback_filenames") if isinstance(values, dict) else None
    names = found if isinstance(found, list) else []
    return tuple(_places([one for one in names if isinstance(one, str) and one and "/" not in one]))


def _limit(source: SourceText) -> int | None:
    values = toml_values.parsed(source.text)
    found = values.get("project_doc_max_bytes") if isinstance(values, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _places(names: list[str]) -> Iterator[Place]:
    for number, name in enumerate(names):
        yield from (Place("", f"{where}{name}", unless=(*_FIRST, *names[:number])) for where in ("", "*/**/"))


_MAIN = Files(Place("", "AGENTS.md", unless=("AGENTS.override.md",)), main=True)
_OVERRIDE = Files(Place("", "AGENTS.override.md"), main=True)
_OWN = Files(Place(".codex", "AGENTS.md", unless=("AGENTS.override.md",)), main=True)
BY_FORMAT = {
    "codex": Client(
        "codex",
        "Codex",
        (_MAIN, _OVERRIDE, _MAIN.nested(), _OVERRIDE.nested()),
        (_OWN, Files(Place(".codex", "AGENTS.override.md"), main=True)),
        most_bytes=32_768,
        limit=_limit,
        lists=(".codex/config.toml",),
        listed=_listed,
        listed_as=partial(Files, main=True),
    )
}
