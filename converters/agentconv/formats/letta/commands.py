"""Commands of Letta Code 0.32.18 (its code read): `.commands/<folders>/<name>.md`, sent as `/name`, whatever folder they lie in.

https://docs.letta.com/letta-code/commands

The header is one of lines (`lines`), as an agent's is; its values are texts, and a list is none. `$ARGUMENTS` and `$1` to `$9` are filled
in, in that order, and then each command line between backticks after `!` is run, without asking. What the user types has no place in a
text without these. Only users start commands, and nobody one whose name has a blank.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.core.source import SourceText, client_text, encode
from agentconv.families import javascript, line_header
from agentconv.families.frontmatter import apply
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored
from agentconv.formats.letta import lines
from agentconv.formats.letta.letta import ID
from agentconv.parts.commands import markdown, projecting
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.shapes import Entry, Opened, given_twice, undecodable
from agentconv.parts.placeholders.languages import LETTA
from agentconv.parts.skills import keys

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Command
    from agentconv.families.frontmatter import Edit
    from agentconv.families.keys import Key
    from agentconv.parts.commands.shapes import Change, New

_BLANK = expression(rf"[{SPACE}]+")
_LOOKS = {"description": "description", "argument_hint": "argument-hint"}


class _Lines:
    """Its files."""

    def open(self, source: SourceText, client: str) -> Opened:
        """Return what a file holds: without a header, the whole of it is the text."""
        header = lines.find(source)
        if isinstance(header, Complaint):
            return Opened(
                (Entry({}, client_text(source.text).strip(SPACE), lambda *_way: source.span()),), told=undecodable(source, client)
            )

        def span(key: str, *_within: str | int) -> Span:
            return header.span(key)

        twice = (given_twice(one.key, source.span(one.value_start, one.value_end), client) for one in header.duplicates())
        body = client_text(source.text[header.body :]).strip(SPACE)
        return Opened((Entry(header.values, body, span),), told=(*undecodable(source, client), *twice))

    def patched(self, source: SourceText, changes: Mapping[int, Change], added: Sequence[New], removed: Collection[int]) -> str | None:
        """Return the file with keys, or the text, changed."""
        if added or removed or 0 not in changes:
            return None if added or removed else source.text
        change, header = changes[0], lines.find(source)
        edits: list[Edit] = []
        if isinstance(header, Complaint):
            if change.keys:
                return None
        else:
            edits += line_header.patch(header, change.keys, lines.spelled)
        if change.body is not None:
            edits += markdown.body_edit(source.text, 0 if isinstance(header, Complaint) else header.body, change.body)
        return apply(source.text, edits)

    def rendered(self, new: Sequence[New]) -> str:
        """Return a file from nothing; a text that starts like a header stands behind an empty one."""
        (one,) = new
        header = f"---\n{line_header.entries(one.values, lines.spelled)}---\n\n" if one.values else ""
        if not header and not isinstance(lines.find(SourceText("", encode(one.body))), Complaint):
            header = "---\n\n---\n\n"
        return f"{header}{one.body}\n" if one.body else header.removesuffix("\n")


@dataclass(frozen=True, slots=True)
class _Commands(Client):
    """Its format of commands."""

    def to_project(self, projection: PartProjection[Command]) -> None:
        """Turn a command into the most of it that the client can hold; a value is one that its header gives back."""
        Client.to_project(self, projection)
        for name in () if projection.at_home else _LOOKS:
            text = getattr(projection.part, name)
            held = lines.read_back(javascript.line_feeds(text)) or None if text is not None else None
            if held != text:
                projection.change(name, held, "text-trimmed", projecting.TRIMMED)


def _looks(field: str, name: str) -> Key:
    def read(value: Json) -> str | None:
        if not isinstance(value, str):
            raise Ignored(f"`{name}` is text, and no list")
        return value or None

    return keys.key(field, read)


def _bad_name(name: str) -> str | None:
    return "nobody can type a name with a blank" if not name or _BLANK.search(name) else None


BY_FORMAT = {
    ID: _Commands(
        ID,
        "Letta Code",
        (Place(".commands", "**/*.md"),),
        (Place(".letta/commands", "**/*.md"),),
        {".md": _Lines()},
        LETTA,
        {key: _looks(field, key) for field, key in _LOOKS.items()},
        spelled=lambda path: path.rpartition("/")[2],
        bad_name=_bad_name,
        legal_name=lambda name: re.sub("--+", "-", _BLANK.sub("-", name.replace("/", "-"))).strip("-"),
    )
}
