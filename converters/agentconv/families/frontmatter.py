"""A file's header: its place, its values, and changes to single values that leave every other byte alone.

Which characters open and close a header, and what a client does with one that does not parse, is each format's own
affair; here is what follows once that is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.expressions import expression
from agentconv.core.ir import escape_key, unescape_key
from agentconv.core.source import client_text
from agentconv.yaml import nodes as yaml_nodes
from agentconv.yaml.grammar import BUN
from agentconv.yaml.nodes import Mapping, Scalar, YamlError, YamlLimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from collections.abc import Mapping as MappingType

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.yaml.grammar import Grammar
    from agentconv.yaml.nodes import Node
    from agentconv.yaml.slips import Fault


_LONE_CR = expression(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A header's text as a client's fallback rewrites it, line by line, with the way back to the original columns."""

    text: str
    lines: tuple[tuple[int, int], ...]
    """Per line: the column where a requoted value starts in the rewritten line and in the original; (0, n) means that
    n leading tabs became two spaces each."""
    rows: tuple[int, ...] = ()
    """Per line: the number of the original line, where the two differ."""


@dataclass(slots=True)
class Header:
    """The header of a file: where it is and what it holds."""

    source: SourceText
    start: int
    """Offset of the first character of the block, in the file's text."""
    end: int
    """Offset where the block ends and the closing fence begins."""
    body: int
    """Offset where the body begins."""
    root: Node | None = None
    error: YamlError | None = None
    """Why the text did not parse; with `fallback`, why it did not parse at first."""
    fallback: bool = False
    """Whether the values come from the client's own repair of the text."""
    rewritten: Rewritten | None = None
    nodes: dict[str, Node] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)
    recovered: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Places of values that a line reader found."""
    grammar: Grammar = BUN
    """The YAML library that it is read with."""
    repairable: bool = True
    """Whether the client's repair finds it."""
    tail: int = 0
    """How many characters before the closing fence the client counts to the fence, and not to the block."""
    lone_cr: bool = False
    """Whether the client makes a line feed of a lone CR before it looks at the block."""

    @property
    def text(self) -> str:
        found = self.source.text[self.start : max(self.start, self.end - self.tail)]
        return _LONE_CR.sub("\n", found) if self.lone_cr and "\r" in found else found

    def place(self, offset: int) -> int:
        """Turn an offset in the parsed text into one of the file's text."""
        if self.rewritten is None:
            return self.start + offset
        return self.start + _original_offset(self.rewritten, self.text, offset)

    def fault(self) -> Fault:
        """Return why the text does not parse, with its place in the file; only where it does not."""
        if self.error is None:
            raise ValueError("this header parses")
        from agentconv.yaml import slips

        return self._in_file(slips.fault(self.text, self.error))

    def unclosed(self) -> list[Fault]:
        """Return what is never closed in a text that does not parse, which the client's repair takes as it stands."""
        if self.error is None:
            return []
        from agentconv.yaml import slips

        return [self._in_file(found) for found in slips.unclosed(self.text)]

    def indented(self) -> list[Fault]:
        """Return the keys that are further in than they can be in a text that does not parse, whatever it is that it does not parse for."""
        if self.error is None:
            return []
        from agentconv.yaml import slips

        return [self._in_file(found) for found in slips.indented(self.text)]

    def _in_file(self, found: Fault) -> Fault:
        closing = found.closing and (self.start + found.closing[0], found.closing[1])
        return replace(found, offset=self.start + found.offset, closing=closing)

    def span(self, key: str, *within: str | int) -> Span:
        """Return where a key's value, or a part of it, stands; the header's first line when the key is not there."""
        extent = self.extent(key, *within)
        return self.source.span(*extent) if extent else self.source.span(self.start)

    def extent(self, key: str, *within: str | int) -> tuple[int, int] | None:
        """Return where a key's value, or what is in it at the end of a way, stands in the file; None when the key is not there."""
        if key in self.recovered:
            return self.recovered[key]
        node = self.nodes.get(unescape_key(key))
        if node is None:
            return None
        start, end = yaml_nodes.inside(node, within, self.grammar) if within else (node.start, node.end)
        return self.place(start), self.place(end)

    def duplicates(self) -> list[tuple[str, Node]]:
        """Return the keys that are given again, with the key's later node."""
        if not isinstance(self.root, Mapping) or len(self.root.pairs) == len(self.nodes):
            return []
        seen: set[str] = set()
        found = []
        for key, _ in self.root.pairs:
            name = yaml_nodes.key_text(key, self.grammar)
            if name in seen and name != "<<":
                found.append((name, key))
            seen.add(name)
        return found


