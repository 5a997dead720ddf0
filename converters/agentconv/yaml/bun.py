r"""YAML text to nodes that keep their place, read as the clients' YAML 1.2 parsers read it.

libyaml's C event stream does the scanning; nodes are built here, iteratively, because `yaml.compose` recurses in C and
crashes the process at 25,000 levels. Depth, aliases and nodes are counted while events arrive, and every scalar keeps its
source text. Where libyaml differs from Bun 1.4.4's `YAML.parse`, the parser inside Claude Code 2.1.329 (each line
measured), the difference is made up for:

Before the scan, or from the events (here):

* Control characters (all but NUL, which is refused), NEL, U+2028, U+2029, U+FEFF, U+FFFE, U+FFFF are ordinary characters:
  they are mapped one to one to private-use characters and back. U+FEFF as the very first character is skipped.
* A block scalar that ends with the text, without a line break, gets one.
* Continuation lines of quoted scalars and of flow collections must be indented more than their block; in brackets a line
  that starts with a comment, a comma, a closing bracket, or a map's colon is exempt.
* In a quoted scalar, a run of line breaks that starts with CRLF counts one more.
* A comment needs a blank before it, behind a quote, a bracket, `|` and `>` too. `|` and `>` must be indented.
* `[-]` is refused. Anchors are forgotten where a document ends; several documents are a list.
* Keys are strings as JavaScript makes them, the last duplicate wins, merge keys `<<` are applied; types: `yaml_scalars`.

When libyaml refuses the text, or is known to misread it (`...`, anchors and tags with odd characters, `[#`, `[?x`), the
text is spelled anew and read again: `yaml_mending`.

Left alone: a tag that types the key after it (`a: !x` above `1e3: b`), properties before `?`, keys without a colon before
`?`, directives, blanks that end the text as the last line of a block scalar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from agentconv.core.dataclass import replace
from agentconv.core.expressions import expression
from agentconv.yaml import mending, tokens
from agentconv.yaml.errors import Slip, YamlError, YamlLimitError
from agentconv.yaml.tree import MAX_ALIASES, MAX_BURIED, MAX_DEPTH, MAX_NODES, Mapping, Scalar, Sequence
from agentconv.yaml.values import entries, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.yaml.mending import Mended
    from agentconv.yaml.tree import Grammar, Node

_CRLF = expression(r"(?P<joined>\\(?=\r\n))?(?P<run>(?:\r\n?|\n)(?:[ \t]*(?:\r\n?|\n))*)|\\.", re.DOTALL)
_ORDINARY_PROPERTIES = expression(
    r"(?:(?:&[\w-]++|!!?[0-9A-Za-z-][\w-]*+|!<[^\s>]++>|!(?=[ \t\r\n]|\Z))(?:[ \t\r\n]++|(?=[,\]}])|\Z))++", re.ASCII
)
_ODD_FLOW = expression(r"[\[{,]#|[\[{,:\s]\?(?!\s)")
_DOCUMENT_END = expression(r"(?m)^\.\.\.(?=[ \t\r\n]|\Z)")
_INDENT = expression(r"( *+)(?:[ \t]*+((?=[\r\n]|\Z))|[ \t]*+([\]}#,]|:(?=[ \t\r\n,\[\]{}]))|)")
_BLOCK_COMMENT = expression(r"[|>][-+0-9]*#")
_SKIPPED = expression(r"(?:[ \t\r\n]|#[^\r\n]*+)*+")


class _Misread(YamlError):
    """libyaml may have read the text otherwise than the client."""


def read(text: str, grammar: Grammar) -> Node | None:
    """Read one YAML text; several documents give a list of them, no document None.

    Raises:
        YamlError: the client's parser, or libyaml, refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    if "\0" in text:
        raise YamlError("a NUL character", text.index("\0"))
    source, text = text, text.removeprefix("\ufeff")
    if text and text[-1] != "\n" and not (text[-1] == " " and text.rstrip(" ").endswith("\n")):
        text += "\n"  # a block scalar that ends with the text still gets its final line break
    try:
        return _parse_document(text, source, grammar)
    except YamlError as error:
        error.offset = min(error.offset + source.startswith("\ufeff"), len(source))
        raise


def _parse_document(text: str, source: str, grammar: Grammar) -> Node | None:
    """Read a text without its byte order mark; places are those in `source`, in errors those in `text`."""
    mapped, restore = (text, {}) if text.isascii() and not tokens.SPECIAL.search(text) else tokens.map_special(text, tokens.unused(text))
    if "..." in text and _DOCUMENT_END.search(text):
        refusal: YamlError = _Misread("several documents", 0)
    else:
        try:
            return _Builder(mapped, source, restore, grammar).build()
        except YamlLimitError:
            raise
        except YamlError as error:
            refusal = error
    unused = tokens.unused(text)
    mended = mending.mend(text, unused)
    mapped, restore = tokens.map_special(mended.text, unused)
    try:
        return _Builder(mapped, source, mended.restore | restore, grammar, mended).build()
    except YamlLimitError:
        raise
    except YamlError:
        if isinstance(refusal, _Misread):
            raise
        raise refusal from None


