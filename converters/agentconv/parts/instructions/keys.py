"""Keys of the headers of instructions and the fields that they hold, as several clients read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Ignored, Key
from agentconv.parts.instructions import globs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.families.keys import Absent

EVERYTHING = frozenset({"**", "**/*", "*"})
"""Patterns that name all files."""


def _texts(value: Json) -> list[str] | None:
    if isinstance(value, str):
        return globs.split(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [one.strip(SPACE) for one in value if isinstance(one, str) and one.strip(SPACE)]
    return None


def _description(value: Json) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, str):
        raise Ignored("`description` is text")
    return {"description": value} if value.strip(SPACE) else {}


def _write_description(part: Any) -> Json | Absent:
    return ABSENT if part.description is None else part.description


DESCRIPTION = Key(("description",), _description, _write_description)
"""What it is about, for people, or for the model that may ask for it."""


def _all_texts(value: Json) -> tuple[list[str], bool]:
    """Return the patterns of a value, lists in lists and commas in their texts taken apart, and whether it is nothing but that."""
    if isinstance(value, str):
        return globs.split(value), True
    found = [_all_texts(one) for one in value] if isinstance(value, list) else []
    return [one for texts, _ in found for one in texts], isinstance(value, list) and all(whole for _, whole in found)


def files(
    name: str, *, everything: frozenset[str] = EVERYTHING, as_list: bool = False, says_always: bool = False, deep: bool = False
) -> Key:
    """Make the key that names the files at which an instruction is read.

    Args:
        name: The key.
        everything: Patterns that come to no limit at all.
        as_list: Whether it is written as a list, rather than as text with commas.
        says_always: Whether what is always read says so with a pattern, and not with silence.
        deep: Whether texts in a list are cut at commas too, lists may be in lists, and what is no text is passed over alone.
    """

    def read(value: Json) -> Mapping[str, object]:
        if value is None:
            return {}
        found, whole = _all_texts(value) if deep else (_texts(value), True)
        meant = {} if not found else {"when": "always"} if set(found) <= everything else {"paths": tuple(found)}
        if found is None or not whole:
            raise Ignored(f"`{name}` is a list of texts, or text with commas", meant)
        return meant

    def write(part: Any) -> Json | Absent:
        if part.when != "scoped" or not part.paths:
            return "**" if says_always and part.when == "always" else ABSENT
        return [*map(str, part.paths)] if as_list else ",".join(part.paths)

    return Key(("paths", "when"), read, write)
