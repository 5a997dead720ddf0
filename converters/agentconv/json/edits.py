"""Changes of single values in JSON, with or without comments, that leave every other byte alone.

What is added is laid out like its neighbours; what is removed takes its comma along. Comments stay.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression
from agentconv.core.ir import escape_key, unescape_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.ir import Json
    from agentconv.json.jsonc import Container, Document, Object

Edit: TypeAlias = tuple[int, int, str]
"""Start, end and new text."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How what stands in a container is laid out: `unit` is one step of indentation, None when all is on one line."""

    newline: str
    unit: str | None
    indent: str
    """Indentation of what stands in the container."""
    outside: str
    """Indentation of the line where the container starts."""


def layout(document: Document, container: Container) -> Layout:
    """Return how the neighbours are laid out, for what is added."""
    text = document.text
    newline = "\r\n" if "\r\n" in text else "\n"
    outside = _indentation(text, container.start)
    own_line = [start for start, _ in container.places[:1] if not text[text.rfind("\n", 0, start) + 1 : start].strip()]
    if own_line:
        indent = _indentation(text, own_line[0])
        unit = indent.removeprefix(outside) if indent.startswith(outside) else ""
        return Layout(newline, unit or _unit(text), indent, outside)
    if container.places:
        return Layout(newline, None, outside, outside)
    unit = _unit(text)
    return Layout(newline, unit, outside + unit, outside)


_FIRST_INDENT = expression(r"\n([ \t]+)[^\s]")


def _unit(text: str) -> str:
    found = _FIRST_INDENT.search(text)
    return found[1] if found else "  "


def _indentation(text: str, offset: int) -> str:
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return line[: len(line) - len(line.lstrip(" \t"))]


def spell(found: Json, how: Layout) -> str:
    """Write a canonical value as it stands in a container of this layout."""
    if isinstance(found, dict) and "$float" in found:
        return {"nan": "null", "inf": "1e999"}.get(str(found["$float"]), "-1e999")
    if isinstance(found, dict) and "$datetime" in found:
        return json.dumps(found["$datetime"])
    if not isinstance(found, (dict, list)) or not found:
        return json.dumps(found, ensure_ascii=False)
    inner = Layout(how.newline, how.unit, how.indent + (how.unit or ""), how.indent)
    if isinstance(found, dict):
        parts = [f"{json.dumps(unescape_key(key), ensure_ascii=False)}: {spell(child, inner)}" for key, child in found.items()]
    else:
        parts = [spell(child, inner) for child in found]
    opening, closing = "{}" if isinstance(found, dict) else "[]"
    if how.unit is None:
        return opening + ", ".join(parts) + closing
    line = how.newline + inner.indent
    return opening + line + ("," + line).join(parts) + how.newline + how.indent + closing


def spell_member(key: str, found: Json, how: Layout) -> str:
    """Write a key and its value."""
    return f"{json.dumps(key, ensure_ascii=False)}: {spell(found, how)}"


def patch(document: Document, node: Object, changes: Mapping[str, Json | Removed]) -> list[Edit]:
    """Return the edits that set these keys of a map, or remove them. Of a repeated key, the one that counts is changed."""
    how = layout(document, node)
    edits: list[Edit] = []
    removed: set[int] = set()
    added: list[str] = []
    for name, found in changes.items():
        at = [index for index, member in enumerate(node.members) if escape_key(member.key) == name]
        removed.update(at[:-1])
        if isinstance(found, Removed):
            removed.update(at)
        elif at:
            child = node.members[at[-1]].node
            edits.append((child.start, child.end, spell(found, how)))
        else:
            added.append(spell_member(unescape_key(name), found, how))
    return [*edits, *arrange(document, node, removed, {len(node.members) - 1: added} if added else {})]


class Removed:
    """Stands for the value of a key that is to go."""


REMOVED = Removed()

_SAME_LINE = expression(r"[ \t]*+(?:/\*[^\r\n]*?\*/[ \t]*+)*+(?://[^\r\n]*+)?")


def arrange(document: Document, container: Container, removed: Collection[int], added: Mapping[int, Sequence[str]]) -> list[Edit]:
    """Return the edits that take parts of a container out, each with its comma, and put new ones in.

    Args:
        document: The document.
        container: The map or list.
        removed: Indices of the members or items to remove.
        added: Spelled members or items, by the index of the one behind which they come; -1 is the start.
    """
    places, commas = container.places, container.commas
    kept = [index for index in range(len(places)) if index not in removed]
    edits = [edit for index in removed for edit in _without(document, *places[index], commas[index])]
    anchors: dict[int, list[str]] = {}
    for index, parts in sorted(added.items()):
        anchor = max((one for one in kept if one <= index), default=-1)
        anchors.setdefault(anchor, []).extend(parts)
    last = kept[-1] if kept else -1
    closing_comma = bool(commas) and commas[-1] is not None
    for anchor, parts in anchors.items():
        edits.extend(_inserted(document, container, anchor, parts, comma=anchor != last or closing_comma))
    comma = commas[last] if kept else None
    if comma is not None and not closing_comma and last not in anchors:
        blank = document.text[comma + 1 : places[last + 1][0]]
        edits.append((comma, comma + 1 if blank.strip(" \t") else places[last + 1][0], ""))
    return edits


def _without(document: Document, start: int, end: int, comma: int | None) -> list[Edit]:
    """Remove one part and its comma; its line goes with it when nothing else is on it."""
    text = document.text
    line_start = text.rfind("\n", 0, start) + 1
    last = end if comma is None else comma + 1
    following = re.compile(r"[ \t]*+(?:\r\n|\n|\r)").match(text, last)
    alone = following is not None and not text[line_start:start].strip()
    if alone and following:
        start, last = line_start, following.end()
    elif comma is not None:
        last += len(text[last:]) - len(text[last:].lstrip(" \t"))
    between = text[end:comma] if comma is not None else ""
    if between.strip():  # a comment between the value and its comma stays
        return [(start, end, ""), (comma or end, last, "")]
    return [(start, last, "")]


def _inserted(document: Document, container: Container, anchor: int, parts: Sequence[str], *, comma: bool) -> list[Edit]:
    """Put parts behind the one at `anchor`; `comma` says whether the last of them is followed by one."""
    text, how = document.text, layout(document, container)
    separator = " " if how.unit is None else how.newline + how.indent
    spelled = ("," + separator).join(parts)
    if anchor < 0:
        return [_at_start(text, container, how, spelled, comma=comma)]
    end, own = container.places[anchor][1], container.commas[anchor]
    at = end if own is None else own + 1
    same_line = _SAME_LINE.match(text, at)
    comment = same_line[0] if same_line and same_line[0].strip() else ""
    if "//" in comment and how.unit is None:
        separator = how.newline + how.indent
    following = "," if comma else ""
    if own is not None:
        return [(at + len(comment), at + len(comment), separator + spelled + following)]
    if not comment:
        return [(at, at, "," + separator + spelled + following)]
    return [(at, at, ","), (at + len(comment), at + len(comment), separator + spelled + following)]


def _at_start(text: str, container: Container, how: Layout, spelled: str, *, comma: bool) -> Edit:
    start = container.start + 1
    if container.places and comma:
        first = container.places[0][0]
        return first, first, spelled + "," + (" " if how.unit is None else how.newline + how.indent)
    inside = text[start : container.end - 1]
    if inside.strip() or container.places:
        return start, start, how.newline + how.indent + spelled + ("," if comma else "")
    if how.unit is None:
        return start, container.end - 1, spelled
    return start, container.end - 1, how.newline + how.indent + spelled + how.newline + how.outside
