"""The lines and the scalars of js-yaml: where its loader is in a text, and what it makes of plain, quoted and block scalars.

Each function says which one of its loader it stands for; `js_yaml` has what goes on from there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.yaml.errors import Slip, YamlError
from agentconv.yaml.tree import Scalar

if TYPE_CHECKING:
    from agentconv.yaml.tree import Grammar, Node

_UNPRINTABLE = expression("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_CONTROL = expression("[\x00-\x08\x0b\x0c\x0e-\x1f]")
SPACES = expression(" *")
BLANKS = expression("[ \t]*")
REST = expression(r"[^\r\n]*")
_NOT_PLAIN = frozenset(" \t\r\n,[]{}#&*!|>'\"%@`\0")
_BLOCK_PLAIN_END = expression(r":(?=[ \t\r\n])|(?<=[ \t\r\n])#|[\r\n\0]")
_FLOW_PLAIN_END = expression(r"[,\[\]{}]|:(?=[ \t\r\n,\[\]{}])|(?<=[ \t\r\n])#|[\r\n\0]")
_SEPARATOR = expression(r"(?:---|\.\.\.)(?=[ \t\r\n\0])")
_SINGLE_STOP = expression(r"['\r\n\0]")
_DOUBLE_STOP = expression(r'["\\\r\n\0]')
_HEADER = expression(r"[-+0-9]*")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", " ": " ",
    '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX = {"x": expression("[0-9a-fA-F]{2}"), "u": expression("[0-9a-fA-F]{4}"), "U": expression("[0-9a-fA-F]{8}")}


class Scalars:
    """`State` of loader.js, with the functions that pass blanks and read scalars."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        self.grammar = grammar
        self.strict = grammar.strict
        """js-yaml 4: tabs before a key or a dash, and empty entries between brackets, are errors."""
        self.size = len(text)
        self.position = 1 if text.startswith("\ufeff") else 0
        self.input = text + ("" if text.endswith(("\n", "\r")) or not text else "\n") + "\0"
        self.end = len(self.input) - 1
        self.odd = _UNPRINTABLE.search(text) is not None
        self.line = 0
        self.line_start = self.position
        self.indent = 0
        self.tab = -1
        """Place of the first tab before the text of a line."""
        self.tag: str | None = None
        self.anchor: str | None = None
        self.kind: str | None = None
        self.result: Node | None = None
        self.tags: dict[str, str] = {}
        self.anchors: dict[str, Node] = {}
        self.open: list[Node] = []
        self.nodes = 0
        self.aliases = 0

    def fail(self, problem: str, place: int | None = None, slip: Slip | None = None) -> YamlError:
        return YamlError(problem, min(self.position if place is None else place, self.size), slip)

    def null(self, place: int | None = None) -> Scalar:
        place = min(self.position if place is None else place, self.size)
        return Scalar("", "", None, place, place)

    # Blanks and lines

    def line_break(self) -> None:
        char = self.input[self.position]
        if char not in "\r\n":
            raise self.fail("a line break is expected")
        self.position += 2 if self.input.startswith("\r\n", self.position) else 1
        self.line += 1
        self.line_start = self.position
        self.tab = -1

    def skip(self, *, comments: bool = True) -> int:
        """`skipSeparationSpace`: pass blanks, comments and line breaks; return how many of these there were."""
        text, breaks = self.input, 0
        while text[self.position] != "\0":
            end = end_of(BLANKS, text, self.position)
            if self.tab == -1 and (tab := text.find("\t", self.position, end)) >= 0:
                self.tab = tab
            self.position = end
            if comments and text[end] == "#":
                self.comment(end)
                self.position = min(end_of(REST, text, end), self.end)
            if text[self.position] not in "\r\n":
                break
            self.line_break()
            breaks += 1
            self.position = end_of(SPACES, text, self.line_start)
            self.indent = self.position - self.line_start
        return breaks

    def comment(self, start: int) -> None:
        """Note where a comment starts."""

    def at_separator(self, place: int) -> bool:
        return place == self.line_start and _SEPARATOR.match(self.input, place) is not None

    # Scalars

    def capture(self, start: int, end: int, *, quoted: bool) -> str:
        """`captureSegment`: a piece of the text, if its characters are allowed there."""
        piece = self.input[start:end]
        if self.odd and (found := (_CONTROL if quoted else _UNPRINTABLE).search(piece)):
            raise self.fail("a character that is not printable", start + found.start())
        return piece

    def plain(self, node_indent: int, *, flow: bool) -> bool:
        """`readPlainScalar`."""
        text, start = self.input, self.position
        char = text[start]
        if char in _NOT_PLAIN or (char in "?-" and text[start + 1] in (" \t\r\n,[]{}" if flow else " \t\r\n")):
            return False
        ends = _FLOW_PLAIN_END if flow else _BLOCK_PLAIN_END
        pieces: list[str] = []
        captured = start
        while True:
            if self.at_separator(self.position):
                break
            match = ends.search(text, self.position)
            stop = match.start() if match else self.end
            piece = text[self.position : stop].rstrip(" \t")
            if piece:
                pieces.append(self.capture(self.position, self.position + len(piece), quoted=False))
                captured = self.position + len(piece)
            self.position = stop
            if text[stop] not in "\r\n":
                break
            before = self.line, self.line_start, self.indent
            self.skip(comments=False)
            if self.indent < node_indent:
                self.position = captured
                self.line, self.line_start, self.indent = before
                break
            following = text[self.position]
            if following in "#\0" or self.at_separator(self.position) or (match := ends.match(text, self.position)):
                break
            pieces.append(_folded(self.line - before[0]))
        return self.keep("".join(pieces), "", start, captured) if pieces else False

    def keep(self, text: str, style: str, start: int, end: int) -> bool:
        self.kind = "scalar"
        self.result = Scalar(text, style, None, start, min(end, self.size))
        return True

    def quoted_break(self, _node_indent: int) -> int:
        """Pass line breaks inside of quotes."""
        return self.skip(comments=False)

    def fold(self, pieces: list[str], node_indent: int) -> None:
        pieces.append(_folded(self.quoted_break(node_indent)))

    def single_quoted(self, node_indent: int) -> bool:
        """`readSingleQuotedScalar`."""
        text, start = self.input, self.position
        if text[start] != "'":
            return False
        pieces = []
        self.position = captured = start + 1
        while True:
            match = None if self.at_separator(self.position) else _SINGLE_STOP.search(text, self.position)
            if match is None or match[0] == "\0":
                raise self.fail("a quoted text that is never closed", start)
            stop = match.start()
            pieces.append(self.capture(captured, stop, quoted=True))
            if match[0] != "'":
                self.position = stop
                self.fold(pieces, node_indent)
                captured = self.position
            elif text[stop + 1] == "'":
                captured = stop + 1
                self.position = stop + 2
            else:
                self.position = stop + 1
                return self.keep("".join(pieces), "'", start, self.position)

    def double_quoted(self, node_indent: int) -> bool:
        """`readDoubleQuotedScalar`."""
        text, start = self.input, self.position
        if text[start] != '"':
            return False
        pieces = []
        self.position = start + 1
        while True:
            match = None if self.at_separator(self.position) else _DOUBLE_STOP.search(text, self.position)
            if match is None or match[0] == "\0":
                raise self.fail("a quoted text that is never closed", start)
            pieces.append(self.capture(self.position, match.start(), quoted=True))
            self.position = match.start()
            if match[0] == '"':
                self.position += 1
                return self.keep(_scalars("".join(pieces)), '"', start, self.position)
            if match[0] == "\\":
                pieces.append(self.escape(node_indent))
            else:
                self.fold(pieces, node_indent)

    def escape(self, node_indent: int) -> str:
        self.position += 1
        char = self.input[self.position]
        if char in "\r\n":
            self.quoted_break(node_indent)
            return ""
        if char in _ESCAPES:
            self.position += 1
            return _ESCAPES[char]
        digits = _HEX[char].match(self.input, self.position + 1) if char in _HEX else None
        if digits is None:
            raise self.fail("an unknown escape", self.position - 1)
        self.position = digits.end()
        code = int(digits[0], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"

    def block_scalar(self, node_indent: int) -> bool:
        """`readBlockScalar`."""
        text, start = self.input, self.position
        style = text[start]
        if style not in "|>":
            return False
        header = _HEADER.match(text, start + 1)
        indicators = header[0] if header else ""
        digits, chomps = re.sub("[-+]", "", indicators), re.sub("[0-9]", "", indicators)
        self.position = start + 1 + len(indicators)
        if len(digits) > 1 or len(chomps) > 1 or digits == "0":
            raise self.fail("an odd block scalar header", start)
        indent, detected = (node_indent + int(digits) - 1, True) if digits else (node_indent, False)
        if text[self.position] in " \t":
            self.position = end_of(BLANKS, text, self.position)
            if text[self.position] == "#":
                self.position = min(end_of(REST, text, self.position), self.end)
        lines, closed, end = self.block_lines(indent, detected=detected)
        return self.keep(
            _chomped(lines, folded=style == ">", chomp=chomps, closed=closed), style, start, max(end, start + 1 + len(indicators))
        )

    def block_lines(self, indent: int, *, detected: bool) -> tuple[list[str | int], bool, int]:
        """Read the lines of a block scalar: texts, and how many empty lines are between them (and at the end)."""
        text, empty, end = self.input, 0, 0
        found: list[str | int] = []
        while text[self.position] != "\0":
            self.line_break()
            blanks = end_of(SPACES, text, self.position) - self.position
            self.indent = min(blanks, max(indent, 0)) if detected else blanks
            self.position += self.indent
            if not detected:
                indent = max(indent, self.indent)
            if text[self.position] in "\r\n":
                empty += 1
                continue
            if self.indent < indent:
                return [*found, empty], True, end
            detected = True
            stop = min(end_of(REST, text, self.position), self.end)
            found += [empty, self.capture(self.position, stop, quoted=False)]
            if stop > self.position:
                end = stop
            empty, self.position = 0, stop
        return [*found, empty], False, end


def end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a pattern that begins at a place ends: there, if it does not."""
    match = pattern.match(text, start)
    return match.end() if match else start


def _folded(breaks: int) -> str:
    return " " if breaks == 1 else "\n" * (breaks - 1)


def _scalars(text: str) -> str:
    """Join the halves of characters that were written as two escapes; a half alone is shown as U+FFFD."""
    if text.isascii() or not re.search("[\ud800-\udfff]", text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _chomped(lines: list[str | int], *, folded: bool, chomp: str, closed: bool) -> str:
    """Join a block scalar's lines as js-yaml does, which ends one differently where the text ends with it."""
    pieces: list[str] = []
    indented = False
    for empty, line in zip(lines[:-1:2], lines[1::2], strict=True):
        breaks = int(empty)
        started = bool(pieces)
        if not folded:
            pieces.append("\n" * (breaks + started))
        elif str(line)[:1] in (" ", "\t"):
            indented = True
            pieces.append("\n" * (breaks + started))
        elif indented:
            indented = False
            pieces.append("\n" * (breaks + 1))
        else:
            pieces.append("\n" * breaks if breaks else " " * started)
        pieces.append(str(line))
    if closed and chomp == "+":
        pieces.append("\n" * (int(lines[-1]) + bool(pieces)))
    elif closed and not chomp and pieces:
        pieces.append("\n")
    return "".join(pieces)
