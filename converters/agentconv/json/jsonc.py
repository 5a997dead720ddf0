"""JSON, and JSON with comments, to nodes that keep their place.

The reader goes on after a mistake, as a person would: the first one is kept in `error`, and what can be read is there all
the same. It takes one pass and never recurses, whatever the text. `jsonc_edits` changes what was read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Cause, Complaint
from agentconv.core.expressions import expression
from agentconv.core.ir import escape_key, float_value
from agentconv.core.source import client_text

if TYPE_CHECKING:
    from agentconv.core.ir import Json

MAX_DEPTH = 100
"""Values nested deeper are kept as their source text."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a client's reader takes besides JSON."""

    comments: bool = False
    trailing_commas: bool = False


JSON = Syntax()
JSONC = Syntax(comments=True, trailing_commas=True)


@dataclass(slots=True)
class Scalar:
    """Text, a number, true, false or null; or what is nested too deep, as its source text."""

    value: Json
    start: int
    end: int


@dataclass(slots=True)
class Array:
    """A list; `commas` has the place of the comma behind each item, None where there is none."""

    start: int
    end: int
    items: list[Node] = field(default_factory=list)
    commas: list[int | None] = field(default_factory=list)

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where each item stands."""
        return [(item.start, item.end) for item in self.items]


@dataclass(slots=True)
class Member:
    """A key and its value."""

    key: str
    start: int
    key_end: int
    node: Node


@dataclass(slots=True)
class Object:
    """A map; `members` keeps every member as written, duplicates included."""

    start: int
    end: int
    members: list[Member] = field(default_factory=list)
    commas: list[int | None] = field(default_factory=list)

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where each member stands, its key included."""
        return [(member.start, member.node.end) for member in self.members]

    def entries(self) -> dict[str, Node]:
        """Return the values by key, as JavaScript holds them: the last duplicate wins."""
        return {member.key: member.node for member in self.members}


Node: TypeAlias = Scalar | Array | Object
Container: TypeAlias = Array | Object


@dataclass(frozen=True, slots=True)
class JsonError:
    """The first mistake in a text; `offset` is where, in characters."""

    problem: str
    offset: int
    remedy: str | None = None
    """What to type."""

    @property
    def complaint(self) -> Complaint:
        """The same, as what a client does not take."""
        return Complaint(f"not JSON: {self.problem}", cause=Cause.SYNTAX, remedy=self.remedy)


@dataclass(frozen=True, slots=True)
class Document:
    """A text and what it holds."""

    text: str
    root: Node | None
    error: JsonError | None = None


def inside(node: Node, way: tuple[str | int, ...]) -> tuple[int, int]:
    """Return where a part of a node stands: an item of a list, or a key with its value; as far along the way as there is one."""
    place = node.start, node.end
    for step in way:
        if isinstance(node, Array) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.start, node.end
            continue
        members = node.members if isinstance(node, Object) else []
        found = next((member for member in reversed(members) if member.key == step), None)
        if found is None:
            return place
        place, node = (found.start, found.node.end), found.node
    return place


def value(node: Node) -> Json:
    """Return a node's plain value, as canonical JSON has it."""
    if isinstance(node, Object):
        return {escape_key(key): value(child) for key, child in node.entries().items()}
    return [value(item) for item in node.items] if isinstance(node, Array) else node.value


