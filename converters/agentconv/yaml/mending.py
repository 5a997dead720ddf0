r"""Spells YAML that libyaml refuses or misreads so that it reads what Bun's parser, the one inside Claude Code, reads.

Used only on text that libyaml refused or that `yaml_nodes` found suspicious. One pass over the tokens copies the text in
pieces; where the two parsers differ a piece is spelled anew, and `Mended.place` leads back to the original offsets. What
Bun refuses and libyaml would take is refused here. Spelled anew are:

* plain scalars: what libyaml could take for an indicator (a leading comma, `?x`, `a:b`) becomes a stand-in character;
* empty keys and values (`- : x`, `[x:]`, `[?]`, `{: x}`): an invisible scalar; keys in `{}` get an explicit `? `;
* tabs between tokens, and on lines of their own, where Bun takes them: blanks;
* anchors with any names: numbered; tags with any characters: `!x`; both are followed by a blank;
* block scalar headers (`| 2`, `|- 1`), and texts whose first line starts with a tab;
* keys of more than 1,000 characters: explicit keys; surrogate pairs of escapes: one escape;
* `...`: a document start when more follows.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.yaml import tokens
from agentconv.yaml.errors import Slip, YamlError, YamlLimitError
from agentconv.yaml.tree import MAX_BURIED

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONG_KEY = 1_000
MAX_PIECES = 300_000
"""How many pieces a mended text may have, which bounds the time."""


@dataclass(frozen=True, slots=True)
class Mended:
    """Text for libyaml, with the way back to the original offsets and characters."""

    text: str
    starts: list[int]
    """Offsets in `text` where its pieces start, ascending."""
    sources: list[int]
    """Offsets in the original where these pieces come from."""
    restore: dict[int, str]

    def place(self, index: int) -> int:
        """Return the original offset of an offset in `text`."""
        piece = bisect_right(self.starts, index) - 1
        source = self.sources[piece] + index - self.starts[piece]
        return min(source, self.sources[piece + 1]) if piece + 1 < len(self.sources) else source


@dataclass(slots=True)
class _Level:
    """One block map: its column, how many keys it has, and whether the last one was explicit (`?`)."""

    column: int
    keys: int = 0
    explicit: bool = False


@dataclass(slots=True)
class _Flow:
    """One open bracket: whether a map's key comes next, and whether `?` waits for its key."""

    bracket: str
    key_next: bool
    explicit: bool = False


@dataclass(slots=True)
class _Node:
    """The node being read: the piece and place where it starts, and whether a tab stood before it."""

    slot: int
    start: int
    line: int
    tabbed: bool


def mend(text: str, free: Iterator[str]) -> Mended:
    """Spell a text for libyaml; `free` gives characters that it does not hold.

    Raises:
        YamlError: the client's parser refuses the text.
    """
    return _Mender(text, free).mend()


