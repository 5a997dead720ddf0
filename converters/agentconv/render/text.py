"""Text for people: one line what and where, then a hint. Readable without colour."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, TextIO

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, LossSeverity, Severity
from agentconv.core.expressions import expression
from agentconv.formats import registry
from agentconv.render import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.core.diagnostics import Diagnostic, Loss, Span

_COLORS = {
    Severity.ERROR: "31;1",
    Severity.WARNING: "33;1",
    Severity.NOTE: "36",
    LossSeverity.REFUSAL: "31;1",
    LossSeverity.WARNING: "33;1",
    LossSeverity.NOTE: "36",
}
_WHOLE_FILE = frozenset(
    {Code.UNREADABLE, Code.TOO_LARGE, Code.EXISTS, Code.PACK, Code.NO_AGENT, Code.ELSEWHERE, Code.LINE_ENDS, Code.PARTS}
)
"""What is not about one line of the file."""
_STRAY_BYTE = expression("[\udc80-\udcff]")
"""What Python makes of a file name's byte that its locale cannot decode."""


@dataclass(frozen=True, slots=True)
class Style:
    """Whether to colour."""

    color: bool = False

    def paint(self, word: str, severity: Severity | LossSeverity) -> str:
        """Return a word in the colour of a severity."""
        return f"\x1b[{_COLORS[severity]}m{word}\x1b[0m" if self.color else word


PLAIN = Style()


def style(stream: TextIO, choice: str = "auto") -> Style:
    """Decide about colour for a stream: the choice, then NO_COLOR, FORCE_COLOR, TERM, and whether it is a terminal."""
    if choice != "auto":
        return Style(choice == "always")
    if os.environ.get("NO_COLOR"):
        return Style(color=False)
    if os.environ.get("FORCE_COLOR"):
        return Style(color=True)
    return Style(stream.isatty() and os.environ.get("TERM") != "dumb")


@lru_cache(maxsize=4096)
def safe(text: str) -> str:
    """Return text that cannot move the cursor, hide itself, or give away a secret."""
    from agentconv.core import credentials

    if _STRAY_BYTE.search(text):
        with suppress(UnicodeEncodeError):  # a surrogate that stands for no byte is escaped below
            text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return printable.shown(credentials.masked(text).replace("\n", "\\n"))


def block(text: str) -> str:
    """Return safe text that keeps its lines, but for the rest of very long ones."""
    return "\n".join(shorten(line, 300) for line in text.split("\n"))


REASON = 300
"""How wide a reason may be: what is cut off its end is why."""


def shorten(text: str, width: int = 100) -> str:
    """Return safe text of one line, cut when it is long."""
    shown = safe(text)
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"


def client(format_id: str) -> str:
    """Return the name of a format as people say it."""
    return registry.FORMATS[format_id].title


def for_target(words: str, format_id: str) -> str:
    """Return the words of a loss with the target's name in them."""
    return words.replace("the target", client(format_id))


def diagnostic(value: Diagnostic, look: Style = PLAIN, *, hint: bool = True) -> str:
    """Write one diagnostic: place, severity, message, hint."""
    place = f"{_place(value.span, value.code)}: " if value.span else ""
    line = f"{place}{look.paint(value.severity.value, value.severity)}: {safe(value.message)}"
    return f"{line}\n  hint: {safe(value.hint)}" if value.hint and hint else line


def _place(span: Span, code: Code) -> str:
    return safe(span.path if code in _WHOLE_FILE and (span.line, span.column) == (1, 1) else str(span))


def loss(value: Loss, look: Style = PLAIN) -> str:
    """Write one loss of one agent."""
    head = f"{look.paint(value.severity.value, value.severity)}[{value.code}]"
    return f"{head} {shorten(value.whose, WITH_PLACE)}, {safe(value.field)}: {safe(value.message)}"


WITH_PLACE = 160
"""How long a name is that has the file behind it in which it stands: a path that is cut leads nowhere."""
NAMED = 3
"""How many of several are named, before the others are counted."""


def names(words: Sequence[str], *, every: bool = False, more: str = "", width: int = 40) -> str:
    """Return up to three names and how many more.

    Args:
        words: The names.
        every: Whether all of them are shown.
        more: What is said behind that number: how the others are shown.
        width: How long one may be.
    """
    if every:
        return ", ".join(map(safe, words))
    shown = ", ".join(shorten(word, width) for word in words[:NAMED])
    return f"{shown} and {len(words) - NAMED:,} more{more}" if len(words) > NAMED else shown


def alike(several: Sequence[str]) -> str:
    """Say of names that they are one where upper case is not told from lower case."""
    listed = names([f"`{one}`" for one in several])
    return f"{listed} are one name on macOS and Windows; an assistant that gets both calls one of them otherwise"


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


_DOES = {"read": "read files", "write": "write files", "network": "use the network", "run": "run commands", "mcp": "use MCP servers"}


def unable(losses: Iterable[Loss]) -> list[str]:
    """Say which agents cannot do in a target what their own lists of tools are for, where there are some."""
    found: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for loss in losses:
        if loss.closes:
            found.setdefault((loss.target, loss.closes), {})[loss.whose] = None
    return [
        f"{names([*agents])} may not {' or '.join(_DOES[one] for one in closed)} in {client(target)}"
        for (target, closed), agents in found.items()
    ]