_STARTS = frozenset({yaml.MappingStartEvent, yaml.SequenceStartEvent})
_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})


def _events(text: str) -> Iterator[Any]:
    events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
    return events


class _Builder:
    """Builds nodes from the event stream with an explicit stack."""

    def __init__(self, text: str, source: str, restore: dict[int, str], grammar: Grammar, mended: Mended | None = None) -> None:
        self.text = text
        """What libyaml reads."""
        self.source = source
        """What was given, where nodes have their places."""
        self.restore = restore
        self.grammar = grammar
        self.mended = mended
        self.offset = 1 if source.startswith("\ufeff") else 0
        self.buried = 0
        self.buried_at = 0
        self.nodes = 0
        self.aliases = 0
        self.anchors: dict[str, Node] = {}
        self.stack: list[Sequence | Mapping] = []
        self.columns: list[int] = []
        self.keys: list[Node | None] = []
        self.documents: list[Node] = []

    def place(self, index: int) -> int:
        """Turn an index of libyaml into an offset of the source, which may lack the last line break."""
        if self.mended:
            index = self.mended.place(index)
        return min(index + self.offset, len(self.source))

    def build(self) -> Node | None:
        try:
            for event in _events(self.text):
                self.take(event)
        except YamlError as error:
            error.offset -= self.offset
            raise
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise YamlError(error.problem or "invalid YAML", self.place(mark.index if mark else 0) - self.offset) from None
        except yaml.YAMLError as error:
            raise YamlError(str(error).splitlines()[0], 0) from None
        if len(self.documents) > 1:
            return Sequence(self.documents, False, 0, len(self.source))
        return self.documents[0] if self.documents else None

    def take(self, event: Any) -> None:
        kind = type(event)
        if self.buried:
            self.skip(event)
        elif kind is yaml.ScalarEvent:
            self.add(self.scalar(event))
        elif kind in _STARTS:
            self.open(event)
        elif kind in _ENDS:
            self.close(event)
        elif kind is yaml.AliasEvent:
            self.alias(event)
        elif kind is yaml.DocumentStartEvent:
            self.anchors = {}

    def skip(self, event: Any) -> None:
        """Pass over what is nested too deep; its source text stands for it."""
        kind = type(event)
        if kind in _STARTS:
            self.buried += 1
            if self.buried > MAX_BURIED:
                raise YamlLimitError(f"nested deeper than {MAX_BURIED:,} levels", self.place(event.start_mark.index))
        elif kind in _ENDS:
            self.buried -= 1
            if not self.buried:
                start, end = self.place(self.buried_at), self.place(event.end_mark.index)
                self.add(Scalar(self.source[start:end].rstrip(tokens.BLANKS), '"', None, start, end))

    def scalar(self, event: Any) -> Scalar:
        style = event.style or ""
        start, end = event.start_mark.index, event.end_mark.index
        text = event.value
        tag, content = event.tag, start
        if tag or event.anchor:
            content = self.check_properties(start)
            tag = "!<>" if self.text.startswith("!<", start) else tag
        if style and style in "'\"":
            if self.text[end : end + 1] == "#":
                raise YamlError("a comment without a blank before it", self.place(end))
            if event.start_mark.line != event.end_mark.line:
                self.check_indentation(self.place(start), self.place(end), flow=False)
                raw = self.text[start:end]
                if "\r" in raw:
                    text = self.refold(raw, start)
        elif style and style in "|>":
            if _BLOCK_COMMENT.match(self.text, content) or event.start_mark.column <= (self.columns[-1] if self.columns else -1):
                raise YamlError("an odd block scalar header", self.place(start))
            end = start + len(self.text[start:end].rstrip(tokens.BLANKS))
        if self.restore:
            text = text.translate(self.restore)
        node = Scalar(text, style, tag, self.place(start), self.place(end))
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def check_properties(self, start: int) -> int:
        """Return where a node's anchor and tag end; names that libyaml ends elsewhere need mending."""
        match = _ORDINARY_PROPERTIES.match(self.text, start)
        if match is None:
            raise _Misread("an odd anchor or tag", self.place(start))
        return match.end()

    def refold(self, raw: str, start: int) -> str:
        """Read a quoted scalar again with one more line break for each run that starts with CRLF."""

        def fold(match: re.Match[str]) -> str:
            if match["run"] is None:
                return match[0]
            breaks = "\n" * (len(tokens.BREAK.findall(match["run"])) + match["run"].startswith("\r\n"))
            return breaks if match["joined"] is None else "\\n\\" + breaks[1:]

        try:
            for event in _events(_CRLF.sub(fold, raw)):
                if type(event) is yaml.ScalarEvent:
                    return str(event.value)
        except yaml.YAMLError:
            pass
        raise YamlError("a quoted text that cannot be read", self.place(start))

    def check_indentation(self, start: int, end: int, *, flow: bool) -> None:
        """Refuse continuation lines that are not indented more than the block that holds the value."""
        parent = self.columns[-1] if self.columns else -1
        for match in tokens.BREAK.finditer(self.source, start, end):
            line = _INDENT.match(self.source, match.end(), end)
            if line is None or line[2] is not None or (flow and line[3]):
                continue
            if len(line[1]) <= parent:
                raise YamlError("a continuation line that is not indented", line.end(1))

    def open(self, event: Any) -> None:
        start = event.start_mark.index
        if len(self.stack) >= MAX_DEPTH:
            self.buried, self.buried_at = 1, start
            return
        column = event.start_mark.column
        if event.tag or event.anchor:
            content = _SKIPPED.match(self.text, self.check_properties(start)).end()  # type: ignore[union-attr]
            column = content - max(self.text.rfind(char, 0, content) for char in "\r\n") - 1
        start = self.place(start)
        flow = bool(event.flow_style)
        node: Sequence | Mapping
        node = Mapping([], flow, start, start) if type(event) is yaml.MappingStartEvent else Sequence([], flow, start, start)
        if event.anchor:
            self.anchors[event.anchor] = node
        self.stack.append(node)
        self.keys.append(None)
        self.columns.append(self.columns[-1] if flow and self.columns else -1 if flow else column)

    def close(self, event: Any) -> None:
        node = self.stack.pop()
        self.keys.pop()
        self.columns.pop()
        if node.flow:
            self.close_flow(node, event.end_mark.index)
        else:
            last = node.items[-1:] if isinstance(node, Sequence) else [value for pair in node.pairs[-1:] for value in pair]
            node.end = max((child.end for child in last), default=node.start)
        if isinstance(node, Mapping) and any(isinstance(key, Scalar) and key.text == "<<" for key, _ in node.pairs):
            node.merged = _merge(node, self.grammar)
            self.count(len(node.merged), node.start)
        self.add(node)

    def close_flow(self, node: Sequence | Mapping, end: int) -> None:
        node.end = self.place(end)
        if self.stack and self.stack[-1].flow:
            return  # its lines are checked with those of the outermost brackets
        if self.text[end : end + 1] == "#":
            raise YamlError("a comment without a blank before it", node.end)
        if not self.mended and _ODD_FLOW.search(self.source, node.start, node.end):
            raise _Misread("an odd flow collection", node.start)
        self.check_indentation(node.start, node.end, flow=True)

    def alias(self, event: Any) -> None:
        self.aliases += 1
        place = self.place(event.start_mark.index)
        following = self.text[event.end_mark.index : event.end_mark.index + 1]
        if following and following not in " \t\r\n,[]{}":
            raise _Misread("an odd alias", place)
        node = self.anchors.get(event.anchor)
        if node is None:
            raise YamlError("an alias without its anchor", place, Slip.ALIAS)
        if self.aliases > MAX_ALIASES:
            raise YamlLimitError(f"more than {MAX_ALIASES:,} aliases", place)
        if any(node is parent for parent in self.stack):
            merge = self.keys[-1]
            if isinstance(merge, Scalar) and merge.text == "<<":
                raise YamlError("a merge of a map into itself", place)
            end = self.place(event.end_mark.index)
            self.add(Scalar(self.source[place:end], '"', None, place, end))  # it would never end: its source text stands for it
        else:
            self.add(replace(node, start=place, end=self.place(event.end_mark.index)))

    def count(self, nodes: int, place: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise YamlLimitError(f"more than {MAX_NODES:,} values", place)

    def add(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.count(0, node.start)
        if not self.stack:
            self.documents.append(node)
            return
        parent = self.stack[-1]
        if parent.flow and isinstance(node, Scalar) and node.text == "-" and not node.style:
            raise YamlError("a dash without a value", node.start)
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = node
        else:
            parent.pairs.append((key, node))
            self.keys[-1] = None


def _merge(node: Mapping, grammar: Grammar) -> dict[str, Node]:
    """Apply merge keys: explicit keys win, then the first merged map; what is no map or list is an ordinary value."""
    found: dict[str, Node] = {}
    merged: list[Node] = []
    for key, child in node.pairs:
        name = key_text(key, grammar)
        if name == "<<" and isinstance(key, Scalar) and not isinstance(child, Scalar):
            merged.extend(child.items if isinstance(child, Sequence) else [child])
        else:
            found[name] = child
    for source in merged:
        if isinstance(source, Mapping):
            for name, child in entries(source, grammar).items():
                found.setdefault(name, child)
    return found