_TOKEN = expression(
    r"(?P<blank>[ \t\r\n]++)"
    r"|(?P<mark>[{}\[\],:])"
    r'|(?P<string>"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?(?![\w.+-]))"
    r"|(?P<word>(?:true|false|null)(?!\w))"
    r"|(?P<comment>//[^\r\n]*+|/\*(?s:.*?)\*/)"
    r"|(?P<open>/\*(?s:.*+))"
    r"|(?P<broken>\")"
    r"|(?P<space>[^\S \t\r\n]++|\ufeff)"
    r"|(?P<odd>[^ \t\r\n{}\[\],:\"/]++|(?s:.))"
)
_LOOSE_STRING = expression(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_LINE_STRING = expression(r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"?')
_ESCAPE = expression(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SURROGATE = expression("[\ud800-\udfff]")
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=4)
def parse(text: str, syntax: Syntax = JSON, start: int = 0) -> Document:
    """Read a text from `start`. Never raises: `error` says what the client would stumble over first.

    The last few documents are kept, for each part of a file asks where it stands in it.
    """
    return _Parser(text, syntax).parse(start)


class _Parser:
    def __init__(self, text: str, syntax: Syntax) -> None:
        self.text = text
        self.syntax = syntax
        self.error: JsonError | None = None
        self.root: Node | None = None
        self.stack: list[Container] = []
        self.keys: list[tuple[str, int, int] | None] = []
        """For each open object, the key that waits for its value."""
        self.colon = False
        """Whether that key has its colon."""
        self.ready = True
        """Whether a value (or a key) may come: at the start, and behind a comma."""
        self.open = {"{": 0, "[": 0}
        """How many of each are open."""
        self.unclosed = False

    def complain(self, problem: str, offset: int, remedy: str | None = None) -> None:
        if self.error is None or offset < self.error.offset:
            self.error = JsonError(problem, offset, remedy)

    def parse(self, position: int) -> Document:
        text, match = self.text, _TOKEN.match
        while position < len(text):
            token = match(text, position)
            if token is None:  # never: the last alternative takes any character
                break
            position = self.take(token.lastgroup or "", position, token.end())
            if self.error and self.root is not None and not self.stack:
                break  # nothing behind it changes the document, or comes before its first mistake
        if self.stack and self.error is None:
            opened, wanted = "{}" if isinstance(self.stack[-1], Object) else "[]"
            self.complain(f"`{opened}` is never closed", self.stack[-1].start, f"write `{wanted}` where it ends")
        while self.stack:
            self.close(len(text))
        if self.root is None:
            self.complain("the file is empty", 0)
        return Document(text, self.root, self.error)

    def take(self, kind: str, start: int, end: int) -> int:
        """Take one token and return where the next one starts."""
        text = self.text
        if kind == "blank":
            return end
        if kind == "mark":
            self.mark(text[start], start)
        elif kind in ("comment", "open"):
            if not self.syntax.comments:
                self.complain("a comment", start)
            elif kind == "open":
                self.complain("a comment that is never closed", start)
        elif kind == "string":
            self.scalar(_unescaped(text[start + 1 : end - 1]), start, end)
        elif kind == "number":
            self.scalar(_number(text[start:end]), start, end)
        elif kind == "word":
            self.scalar(_WORDS[text[start:end]], start, end)
        elif kind == "space":
            self.complain("a blank that JSON does not know", start)
        elif kind == "broken":
            end = self.broken(start)
        else:
            self.complain("a key without quotes" if self.expects_key() else "text without quotes", start)
            self.scalar(client_text(text[start:end]), start, end)
        return end

    def broken(self, start: int) -> int:
        """Take a string with mistakes: up to its quote, or to the end of its line where it has none."""
        found = None if self.unclosed else _LOOSE_STRING.match(self.text, start)
        self.unclosed = found is None
        found = found or _LINE_STRING.match(self.text, start)
        end = found.end() if found else len(self.text)
        if self.unclosed or "\n" in self.text[start:end]:
            problem = "a string that is never closed" if self.unclosed else "a string with a line break"
            self.complain(problem, start, 'write `"` where it ends, in the same line')
        else:
            self.complain("a string with a wrong escape", start, "write `\\\\` for a backslash")
        self.scalar(_unescaped(self.text[start + 1 : end].removesuffix('"')), start, end)
        return end

    def mark(self, mark: str, at: int) -> None:
        if mark in "{[":
            if self.expects_key():
                self.complain("a key is missing", at)
            self.before_value(at)
            self.stack.append(Object(at, at) if mark == "{" else Array(at, at))
            self.open[mark] += 1
            self.keys.append(None)
            self.colon, self.ready = False, True
        elif mark in "}]":
            self.closing("{" if mark == "}" else "[", mark, at)
        elif mark == ",":
            self.comma(at)
        elif self.stack and self.keys[-1] is not None and not self.colon:
            self.colon = True
        elif self.stack and isinstance(self.stack[-1], Array) and self.stack[-1].items:
            line = self.text.count("\n", 0, self.stack[-1].start) + 1
            self.complain(f"a key in the list that the `[` of line {line} opens", at, "write `]` before it, if the list ends there")
        else:
            self.complain("a colon that belongs to no key", at)

    def expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1], Object) and self.keys[-1] is None

    def before_value(self, at: int) -> None:
        """Complain where no value may stand; it counts all the same."""
        if not self.ready:
            self.complain("a comma is missing" if self.stack else "text behind the end of the document", at)
        elif self.stack and self.keys[-1] is not None and not self.colon:
            self.complain("a colon is missing", at)

    def scalar(self, found: Json, start: int, end: int) -> None:
        if self.expects_key():
            if not self.ready:
                self.complain("a comma is missing", start)
            if self.text[start] != '"':
                self.complain("a key without quotes", start)
            self.keys[-1] = (found if isinstance(found, str) else self.text[start:end], start, end)
            self.colon, self.ready = False, True
            return
        self.before_value(start)
        self.add(Scalar(found, start, end))

    def add(self, node: Node) -> None:
        self.ready = False
        if not self.stack:
            self.root = self.root or node
            return
        parent, key = self.stack[-1], self.keys[-1]
        self.keys[-1] = None
        if len(self.stack) > MAX_DEPTH:
            return
        parent.commas.append(None)
        if isinstance(parent, Array):
            parent.items.append(node)
        else:
            name, start, end = key or ("", node.start, node.start)
            parent.members.append(Member(name, start, end, node))

    def comma(self, at: int) -> None:
        if not self.stack or self.ready:
            self.complain("a comma without a value before it", at)
        if self.stack:
            parent = self.stack[-1]
            if not self.ready and parent.commas:
                parent.commas[-1] = at
            self.keys[-1], self.ready = None, True

    def closing(self, opening: str, mark: str, at: int) -> None:
        kind = Object if opening == "{" else Array
        if not self.stack or not isinstance(self.stack[-1], kind):
            self.misplaced(mark, at)
            if not self.open[opening]:
                return
        while not isinstance(self.stack[-1], kind):
            self.close(at)
        self.close(at + 1)

    def misplaced(self, mark: str, at: int) -> None:
        """Complain of a bracket that does not close what is open."""
        if not self.stack:
            self.complain(f"`{mark}` closes nothing", at, "take it out")
            return
        opened, wanted = "{}" if isinstance(self.stack[-1], Object) else "[]"
        line = self.text.count("\n", 0, self.stack[-1].start) + 1
        self.complain(f"`{mark}` where the `{opened}` of line {line} is open", at, f"write `{wanted}` before it")

    def close(self, end: int) -> None:
        node, key = self.stack.pop(), self.keys.pop()
        self.open["{" if isinstance(node, Object) else "["] -= 1
        node.end = end
        comma = node.commas[-1] if node.commas else None
        if key is not None:
            self.complain("a key without a value", key[1])
        elif comma is not None and not self.syntax.trailing_commas:
            self.complain("a comma before the closing bracket", comma)
        self.add(node if len(self.stack) != MAX_DEPTH else Scalar(client_text(self.text[node.start : end]), node.start, end))


def _unescaped(raw: str) -> str:
    """Return what a string's text stands for; half a character is U+FFFD, as it is once written as UTF-8."""
    text = client_text(raw)
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _SHORT.get(match[2], match[2]), text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _number(text: str) -> Json:
    if text.lstrip("-").isdecimal() and len(text) <= 300:
        return int(text)
    return float_value(float(text))
