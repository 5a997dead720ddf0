"""Files that a text of instructions imports, `@docs/style.md`: they are named by their paths from the project's root.

Claude Code 2.1.329, Qwen Code 0.24.4, Gemini CLI 0.61.0 and Copilot CLI 1.0.102 put the text of such a file in, and that of those which
it imports itself, but not what stands in code (asked). Copilot alone takes the comma behind a path for no part of it. A name without
an ending is a file's where it begins as a path does; `@team` is one only if there is such a file.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from agentconv.core.expressions import expression
from agentconv.core.parts import Body, FileText, ForeignPlaceholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.parts import BodyPart

Imports: TypeAlias = Literal["", "words", "paths"]
"""What follows an `@`: nothing is imported; all up to the next blank; that without what ends a clause."""
LANGUAGE = "import"
_CODE = expression(r"^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=fence)[^\n]*$|\Z)|(?P<ticks>`+)[^`].*?(?P=ticks)", re.MULTILINE | re.DOTALL)
_IMPORT = expression(r"(?<!\S)@(?P<path>(?:\.{1,2}|~)/[^\s@`]*[A-Za-z0-9_-]|[^\s@`]*\.[A-Za-z0-9]{1,8})(?P<rest>[^\s`]*)")
_CLAUSE_ENDS = expression(r"[,;:!?)]*|\.[,;:!?)]*")
_OUTSIDE = ("/", "~", "\\")


def parse(text: str, folder: str, imports: Imports) -> Body | None:
    """Return a text with the files that it imports, which are named from its file's folder; None where there is none."""
    if not text:
        return None
    parts: list[BodyPart] = []
    at = 0
    for match in _found(text, imports):
        parts += [text[at : match.start()]] if match.start() > at else []
        parts.append(_part(match["path"], folder))
        at = match.end("path")
    parts += [text[at:]] if at < len(text) else []
    return Body(tuple(parts))


def _found(text: str, imports: Imports) -> Iterator[re.Match[str]]:
    if not imports or "@" not in text:
        return
    code = [(one.start(), one.end()) for one in _CODE.finditer(text)]
    for match in _IMPORT.finditer(text):
        rest = match["rest"]
        ends = not rest or (imports == "paths" and _CLAUSE_ENDS.fullmatch(rest) is not None)
        if ends and not any(start <= match.start() < end for start, end in code):
            yield match


def _part(path: str, folder: str) -> BodyPart:
    """Return what a path means that stands in a file of a folder; what leads out of the project means something to its client alone."""
    found = posixpath.normpath(posixpath.join(folder, path))
    if path.startswith(_OUTSIDE) or found.startswith(".."):
        return ForeignPlaceholder(f"@{path}", LANGUAGE)
    return FileText((found,))


def spell(body: Body | None, folder: str) -> str:
    """Write a text for a file of a folder."""
    return "".join(_spelled(part, folder) for part in body.parts) if body else ""


def _spelled(part: BodyPart, folder: str) -> str:
    if isinstance(part, FileText):
        return f"@{posixpath.relpath(''.join(map(str, part.path)), folder or '.')}"
    return part.text if isinstance(part, ForeignPlaceholder) else str(part)


def imported(body: Body | None) -> tuple[str, ...]:
    """Return the paths of the files that a text imports, as far as they are the project's."""
    return tuple(dict.fromkeys("".join(map(str, part.path)) for part in (body.parts if body else ()) if isinstance(part, FileText)))
