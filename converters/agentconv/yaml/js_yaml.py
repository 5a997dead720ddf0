"""Reads YAML as js-yaml 3 and 4 read it: its loader, in Python, step by step.

js-yaml is no parser of the specification: what it takes for an error, and what it lets pass, follows from the order in
which its functions try one thing after another. So that order is kept here; each function says which one it stands for.
The two versions differ in a few lines (`strict`) and in the types of plain scalars, which the grammar knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from agentconv.core.dataclass import replace
from agentconv.core.expressions import expression
from agentconv.yaml.errors import Slip, YamlError, YamlLimitError
from agentconv.yaml.tree import MAX_ALIASES, MAX_DEPTH, MAX_NODES, Mapping, Scalar, Sequence
from agentconv.yaml.values import entries, key_text

if TYPE_CHECKING:
    from agentconv.yaml.tree import Grammar, Node

_CORE = "tag:yaml.org,2002:"
_MERGE = f"{_CORE}merge"
_UNPRINTABLE = expression("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_CONTROL = expression("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPACES = expression(" *")
_BLANKS = expression("[ \t]*")
_REST = expression(r"[^\r\n]*")
_NAME = expression(r"[^ \t\r\n,\[\]{}\0]*")
_WORD = expression(r"[^ \t\r\n\0]*")
_NOT_PLAIN = frozenset(" \t\r\n,[]{}#&*!|>'\"%@`\0")
_BLOCK_PLAIN_END = expression(r":(?=[ \t\r\n])|(?<=[ \t\r\n])#|[\r\n\0]")
_FLOW_PLAIN_END = expression(r"[,\[\]{}]|:(?=[ \t\r\n,\[\]{}])|(?<=[ \t\r\n])#|[\r\n\0]")
_SEPARATOR = expression(r"(?:---|\.\.\.)(?=[ \t\r\n\0])")
_SINGLE_STOP = expression(r"['\r\n\0]")
_DOUBLE_STOP = expression(r'["\\\r\n\0]')
_HEADER = expression(r"[-+0-9]*")
_HANDLE = expression(r"!|!!|![a-z\-]+!", re.IGNORECASE)
_TAG = expression(r"(?:!|[^,\[\]{}])(?:%[0-9a-f]{2}|[0-9a-z\-#;/?:@&=+$,_.!~*'()\[\]])*", re.IGNORECASE)
_VERSION = expression(r"1\.[0-9]+")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", " ": " ",
    '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX = {"x": expression("[0-9a-fA-F]{2}"), "u": expression("[0-9a-fA-F]{4}"), "U": expression("[0-9a-fA-F]{8}")}
_FLOW_IN, _FLOW_OUT, _BLOCK_IN, _BLOCK_OUT = range(1, 5)


def read(text: str, grammar: Grammar) -> Node | None:
    """Read one YAML text; no document gives None.

    Raises:
        YamlError: js-yaml refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    return Loader(text, grammar).load()


