r"""The line reader to which Qwen Code turns where YAML fails: each `key: value` line by itself.

A value ends with its line; only `\"` and `\\` are undone in double quotes; lists are lines that start with two blanks, a
dash and a blank; `tools: [a, b]` is a text. What a continuation line says is lost. The result is spelled as YAML, line for
line, so that places stay known.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.dataclass import dataclass, field
from agentconv.core.ir import escape_key
from agentconv.families.frontmatter import Rewritten
from agentconv.families.javascript import SPACE, number
from agentconv.yaml import emitter

if TYPE_CHECKING:
    from agentconv.core.ir import Json

_Row: TypeAlias = "tuple[int, str, Json]"
"""A line below a key: its number, its own key, its value."""
_ITEM = "  - "
_INSIDE = "  "


@dataclass(slots=True)
class _Value:
    """What a key was last set to, and on which lines that stands."""

    value: Json
    line: int
    """The line of the key; -1 where there is none."""
    rows: list[_Row] = field(default_factory=list)
    """The lines of a list (without keys) or of a map."""


def rewritten(text: str) -> Rewritten:
    """Return a header's text as YAML that holds what the line reader finds."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    out, places = [""] * len(lines), [(0, 0)] * len(lines)
    kept = [number for number, line in enumerate(lines) if line.strip(SPACE) and not line.strip(SPACE).startswith("#")]
    for key, found in _read(lines, kept).items():
        name = emitter.quoted(key) + ":"
        row = found.line if found.line >= 0 else found.rows[0][0]
        if not _is_block(found, kept):
            out[row] = f"{name} {emitter.inline(found.value)}"
            places[row] = (len(name) + 1, _value_column(lines[row]))
            continue
        out[row] = name
        for line, inner, value in found.rows:
            start = _ITEM if isinstance(found.value, list) else f"{_INSIDE}{emitter.quoted(inner)}: "
            out[line] = start + emitter.inline(value)
            places[line] = (len(start), _value_column(lines[line]))
    return Rewritten("\n".join(out), tuple(places))


def _is_block(found: _Value, kept: list[int]) -> bool:
    """Whether the lines of a list or a map follow their key directly, one for each value."""
    if not found.rows or found.line < 0:
        return False
    at = kept.index(found.line)
    return kept[at + 1 : at + 1 + len(found.rows)] == [line for line, _, _ in found.rows]


def _value_column(line: str) -> int:
    start = 4 if line.startswith(_ITEM) else line.find(":") + 1
    return start + len(line[start:]) - len(line[start:].lstrip(SPACE))


@dataclass(slots=True)
class _Reader:
    """The state of the client's `parseSimple`, its odd ways with stray items included."""

    result: dict[str, _Value] = field(default_factory=dict)
    key: tuple[str, int] = ("", -1)
    """The key whose items may follow, and its line."""
    items: list[_Row] | None = None
    map_key: tuple[str, int] = ("", -1)
    rows: list[_Row] | None = None

    def take(self, row: int, line: str, after: str) -> None:
        """Take one line that is neither blank nor a comment, with the next such line."""
        if line.startswith(_ITEM):
            self.items = [] if self.items is None else self.items
            self.items.append((row, "", _scalar(line[4:].strip(SPACE))))
            return
        self.end_list()
        if line.startswith(_INSIDE) and self.rows is not None:
            inner, text = _pair(line)
            self.rows.append((row, inner, _scalar(text)))
            return
        self.end_map()
        if ":" in line:
            self.take_key(row, line, after)

    def take_key(self, row: int, line: str, after: str) -> None:
        name, text = _pair(line)
        if text:
            self.result[name] = _Value(_scalar(text), row)
            return
        self.key = name, row
        if after.startswith(_INSIDE) and not after.startswith(_ITEM):
            self.rows, self.map_key, self.key = [], self.key, ("", -1)

    def end_list(self) -> None:
        if self.items is not None:
            name, line = self.key
            self.result[name] = _Value([value for _, _, value in self.items], line, self.items)
            self.items, self.key = None, ("", -1)

    def end_map(self) -> None:
        if self.rows is not None:
            name, line = self.map_key
            last = {key: (row, key, value) for row, key, value in self.rows}
            self.result[name] = _Value({escape_key(key): value for key, (_, _, value) in last.items()}, line, list(last.values()))
            self.rows = None


def _read(lines: list[str], kept: list[int]) -> dict[str, _Value]:
    reader = _Reader()
    for row, after in zip_longest(kept, kept[1:]):
        reader.take(row, lines[row], "" if after is None else lines[after])
    reader.end_list()
    reader.end_map()
    return reader.result


def _pair(line: str) -> tuple[str, str]:
    name, _, text = line.partition(":")
    return name.strip(SPACE), text.strip(SPACE)


def _scalar(text: str) -> Json:
    if text in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[text]
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    value = number(text) if text else None
    return text if value is None else value