def _original_offset(rewritten: Rewritten, original: str, offset: int) -> int:
    before = rewritten.text[:offset]
    number = before.count("\n")
    column = offset - (before.rfind("\n") + 1)
    lines = original.split("\n")
    row = rewritten.rows[number] if rewritten.rows else number
    start, length = sum(len(line) + 1 for line in lines[:row]), len(lines[row].rstrip("\r"))
    new, old = rewritten.lines[number]
    if new == 0:
        column = column // 2 if column < 2 * old else column - old
    elif column >= new:
        full = len(rewritten.text.split("\n")[number])
        column = length if column >= full else min(column - new + old, length)
    return start + min(column, len(lines[row]))


def parse(
    header: Header,
    fallback: Callable[[str], Rewritten | None] | None = None,
    grammar: Grammar | None = None,
    *,
    maps_only: bool = False,
) -> Header:
    """Fill in a header's nodes and values; on failure `error` says why, and nothing is raised.

    Args:
        header: The header.
        fallback: The client's own repair of a text that does not parse.
        grammar: The client's YAML library.
        maps_only: The client repairs a text that is no map, too.
    """
    text = header.text
    grammar = header.grammar = grammar or header.grammar
    try:
        header.root = yaml_nodes.parse(text, grammar)
        if maps_only and not isinstance(header.root, Mapping):
            raise YamlError("it is no map of keys", 0)  # noqa: TRY301 - the repair is the same as for what does not parse
    except YamlError as error:
        header.error = error
        if fallback is None or not header.repairable or isinstance(error, YamlLimitError):
            return header
        rewritten = fallback(text)
        if rewritten is None:
            return header
        try:
            header.root = yaml_nodes.parse(rewritten.text, grammar)
        except YamlError:
            return header
        header.fallback, header.rewritten = True, rewritten
    if isinstance(header.root, Mapping):
        _fill_values(header, header.root)
    return header


def _fill_values(header: Header, root: Mapping) -> None:
    try:
        header.nodes = yaml_nodes.entries(root, header.grammar)
        budget = [yaml_nodes.MAX_NODES]
        values = {escape_key(key): yaml_nodes.value(node, budget, header.grammar) for key, node in header.nodes.items()}
        header.values = values if header.source.decodable else {client_text(key): client_value(value) for key, value in values.items()}
    except YamlError as error:
        header.root, header.error, header.values = None, error, {}


def client_value(value: Json) -> Json:
    """Return a value with undecodable bytes as the client sees them."""
    if isinstance(value, str):
        return client_text(value)
    if isinstance(value, list):
        return [client_value(item) for item in value]
    if isinstance(value, dict):
        return {client_text(key): client_value(item) for key, item in value.items()}
    return value


_KEY_LINE = expression(r"^(?P<key>[A-Za-z_][\w.-]*)[ \t]*:(?:[ \t]+|(?=\r?$))(?P<value>.*)$")
_LIST_ITEM = expression(r"^\s*-\s+(.*)$")


