"""Jinja as kimi-cli runs it over the text of a prompt's file: `${name}`, `{% ... %}` and `{# ... #}`.

The client fills in what the agent's own file gives (`system_prompt_args`), and what a session knows: where it is, what lies there. A name
that has no value, and what is no expression, fails the agent. What it puts in is not looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression
from agentconv.families import minijinja

if TYPE_CHECKING:
    from collections.abc import Mapping

OPENS = expression(r"\$\{|\{[%#]")
_FILLED = expression(r"\$\{\s*(?:([A-Za-z_]\w*)|'([^'\\]*)'|\"([^\"\\]*)\")\s*\}")
_PLACEHOLDER = expression(r"(?s)\$\{(.*?)\}")
_STATEMENT = expression(r"(?s)\{%[-+]?\s*([a-z]+)\b.*?%\}")
_COMMENT = expression(r"(?s)\{#.*?#\}")
_KNOWN = frozenset(
    (
        "KIMI_NOW",
        "KIMI_WORK_DIR",
        "KIMI_WORK_DIR_LS",
        "KIMI_AGENTS_MD",
        "KIMI_SKILLS",
        "KIMI_ADDITIONAL_DIRS_INFO",
        "KIMI_OS",
        "KIMI_SHELL",
    )
)
"""Names that the client itself gives a value, anew in each session."""
_WORDS = frozenset(("true", "false", "none", "True", "False", "None"))


@dataclass(frozen=True, slots=True)
class Filled:
    """A prompt with the values of its agent's file in it."""

    text: str
    live: bool = False
    """Whether something is left that only a session knows."""
    problem: str | None = None
    """Why the client does not take it."""


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Return what becomes of a prompt's file before a session starts."""
    pieces = _pieces(text)
    statements = any(piece.startswith(("{%", "{#")) for piece, _ in pieces)
    wrong = next((problem for piece, opens in pieces if opens and (problem := _problem(piece, values, strict=not statements))), None)
    if wrong:
        return Filled(text, live=True, problem=wrong)
    live = any(opens and _value(piece, values) is None for piece, opens in pieces)
    return Filled("".join(_put(piece, values, live=live) if opens else piece for piece, opens in pieces), live=live)


def escape(text: str) -> str:
    """Return a text in which nothing opens, as the client reads it."""
    return OPENS.sub(lambda found: f"${{'{found[0]}'}}", text)


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Cut a text into what stands as it is, and what opens; what is never closed goes up to the end."""
    found: list[tuple[str, bool]] = []
    at = 0
    while (opens := OPENS.search(text, at)) is not None:
        pattern = {"${": _PLACEHOLDER, "{%": _STATEMENT, "{#": _COMMENT}[opens[0]]
        whole = (_FILLED.match(text, opens.start()) if opens[0] == "${" else None) or pattern.match(text, opens.start())
        end = whole.end() if whole else len(text)
        found += [(text[at : opens.start()], False), (text[opens.start() : end], True)]
        at = end
    return [*found, (text[at:], False)]


def _problem(piece: str, values: Mapping[str, str], *, strict: bool) -> str | None:
    """Say why the client does not take what opens; names are looked for where no statement can define any (`strict`)."""
    name = found[1] if (found := _FILLED.fullmatch(piece)) else None
    if name and strict and name not in values and name not in _KNOWN and name not in _WORDS:
        return f"nothing gives `{name}` a value"
    if found:
        return None
    if piece.startswith("${"):
        inside = _PLACEHOLDER.fullmatch(piece)
        nested = inside is not None and ("{" in inside[1] or "'" in inside[1] or '"' in inside[1])
        return None if inside and (nested or minijinja.is_expression(inside[1])) else f"`{piece[:40]}` is no expression"
    closed = (_STATEMENT if piece.startswith("{%") else _COMMENT).fullmatch(piece)
    return None if closed else f"`{piece[:2]}` opens what is never closed"


def _value(piece: str, values: Mapping[str, str]) -> str | None:
    """Return what the client puts in the place of what opens; None where that is known in a session only."""
    found = _FILLED.fullmatch(piece)
    if found is None:
        return None
    return values.get(found[1]) if found[1] else found[2] or found[3] or ""


def _put(piece: str, values: Mapping[str, str], *, live: bool) -> str:
    """Fill in what opens; in a text that stays a template, what is put in opens nothing, and texts of its own stay as they are spelled."""
    found, value = _FILLED.fullmatch(piece), _value(piece, values)
    if value is None or (live and not (found and found[1])):
        return piece
    return escape(value) if live else value
