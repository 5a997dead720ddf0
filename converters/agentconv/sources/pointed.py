"""Where in a file of several that stands which a JSON Pointer names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import toml_places
from agentconv.json import jsonc

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Span
    from agentconv.core.source import SourceText


def span(source: SourceText, pointer: str, below: tuple[str | int, ...] = ()) -> Span | None:
    """Return the place of what a pointer names, or of what is below it, where that is said; None where it is not found.

    Args:
        source: A file of JSON, with comments or without, or of TOML.
        pointer: The JSON Pointer.
        below: The way from there: keys of maps, and numbers of items.
    """
    way = tuple(_step(step) for step in pointer.split("/")[1:])
    if source.path.endswith(".toml"):
        known = toml_places.places(source.text)
        found = next((place for place in ((*way, *below), way) if place in known), None)
        return None if found is None else source.span(known[found])
    root = jsonc.parse(source.text, jsonc.JSONC).root
    return None if root is None else source.span(jsonc.inside(root, (*way, *below))[0])


def _step(word: str) -> str | int:
    """Return a step of a JSON Pointer: a key, or the number of an item."""
    return int(word) if word.isdecimal() else word.replace("~1", "/").replace("~0", "~")