def recover(header: Header, known: Collection[str]) -> None:
    """Read a header that does not parse as a person would: known keys at the start of a line, up to the next one.

    Lines such as `user:` or `Context:` are text, because they are no keys of the client. A key that is further in than the line above it,
    which has a value, is a key: as a part of that value it would be no limit any more.
    """
    found: list[tuple[str, int, list[str]]] = []
    position = header.start
    passing = False
    for line in header.text.split("\n"):
        bare = line.rstrip("\r")
        match = _KEY_LINE.match(bare.lstrip() if found and _is_said(found[-1][2]) else bare)
        passing = passing and (not bare.strip() or bare[0] in " \t-")
        if match and match["key"] in known and all(match["key"] != key for key, _, _ in found):
            found.append((match["key"], position + len(bare) - len(match["value"]), [match["value"]]))
            passing = False
        elif found and match and _is_unknown_key(match["key"], found[-1][2]):
            passing = True
        elif found and not passing:
            found[-1][2].append(bare)
        position += len(line) + 1
    for key, start, lines in found:
        header.values[key] = _person_value(lines)
        length = sum(len(line) + 1 for line in lines) - 1
        header.recovered[key] = (start, start + len(header.source.text[start : start + length].rstrip()))
    header.values.update((key, value) for key, value in pieces(header).items() if isinstance(value, dict))


def _is_said(lines: list[str]) -> bool:
    """Whether a value is whole on the line of its key, so that nothing belongs to it that is further in."""
    value = lines[0].strip()
    return len(lines) == 1 and bool(value) and (value[0] not in "|>\"'[{" or (len(value) > 1 and value[-1] in "\"']}"))


def pieces(header: Header) -> dict[str, Json]:
    """Return the values of those recovered keys that are YAML by themselves, as a person means them."""
    found: dict[str, Json] = {}
    for key, (start, end) in header.recovered.items():
        first, *rest = header.source.text[header.source.text.rfind("\n", 0, start) + 1 : end].split("\n")
        nested = not first.partition(":")[2].strip() and not all(_LIST_ITEM.match(line) for line in rest if line.strip())
        if nested and not all(map(_NESTED_LINE.match, filter(str.strip, rest))):
            continue  # a text that goes on below its key
        try:
            node = yaml_nodes.parse("\n".join([first, *(_meant(rest) if nested else rest)]), header.grammar)
            value = client_value(yaml_nodes.value(node, None, header.grammar)) if node else None
        except YamlError:
            continue
        if isinstance(value, dict) and list(value) == [key]:
            found.update(value)
    return found


_NESTED_LINE = expression(r"""[ \t]+(?:-[ \t]|(?:"[^"]*"|'[^']*'|[^\s"':#]+)[ \t]*:(?:[ \t]|\r?$)|#)""")
_STAR = expression(r"([ \t]+)(\*[^\s:\"']*)(?=[ \t]*:)")


