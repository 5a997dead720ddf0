"""Agents in a YAML file: a list of maps below a key, a map of them, or one that is the whole document, or what stands below a key of it.

Block style is patched; anything else is spelled anew.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Cause, Complaint
from agentconv.core.expressions import expression
from agentconv.core.ir import escape_key, unescape_key
from agentconv.core.source import SourceText, client_text, encode
from agentconv.families import frontmatter
from agentconv.families.record_file import NO_MAP, Record, RecordFile, as_written
from agentconv.json import edits as jsonc_edits
from agentconv.yaml import emitter, nodes
from agentconv.yaml.nodes import Mapping, Scalar, Sequence, YamlError

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as MappingType
    from collections.abc import Sequence as SequenceType

    from agentconv.core.ir import Json
    from agentconv.families.record_file import ClientText, Edit, Named, Roster
    from agentconv.yaml.grammar import Grammar
    from agentconv.yaml.nodes import Node


def parse(
    source: SourceText, roster: Roster, known: Collection[str], grammar: Grammar, *, client_text: ClientText | None = None
) -> YamlFile:
    """Read a file.

    Args:
        source: The file.
        roster: Where in it the agents are: a list below a key, or a map by name.
        known: The keys of a record, by which a person finds them in a file that is not YAML.
        grammar: The client's YAML library.
        client_text: The text as the client parses it; by default, as it stands, without a byte order mark.
    """
    kind = YamlDocument if roster.document else YamlMap if roster.by_name else YamlFile
    return kind(source, roster, known, grammar, client_text or as_written(source))


class YamlFile(RecordFile):
    """A YAML file: the container is a list of maps."""

    empty = "[]"

    def __init__(self, source: SourceText, roster: Roster, known: Collection[str], grammar: Grammar, text: ClientText) -> None:
        super().__init__(source, roster)
        self.grammar = grammar
        self.client_text = text
        self.text = text.text
        self.root: Node | None = None
        self.container: tuple[Node, Node] | None = None
        """The container's key, and what stands under it."""
        self.nodes: list[Node] = []
        self.key = next(iter(self.steps), "")
        try:
            root = nodes.parse(self.text, self.grammar) if self.text else None
            self.root = None if isinstance(root, Scalar) and not (root.text or root.style) else root
            self.is_void = self.root is None or (isinstance(self.root, Scalar) and nodes.scalar_value(self.root, self.grammar) is None)
            self._find([nodes.MAX_NODES])
        except YamlError as error:
            from agentconv.yaml import slips

            fault = slips.fault(self.text, error)
            problem = Complaint(f"not valid YAML: {fault.problem}", cause=Cause.SYNTAX, remedy=fault.remedy)
            self.problem = problem, text.place(fault.offset)
            self._recover(known)

    def _find(self, budget: list[int]) -> None:
        if not isinstance(self.root, Mapping):
            if self.root is not None and not self.is_void:
                self.problem = NO_MAP, self.client_text.place(self.root.start)
            return
        node = nodes.entries(self.root, self.grammar).get(self.key)
        own = [pair for pair in self.root.pairs if nodes.key_text(pair[0], self.grammar) == self.key]
        self.container = own[-1] if own else None
        if node is None:
            if self.roster.alone and self.root.pairs:
                self.alone = True
                self._add("", self.root, budget)
        elif self._is_container(node):
            self._add_all(node, budget)
        elif not isinstance(node, Scalar) or nodes.scalar_value(node, self.grammar):
            self.problem = self.wrong_kind, self.client_text.place(node.start)

    def _is_container(self, node: Node) -> bool:
        return isinstance(node, Sequence)

    def _add_all(self, node: Node, budget: list[int]) -> None:
        for index, item in enumerate(node.items if isinstance(node, Sequence) else ()):
            self._add(str(index), item, budget)

    def _add(self, token: str, node: Node, budget: list[int]) -> None:
        record = Record(token, None, frontmatter.client_value(nodes.value(node, budget, self.grammar)), self._place(node))
        if isinstance(node, Mapping):
            record.keys = {escape_key(client_text(key)): self._place(child) for key, child in nodes.entries(node, self.grammar).items()}
        self.records.append(record)
        self.nodes.append(node)

    def _place(self, node: Node) -> tuple[int, int]:
        return self.client_text.place(node.start), self.client_text.place(node.end, end=True)

    def _recover(self, known: Collection[str]) -> None:
        """Read each item by itself: where one is not YAML, the others are."""
        self.records, self.nodes, self.alone = [], [], False
        self.container = None
        for index, (start, chunk) in enumerate(_chunks(self.text, self.key)):
            header = frontmatter.Header(SourceText("", encode(chunk)), 0, len(chunk), len(chunk), grammar=self.grammar)
            frontmatter.parse(header)
            if not header.values:
                frontmatter.recover(header, known)
                header.values.update(frontmatter.pieces(header))
            first = self.client_text.place(start)
            self.records.append(Record(str(index), None, dict(header.values), (first, first)))

    def _edits(self, edits: list[Edit]) -> list[Edit]:
        crlf = "\r\n" in self.text
        return [self.client_text.edit((start, end, new.replace("\n", "\r\n") if crlf else new)) for start, end, new in edits]

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        """Return where the next line starts."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found + 1

    def _head(self, index: int) -> int | None:
        """Return where the dash of an item stands; None where it does not start its line, or has something before the item."""
        dash = self.nodes[index].start - 1
        while dash >= 0 and self.text[dash] in " \t\r\n":
            dash -= 1
        if dash < 0 or self.text[dash] != "-" or self.text[self._line_start(dash) : dash].strip(" "):
            return None
        return dash

    def inside(self, record: Record, way: tuple[str | int, ...]) -> tuple[int, int] | None:
        index = next((number for number, one in enumerate(self.records) if one is record), None)
        if index is None or index >= len(self.nodes):
            return None
        start, end = nodes.inside(self.nodes[index], way, self.grammar)
        return self.client_text.place(start), self.client_text.place(end, end=True)

    def patch(self, index: int, changes: MappingType[str, Json | None]) -> list[Edit] | None:
        if self.problem or not isinstance(node := self.nodes[index], Mapping) or node.flow or node.merged is not None:
            return None
        line = self._line_start(node.start)
        column = node.start - line
        edits: list[Edit] = []
        for key, found in changes.items():
            pairs = [pair for pair in node.pairs if escape_key(client_text(nodes.key_text(pair[0], self.grammar))) == key]
            if not pairs and found is not None:
                edits.append(self._after(node, self._entry(key, found, " " * column)))
            for number, (name, child) in enumerate(pairs):
                if found is not None and number == len(pairs) - 1:
                    edits.append(self._set(name, child, key, found, column))
                elif self.text[self._line_start(name.start) : name.start].strip():
                    return None  # it stands behind the dash
                else:
                    edits.append((self._line_start(name.start), self._line_end(max(name.end, child.end)), ""))
        return self._edits(edits)

    def _set(self, name: Node, node: Node, key: str, found: Json, column: int) -> Edit:
        colon = self.text.index(":", name.end) + 1
        if "#" in self.text[colon : node.start]:
            return node.start, node.end, self._inline(found)
        indent = " " * column
        spelled = self._entry(key, found, indent).removeprefix(f"{indent}{emitter.scalar(unescape_key(key))}:")
        return colon, max(colon, node.end), spelled.removesuffix("\n")

    def _after(self, node: Node, lines: str) -> Edit:
        """Put lines behind a node."""
        at = self._line_end(node.end) if node.end > node.start or node.end else len(self.text)
        if at and self.text[at - 1] != "\n":
            lines = "\n" + lines.removesuffix("\n")
        return at, at, lines

    def rename(self, index: int, name: str) -> list[Edit] | None:  # noqa: ARG002 - in a list, the name is a key
        return []

    def replace(self, index: int, values: MappingType[str, Json]) -> list[Edit] | None:
        head = None if self.problem or self.alone else self._head(index)
        if head is None:
            return None
        spelled = self._record(self.records[index].name or "", values, head - self._line_start(head))
        return self._edits([(head, max(self.nodes[index].end, head), spelled.lstrip(" ").removesuffix("\n"))])

    def arrange(self, removed: Collection[int], added: MappingType[int, SequenceType[Named]]) -> list[Edit] | None:
        if self.problem or self.alone or (self.root is not None and not isinstance(self.root, Mapping)):
            return None
        new = [named for _, parts in sorted(added.items()) for named in parts]
        if len(removed) == len(self.records) and not (new and removed):
            return self._fill(new)
        heads = [self._head(index) for index in range(len(self.records))]
        first = heads[0]
        if first is None or None in heads:
            return None
        column = first - self._line_start(first)
        edits = [
            (self._line_start(head), self._line_end(self.nodes[index].end), "") for index in removed if (head := heads[index]) is not None
        ]
        for index, parts in added.items():
            lines = "".join(self._record(name, values, column) for name, values in parts)
            edits.append((self._line_start(first),) * 2 + (lines,) if index < 0 else self._after(self.nodes[index], lines))
        return self._edits(edits)

    def _fill(self, records: SequenceType[Named]) -> list[Edit] | None:
        """Put records into a file that has none, or none any more."""
        spelled = "\n" + "".join(self._record(name, values, 2) for name, values in records) if records else f" {self.empty}\n"
        if self.container is None:
            at = len(self.text)
            line = "\n" if at and not self.text.endswith("\n") else ""
            return self._edits([(at, at, f"{line}{self.key}:{spelled}")])
        name, node = self.container
        if self.text[self._line_start(name.start) : name.start] or (isinstance(self.root, Mapping) and self.root.flow):
            return None
        colon = self.text.index(":", name.end) + 1
        return self._edits([(colon, max(colon, node.end), spelled.removesuffix("\n"))])

    def render(self, records: SequenceType[Named]) -> str:
        rest: dict[str, Json] = {}
        if isinstance(self.root, Mapping) and not self.alone and not self.problem:
            values = frontmatter.client_value(nodes.value(self.root, None, self.grammar))
            rest = values if isinstance(values, dict) else rest
        lines = "".join(self._record(name, values, 2) for name, values in records)
        rest.setdefault(self.key, [])
        return "".join(
            (f"{key}:\n{lines}" if lines else f"{key}: {self.empty}\n") if key == self.key else emitter.entry(key, found)
            for key, found in rest.items()
        )

    def _record(self, _name: str, values: MappingType[str, Json], column: int) -> str:
        """Write one item of the list, with its dash at a column."""
        indent = " " * column
        body = "".join(self._entry(key, found, indent + "  ") for key, found in values.items()) or f"{indent}  {{}}\n"
        return f"{indent}- {body[column + 2 :]}"

    def _entry(self, key: str, found: Json, indent: str) -> str:
        """Write `key: value` with its final newline; long texts as a literal block wherever that is exact."""
        name = emitter.scalar(unescape_key(key))
        if isinstance(found, str) and not emitter.is_plain(found) and ("\n" in found or len(found) > _LONG):
            block = self._block(found, indent + "  ")
            if block is not None:
                return f"{indent}{name}: {block}\n"
        spelled = emitter.entry(key, found, indent)
        return f"{indent}{name}: {self._inline(found)}\n" if self.escape(spelled) != spelled else spelled

    def _inline(self, found: Json) -> str:
        """Write a value on one line; JSON is YAML, and has the escapes."""
        spelled = emitter.inline(found)
        return spelled if self.escape(spelled) == spelled else self.escape(jsonc_edits.spell(found, _ONE_LINE))

    def _block(self, text: str, indent: str) -> str | None:
        """Write a text as a literal block, or None where the client would read another text back."""
        body = text.rstrip("\n")
        if not _BLOCK.fullmatch(body) or self.escape(text) != text:
            return None
        ends = len(text) - len(body)
        header = ("|-", "|")[ends] if ends < 2 else "|+"
        lines = [f"{indent}{line}" if line else "" for line in body.split("\n")]
        block = "\n".join([header, *lines]) + "\n" * max(ends - 1, 0)
        try:
            node = nodes.parse(f"{indent[2:]}k: {block}\n{indent[2:]}z: 1\n", self.grammar)
        except YamlError:
            return None
        read = nodes.entries(node, self.grammar).get("k") if isinstance(node, Mapping) else None
        return block if isinstance(read, Scalar) and read.text == text else None


class YamlMap(YamlFile):
    """A YAML file: the container is a map of maps, by name."""

    empty = "{}"

    def _is_container(self, node: Node) -> bool:
        return isinstance(node, Mapping)

    def _add_all(self, node: Node, budget: list[int]) -> None:
        self.names: list[Node] = []
        for name, child in node.pairs if isinstance(node, Mapping) else ():
            word = client_text(nodes.key_text(name, self.grammar))
            self._add(word, child, budget)
            self.records[-1].name = word
            self.names.append(name)

    def _recover(self, known: Collection[str]) -> None:  # noqa: ARG002 - no line is looked at
        """Find nothing: what a name is, and what a key of an agent, no line says by itself."""
        self.records, self.nodes, self.container = [], [], None

    def _head(self, index: int) -> int | None:
        """Return where the name of a record stands; None where it does not start its line, or the map is in brackets."""
        name, node = self.names[index], self.nodes[index]
        alone = not self.text[self._line_start(name.start) : name.start].strip(" ") and not (isinstance(node, Mapping) and node.flow)
        return name.start if alone else None

    def rename(self, index: int, name: str) -> list[Edit] | None:
        node = self.names[index]
        return self._edits([(node.start, node.end, emitter.scalar(name))])

    def _record(self, name: str, values: MappingType[str, Json], column: int) -> str:
        """Write one entry of the map, with its name at a column."""
        indent = " " * column
        head = f"{indent}{emitter.scalar(name)}:"
        body = "".join(self._entry(key, found, indent + "  ") for key, found in values.items())
        return f"{head}\n{body}" if body else f"{head} {self.empty}\n"


class YamlDocument(YamlFile):
    """A YAML file: the document, or the map below one of its keys, is the one agent."""

    def _find(self, budget: list[int]) -> None:
        node = self.root
        for step in self.steps:
            node = nodes.entries(node, self.grammar).get(step) if isinstance(node, Mapping) else None
        if isinstance(node, Mapping):
            self._add("", node, budget)
        elif node is not None:
            self.problem = NO_MAP, self.client_text.place(node.start)

    def _recover(self, known: Collection[str]) -> None:
        """Read line by line: a person sees the keys of the one agent, but for a header of something else."""
        self.records, self.nodes = [], []
        if len(_FENCE.findall(self.text)) > 1:
            return
        text = self.text
        for step in self.steps:
            text = _below(text, step)
        header = frontmatter.Header(SourceText("", encode(text)), 0, len(text), len(text), grammar=self.grammar)
        frontmatter.recover(header, known)
        values = {**header.values, **frontmatter.pieces(header)}
        if values:
            self.records.append(Record("", None, dict(values), (0, 0)))

    def replace(self, index: int, values: MappingType[str, Json]) -> list[Edit] | None:  # noqa: ARG002 - there is but one
        """Spell the whole file anew: it is the record."""
        return None

    def arrange(self, removed: Collection[int], added: MappingType[int, SequenceType[Named]]) -> list[Edit] | None:  # noqa: ARG002
        """Return None: there is no place for a second one."""
        return None

    def render(self, records: SequenceType[Named]) -> str:
        entries = [f"{key}:\n" for key in self.steps]
        indent = "  " * len(entries)
        return "".join([*entries, *(self._entry(key, found, indent) for key, found in records[0][1].items())])


_LONG = 100
"""Above this, a text that needs quotes is written as a block."""
_BLOCK = expression(r"[^\s\x00-\x1f\x7f-\x9f][^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]*")
_ONE_LINE = jsonc_edits.Layout("\n", None, "", "")
_ITEM = expression(r"(?m)^([ \t]*)-[ \t]+(?=\S)")
_FENCE = expression(r"(?m)^---\s*$")
_TOP_KEY = expression(r"(?m)^[A-Za-z_][\w-]*[ \t]*:(?=[ \t\r]*$|[ \t]*[\[{|>])")


def _below(text: str, key: str) -> str:
    """Return the lines of a map below a key, as they would stand for themselves."""
    found = re.search(rf"(?m)^[\"']?{re.escape(key)}[\"']?[ \t]*:[^\n]*\n(?P<lines>(?:[ \t]+[^\n]*\n?|[ \t\r]*(?:#[^\n]*)?\n)*)", text)
    return textwrap.dedent(found["lines"]) if found else ""


def _chunks(text: str, key: str) -> list[tuple[int, str]]:
    """Cut a text below a key into items, at the dashes that stand as far to the right as the first: (offset, text of a map)."""
    found = re.search(rf"(?m)^[\"']?{re.escape(key)}[\"']?[ \t]*:", text)
    if found is None:
        return []
    dashes = list(_ITEM.finditer(text, found.end()))
    following = _TOP_KEY.search(text, dashes[-1].end()) if dashes and dashes[-1][1] else None
    end = following.start() if following else len(text)
    starts = [match for match in dashes if match[1] == dashes[0][1]]
    chunks = []
    for number, match in enumerate(starts):
        stop = starts[number + 1].start() if number + 1 < len(starts) else end
        width = match.end() - match.start()
        lines = text[match.end() : stop].split("\n")
        body = [line[width:] if not line[:width].strip() else line.lstrip(" \t") for line in lines[1:]]
        chunks.append((match.end(), "\n".join([lines[0], *body])))
    return chunks
