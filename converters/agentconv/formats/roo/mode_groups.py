"""Tool groups as Roo Code's and Kilo's custom modes list them: words, or pairs of a word and its options.

The shape is that of `groupEntrySchema` in npm's @roo-code/types 1.115.0: options may have `fileRegex`, which must compile, and
`description`; a group stands once; entries of groups that are gone are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from agentconv.families.keys import Refused
from agentconv.formats.roo import javascript_pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from agentconv.core.ir import Json

Group: TypeAlias = "tuple[str, Mapping[str, Json]]"


def read(value: Json, words: Collection[str], gone: Collection[str]) -> list[Group]:
    """Read a list of groups, without those that are gone.

    Raises:
        Refused: The client takes none of it.
    """
    if not isinstance(value, list):
        raise Refused("`groups` must be a list", remedy=f"write a list of {', '.join(words)}")
    groups = {number: _read_entry(entry, words, number) for number, entry in enumerate(value) if word(entry) not in gone}
    seen: set[str] = set()
    for number, (group, options) in groups.items():
        if group in seen:
            more = ", and join their expressions with `|`" if "fileRegex" in options else ""
            raise Refused(f"`groups` has `{group}` twice", within=(number,), remedy=f"give `{group}` once{more}")
        seen.add(group)
    return list(groups.values())


def word(entry: Json) -> str:
    """Return the word of an entry, with or without options; empty where it has none."""
    found = entry[0] if isinstance(entry, list) and entry else entry
    return found if isinstance(found, str) else ""


def _read_entry(entry: Json, words: Collection[str], number: int) -> Group:
    word, options = (entry[0], entry[1]) if isinstance(entry, list) and len(entry) == 2 else (entry, {})
    if not isinstance(word, str) or word not in words or not isinstance(options, dict):
        wanted = f"{', '.join(words)}, or of pairs of one of them and its options"
        raise Refused(f"`groups` is a list of {wanted}", within=(number,), remedy=f"write a list of {wanted}")
    if not all(isinstance(options[key], str) for key in ("fileRegex", "description") if key in options):
        raise Refused("`groups`: `fileRegex` and `description` must be text", within=(number,), remedy="put it in quotes")
    problem = javascript_pattern.complaint(str(options.get("fileRegex", "")))
    if problem:
        at = (number, 1, "fileRegex")
        raise Refused(f"`groups`: `fileRegex` is no regular expression: {problem}", within=at, remedy="mend the expression")
    return word, options


def pattern(group: Group) -> str | None:
    """Return the pattern that a file must match; only `edit` is held to it, and an empty one says nothing."""
    word, options = group
    return str(options["fileRegex"]) if word == "edit" and options.get("fileRegex") else None
