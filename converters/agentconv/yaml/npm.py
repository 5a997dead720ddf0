"""Reads YAML as the npm package `yaml` 2 reads it: where it parts from js-yaml 4.

It keeps to the specification more closely: what continues a quoted text or a bracket must be indented, comments need a
blank before them, a tag or an anchor on the line of a map's first key belongs to the key, keys may be empty, any character
is text, and a lone carriage return is no line break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.yaml import tokens
from agentconv.yaml.errors import YamlError
from agentconv.yaml.js_yaml import Loader
from agentconv.yaml.tree import Scalar
from agentconv.yaml.values import scalar_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.yaml.js_yaml import Block, Entries
    from agentconv.yaml.tree import Grammar, Node

_STRANGE = expression(r"\r(?!\n)|\0")
"""What js-yaml takes for a line break, and what it never takes."""
_KEY_PROPERTIES = expression(r"(?:[&!][^ \t\r\n]*[ \t]+)+(?=[^ \t\r\n|>#&!])(?![-?](?:[ \t\r\n]|$))")
_TAG = expression(r"(?:[0-9A-Za-z\-#;/?:@&=+$_.!~*'()]|%[0-9a-fA-F]{2})*")


def read(text: str, grammar: Grammar) -> Node | None:
    """Read one YAML text; no document gives None.

    Raises:
        YamlError: the package refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    if _STRANGE.search(text) is None:
        return _NpmLoader(text, grammar).load()
    unused = tokens.unused(text)
    stand_ins = {"\r": next(unused), "\0": next(unused)}
    loader = _NpmLoader(_STRANGE.sub(lambda match: stand_ins[match[0]], text), grammar)
    loader.restore = {ord(stand_in): char for char, stand_in in stand_ins.items()}
    return loader.load()


class _NotIndented(YamlError):
    """A line that goes on with a quoted text is not indented; `stop` is where the line before it ends."""

    def __init__(self, stop: int, offset: int) -> None:
        super().__init__("a continuation line that is not indented", offset)
        self.stop = stop


class _NpmLoader(Loader):
    def __init__(self, text: str, grammar: Grammar) -> None:
        super().__init__(text, grammar)
        self.odd = False
        self.restore: dict[int, str] = {}

    def keep(self, text: str, style: str, start: int, end: int) -> bool:
        return super().keep(text.translate(self.restore) if self.restore else text, style, start, end)

    def fold(self, pieces: list[str], node_indent: int) -> None:
        pieces[-1] = pieces[-1].rstrip(" \t")
        super().fold(pieces, node_indent)

    def quoted_break(self, node_indent: int) -> int:
        stop = self.position
        breaks = super().quoted_break(node_indent)
        if self.indent < node_indent:
            raise _NotIndented(stop, min(self.position, self.size))
        return breaks

    def single_quoted(self, node_indent: int) -> bool:
        return self.cut_short("'", super().single_quoted, node_indent)

    def double_quoted(self, node_indent: int) -> bool:
        return self.cut_short('"', super().double_quoted, node_indent)

    def cut_short(self, quote: str, read: Callable[[int], bool], node_indent: int) -> bool:
        r"""Read a quoted text; one that goes on without indentation ends with its first line, if that ends in `''` or `\"`."""
        start, before = self.position, (self.line, self.line_start, self.indent, self.tab)
        try:
            return read(node_indent)
        except _NotIndented as error:
            raw = self.input[start : error.stop]
            closed = tokens.QUOTED[quote].match(self.input, start)
            if not raw.endswith(quote) or len(raw) < len("'x'") or "\n" in raw or closed is None:
                raise
            self.position = error.stop
        self.line, self.line_start, self.indent, self.tab = before
        whole = _NpmLoader(raw + quote, self.grammar).load()
        return isinstance(whole, Scalar) and self.keep(whole.text, quote, start, self.position)

    def at_start_marker(self) -> bool:
        return self.at_separator(self.position) and self.input[self.position] == "-"

    def check_tag(self, name: str, place: int) -> None:
        if not _TAG.fullmatch(name) or self.input[self.position - 2 : self.position] == "!!":
            raise self.fail("an odd tag", place)

    def flow_skip(self, node_indent: int) -> None:
        line = self.line
        self.skip()
        closing = self.indent == node_indent - 1 and self.input[self.position] in "]}" and not self.inside_brackets()
        if self.line != line and self.indent < node_indent and not closing:
            raise self.fail("a line between brackets that is not indented")

    def inside_brackets(self) -> bool:
        return len(self.open) > 1 and not isinstance(self.open[-2], Scalar) and self.open[-2].flow

    def comment(self, start: int) -> None:
        if start and self.input[start - 1] not in " \t\r\n\ufeff":
            raise self.fail("a comment without a blank before it", start)

    def keyless(self, block: Block) -> None:
        block.detected, block.compact = True, False
        block.tag, block.key, block.place = None, None, self.position

    def key_follows(self) -> bool:
        match = _KEY_PROPERTIES.match(self.input, self.position)
        return match is not None and self.input[match.end()] not in "[{"

    def repeated(self, entries: Entries, _name: str, key: Node) -> bool:
        """Whether a scalar of the same type and value was a key before; lists and maps are never the same."""
        if not isinstance(key, Scalar):
            return False
        value = scalar_value(key, self.grammar)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        typed = ("number", str(float(value))) if number else (type(value).__name__, str(value))  # type: ignore[arg-type]
        repeated = typed in entries.typed
        entries.typed.add(typed)
        return repeated
