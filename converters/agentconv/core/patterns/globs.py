r"""Globs as OpenCode 1.18.33 and Kilo 7.7.9 match them, and Python's fnmatch, which is nearly the same.

`Wildcard.match` of both clients (https://github.com/sst/opencode, packages/opencode/src/util/wildcard.ts), as it is in their binaries:

    str = str.replaceAll("\\", "/"); pattern = pattern.replaceAll("\\", "/")
    let escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")
    if (escaped.endsWith(" .*")) escaped = escaped.slice(0, -3) + "( .*)?"
    return new RegExp("^" + escaped + "$", "s").test(str)

Before that, `~` and `$HOME` at the start of a pattern become the user's home.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.patterns.form import ANY, ONE, REST, Wild, distinct, joined

if TYPE_CHECKING:
    from agentconv.core.patterns.form import Branch, Form

_AT_HOME = ("~", "$HOME")
_WILD: dict[str, str | Wild] = {"*": ANY, "?": ONE}
_SHOWN = {ANY: "*", ONE: "?"}


def read(text: str) -> Form | None:
    """Read a glob."""
    if text.startswith(_AT_HOME):
        return None
    text = text.replace("\\", "/")
    if text.endswith(" *"):
        return ((*_items(text.removesuffix(" *")), REST),)
    return (_items(text),)


def _items(text: str) -> Branch:
    return joined(_WILD.get(char, char) for char in text)


def write(form: Form) -> list[str] | None:
    """Write globs; a text with a character that means something to them cannot be written."""
    found = [_written(branch) for branch in form]
    return None if None in found or any(text.startswith(_AT_HOME) for text in found if text) else [text or "" for text in found]


def _written(branch: Branch) -> str | None:
    pieces = []
    for item in branch:
        if item is REST:
            pieces.append(" *")
        elif isinstance(item, str):
            if set(item) & set("*?\\"):
                return None
            pieces.append(item)
        elif item in _SHOWN:
            pieces.append(_SHOWN[item])
        else:
            return None
    text = "".join(pieces)
    return f"{text}*" if text.endswith(" *") and branch[-1] is not REST else text


def read_fnmatch(text: str) -> Form | None:
    """Read one of Python's patterns that has no set of characters."""
    return None if "[" in text else (_items(text),)


def write_fnmatch(form: Form) -> list[str] | None:
    """Write patterns of Python's."""
    found = []
    for branch in _without_rest(form):
        pieces = [re.sub(r"[*?[]", r"[\g<0>]", item) if isinstance(item, str) else _SHOWN.get(item) for item in branch]
        if None in pieces:
            return None
        found.append("".join(piece or "" for piece in pieces))
    return found


def _without_rest(form: Form) -> Form:
    return distinct(way for one in form for way in ((one[:-1], joined((*one[:-1], " ", ANY))) if one[-1:] == (REST,) else (one,)))