class _Mender:
    def __init__(self, text: str, free: Iterator[str]) -> None:
        self.text = text
        self.empty = next(free)
        self.stand_ins = {ord(char): next(free) for char in tokens.INDICATORS}
        self.pieces: list[tuple[int, str]] = []
        self.anchors: dict[str, str] = {}
        self.levels: list[_Level] = []
        self.flows: list[_Flow] = []
        self.node: _Node | None = None
        self.outer: _Node | None = None
        """The node that an outermost bracket belongs to."""
        self.full = 0
        """How many levels have two keys or more."""
        self.parent = -1
        self.line = 0
        self.key_line = -1
        self.fresh = True
        """Whether only blanks stand between the line's start and the next token."""
        self.tabbed = False
        self.after_plain = False
        self.after_json = False
        self.started = False

    def mend(self) -> Mended:
        text, position = self.text, 0
        while True:
            position = self.gap(position)
            if position >= len(text):
                break
            position = self.flow_token(position) if self.flows else self.block_token(position)
            if len(self.pieces) > MAX_PIECES:
                raise YamlLimitError("too many tokens in a text that libyaml refuses", position)
        starts = list(accumulate((len(piece) for _, piece in self.pieces), initial=0))
        text = "".join(piece for _, piece in self.pieces)
        restore = {ord(stand_in): chr(char) for char, stand_in in self.stand_ins.items()} | {ord(self.empty): ""}
        return Mended(text, starts, [*(source for source, _ in self.pieces), len(self.text)], restore)

    def put(self, position: int, piece: str) -> None:
        if piece:
            self.pieces.append((position, piece))

    def gap(self, position: int) -> int:
        """Copy blanks, comments and line breaks; refuse the tabs that Bun refuses."""
        match = tokens.GAP.match(self.text, position)
        if match is None or not match[0]:
            self.tabbed = False
            return position
        gap = match[0]
        lines = tokens.BREAK.split(gap)
        self.tabbed = "\t" in lines[-1]
        if len(lines) > 1:
            self.check_tabs(gap, lines, position)
            self.line = match.end() - len(lines[-1])
            self.fresh = True
        self.put(position, gap.replace("\t", " ") if "\t" in gap else gap)
        return match.end()

    def check_tabs(self, gap: str, lines: list[str], position: int) -> None:
        """Refuse a line that starts with a tab inside a map that has two keys; a plain scalar skips some."""
        if "\t" not in gap or self.flows or not self.full:
            return
        exempt = self.after_plain
        for number, line in enumerate(lines):
            if number and line.startswith("\t") and not exempt:
                raise YamlError("a line that starts with a tab", position, Slip.TAB)
            exempt = exempt and "#" not in line

    def begin(self, position: int) -> None:
        """Note where a node starts, once for its properties and its content."""
        if self.node is None:
            indent = position - self.line
            if self.fresh and self.tabbed and not self.flows:
                indent = len(self.text[self.line : position].split("\t", 1)[0])
                if indent <= self.parent:
                    raise YamlError("a tab as indentation", position, Slip.TAB)
            self.node = _Node(len(self.pieces), position, self.line, self.tabbed)
            if self.flows and self.flows[-1].key_next:
                self.flows[-1].key_next = False
                self.put(position, "? ")
            if self.flows:
                self.flows[-1].explicit = False
        self.fresh = self.after_plain = self.after_json = False
        self.started = True

    # Block context

    def block_token(self, position: int) -> int:
        text, char = self.text, self.text[position]
        if self.fresh:
            self.node = None  # what stands on the lines before is complete
        if position == self.line and char in "-." and tokens.MARKER.match(text, position):
            return self.marker(position)
        following = text[position + 1 : position + 2]
        if char in "-?:" and (not following or following in tokens.BLANKS):
            self.indicator(char, position)
            self.started = True
            self.fresh = self.after_plain = False
            return position + 1
        if char in "]}@`" or (char == "#" and self.node):
            raise YamlError(f"`{char}` where a value starts", position)
        self.begin(position)
        if char in "[{":
            self.flows.append(_Flow(char, char == "{"))
            self.outer, self.node = self.node, None
            self.put(position, char)
            return position + 1
        if char in "|>":
            return self.block_scalar(position)
        if char in tokens.QUOTED:
            return self.quoted(position)
        if char in "&*":
            return self.anchor(position)
        if char == "!":
            return self.tag(position)
        if char == "%":
            end = tokens.BREAK.search(text, position)
            self.put(position, text[position : end.start() if end else len(text)])
            return end.start() if end else len(text)
        return self.block_plain(position)

    def marker(self, position: int) -> int:
        """Pass a document's start or end; `...` before more content becomes `---`."""
        self.close_levels(-1)
        self.anchors.clear()
        self.node, self.parent, self.key_line = None, -1, -1
        self.fresh = self.after_plain = False
        if self.text[position] == "-":
            self.put(position, "---")
            self.started = True
            return position + 3
        match = tokens.END_MARKERS.match(self.text, position)
        if match is None:
            raise YamlError("content behind `...`", position)
        end = match.end()
        if (rest := tokens.GAP.match(self.text, end)) and rest.end() >= len(self.text):
            return rest.end()
        self.put(position, ("" if self.started else "---\n") + ("" if tokens.MARKER.match(self.text, end) else "---\n"))
        self.started = True
        self.line, self.fresh = end, True
        return end

    def indicator(self, char: str, position: int) -> None:
        """Pass `-`, `?` or `:` in block context."""
        column = position - self.line
        node, self.node = self.node, None
        if char == ":" and node is not None:
            if node.line != self.line:
                raise YamlError("a key of several lines", node.start)
            self.add_key(node.start - self.line, node.tabbed, position)
            if position - node.start > _LONG_KEY:
                self.pieces.insert(node.slot, (node.start, "? "))
                self.put(position, "\n" + " " * (node.start - self.line))
        elif char == ":" and self.explicit_at(column):
            self.levels[-1].explicit = False
            self.parent = column
        elif char == ":":
            self.put(position, self.empty)
            self.add_key(column, self.tabbed, position)
        else:
            if self.tabbed or self.key_line == self.line or (node is not None):
                raise YamlError(f"`{char}` where no block can start", position)
            if char == "?":
                self.add_key(column, False, position)
                self.key_line = -1
                self.levels[-1].explicit = True
            self.close_levels(column)
            self.parent = column
        self.put(position, char)

    def add_key(self, column: int, tabbed: bool, position: int) -> None:
        if tabbed:
            raise YamlError("a tab as indentation", position, Slip.TAB)
        if self.key_line == self.line:
            raise YamlError("an unquoted `: ` in a value", position, Slip.COLON)
        self.key_line = self.line
        self.close_levels(column)
        if not self.levels or self.levels[-1].column < column:
            self.levels.append(_Level(column))
        self.levels[-1].keys += 1
        self.full += self.levels[-1].keys == 2
        self.parent = column

    def close_levels(self, column: int) -> None:
        while self.levels and self.levels[-1].column > column:
            self.full -= self.levels.pop().keys > 1

    def explicit_at(self, column: int) -> bool:
        self.close_levels(column)
        return bool(self.levels) and self.levels[-1].column == column and self.levels[-1].explicit

    def block_plain(self, position: int) -> int:
        """Copy a plain scalar with its continuation lines."""
        text = self.text
        while True:
            match = tokens.BLOCK_PLAIN_END.search(text, position)
            end = match.start() if match else len(text)
            position = self.plain(position, end)
            if match is None or match[0] not in "\r\n":
                break
            gap = tokens.GAP.match(text, position)
            following = gap.end() if gap else position
            line = max(text.rfind("\n", position, following), text.rfind("\r", position, following)) + 1
            indent = len(text[line:following].split("\t", 1)[0])
            if following >= len(text) or "#" in text[position:following] or indent <= self.parent:
                break
            if following == line and tokens.MARKER.match(text, following):
                break
            self.put(position, text[position:following].replace("\t", " "))
            self.line, position = line, following
        self.after_plain = True
        return position

    def plain(self, start: int, end: int) -> int:
        """Copy one line of a plain scalar with stand-ins for all indicators."""
        piece = self.text[start:end].rstrip(" \t")
        self.put(start, piece.translate(self.stand_ins))
        return start + len(piece)

    def block_scalar(self, position: int) -> int:
        """Copy a block scalar; a first line that starts with a tab gets an explicit indentation."""
        header = tokens.HEADER.match(self.text, position)
        if header is None:
            raise YamlError("an odd block scalar header", position)
        if position - self.line <= self.parent:
            raise YamlError("a block scalar that is not indented", position)
        digit, chomp = header["digit"] or header["digit2"], header["chomp"] or header["chomp2"] or ""
        base = max(self.parent, 0)
        indent = base + int(digit) if digit else None
        slot, self.node = len(self.pieces), None
        first = tokens.BREAK.match(self.text, header.end())
        at = first.end() if first else len(self.text)
        self.put(header.end(), self.text[header.end() : at])
        before = ""
        while at < len(self.text) and (line := tokens.LINE.match(self.text, at)):
            blanks, body = len(line[1]), line[2]
            if not blanks and tokens.MARKER.match(body):
                break
            if body and (blanks <= self.parent or (indent is not None and blanks < indent)):
                if body[0] == "\t" and (indent is None or body.lstrip("\t ")[:1] not in ("", "#") or (not blanks and not before)):
                    raise YamlError("a tab as indentation", at, Slip.TAB)
                if body[0] == "\t":
                    self.put(at, f"{line[1]}#{body[1:]}{line[3]}")
                    at = line.end()
                break
            if body and indent is None:
                indent = blanks
                if body[0] == "\t" and 0 < blanks - base <= 9:
                    digit = str(blanks - base)
            if body and not indent:
                self.put(at, " ")  # libyaml wants an indentation at the root
            self.put(at, line[0])
            before, at = body, line.end()
        self.pieces.insert(slot, (position, f"{self.text[position]}{chomp}{digit or ''}"))
        self.line, self.fresh = at, True
        return at

    # Flow context

    def flow_token(self, position: int) -> int:
        text, char, flow = self.text, self.text[position], self.flows[-1]
        if position == self.line and tokens.MARKER.match(text, position):
            raise YamlError("a document marker inside brackets", position)
        following = text[position + 1 : position + 2]
        ends = not following or following in " \t\r\n,[]{}"
        if char in "-?" and ends:
            if char == "-" or self.node is not None or (flow.bracket == "{" and not flow.key_next):
                raise YamlError(f"`{char}` where no value can start", position)
            self.put(position, "? ")
            flow.key_next, flow.explicit = False, True
            self.after_json = False
            return position + 1
        if char == ":" and (ends or self.after_json):
            return self.flow_colon(position)
        if char in ",]}":
            return self.flow_end(position)
        if char in "#|>%@`":
            raise YamlError(f"`{char}` where a value starts", position)
        self.begin(position)
        if char in "[{":
            self.open_flow(char, position)
            return position + 1
        if char in tokens.QUOTED:
            return self.quoted(position)
        if char in "&*":
            return self.anchor(position)
        if char == "!":
            return self.tag(position)
        return self.flow_plain(position)

    def open_flow(self, char: str, position: int) -> None:
        """Pass an opening bracket, but for one that is too deep to be read at all."""
        if len(self.flows) >= MAX_BURIED:
            raise YamlLimitError(f"nested deeper than {MAX_BURIED:,} levels", position)
        self.flows.append(_Flow(char, char == "{"))
        self.node = None
        self.put(position, char)

    def flow_colon(self, position: int) -> int:
        flow = self.flows[-1]
        if self.node is None:
            self.put(position, f"? {self.empty}" if flow.key_next else self.empty)
        elif flow.bracket == "[" and self.node.line != self.line and not flow.explicit:
            raise YamlError("a key of several lines", self.node.start)
        flow.key_next = flow.explicit = False
        self.put(position, " :" if self.node is None else ":")
        self.put(position + 1, " ")
        self.node = _Node(len(self.pieces), position, self.line, False)
        self.after_json = self.after_plain = self.fresh = False
        return position + 1

    def flow_end(self, position: int) -> int:
        """Pass a comma or a closing bracket."""
        char, flow = self.text[position], self.flows[-1]
        if flow.explicit:
            self.put(position, self.empty + " ")
        self.put(position, char)
        self.node = None
        self.after_plain = self.fresh = False
        if char == ",":
            flow.key_next, flow.explicit = flow.bracket == "{", False
            self.after_json = False
            return position + 1
        if char != {"[": "]", "{": "}"}[flow.bracket]:
            raise YamlError(f"`{char}` without its opening bracket", position)
        self.flows.pop()
        self.node = _Node(len(self.pieces), position, self.line, False) if self.flows else self.outer
        self.after_json = True
        return position + 1

    def flow_plain(self, position: int) -> int:
        text = self.text
        while True:
            match = tokens.FLOW_PLAIN_END.search(text, position)
            end = match.start() if match else len(text)
            position = self.plain(position, end)
            if match is None or match[0] not in "\r\n":
                break
            gap = tokens.GAP.match(text, position)
            following = gap.end() if gap else position
            if "#" in text[position:following] or tokens.FLOW_PLAIN_END.match(text, following) or following >= len(text):
                break
            self.put(position, text[position:following].replace("\t", " "))
            self.line = max(text.rfind("\n", position, following), text.rfind("\r", position, following)) + 1
            if self.line == following and tokens.MARKER.match(text, following):
                raise YamlError("a document marker inside brackets", following)
            position = following
        self.after_plain = True
        return position

    # Both contexts

    def quoted(self, position: int) -> int:
        match = tokens.QUOTED[self.text[position]].match(self.text, position)
        if match is None:
            raise YamlError("a quoted text that is never closed", position)
        piece, last = match[0], position
        if piece[0] == '"' and "\\u" in piece:
            for pair in tokens.PAIR.finditer(self.text, position, match.end()):
                if pair[1]:
                    code = 0x10000 + ((int(pair[1], 16) - 0xD800) << 10) + (int(pair[2], 16) - 0xDC00)
                    self.put(last, self.text[last : pair.start()])
                    self.put(pair.start(), f"\\U{code:08x}")
                    last = pair.end()
        self.put(last, self.text[last : match.end()])
        if (at := max(piece.rfind("\n"), piece.rfind("\r"))) >= 0:
            self.line = position + at + 1
        self.after_json = True
        return match.end()

    def anchor(self, position: int) -> int:
        match = tokens.ANCHOR.match(self.text, position)
        following = self.text[match.end() : match.end() + 1] if match else ""
        if match is None or (following and following not in (" \t\r\n,[]{}" if self.flows else tokens.BLANKS)):
            raise YamlError("an odd anchor", position)
        name = self.anchors.setdefault(match[1], f"a{len(self.anchors)}")
        self.put(position, self.text[position] + name)
        self.put(match.end(), " " if following else "")
        return match.end()

    def tag(self, position: int) -> int:
        match = tokens.TAG.match(self.text, position)
        if match is None:
            raise YamlError("an odd tag", position)
        self.put(position, match[0] if tokens.KNOWN_TAG.fullmatch(match[0]) else "!x")
        self.put(match.end(), " ")
        return match.end()
