"""Reads YAML as serde_yaml 0.9 on libyaml reads it (GitHub Copilot): libyaml's own events, serde_yaml's types and bounds.

What libyaml refuses is refused; there is nothing to make up for. Merge keys are ordinary keys, an unknown tag is passed
over, and what cannot be a JSON value (integers beyond 64 bits) is an error, like a key that is given twice, at any depth,
and a second document. Infinity and NaN, which JSON cannot hold, arrive as null. Copilot cuts the line break before the
closing fence off, so that a block scalar that comes last ends without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from agentconv.core.dataclass import replace
from agentconv.core.expressions import expression
from agentconv.yaml.errors import Slip, YamlError, YamlLimitError
from agentconv.yaml.serde import CORE, TYPES, plain, tagged
from agentconv.yaml.tree import MAX_ALIASES, MAX_NODES, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Hashable

    from agentconv.yaml.tree import Grammar, Node

_MAX_DEPTH = 128
"""serde_yaml's recursion limit."""


def read(text: str, _grammar: Grammar) -> Node | None:
    """Read one YAML text as serde_yaml does; no document gives None.

    Raises:
        YamlError: libyaml or serde_yaml refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    return build(Builder(NO_CHARACTER.sub("\ufffd", text.removesuffix("\n").removesuffix("\r"))))


def build(builder: Builder) -> Node | None:
    """Build the nodes of a builder's text from libyaml's events.

    Raises:
        YamlError: libyaml or the builder refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    try:
        for event in yaml.parse(builder.text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or "invalid YAML", mark.index if mark else 0) from None
    except yaml.YAMLError as error:
        raise YamlError(str(error).splitlines()[0], int(getattr(error, "position", None) or 0)) from None
    return builder.root


NO_CHARACTER = expression("[\ud800-\udfff]")
"""Bytes that are not UTF-8."""


class Builder:
    """Builds nodes from the event stream with an explicit stack, as serde_yaml does."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node | None = None
        self.documents = self.nodes = self.aliases = 0
        self.anchors: dict[str, Node] = {}
        self.stack: list[Sequence | Mapping] = []
        self.keys: list[Node | None] = []
        self.seen: list[set[Hashable]] = []

    def take(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self.add(self.scalar(event, start, end), event.anchor)
        elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
            self.open(event, start)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            self.close(end)
        elif kind is yaml.AliasEvent:
            self.alias(event.anchor, start, end)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                raise YamlError("several documents", start)

    def typed(self, node: Scalar) -> Any:
        """Return a scalar's value.

        Raises:
            YamlError: It is none.
        """
        if node.tag is not None:
            found = tagged(node.text, node.tag, node.style)
            if node.tag in TYPES and type(found) not in TYPES[node.tag]:
                raise YamlError(f"no value of the type `!!{node.tag.removeprefix(CORE)}`", node.start)
            return found
        return node.text if node.style else plain(node.text)

    def scalar(self, event: Any, start: int, end: int) -> Scalar:
        style = event.style or ""
        if style and style in "|>":
            end = start + len(self.text[start:end].rstrip())
        node = Scalar(event.value, style, event.tag, start, end)
        try:
            self.typed(node)
        except YamlError as error:
            raise YamlError(error.problem, start, error.slip) from None
        return node

    def open(self, event: Any, start: int) -> None:
        if len(self.stack) >= _MAX_DEPTH:
            raise YamlLimitError(f"nested deeper than {_MAX_DEPTH} levels", start)
        flow = bool(event.flow_style)
        node: Sequence | Mapping
        node = Mapping([], flow, start, start) if type(event) is yaml.MappingStartEvent else Sequence([], flow, start, start)
        if event.anchor:
            self.anchors[event.anchor] = node
        self.stack.append(node)
        self.keys.append(None)
        self.seen.append(set())

    def close(self, end: int) -> None:
        node = self.stack.pop()
        self.keys.pop()
        self.seen.pop()
        last = node.items[-1:] if isinstance(node, Sequence) else [child for pair in node.pairs[-1:] for child in pair]
        node.end = end if node.flow else max((child.end for child in last), default=node.start)
        self.add(node)

    def alias(self, anchor: str, start: int, end: int) -> None:
        self.aliases += 1
        node = self.anchors.get(anchor)
        if node is None or any(node is parent for parent in self.stack):
            raise YamlError("an alias without its anchor", start, Slip.ALIAS)
        if self.aliases > MAX_ALIASES:
            raise YamlLimitError(f"more than {MAX_ALIASES:,} aliases", start)
        self.add(replace(node, start=start, end=end))

    def add(self, node: Node, anchor: str | None = None) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise YamlLimitError(f"more than {MAX_NODES:,} values", node.start)
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        parent, key = self.stack[-1], self.keys[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is None:
            self.check_key(node)
            self.keys[-1] = node
        else:
            parent.pairs.append((key, node))
            self.keys[-1] = None

    def check_key(self, node: Node) -> None:
        """Refuse a key that is given twice."""
        if not isinstance(node, Scalar):
            return
        typed = self.typed(node)
        name = (type(typed), typed)
        if name in self.seen[-1]:
            raise YamlError(f"the key `{node.text}` is given twice", node.start, Slip.TWICE)
        self.seen[-1].add(name)
