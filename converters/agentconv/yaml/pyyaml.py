"""Reads YAML as PyYAML's safe loader on libyaml reads it (OpenHands, deepagents-code): libyaml's events, YAML 1.1's types.

The types are PyYAML's own, by its own code: `yes` is true, `012` is ten, `1:30` is ninety, `=` is an error. A tag that the loader has
no constructor for is an error, and so is a key that is a list or a map; the last of two equal keys wins, and merge keys are applied.
Bytes (`!!binary`) stay as they are spelled; sets and ordered maps (`!!set`, `!!omap`, `!!pairs`), which the client takes, are refused here.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from agentconv.core.ir import float_value
from agentconv.yaml import libyaml
from agentconv.yaml.errors import YamlError
from agentconv.yaml.serde import CORE
from agentconv.yaml.tree import Mapping, Scalar, Sequence
from agentconv.yaml.values import entries, key_text

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.yaml.tree import Grammar, Node

_TEXT = f"{CORE}str"
_OF_KEYS = (f"{CORE}merge", f"{CORE}value")
"""The tags of `<<` and `=`, which mean something as keys, and are errors as values."""
_COLLECTIONS = {"MappingStartEvent": (None, "!", f"{CORE}map"), "SequenceStartEvent": (None, "!", f"{CORE}seq")}
_RESOLVER: Any = yaml.resolver.Resolver()
_FAILS = (ValueError, KeyError, AttributeError, OverflowError, IndexError, yaml.YAMLError)
"""What PyYAML raises for a tag whose text is no such value: it looks before it asks."""


def read(text: str, grammar: Grammar) -> Node | None:
    """Read one YAML text; no document gives None.

    Raises:
        YamlError: libyaml or PyYAML refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    return libyaml.build(_Builder(libyaml.NO_CHARACTER.sub("\ufffd", text), grammar))


@lru_cache(maxsize=4096)
def _tag_of(text: str) -> str:
    """Return the tag that PyYAML gives a plain scalar without one."""
    return str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))


def _value(text: str, tag: str) -> Json:
    """Return the value that PyYAML makes of a scalar.

    Raises:
        YamlError: There is none.
    """
    if tag == _TEXT:
        return text
    try:
        found: Any = yaml.constructor.SafeConstructor().construct_object(yaml.ScalarNode(tag, text))
    except _FAILS:
        raise YamlError(f"`{text}` is no value of the tag `{tag.removeprefix(CORE)}`", 0) from None
    if isinstance(found, (date, datetime)):
        return {"$datetime": found.isoformat()}
    return text if isinstance(found, bytes) else float_value(found) if isinstance(found, float) else found


def plain(text: str) -> Json:
    """Give a plain scalar its type."""
    return _value(text, _tag_of(text))


def tagged(text: str, tag: str, style: str) -> Json:
    """Give a scalar with a tag its type."""
    return _value(text, (_TEXT if style else _tag_of(text)) if tag == "!" else tag)


class _Builder(libyaml.Builder):
    def __init__(self, text: str, grammar: Grammar) -> None:
        super().__init__(text)
        self.grammar = grammar

    def take(self, event: Any) -> None:
        anchor = getattr(event, "anchor", None)
        if anchor in self.anchors and type(event) is not yaml.AliasEvent:
            raise YamlError(f"the anchor `{anchor}` is given twice", event.start_mark.index)
        super().take(event)

    def typed(self, node: Scalar) -> Json:
        if node.tag is None and not node.style and _tag_of(node.text) in _OF_KEYS and self._stands_for_key():
            node.tag = _TEXT if node.text == "=" else None
            return node.text
        if node.tag is not None:
            return tagged(node.text, node.tag, node.style)
        return node.text if node.style else plain(node.text)

    def _stands_for_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1], Mapping) and self.keys[-1] is None

    def open(self, event: Any, start: int) -> None:
        if event.tag not in _COLLECTIONS[type(event).__name__]:
            raise YamlError(f"the tag `{event.tag.removeprefix(CORE)}`", start)
        super().open(event, start)

    def close(self, end: int) -> None:
        node = self.stack[-1]
        if isinstance(node, Mapping) and any(map(_merges, node.pairs)):
            node.merged = _merged(node, self.grammar)
        super().close(end)

    def check_key(self, node: Node) -> None:
        """Refuse a key that Python cannot look up; one that is given twice is taken."""
        if not isinstance(node, Scalar):
            raise YamlError("a key that is a list or a map", node.start)


def _merges(pair: tuple[Node, Node]) -> bool:
    key = pair[0]
    return isinstance(key, Scalar) and key.tag is None and not key.style and key.text == "<<"


def _merged(node: Mapping, grammar: Grammar) -> dict[str, Node]:
    """Apply merge keys: explicit keys win, then the last merge, and in it the first map.

    Raises:
        YamlError: What is merged is no map, and no list of maps.
    """
    found: dict[str, Node] = {}
    for pair in filter(_merges, node.pairs):
        sources = pair[1].items if isinstance(pair[1], Sequence) else [pair[1]]
        for source in reversed(sources):
            if not isinstance(source, Mapping):
                raise YamlError("a merge of what is no map", source.start)
            found.update(entries(source, grammar))
    found.update((key_text(key, grammar), child) for key, child in node.pairs if not _merges((key, child)))
    return found