class Loader:
    """`State` of loader.js with the functions that work on it."""

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

    def load(self) -> Node | None:
        if (at := self.input.find("\0")) < self.end:
            raise self.fail("a NUL character", at)
        start = self.position
        self.position = _end(_SPACES, self.input, start)
        self.indent = self.position - start
        documents = 0
        while self.position < self.end:
            if documents:
                raise self.fail("several documents")
            self.document()
            documents += 1
        return (self.result or self.null()) if documents else None

    def document(self) -> None:
        """`readDocument`."""
        text = self.input
        self.tags, self.anchors = {}, {}
        directives = False
        while text[self.position] != "\0":
            self.skip()
            if self.indent > 0 or text[self.position] != "%":
                break
            directives = True
            self.directive()
        self.skip()
        if self.indent == 0 and self.at_start_marker():
            self.position += 3
            self.skip()
        elif directives:
            raise self.fail("a directive without `---` below it")
        self.compose(self.indent - 1, _BLOCK_OUT)
        self.result = self.result or self.null()
        self.skip()
        if self.at_separator(self.position):
            if text[self.position] == ".":
                self.position += 3
                self.skip()
        elif self.position < self.end:
            raise self.fail("text behind the value")

    def at_start_marker(self) -> bool:
        """Whether a document starts here: to js-yaml, `---` needs no blank behind it."""
        return self.input.startswith("---", self.position)

    def directive(self) -> None:
        line = _REST.match(self.input, self.position + 1)
        place = self.position
        words = re.sub(r"(?:^|(?<=[ \t]))#.*", "", line[0] if line else "").replace("\t", " ").split(" ")
        name, arguments = words[0], [word for word in words[1:] if word]
        if not name:
            raise self.fail("a directive without a name", place)
        if name == "YAML" and (len(arguments) != 1 or not _VERSION.fullmatch(arguments[0]) or "" in self.tags):
            raise self.fail("an odd %YAML line", place)
        if name == "TAG":
            if len(arguments) != 2 or not _HANDLE.fullmatch(arguments[0]) or arguments[0] in self.tags or not _TAG.fullmatch(arguments[1]):
                raise self.fail("an odd %TAG line", place)
            self.tags[arguments[0]] = self.decoded(arguments[1], place)
        elif name == "YAML":
            self.tags[""] = name
        self.position = min(_end(_REST, self.input, self.position), self.end)
        if self.input[self.position] != "\0":
            self.line_break()

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
            end = _end(_BLANKS, text, self.position)
            if self.tab == -1 and (tab := text.find("\t", self.position, end)) >= 0:
                self.tab = tab
            self.position = end
            if comments and text[end] == "#":
                self.comment(end)
                self.position = min(_end(_REST, text, end), self.end)
            if text[self.position] not in "\r\n":
                break
            self.line_break()
            breaks += 1
            self.position = _end(_SPACES, text, self.line_start)
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
            self.position = _end(_BLANKS, text, self.position)
            if text[self.position] == "#":
                self.position = min(_end(_REST, text, self.position), self.end)
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
            blanks = _end(_SPACES, text, self.position) - self.position
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
            stop = min(_end(_REST, text, self.position), self.end)
            found += [empty, self.capture(self.position, stop, quoted=False)]
            if stop > self.position:
                end = stop
            empty, self.position = 0, stop
        return [*found, empty], False, end

    # Collections

    def flow_skip(self, _node_indent: int) -> None:
        """Pass blanks between brackets."""
        self.skip()

    def flow_collection(self, node_indent: int) -> bool:
        """`readFlowCollection`."""
        text, start = self.input, self.position
        if text[start] not in "[{":
            return False
        tag, anchor = self.tag, self.anchor
        node: Mapping | Sequence = Sequence([], True, start, start) if text[start] == "[" else Mapping([], True, start, start)
        entries = Entries(self, node) if isinstance(node, Mapping) else None
        self.enter(node)
        self.position += 1
        next_may_come = True
        while text[self.position] != "\0":
            self.flow_skip(node_indent)
            char = text[self.position]
            if char == ("}" if entries else "]"):
                self.position += 1
                self.leave(node, tag, anchor)
                node.end = self.position
                return True
            if not next_may_come:
                raise self.fail("a missing comma between brackets")
            if char == "," and self.strict:
                raise self.fail("a comma where a value is expected")
            self.flow_entry(node_indent, node, entries)
            next_may_come = text[self.position] == ","
            self.position += next_may_come
        raise self.fail("brackets that are never closed", start)

    def flow_entry(self, node_indent: int, node: Mapping | Sequence, entries: Entries | None) -> None:
        text = self.input
        explicit = text[self.position] == "?" and text[self.position + 1] in " \t\r\n"
        if explicit:
            self.position += 1
            self.flow_skip(node_indent)
        line, place = self.line, self.position
        self.compose(node_indent, _FLOW_IN)
        key_tag, key = self.tag, self.result or self.null()
        self.flow_skip(node_indent)
        value = None
        if (explicit or self.line == line) and text[self.position] == ":":
            self.position += 1
            after = self.position
            self.flow_skip(node_indent)
            self.compose(node_indent, _FLOW_IN)
            value = self.result or self.null(after)
        pair = explicit or value is not None
        if entries:
            entries.add(key_tag, key, value or self.null(), place)
        elif isinstance(node, Sequence) and pair:
            single = Mapping([], True, place, self.position)
            Entries(self, single).add(key_tag, key, value or self.null(), place)
            node.items.append(single)
        elif isinstance(node, Sequence):
            node.items.append(key)
        self.flow_skip(node_indent)

    def repeated(self, entries: Entries, name: str, _key: Node) -> bool:
        """Whether a key was there before."""
        return name in entries.found and name not in entries.merged

    def enter(self, node: Node) -> None:
        if self.anchor is not None:
            self.anchors[self.anchor] = node
        self.open.append(node)
        if len(self.open) > MAX_DEPTH:
            raise YamlLimitError(f"nested deeper than {MAX_DEPTH} levels", node.start)

    def leave(self, node: Mapping | Sequence, tag: str | None, anchor: str | None) -> None:
        self.open.pop()
        self.tag, self.anchor = tag, anchor
        self.kind = "sequence" if isinstance(node, Sequence) else "mapping"
        self.result = node
        if not node.flow:
            last = node.items[-1:] if isinstance(node, Sequence) else [part for pair in node.pairs[-1:] for part in pair]
            node.end = max((child.end for child in last), default=node.start)

    def check_tab(self) -> None:
        if self.strict and self.tab != -1:
            raise self.fail("a tab as indentation", self.tab, Slip.TAB)

    def block_sequence(self, node_indent: int) -> bool:
        """`readBlockSequence`."""
        text = self.input
        if self.strict and self.tab != -1:
            return False
        tag, anchor = self.tag, self.anchor
        node = Sequence([], False, self.position, self.position)
        if self.anchor is not None:
            self.anchors[self.anchor] = node
        if text[self.position] != "-" or text[self.position + 1] not in " \t\r\n":
            return False
        self.enter(node)
        while text[self.position] != "\0":
            self.check_tab()
            if text[self.position] != "-" or text[self.position + 1] not in " \t\r\n":
                break
            self.position += 1
            place = self.position
            if self.skip() and self.indent <= node_indent:
                node.items.append(self.null(place))
                continue
            line = self.line
            self.compose(node_indent, _BLOCK_IN)
            node.items.append(self.result or self.null(place))
            self.skip()
            if (self.line == line or self.indent > node_indent) and text[self.position] != "\0":
                raise self.fail("a list item with odd indentation")
            if self.indent < node_indent:
                break
        self.leave(node, tag, anchor)
        return True

    def block_mapping(self, node_indent: int, flow_indent: int) -> bool:
        """`readBlockMapping`; it also reads a lone scalar that turns out not to be a key."""
        if self.strict and self.tab != -1:
            return False
        tag, anchor = self.tag, self.anchor
        node = Mapping([], False, self.position, self.position)
        self.enter(node)
        block = Block(Entries(self, node))
        while self.input[self.position] != "\0":
            if not block.explicit:
                self.check_tab()
            line = self.line
            found = self.mapping_key(block, flow_indent)
            if found is None:
                break
            if not found:  # the result of `compose` stays
                self.open.pop()
                self.tag, self.anchor = tag, anchor
                return True
            if self.line == line or self.indent > node_indent:
                self.mapping_value(block, node_indent)
                self.skip()
            odd = self.indent > node_indent or (self.strict and self.line == line)
            if odd and self.input[self.position] != "\0":
                raise self.fail("a key with odd indentation, or text behind a value")
            if self.indent < node_indent:
                break
        if block.explicit:
            block.flush(self.null())
        if not block.detected:
            self.open.pop()
            return False
        self.leave(node, tag, anchor)
        return True

    def mapping_key(self, block: Block, flow_indent: int) -> bool | None:
        """Read up to a key's colon; None when there is no key, False when a lone value was read."""
        text, line = self.input, self.line
        char = text[self.position]
        if char in "?:" and text[self.position + 1] in " \t\r\n":
            if char == ":" and not block.explicit:
                self.keyless(block)
            if char == "?" and block.explicit:
                block.flush(self.null())
            block.explicit = char == "?"
            block.detected = block.compact = True
            self.position += 1
            return True
        place = self.position
        if not self.compose(flow_indent, _FLOW_OUT):
            return None
        if self.line != line:
            if block.detected:
                raise self.fail("a key of several lines", place)
            return False
        self.position = _end(_BLANKS, text, self.position)
        if text[self.position] != ":":
            if block.detected:
                raise self.fail("a key without a colon", place)
            return False
        self.position += 1
        if text[self.position] not in " \t\r\n":
            raise self.fail("a colon without a blank behind it")
        if block.explicit:
            block.flush(self.null())
        block.detected, block.explicit, block.compact = True, False, False
        block.tag, block.key, block.place = self.tag, self.result, place
        return True

    def keyless(self, _block: Block) -> None:
        raise self.fail("a colon without a key")

    def mapping_value(self, block: Block, node_indent: int) -> None:
        value, place = None, self.position
        if block.explicit:
            block.place = place
        if self.compose(node_indent, _BLOCK_OUT, seek=True, compact=block.compact):
            if block.explicit:
                block.key = self.result
            else:
                value = self.result
        if not block.explicit:
            block.flush(value or self.null(place))

    # Nodes

    def properties(self) -> bool:
        """`readTagProperty` and `readAnchorProperty`."""
        text, start = self.input, self.position
        if text[start] == "!":
            if self.tag is not None:
                raise self.fail("two tags on one value")
            self.tag = self.read_tag()
            return True
        if text[start] != "&":
            return False
        if self.anchor is not None:
            raise self.fail("two anchors on one value")
        self.position = _end(_NAME, text, start + 1)
        if self.position == start + 1:
            raise self.fail("an anchor without a name")
        self.anchor = text[start + 1 : self.position]
        return True

    def read_tag(self) -> str:
        text, start = self.input, self.position
        if text.startswith("!<", start):
            end = text.find(">", start + 3)
            if end < 0:
                raise self.fail("a tag that is never closed", start)
            name = text[start + 2 : end]
            self.position = end + 1
            self.check_tag(name, start)
            return self.decoded(name, start)
        self.position = min(_end(_WORD, text, start), self.end)
        word = text[start + 1 : self.position]
        handle, name = ("!!", word[1:]) if word.startswith("!") else ("!", word)
        if handle == "!" and "!" in word:
            at = word.index("!")
            handle, name = f"!{word[: at + 1]}", word[at + 1 :]
        if "!" in name or not _HANDLE.fullmatch(handle) or re.search(r"[,\[\]{}]", name):
            raise self.fail("an odd tag", start)
        self.check_tag(name, start)
        name = self.decoded(name, start)
        if handle in self.tags:
            return self.tags[handle] + name
        if handle not in ("!", "!!"):
            raise self.fail("a tag that is not declared", start)
        return (handle if handle == "!" else _CORE) + name

    def check_tag(self, name: str, place: int) -> None:
        if name and not _TAG.fullmatch(name):
            raise self.fail("an odd tag", place)

    def decoded(self, name: str, place: int) -> str:
        try:
            return unquote(name, errors="strict") if self.strict else name
        except UnicodeDecodeError:
            raise self.fail("an odd tag", place) from None

    def alias(self) -> bool:
        """`readAlias`."""
        text, start = self.input, self.position
        if text[start] != "*":
            return False
        self.position = _end(_NAME, text, start + 1)
        node = self.anchors.get(text[start + 1 : self.position])
        if node is None:
            raise self.fail("an alias without its anchor", start, Slip.ALIAS)
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise YamlLimitError(f"more than {MAX_ALIASES:,} aliases", start)
        if any(node is parent for parent in self.open):  # it would never end: its source text stands for it
            self.result = Scalar(text[start : self.position], '"', None, start, self.position)
        else:
            self.result = replace(node, start=start, end=self.position)
        self.skip()
        return True

    def key_follows(self) -> bool:
        """Whether the tag and the anchor here are those of a map's first key, rather than of the map."""
        return False

    def clear(self) -> None:
        self.tag = self.anchor = self.kind = self.result = None

    def status(self, parent_indent: int) -> int:
        return (self.indent > parent_indent) - (self.indent < parent_indent)

    def compose(self, parent_indent: int, context: int, *, seek: bool = False, compact: bool = True) -> bool:
        """`composeNode`."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise YamlLimitError(f"more than {MAX_NODES:,} values", self.position)
        self.clear()
        styles = collections = context in (_BLOCK_OUT, _BLOCK_IN)
        status, new_line, content = 1, False, False
        if seek and self.skip():
            new_line, status = True, self.status(parent_indent)
        start = self.position
        room = status == 1 and not (collections and (new_line or compact) and self.key_follows())
        while room and self.properties():
            collections = False
            if self.skip():
                new_line, collections, status = True, styles, self.status(parent_indent)
        collections = collections and (new_line or compact)
        if status == 1 or context == _BLOCK_OUT:
            flow_indent = parent_indent if context in (_FLOW_IN, _FLOW_OUT) else parent_indent + 1
            column = self.position - self.line_start
            if status == 1:
                content = self.content(column, flow_indent, context, collections=collections, styles=styles)
            elif status == 0:
                content = collections and self.block_sequence(column)
        self.resolve(start)
        return self.tag is not None or self.anchor is not None or content

    def content(self, column: int, flow_indent: int, context: int, *, collections: bool, styles: bool) -> bool:
        if (collections and (self.block_sequence(column) or self.block_mapping(column, flow_indent))) or self.flow_collection(flow_indent):
            return True
        if (styles and self.block_scalar(flow_indent)) or self.single_quoted(flow_indent) or self.double_quoted(flow_indent):
            found = True
        elif self.input[self.position] == "*":
            found = self.alias()
            if self.tag is not None or self.anchor is not None:
                raise self.fail("an alias with a tag or an anchor")
        else:
            found = self.plain(flow_indent, flow=context == _FLOW_IN)
            if found and self.tag is None:
                self.tag = "?"
        return found

    def resolve(self, start: int) -> None:
        """Check a tag against its value, and note anchors."""
        node = self.result
        if node is not None and (self.tag not in (None, "?") or self.anchor is not None) and self.kind is not None:
            node.start = min(node.start, start)
        if self.tag == "?":
            if isinstance(node, Scalar) and node.text == "<<" and not self.grammar.written_keys:
                self.tag = _MERGE
            elif self.kind != "scalar" and node is not None:
                raise self.fail("an odd tag", start)
        elif self.tag is not None and self.tag != "!":
            node = self.tagged(node, start)
        elif self.tag == "!" and isinstance(node, Scalar):
            node.tag = "!"
        self.result = node
        if self.anchor is not None:
            self.anchors[self.anchor] = node or self.null()

    def tagged(self, node: Node | None, start: int) -> Node | None:
        tag = self.tag or ""
        found = self.grammar.retag(tag, node)
        if found is None:
            raise self.fail("a tag that the client does not know, or that does not fit its value", start)
        return found


class Block:
    """A block map while it is read."""

    def __init__(self, entries: Entries) -> None:
        self.entries = entries
        self.explicit = False
        self.detected = False
        self.compact = False
        self.tag: str | None = None
        self.key: Node | None = None
        self.place = 0

    def flush(self, value: Node) -> None:
        self.entries.add(self.tag, self.key or Scalar("", "", None, value.start, value.start), value, self.place)
        self.tag = self.key = None


class Entries:
    """`storeMappingPair`: the entries of one map, refusing duplicates and applying merge keys as they come."""

    def __init__(self, loader: Loader, node: Mapping) -> None:
        self.loader = loader
        self.node = node
        self.found: dict[str, Node] = {}
        self.merged: set[str] = set()
        self.typed: set[tuple[str, str]] = set()

    def add(self, tag: str | None, key: Node, value: Node, place: int) -> None:
        self.node.pairs.append((key, value))
        if tag == _MERGE:
            for source in value.items if isinstance(value, Sequence) else [value]:
                self.merge(source)
            self.node.merged = self.found
            return
        if isinstance(key, Sequence) and any(isinstance(item, Sequence) for item in key.items):
            raise self.loader.fail("lists inside a key", place)
        name = key_text(key, self.loader.grammar)
        if self.loader.repeated(self, name, key):
            raise self.loader.fail(f"`{name}` is given twice", place, Slip.TWICE)
        self.merged.discard(name)
        self.found[name] = value

    def merge(self, source: Node) -> None:
        if isinstance(source, Scalar):
            raise self.loader.fail("a merge of what is no map", source.start)
        found = (
            entries(source, self.loader.grammar) if isinstance(source, Mapping) else {str(i): item for i, item in enumerate(source.items)}
        )
        self.loader.nodes += len(found)
        for name, child in found.items():
            if name not in self.found:
                self.found[name] = child
                self.merged.add(name)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
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
