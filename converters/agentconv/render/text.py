"""Text for people: one line what and where, then a hint. Readable without colour."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from agentconv.diagnostics import LossSeverity, Severity
from agentconv.losses import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.diagnostics import Diagnostic, Loss

_COLORS = {
    Severity.ERROR: "31;1",
    Severity.WARNING: "33;1",
    Severity.NOTE: "36",
    LossSeverity.REFUSAL: "31;1",
    LossSeverity.WARNING: "33;1",
    LossSeverity.NOTE: "36",
}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SECRET = re.compile(
    r"(?:sk-[A-Za-z0-9_-]{12,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{12,}"
    r"|AIza[0-9A-Za-z_-]{20,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_.-]{10,}|glpat-[A-Za-z0-9_-]{12,}"
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{16,})"
)


@dataclass(frozen=True, slots=True)
class Style:
    """Whether to colour."""

    color: bool = False

    def paint(self, word: str, severity: Severity | LossSeverity) -> str:
        """Return a word in the colour of a severity."""
        return f"\x1b[{_COLORS[severity]}m{word}\x1b[0m" if self.color else word


def style(stream: TextIO, choice: str = "auto") -> Style:
    """Decide about colour for a stream: the choice, then NO_COLOR, FORCE_COLOR, TERM, and whether it is a terminal."""
    if choice != "auto":
        return Style(choice == "always")
    if os.environ.get("NO_COLOR"):
        return Style(color=False)
    if os.environ.get("FORCE_COLOR"):
        return Style(color=True)
    return Style(stream.isatty() and os.environ.get("TERM") != "dumb")


def safe(text: str) -> str:
    """Return text that cannot move the cursor, hide itself, or give away a secret."""
    masked = _SECRET.sub(lambda match: f"{match[0][:4]}…", text)
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", masked.replace("\n", "\\n"))


def diagnostic(value: Diagnostic, look: Style = Style()) -> str:
    """Write one diagnostic: place, severity, message, hint."""
    place = f"{safe(str(value.span))}: " if value.span else ""
    line = f"{place}{look.paint(value.severity.value, value.severity)}: {safe(value.message)}"
    return f"{line}\n  hint: {safe(value.hint)}" if value.hint else line


def loss(value: Loss, look: Style = Style()) -> str:
    """Write one loss of one agent."""
    return f"{safe(value.agent)}: {look.paint(value.severity.value, value.severity)} {value.code} ({value.field}): {safe(value.detail)}"


_ORDER = {LossSeverity.REFUSAL: 0, LossSeverity.WARNING: 1, LossSeverity.NOTE: 2}


def losses_by_code(values: Iterable[Loss], look: Style = Style()) -> list[str]:
    """Write one line per code: how many agents, up to three of their names, what happened, and the hint."""
    groups: dict[tuple[str, str], list[Loss]] = {}
    for value in values:
        groups.setdefault((value.target, value.code), []).append(value)
    lines = []
    for (target, code), found in sorted(groups.items(), key=lambda item: (item[0][0], _ORDER[item[1][0].severity], item[0][1])):
        rule = CATALOGUE[code]
        agents = list(dict.fromkeys(value.agent for value in found))
        severity = look.paint(found[0].severity.value, found[0].severity)
        lines.append(f"{severity} {code} to {target}, {count(len(agents), 'agent')} ({names(agents)}): {rule.summary}")
        details = list(dict.fromkeys(safe(value.detail) for value in found))
        if details != ["set"]:
            lines.append(f"  {'; '.join(details[:3])}{'; …' if len(details) > 3 else ''}")
        hints = list(dict.fromkeys(value.hint for value in found if value.hint))
        if hints:
            lines.append(f"  hint: {safe(hints[0])}")
    return lines


def names(words: Sequence[str]) -> str:
    """Return up to three names and how many more."""
    shown = ", ".join(safe(word) for word in words[:3])
    return f"{shown} and {len(words) - 3} more" if len(words) > 3 else shown


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
