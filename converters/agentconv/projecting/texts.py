"""Texts: what the target wants of them, and what becomes of a prompt in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Detail
from agentconv.core.losses import quoted
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
    if projection.get("prompt.text") is None:
        return
    before = projection.get("prompt.mode") or "replace"
    if before != mode:
        words = {"append": "it is added to the client's own prompt", "replace": "it replaces the client's own prompt"}
        projection.change("prompt.mode", mode, "prompt-mode", words[mode])
    before = projection.get("prompt.syntax")
    before = "literal" if before is None else before
    if before != syntax:
        projection.change("prompt.syntax", syntax, "prompt-syntax", Detail("from {}", (before,)))


def body(projection: Projection) -> None:
    """Make the prompt the body of a file: without one, the body is empty; blanks at its ends go, as JavaScript trims."""
    if projection.get("prompt.text") is None:
        projection.translate("prompt.text", "")
    trim(projection, "prompt.text", SPACE)
