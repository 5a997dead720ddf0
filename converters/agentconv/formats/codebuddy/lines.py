r"""The header of CodeBuddy Code's skills, commands and rules (2.163.0, its code): `key: value` a line, which is no YAML to it.

A value ends with its line, or is a block below `|` or `>`, or lines that start with a dash, whatever their indent. Quotes around it go,
and nothing in them is undone; `true`, `false` and numbers have a type. What YAML cannot parse is rewritten here, line for line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.families.frontmatter import Header, Rewritten
from agentconv.families.javascript import SPACE, number
from agentconv.yaml import emitter

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

_HEADER = expression(r"---\s*\n([\s\S]*?)\n---\s*(?:\n|\Z)")
_BLOCKS = frozenset(("|", "|-", "|+", ">", ">-", ">+"))
_QUOTED = expression(r"['\"](.*)['\"]")


def find(source: SourceText) -> Header | Complaint:
    """Find the header."""
    found = _HEADER.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(1) + 1, found.end())


def rewritten(text: str) -> Rewritten:
    """Return a header's text as YAML that holds what the client finds in it."""
    out: list[str] = []
    places: list[tuple[int, int]] = []
    rows: list[int] = []
    lines = text.split("\n")
    row = 0
    while row < len(lines):
        line = lines[row]
        key, colon, rest = line.partition(":")
        bare, value = line.strip(SPACE), rest.strip(SPACE)
        start = row
        row += 1
        if not bare or bare.startswith(("#", "-")) or not colon or not key.strip(SPACE):
            continue
        found: Json
        if value in _BLOCKS:
            below, row = _block(lines, row, len(line) - len(line.lstrip(SPACE)))
            found = (" " if value.startswith(">") else "\n").join(one.strip(SPACE) if value.startswith(">") else one for one in below)
        elif not value:
            items = [_QUOTED.sub(r"\1", one.strip(SPACE)[1:].strip(SPACE)) for one in _items(lines, row)]
            if not items:
                continue
            found = [*items]
        else:
            found = _scalar(value)
        name = f"{emitter.quoted(key.strip(SPACE))}: "
        out.append(name + emitter.inline(found))
        places.append((len(name), line.find(value) if value else len(line)))
        rows.append(start)
    return Rewritten("\n".join(out), tuple(places), tuple(rows))


def _block(lines: list[str], row: int, indent: int) -> tuple[list[str], int]:
    """Return the lines of a block, and the row behind it: one that is a key, and no more indented than its own, ends it."""
    first = row
    while row < len(lines):
        line = lines[row]
        if ":" in line and len(line) - len(line.lstrip(SPACE)) <= indent and not line.strip(SPACE).startswith("-"):
            break
        row += 1
    return lines[first:row], row


def _items(lines: list[str], row: int) -> list[str]:
    """Return the lines with a dash that follow a key."""
    found: list[str] = []
    for line in lines[row:]:
        bare = line.strip(SPACE)
        if bare.startswith("-"):
            found.append(line)
        elif bare and not bare.startswith("#"):
            break
    return found


def _scalar(text: str) -> Json:
    if text in ("true", "false"):
        return text == "true"
    value = number(text)
    return _QUOTED.sub(r"\1", text) if value is None else value