def _meant(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a nested map as they are meant: `*` is a key, and what stands twice under one key is there once."""
    above: list[tuple[int, set[str]]] = []
    for line in lines:
        indent = len(line) - len(line.lstrip())
        while above and above[-1][0] > indent:
            above.pop()
        if not above or above[-1][0] < indent:
            above.append((indent, set()))
        seen = above[-1][1]
        if line.strip() and line.strip() not in seen:
            yield _STAR.sub(r'\1"\2"', line)
        seen.add(line.strip())


_SPEAKERS = frozenset({"user", "assistant", "context", "commentary", "example", "note"})


def _is_unknown_key(word: str, lines: list[str]) -> bool:
    """Whether a `word: value` line behind a value is a key that the client does not know, rather than more of its text."""
    is_block = lines[0].strip()[:1] in ("|", ">") and any(line[:1].isspace() for line in lines[1:])
    return word.islower() and word not in _SPEAKERS and (len(lines) == 1 or is_block)


def _person_value(lines: list[str]) -> Json:
    first = client_text(lines[0]).strip()
    rest = [client_text(line) for line in lines[1:]]
    while rest and not rest[-1].strip():
        rest.pop()
    if first[:1] in ("|", ">") and len(first) <= 3 and rest:
        return _dedented(rest, folded=first[0] == ">")
    items = [_LIST_ITEM.match(line) for line in rest if line.strip()]
    if not first and items and all(items):
        return [_unquoted(item[1].strip()) for item in items if item]
    value = "\n".join([first, *rest]).strip()
    if value.startswith("[") and value.endswith("]") and "\n" not in value:
        return [_unquoted(item.strip()) for item in value[1:-1].split(",") if item.strip()]
    return _unclosed_list(value) or _unquoted(value)


def _unclosed_list(value: str) -> list[Json]:
    """Return the words of a list of several that is never closed; none of a text that begins with a bracket."""
    words = [item.strip() for item in value[1:].split(",") if item.strip()] if value.startswith("[") else []
    return [] if len(words) < 2 or any(_IN_A_TEXT.search(word) for word in words) else [_unquoted(word) for word in words]


def _dedented(lines: list[str], *, folded: bool) -> str:
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    body = [line[indent:] for line in lines]
    return " ".join(line.strip() for line in body) if folded else "\n".join(body)


_IN_A_TEXT = expression(r"[\s\[\]{}]")
_IN_DOUBLE_QUOTES = expression(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_IN_SINGLE_QUOTES = expression(r"'(?:[^']|'')*'", re.DOTALL)


def _unquoted(text: str) -> str:
    if _IN_DOUBLE_QUOTES.fullmatch(text):
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if _IN_SINGLE_QUOTES.fullmatch(text):
        return text[1:-1].replace("''", "'")
    return text


Edit: TypeAlias = tuple[int, int, str]
"""Start, end and new text, in the file's text."""


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with edits made that do not overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def patch(header: Header, changes: MappingType[str, Json | None]) -> list[Edit] | None:
    """Return the edits that set these keys (None removes), or None where single values cannot be changed.

    Everything else keeps its bytes. Whether the result reads as meant is for the caller to check: a changed line can
    decide whether a client's fallback is taken.
    """
    if header.recovered or not isinstance(header.root, Mapping) or header.root.flow:
        return None
    edits: list[Edit] = []
    newline = "\r\n" if "\r\n" in header.text else "\n"
    for key, value in changes.items():
        pairs = [(k, v) for k, v in header.root.pairs if escape_key(client_text(yaml_nodes.key_text(k, header.grammar))) == key]
        if not pairs:
            if unescape_key(key) in header.nodes:
                return None  # it comes from a merge key
            if value is not None:
                edits.append(_insertion(header, key, value, newline))
            continue
        for index, (key_node, node) in enumerate(pairs):
            keep = index == len(pairs) - 1 and value is not None
            edits.append(_replacement(header, node, value, newline) if keep else _removal(header, key_node, node))
    return edits


def _replacement(header: Header, node: Node, value: Json, newline: str) -> Edit:
    from agentconv.yaml import emitter

    text = header.source.text
    start, end = header.place(node.start), header.place(node.end)
    own_line = text[text.rfind("\n", 0, start) + 1 : start]
    if isinstance(node, Scalar) and node.style not in ("|", ">") and not isinstance(value, (dict, list)):
        spelled = emitter.scalar(value)
    elif isinstance(value, (dict, list)) and value and not own_line.strip():
        indent = own_line
        spelled = emitter.mapping({"k": value}, "")[3:].lstrip("\n")
        spelled = indent[2:] + re.sub(r"\n(?!\n)", "\n" + indent[2:], spelled.rstrip("\n"))
        start -= len(own_line)
    else:
        spelled = emitter.inline(value)
    if start == end and text[start - 1 : start] == ":":
        spelled = " " + spelled
    return start, end, spelled.replace("\n", newline)


def _removal(header: Header, key: Node, node: Node) -> Edit:
    text = header.source.text
    start, end = header.place(key.start), max(header.place(key.end), header.place(node.end))
    start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end, header.end)
    return start, header.end if line_end < 0 else line_end + 1, ""


def _insertion(header: Header, key: str, value: Json, newline: str) -> Edit:
    from agentconv.yaml import emitter

    text = header.source.text
    column = 0
    if isinstance(header.root, Mapping) and header.root.pairs:
        first = header.place(header.root.pairs[0][0].start)
        column = first - (text.rfind("\n", 0, first) + 1)
    spelled = emitter.entry(key, value, " " * column).replace("\n", newline)
    at = header.end
    if at > header.start and text[at - 1] != "\n":
        spelled = newline + spelled
    return at, at, spelled
