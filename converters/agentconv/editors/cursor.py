"""What is being typed where in a file that need not parse yet: a key, or a value of which key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    import re

    from agentconv.editors.document import Document
    from agentconv.editors.positions import Positions

_HEADER = expression(r"\A\ufeff?(?:[ \t]*\r?\n)*---[ \t]*\r?\n")
_HEADER_END = expression(r"(?m)^(?:---|\.\.\.)[ \t]*$")
_KEY = expression(r"""^(?P<indent>[ \t]*)(?:-[ \t]+)?["']?(?P<key>[\w-]+)["']?[ \t]*[:=]""")
_KEY_BEGUN = expression(r"""^[ \t]*(?P<item>-[ \t]+)?(?P<quote>["']?)(?P<word>[\w-]*)$""")
_JSON_TOKEN = expression(r'"(?:[^"\\\n]|\\.)*"|"[^"\n]*$|[\[\]{}:,]')
_TABLE = expression(r"(?m)^[ \t]*\[\[?([^\[\]\n]*)\]\]?[ \t]*(?:#.*)?$")
_TOKEN = expression(r"""[^\s,\[\]{}"'()=:]*\Z""")


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is being typed."""

    start: int
    """Where the word begins that is being typed."""
    key: str | None = None
    """The key whose value it is part of; None where it is a key itself."""
    quoted: bool = False
    """Whether a quote stands before it."""
    table: tuple[str, ...] = ()
    """In TOML the table that it is in; in JSON and YAML the keys on the way to the map, or list, that it is in."""
    nested: bool = False
    """Whether it is further in than the keys at the top."""


def kind(location: str) -> str:
    """Return how a file is spelled, by its name: `toml`, `json`, `yaml`, or `header`, with YAML above a text."""
    end = location.rpartition(".")[2]
    return "toml" if end == "toml" else "json" if end in ("json", "jsonc") else "yaml" if end in ("yaml", "yml", "roomodes") else "header"


def of(document: Document, offset: int) -> Cursor | None:
    """Return what is typed in a file; None where that is neither a key nor a value."""
    text, positions = document.text, document.positions
    spelled = kind(document.location)
    if spelled == "toml":
        return in_toml(text, positions, offset)
    if spelled == "json":
        return in_json(text, offset)
    if spelled == "yaml" and not text.lstrip("\ufeff").startswith("---"):
        return in_yaml(text, positions, offset)
    return in_header(text, positions, offset)


def in_header(text: str, positions: Positions, offset: int) -> Cursor | None:
    """Return what is typed in the YAML header of a file; None outside of it."""
    header = _HEADER.match(text)
    if header is None or offset < header.end():
        return None
    end = _HEADER_END.search(text, header.end())
    return None if end and offset > end.start() else in_yaml(text, positions, offset, header.end())


def in_yaml(text: str, positions: Positions, offset: int, begin: int = 0) -> Cursor | None:
    """Return what is typed in YAML that begins somewhere."""
    number = positions.line_of(offset)
    prefix = text[positions.line(number)[0] : offset]
    start = _token(text, offset)
    quoted = text[start - 1 : start] in ('"', "'")
    own = _KEY.match(prefix)
    if own is not None:
        return Cursor(start, own["key"], quoted, nested=bool(own["indent"]))
    indent = len(prefix) - len(prefix.lstrip())
    item = prefix.lstrip().startswith("-")
    way = _way(text, positions, number, begin, indent)
    begun = _KEY_BEGUN.match(prefix)
    for above in range(number - 1, -1, -1):
        first, last = positions.line(above)
        if first < begin:
            break
        line = _KEY.match(text[first:last])
        if line is None:
            continue
        further = len(line["indent"]) < indent or (item and len(line["indent"]) == indent)
        opened = text.count("[", first, offset) > text.count("]", first, offset)
        if further or opened:
            ended = text[first:last].rstrip().endswith((":", "[", ",")) or opened
            return Cursor(start, line["key"], quoted, way, nested=True) if ended else _key(begun, offset, way, nested=True)
        break
    return _key(begun, offset, way, nested=indent > 0)


def _way(text: str, positions: Positions, number: int, begin: int, indent: int) -> tuple[str, ...]:
    """Return the keys that a line of YAML is below, by how far in it is."""
    found: list[str] = []
    for above in range(number - 1, -1, -1):
        first, last = positions.line(above)
        if first < begin or indent == 0:
            break
        line = _KEY.match(text[first:last])
        if line is not None and len(line["indent"]) < indent:
            found.append(line["key"])
            indent = len(line["indent"])
    return tuple(reversed(found))


def in_toml(text: str, positions: Positions, offset: int) -> Cursor | None:
    """Return what is typed in TOML."""
    tables = list(_TABLE.finditer(text, 0, positions.line(positions.line_of(offset))[0]))
    table = tuple(part.strip().strip("\"'") for part in tables[-1][1].split(".")) if tables else ()
    for number in range(positions.line_of(offset), -1, -1):
        first, last = positions.line(number)
        line = text[first : min(last, offset)]
        found = _KEY.match(line)
        if found is not None:
            opened = text.count("[", first, offset) > text.count("]", first, offset)
            if opened or number == positions.line_of(offset):
                start = _token(text, offset)
                return Cursor(start, found["key"], text[start - 1 : start] in ('"', "'"), table)
            break
        if line.lstrip().startswith("["):
            break
    begun = _KEY_BEGUN.match(text[positions.line(positions.line_of(offset))[0] : offset])
    return None if begun is None or begun["item"] else Cursor(offset - len(begun["word"]), None, bool(begun["quote"]), table)


def in_json(text: str, offset: int) -> Cursor | None:
    """Return what is typed in JSON."""
    stack: list[tuple[str, str | None]] = []
    key: str | None = None
    last = ""
    for token in _JSON_TOKEN.finditer(text, 0, offset):
        word = token[0]
        if word in "[{":
            stack.append((word, key))
            key = None
        elif word in "]}":
            key = stack.pop()[1] if stack else None
        elif word == ":":
            key = last.strip('"')
        elif word == ",":
            key = None
        last = word
    start = _token(text, offset)
    quoted = text[start - 1 : start] == '"'
    way = [name for _, name in stack if name is not None]
    if key is None and stack and stack[-1][0] == "[":
        key = stack[-1][1]
        del way[-1:]
    if not stack and key is None:
        return None
    return Cursor(start, key, quoted, tuple(way), nested=len(stack) > 1)


def _token(text: str, offset: int) -> int:
    """Return where the word begins that ends at a character."""
    found = _TOKEN.search(text, max(0, offset - 200), offset)
    return found.start() if found else offset


def _key(begun: re.Match[str] | None, offset: int, way: tuple[str, ...], *, nested: bool) -> Cursor | None:
    return None if begun is None else Cursor(offset - len(begun["word"]), None, bool(begun["quote"]), way, nested=nested)
