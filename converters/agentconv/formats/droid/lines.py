"""The line reader to which Factory Droid turns where YAML fails or finds nothing: each `key: value` line by itself.

A line is trimmed, and cut at its first colon; what has none, or starts with `#`, is passed over. One pair of quotes goes, and
nothing in them is undone. Brackets and braces are JSON where they parse, `true` and `false` are what they say, all else is text.
`tools` and `mcpServers` are lists: names with commas, or the lines below that start with a dash and a blank. The result is spelled
as YAML, line for line, so that places stay known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from agentconv.families.frontmatter import Rewritten
from agentconv.families.javascript import SPACE
from agentconv.yaml import emitter

if TYPE_CHECKING:
    from agentconv.core.ir import Json

_LISTS = ("tools", "mcpServers")
_ITEM = "- "


def rewritten(text: str) -> Rewritten:
    """Return a header's text as YAML that holds what the line reader finds."""
    lines = text.split("\n")
    out, places = [""] * len(lines), [(0, 0)] * len(lines)
    rows: dict[str, list[int]] = {}
    open_list: str | None = None
    for row, line in enumerate(lines):
        bare = line.strip(SPACE)
        if not bare or bare.startswith("#"):
            continue
        if open_list is not None and bare.startswith(_ITEM):
            if len(rows[open_list]) == 1:
                out[rows[open_list][0]] = f"{emitter.quoted(open_list)}:"
            out[row] = f"  {_ITEM}{emitter.quoted(_unquoted(bare[2:].strip(SPACE)))}"
            places[row] = (4, line.index(_ITEM) + 2)
            rows[open_list].append(row)
            continue
        name, colon, value = (part.strip(SPACE) for part in bare.partition(":"))
        if not colon:
            continue
        for earlier in rows.get(name, ()):
            out[earlier], places[earlier] = "", (0, 0)
        rows[name] = [row]
        start = f"{emitter.quoted(name)}:"
        out[row], places[row] = f"{start} {_spelled(name, _unquoted(value))}", (len(start) + 1, _column(line))
        open_list = name if name in _LISTS and not _unquoted(value) else None
    return Rewritten("\n".join(out), tuple(places))


def _column(line: str) -> int:
    """Return where a line's value starts."""
    start = line.index(":") + 1
    return start + len(line[start:]) - len(line[start:].lstrip(SPACE))


def _unquoted(text: str) -> str:
    return text[1:-1] if text[:1] in ('"', "'") and text.endswith(text[0]) else text


def _spelled(name: str, text: str) -> str:
    """Spell what the line reader makes of a value."""
    if text.startswith(("[", "{")) and _is_json(text):
        return text
    if text in ("true", "false"):
        return text
    if name in _LISTS and not text.startswith("["):
        words: list[Json] = [word.strip(SPACE) for word in text.split(",")] if text else []
        return emitter.inline(words)
    return emitter.quoted(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return False
    return True


def _no_number(word: str) -> NoReturn:
    """Refuse `NaN` and the like, which are no JSON."""
    raise ValueError(word)
