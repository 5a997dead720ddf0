"""Text of files as it may stand in what an editor shows as Markdown: it says what it says, and makes no link, picture or HTML."""

from __future__ import annotations

from agentconv.core.expressions import expression
from agentconv.render import text

_MARKS = expression(r"([\\*_\[\]<&])")
_FENCES = expression("`{3,}")


def words(given: str) -> str:
    """Return words of a message: what stands in back quotes stays code, and nothing else is markup."""
    pieces = text.safe(given).split("`")
    if len(pieces) % 2 == 0:
        return _escaped("'".join(pieces))
    return "`".join(piece if number % 2 else _escaped(piece) for number, piece in enumerate(pieces))


def code(given: str) -> str:
    """Return a word as code."""
    return f"`{text.safe(given).replace('`', chr(39))}`"


def block(given: str, language: str = "") -> str:
    """Return lines as a block of code, none of which ends it."""
    shown = _FENCES.sub(lambda match: "'" * len(match[0]), text.block(given))
    return f"```{language}\n{shown}\n```"


def _escaped(given: str) -> str:
    return _MARKS.sub(r"\\\1", given)
