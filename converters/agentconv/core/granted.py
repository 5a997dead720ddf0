"""What somebody who makes a set says of tools, held to what it would mean: nothing that was to be closed is open by a slip.

A bundle and a set that a program makes are held to the same; each says where it stands, and how it is written there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import portable, vocabulary
from agentconv.core.suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Sized

UNHEEDED = "a list of tools is not heeded where `mode` is `inherit`, as it is where nobody says, which is every tool"
_OF_PROGRAMS = ("json", "toml")
"""The formats that have no other words than the portable ones."""


def is_unheeded(mode: str, allow: Sized) -> bool:
    """Whether a list of tools lets an agent have no fewer of them, as whoever wrote it meant."""
    return mode == "inherit" and len(allow) > 0


def unknown_capability(word: str, format_id: str) -> tuple[str, str] | None:
    """Say that a word is no capability, and what to write; None where it is one.

    That of a format that is not here may be one of its own: it is wrong where it is nearly one that is known.
    """
    known = portable.capabilities()
    if word in known:
        return None
    near, is_here = nearest(word, known), format_id in _OF_PROGRAMS or vocabulary.words_of(format_id) in vocabulary.clients()
    if near is None and not is_here:
        return None
    return f"`{word}` is no capability", f"did you mean `{near}`?" if near else f"one of {', '.join(known)}"
