"""Nodes to plain values, as the client that a grammar stands for holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.ir import escape_key
from agentconv.yaml.errors import YamlLimitError
from agentconv.yaml.scalars import js_text
from agentconv.yaml.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.yaml.tree import Grammar, Node

MAX_EXPANDED = 20_000
"""How many values one node may expand to through aliases."""
MAX_ALIAS_DEPTH = 400


def value(node: Node, grammar: Grammar, budget: list[int] | None = None) -> Json:
    """Return a node's plain value; `budget` is how many values may follow, over several calls.

    Raises:
        YamlLimitError: aliases expand it beyond the budget (MAX_EXPANDED), or nest deeper than MAX_ALIAS_DEPTH.
    """
    if isinstance(node, Scalar):
        return scalar_value(node, grammar)
    return _collection_value(node, grammar, [MAX_EXPANDED] if budget is None else budget, 0)


def scalar_value(node: Scalar, grammar: Grammar) -> Json:
    """Return a scalar's typed value: text when quoted or in a block."""
    if node.tag is None:
        return node.text if node.style else grammar.plain(node.text)
    return grammar.tagged(node.text, node.tag, node.style)


def _collection_value(node: Node, grammar: Grammar, budget: list[int], depth: int) -> Json:
    budget[0] -= 1
    if budget[0] < 0:
        raise YamlLimitError("aliases expand to too many values", node.start)
    if isinstance(node, Scalar):
        return scalar_value(node, grammar)
    if depth > MAX_ALIAS_DEPTH:
        raise YamlLimitError(f"aliases nest deeper than {MAX_ALIAS_DEPTH} levels", node.start)
    if isinstance(node, Sequence):
        return [_collection_value(item, grammar, budget, depth + 1) for item in node.items]
    return {escape_key(key): _collection_value(child, grammar, budget, depth + 1) for key, child in entries(node, grammar).items()}


def entries(node: Mapping, grammar: Grammar) -> dict[str, Node]:
    """Return a map's entries by key, as the client holds them: last duplicate wins, merge keys applied."""
    if node.merged is not None:
        return node.merged
    return {key_text(key, grammar): child for key, child in node.pairs}


def key_text(node: Node, grammar: Grammar) -> str:
    """Return a key as the client's language makes it a string."""
    if isinstance(node, Scalar):
        found = scalar_value(node, grammar)
        if isinstance(found, str):
            return found
        return "" if found is None and grammar.written_keys else js_text(found)
    if grammar.written_keys:
        return _written(node)
    return js_text({}) if isinstance(node, Mapping) else js_text(value(node, grammar))


def _written(node: Node) -> str:
    """Write a list or a map that is a key, as the package `yaml` does."""
    if isinstance(node, Scalar):
        return f"{node.style}{node.text}{node.style}" if node.style in ("'", '"') else node.text
    if isinstance(node, Sequence):
        return f"[ {', '.join(map(_written, node.items))} ]" if node.items else "[]"
    pairs = ", ".join(f"{_written(key)}: {_written(child)}" for key, child in node.pairs)
    return f"{{ {pairs} }}" if pairs else "{}"
