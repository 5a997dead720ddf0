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
from agentconv.yaml.errors import Slip, YamlLimitError
from agentconv.yaml.js_yaml_scalars import BLANKS, REST, SPACES, Scalars, end_of
from agentconv.yaml.tree import MAX_ALIASES, MAX_DEPTH, MAX_NODES, Mapping, Scalar, Sequence
from agentconv.yaml.values import entries, key_text

if TYPE_CHECKING:
    from agentconv.yaml.tree import Grammar, Node

_CORE = "tag:yaml.org,2002:"
_MERGE = f"{_CORE}merge"
_NAME = expression(r"[^ \t\r\n,\[\]{}\0]*")
_WORD = expression(r"[^ \t\r\n\0]*")
_HANDLE = expression(r"!|!!|![a-z\-]+!", re.IGNORECASE)
_TAG = expression(r"(?:!|[^,\[\]{}])(?:%[0-9a-f]{2}|[0-9a-z\-#;/?:@&=+$,_.!~*'()\[\]])*", re.IGNORECASE)
_VERSION = expression(r"1\.[0-9]+")
_FLOW_IN, _FLOW_OUT, _BLOCK_IN, _BLOCK_OUT = range(1, 5)


def read(text: str, grammar: Grammar) -> Node | None:
    """Read one YAML text; no document gives None.

    Raises:
        YamlError: js-yaml refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    return Loader(text, grammar).load()


class Loader(Scalars):
    """The functions of loader.js that read documents, collections and nodes."""

    def load(self) -> Node | None:
        if (at := self.input.find("\0")) < self.end:
            raise self.fail("a NUL character", at)
        start = self.position
        self.position = end_of(SPACES, self.input, start)
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
        line = REST.match(self.input, self.position + 1)
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
        self.position = min(end_of(REST, self.input, self.position), self.end)
        if self.input[self.position] != "\0":
            self.line_break()

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
        self.position = end_of(BLANKS, text, self.position)
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
        self.position = end_of(_NAME, text, start + 1)
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
        self.position = min(end_of(_WORD, text, start), self.end)
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
        self.position = end_of(_NAME, text, start + 1)
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
