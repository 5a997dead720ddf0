"""Changes of a map in JSON, entry by entry: what stays in it keeps its bytes, its place and its comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.ir import escape_key, unescape_key
from agentconv.json import edits, jsonc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.ir import Json
    from agentconv.json.edits import Edit
    from agentconv.json.jsonc import Document, Object


def become(document: Document, node: Object, wanted: Mapping[str, Json]) -> list[Edit]:
    """Return the edits by which a map has these entries, in this order.

    Args:
        document: The document.
        node: The map as it stands.
        wanted: The canonical entries.
    """
    keys = [escape_key(member.key) for member in node.members]
    if len(set(keys)) != len(keys) or any(key.isdigit() for key in (*keys, *wanted)):  # what JavaScript puts in another order
        return [(node.start, node.end, edits.spell(dict(wanted), edits.layout(document, node)))]
    how = edits.layout(document, node)
    kept = _in_order(keys, list(wanted))
    found: list[Edit] = []
    added: dict[int, list[str]] = {}
    last = -1
    for key, value in wanted.items():
        if key in kept:
            last = kept[key]
            found += _changed(document, node, last, value)
        else:
            added.setdefault(last, []).append(edits.spell_member(unescape_key(key), value, how))
    removed = set(range(len(keys))) - set(kept.values())
    return [*found, *edits.arrange(document, node, removed, added)]


def _changed(document: Document, node: Object, place: int, value: Json) -> list[Edit]:
    child = node.members[place].node
    present = jsonc.value(child)
    if present == value and _keys(present) == _keys(value):
        return []
    if isinstance(child, jsonc.Object) and isinstance(value, dict) and not {"$float", "$datetime"} & value.keys():
        return become(document, child, value)
    return [(child.start, child.end, edits.spell(value, edits.layout(document, node)))]


def _keys(value: Json) -> list[str]:
    """Return the keys of a map, of which a client may take the last one that matches."""
    return list(value) if isinstance(value, dict) else []


def _in_order(keys: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """Return the keys that stay where they are, with their places: as many as are in the same order before and after."""
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, keys, wanted, autojunk=False).get_matching_blocks()
    return {keys[at]: at for block in blocks for at in range(block.a, block.a + block.size)}
