"""Texts: what the target wants of them, and what becomes of a prompt in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Detail
from agentconv.core.losses import quoted
from agentconv.core.meant import Foreign, Reference, Text
from agentconv.families import javascript
from agentconv.families.javascript import SPACE

if TYPE_CHECKING:
    from agentconv.core.format import Projection


def require(projection: Projection, *paths: str, blanks: str = "") -> None:
    """Refuse an agent that lacks what the target loads no agent without; texts of nothing but `blanks` count as lacking."""
    for path in paths:
        value = projection.get(path)
        code = f"refused-{path.split('.')[0]}"
        if not (value and value.strip(blanks)):
            projection.refuse(code, path, "blank" if value else "missing")
        elif path == "name" and projection.target.legal_name(value) != value:
            projection.refuse(code, path, quoted(value))


def trim(projection: Projection, path: str, blanks: str | None = None) -> None:
    """Trim a text as the target does when it reads it."""
    text = projection.get(path)
    if isinstance(text, str) and text != text.strip(blanks):
        projection.change(path, text.strip(blanks), "text-trimmed", "blanks at its ends")


def prompt(projection: Projection, mode: str, syntax: str = "literal") -> None:
    """Say how the target combines the prompt with its own, and whether it renders templates."""
    text = projection.get("prompt.text")
    if text is None:
        return
    if syntax == "literal" and refused_unread(projection):
        projection.translate("prompt.syntax", syntax)
        return
    before = projection.get("prompt.mode") or "replace"
    if before != mode:
        words = {"append": "it is added to the client's own prompt", "replace": "it replaces the client's own prompt"}
        projection.change("prompt.mode", mode, "prompt-mode", words[mode])
    before = projection.get("prompt.syntax")
    before = "literal" if before is None else before
    if before != syntax:
        by_hand = _variables(text) if syntax == "literal" else None
        projection.change("prompt.syntax", syntax, "prompt-syntax", Detail("from {}", (before,)), hint=by_hand)


def refused_unread(projection: Projection) -> bool:
    """Refuse a prompt that is in a file which was not read; return whether it is one."""
    text = projection.get("prompt.text")
    files = [part.text for part in text.parts if isinstance(part, Foreign)] if isinstance(text, Text) else []
    if files:
        projection.refuse("refused-text", "prompt.text", Detail("the text that `{}` stands for is not known", (files[0],)))
    return bool(files)


def _variables(text: object) -> str | None:
    """Say what is to be written by hand where a prompt refers to variables of the environment."""
    named = [part.env for part in text.parts if isinstance(part, Reference)] if isinstance(text, Text) else []
    words = ", ".join(f"`{name}`" for name in dict.fromkeys(named))
    return f"write what {words} holds where the prompt names it; where it is not set, the source has nothing there" if named else None


def body(projection: Projection) -> None:
    """Make the prompt the body of a file: without one, the body is empty; blanks at its ends go, as JavaScript trims."""
    if projection.get("prompt.text") is None:
        projection.translate("prompt.text", "")
    trim(projection, "prompt.text", SPACE)


def line_feeds(projection: Projection) -> None:
    """Make a line feed of each line end of the prompt, for a target to which any line end is one."""
    text = projection.get("prompt.text")
    if text and "\r" in text:
        projection.change("prompt.text", javascript.line_feeds(text), "line-ends", "CR")
