"""A header that only its client's own repair can read, spelled so that every parser does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.source import SourceText, encode
from agentconv.families import frontmatter, markdown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.families.frontmatter import Edit, Header
    from agentconv.families.markdown import Dialect


def strict_edits(dialect: Dialect, source: SourceText) -> list[Edit] | None:
    """Return the edits that let a header parse which the client's own repair has read, value by value; None where none do.

    Only the values that stand in the way are spelled anew, as the client reads them, and those that would read otherwise
    once the header parses.
    """
    header = markdown.header_of(dialect, source)
    if header is None or not header.fallback:
        return None
    changes: dict[str, Json] = {}
    while True:
        edits = frontmatter.patch(header, changes)
        if edits is None:
            return None
        again = dialect.find(SourceText(source.path, encode(frontmatter.apply(source.text, edits))))
        if isinstance(again, Complaint):
            return None
        frontmatter.parse(again, None, dialect.grammar)
        if again.error is None:
            flipped = {key: value for key, value in header.values.items() if key not in changes and again.values.get(key) != value}
            if not flipped:
                return edits
            changes.update(flipped)
            continue
        key = _key_above(again, again.error.offset, header.values)
        if key is None or key in changes:
            return None
        changes[key] = header.values[key]


def _key_above(header: Header, offset: int, values: Mapping[str, Json]) -> str | None:
    """Return the top-level key in whose lines an offset of the header's text is."""
    found = None
    position = 0
    for line in header.text.split("\n"):
        if position > offset:
            break
        name = line.partition(":")[0].rstrip().strip("\"'")
        if line[:1].strip() and name in values:
            found = name
        position += len(line) + 1
    return found
