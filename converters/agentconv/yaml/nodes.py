"""YAML text to nodes that keep their place, and nodes to values: read as one client's library reads it.

Every function takes the `Grammar` of that library; `yaml_grammar` says which client uses which.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from agentconv.yaml import simple as yaml_simple
from agentconv.yaml import values
from agentconv.yaml.errors import YamlError, YamlLimitError
from agentconv.yaml.grammar import BUN
from agentconv.yaml.scalars import js_text
from agentconv.yaml.tree import MAX_ALIASES, MAX_DEPTH, MAX_NODES, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.yaml.grammar import Grammar

__all__ = [
    "MAX_ALIASES",
    "MAX_DEPTH",
    "MAX_NODES",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "YamlError",
    "YamlLimitError",
    "entries",
    "inside",
    "is_simple",
    "js_text",
    "key_text",
    "parse",
    "scalar_value",
    "texts_apart",
    "value",
]


_REMEMBERED, _SHORT = 32, 16_384
"""How many texts are remembered, and how many characters each has at most: the rules, and the proofs of what they mend, read the header
of one file again and again. Of longer ones, the last is."""


def parse(text: str, grammar: Grammar = BUN) -> Node | None:
    """Read one YAML text; no document gives None, and several a list of them where the library takes them.

    What comes of it is shared with whoever reads the same text: nobody changes a node.

    Raises:
        YamlError: the library refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    found = (_read if len(text) <= _SHORT else _read_long)(text, grammar)
    if isinstance(found, YamlError):
        raise found.with_traceback(None)
    return found


def _parsed(text: str, grammar: Grammar) -> Node | YamlError | None:
    """Return what comes of a text, or why the library refuses it."""
    simple = _simple(text, grammar)
    if simple is not None:
        return simple
    try:
        return grammar.read(text, grammar)
    except YamlError as error:
        return error


def _simple(text: str, grammar: Grammar) -> Mapping | None:
    """Return what comes of a simple text; None for any other."""
    found = _read_simple(text) if len(text) <= _SHORT else yaml_simple.parse(text)
    return None if found is None or (grammar.cut and _is_cut(found, text)) else found


_read_simple = lru_cache(_REMEMBERED)(yaml_simple.parse)
"""What all libraries read alike is read once for all clients that are asked."""
_read = lru_cache(_REMEMBERED)(_parsed)
_read_long = lru_cache(1)(_parsed)
_apart = lru_cache(_REMEMBERED)(yaml_simple.texts_apart)


def texts_apart(text: str, grammar: Grammar = BUN) -> tuple[str, dict[str, str]] | None:
    """Return a map with `text` in the place of its name and its description, and these; None where they are no texts on a line each.

    Where the one is simple (`is_simple`), so is the other, and both read alike but for these.
    """
    apart = (_apart if len(text) <= _SHORT else yaml_simple.texts_apart)(text)
    if apart is None:
        return None
    texts: dict[str, str] = {}
    for key, node in apart[1]:
        try:
            found = scalar_value(node, grammar)
        except YamlError:  # a number that is none to the library
            return None
        if not isinstance(found, str) or not found or found.isspace():
            return None
        texts[key] = found
    return apart[0], texts


def is_simple(text: str, grammar: Grammar = BUN) -> bool:
    """Whether a text is a map that all libraries read alike."""
    return _simple(text, grammar) is not None


def forget() -> None:
    """Forget the texts that were read."""
    _read_simple.cache_clear()
    _read.cache_clear()
    _read_long.cache_clear()
    _apart.cache_clear()


def _is_cut(node: Node, text: str) -> bool:
    """Whether a text ends in a block that loses its last line break with the text's: a second one is none of its, unless it keeps all."""
    while not isinstance(node, Scalar):
        inside = node.items if isinstance(node, Sequence) else [child for _, child in node.pairs]
        if not inside:
            return False
        node = inside[-1]
    return node.style in ("|", ">") and not (text.endswith("\n\n") and "+" not in text[node.start : text.find("\n", node.start)])


def value(node: Node, budget: list[int] | None = None, grammar: Grammar = BUN) -> Json:
    """Return a node's plain value; `budget` is how many values may follow, over several calls.

    Raises:
        YamlLimitError: aliases expand it to too many values.
    """
    return values.value(node, grammar, budget)


def scalar_value(node: Scalar, grammar: Grammar = BUN) -> Json:
    """Return a scalar's typed value: text when quoted or in a block."""
    return values.scalar_value(node, grammar)


def entries(node: Mapping, grammar: Grammar = BUN) -> dict[str, Node]:
    """Return a map's entries by key: the last duplicate wins where the library takes any, merge keys are applied."""
    return values.entries(node, grammar)


def inside(node: Node, way: tuple[str | int, ...], grammar: Grammar = BUN) -> tuple[int, int]:
    """Return where a part of a node stands: an item of a list, or a key with its value; as far along the way as there is one."""
    place = node.start, node.end
    for step in way:
        if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.start, node.end
            continue
        pairs = node.pairs if isinstance(node, Mapping) else []
        found = next((pair for pair in reversed(pairs) if key_text(pair[0], grammar) == step), None)
        if found is None:
            return place
        place, node = (found[0].start, found[1].end), found[1]
    return place


def key_text(node: Node, grammar: Grammar = BUN) -> str:
    """Return a key as the client's language makes it a string."""
    return values.key_text(node, grammar)
