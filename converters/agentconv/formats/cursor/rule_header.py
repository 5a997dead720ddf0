r"""Headers of Cursor's rules (`.mdc`), which are no YAML: what stands between the first two `---` of the file, line by line.

A line is cut at its first `:`. `true` and `false` are switches, a text in quotes is without them, and all else stands as it is:
`globs: *.ts, *.tsx`. `globs:` with nothing behind it takes the `- ` lines below, and `metadata:` what is indented below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.source import client_text
from agentconv.families.javascript import SPACE
from agentconv.parts.commands.shapes import Entry, Opened, undecodable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.parts.commands.shapes import Change, New

_FENCE = "---"
_ITEM = expression(rf"[{SPACE}]+-[{SPACE}]+(.*)")
_QUOTES = ('"', "'")


@dataclass(slots=True)
class RuleHeader:
    """A header: where it is and what it holds."""

    start: int
    end: int
    body: int
    values: dict[str, Json] = field(default_factory=dict)
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where a key stands, with the lines that belong to it."""


def find(text: str) -> RuleHeader | None:
    """Return the header of a file; None where the client finds none, and so no rule."""
    first = len(text) - len(text.lstrip(SPACE + "\ufeff"))
    if not text.startswith(_FENCE, first):
        return None
    start = first
    while text.startswith(_FENCE, start):
        start += len(_FENCE)
    end = text.find(_FENCE, start)
    if end < 0:
        return None
    header = RuleHeader(start, end, end + len(_FENCE))
    _read(header, text)
    return header if text[header.body :] else None


def _read(header: RuleHeader, text: str) -> None:
    items: list[Json] | None = None
    listing = group = ""
    at = header.start
    for line in text[header.start : header.end].splitlines(keepends=True):
        begin, at = at, at + len(line)
        bare = line.rstrip("\r\n")
        item = _ITEM.fullmatch(bare)
        if item and items is not None:
            items.append(_unquoted(item[1].strip(SPACE)))
            header.lines[listing] = (header.lines[listing][0], at)
            continue
        if group and bare.startswith(("  ", "\t")):
            header.lines[group] = (header.lines[group][0], at)
            continue
        name, colon, value = (part.strip(SPACE) for part in bare.partition(":"))
        group = ""
        if not colon:
            continue
        header.lines[name] = (begin, at)
        items, listing = None, ""
        if not value and name == "metadata":
            group, header.values[name] = name, {}
        elif not value and name == "globs":
            items, listing = [], name
            header.values[name] = items
        else:
            header.values[name] = _value(client_text(value))


def _value(text: str) -> Json:
    return text == "true" if text in ("true", "false") else _unquoted(text)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES else text


def spelled(value: Json) -> str:
    """Write a value so that the client reads the same; it has to be of one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    quoted = text in ("true", "false") or text != text.strip(SPACE) or (text[:1] in _QUOTES and text[-1:] == text[:1])
    return f'"{text}"' if quoted else text


class RuleFile:
    """The shape of a file with a rule."""

    def open(self, source: SourceText, client: str) -> Opened:
        """Return what a file holds."""
        header = find(source.text)
        if header is None:
            problem = Complaint("the file has no header between two lines `---`", remedy="start it with `---`, its keys, and `---`")
            entry = Entry({}, source.text.strip(SPACE), lambda *_way: source.span())
            return Opened((entry,), (problem, source.span()), undecodable(source, client))

        def span(key: str = "", *_way: str | int) -> Span:
            place = header.lines.get(key)
            return source.span(place[0]) if place else source.span()

        return Opened((Entry(header.values, source.text[header.body :].strip(SPACE), span),), told=undecodable(source, client))

    def patched(self, source: SourceText, changes: Mapping[int, Change], added: Sequence[New], removed: Collection[int]) -> str | None:
        """Return the file with keys, or the text, changed."""
        header = find(source.text)
        if header is None or added or removed:
            return None
        change = changes[0]
        text = source.text
        body = text[header.body :] if change.body is None else f"\n\n{change.body}\n"
        lines = text[header.start : header.end]
        for name, value in sorted(change.keys.items(), key=lambda item: header.lines.get(item[0], (header.end, 0)), reverse=True):
            begin, end = header.lines.get(name, (header.end, header.end))
            line = "" if value is None else f"{name}: {spelled(value)}\n"
            lines = lines[: begin - header.start] + line + lines[end - header.start :]
        return text[: header.start] + lines + _FENCE + body

    def rendered(self, new: Sequence[New]) -> str:
        """Return a file from nothing."""
        (one,) = new
        lines = "".join(f"{name}: {spelled(value)}\n" for name, value in one.values.items())
        return f"{_FENCE}\n{lines}{_FENCE}\n\n{one.body}\n"
