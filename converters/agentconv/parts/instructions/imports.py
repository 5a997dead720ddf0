"""Files that a text of instructions imports, `@docs/style.md`: they are named by their paths from the project's root.

Claude Code 2.1.329, Qwen Code 0.24.4, Gemini CLI 0.61.0 and Copilot CLI 1.0.102 put the text of such a file in, and that of those which
it imports itself, but not what stands in code (asked). Copilot alone takes the comma behind a path for no part of it; Claude Code alone
leaves comments out, and what stands behind a `#`.

A name without an ending is a file's where it begins as a path does. Any other, `@team`, `@docs/Makefile`, is one only if there is such a
file: who has the disk looks for it (`perhaps`), and the reader is told (`parse`, `there`). It is written as `@./docs/Makefile`, which is an
import to all of them, whether the file is there or not.
"""

from __future__ import annotations

import posixpath
import re
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypeAlias

from agentconv.core.expressions import expression
from agentconv.core.parts import Body, FileText, ForeignPlaceholder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from agentconv.core.parts import BodyPart

Imports: TypeAlias = Literal["", "words", "sections", "paths"]
"""What follows an `@`: nothing is imported; all up to a blank; that up to a `#`, outside of comments; that without what ends a clause."""
LANGUAGE = "import"
_CODE = expression(r"^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=fence)[^\n]*$|\Z)|(?P<ticks>`+)[^`].*?(?P=ticks)", re.MULTILINE | re.DOTALL)
_IMPORT = expression(r"(?<!\S)@(?P<path>(?:\.{1,2}|~)/[^\s@`]*[A-Za-z0-9_-]|[^\s@`]*\.[A-Za-z0-9]{1,8})(?P<rest>[^\s`]*)")
_PERHAPS = expression(r"(?<!\S)@(?P<path>[A-Za-z.][^\s@`#]*[A-Za-z0-9_-])(?P<rest>[^\s`]*)")
_COMMENT = expression(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ENDS = {
    "words": expression(r""),
    "sections": expression(r"(?:#[^@]*)?"),
    "paths": expression(r"[,;:!?)]*|\.[,;:!?)]*"),
}
"""What may stand behind a path."""
_OUTSIDE = ("/", "~", "\\")


def parse(text: str, folder: str, imports: Imports, there: Collection[str] = ()) -> Body | None:
    """Return a text with the files that it imports; None where there is none.

    Args:
        text: What the client reads.
        folder: That of the text's file, from which it names others.
        imports: How it names them.
        there: The files of the project that only count because they are there, by their paths.
    """
    if not text:
        return None
    parts: list[BodyPart] = []
    at = 0
    for match in _found(text, folder, imports, there):
        parts += [text[at : match.start()]] if match.start() > at else []
        parts.append(_part(match["path"], folder))
        at = match.end("path")
    parts += [text[at:]] if at < len(text) else []
    return Body(tuple(parts))


def perhaps(text: str, folder: str, imports: Imports) -> list[str]:
    """Return the paths from the project's root of the files that a text imports if they are there."""
    return list(dict.fromkeys(path for path, _ in _perhaps(text, folder, imports))) if imports and "@" in text else []


def _perhaps(text: str, folder: str, imports: Imports) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _PERHAPS.finditer(text):
        path, part = match["path"], _part(match["path"], folder)
        known = path.startswith(("./", "../")) or posixpath.splitext(path)[1]
        if isinstance(part, FileText) and not known and ("/" in path or imports != "paths"):
            yield str(part.path[0]), match


def _found(text: str, folder: str, imports: Imports, there: Collection[str]) -> list[re.Match[str]]:
    """Return what names a file, in the order of the text."""
    if not imports or "@" not in text:
        return []
    unread = [(one.start(), one.end()) for one in chain(_CODE.finditer(text), _COMMENT.finditer(text) if imports == "sections" else ())]
    named = chain(_IMPORT.finditer(text), (match for path, match in _perhaps(text, folder, imports) if path in there) if there else ())
    found = [
        match
        for match in named
        if _ENDS[imports].fullmatch(match["rest"]) and not any(start <= match.start() < end for start, end in unread)
    ]
    return sorted(found, key=re.Match.start) if there else found


def _part(path: str, folder: str) -> BodyPart:
    """Return what a path means that stands in a file of a folder; what leads out of the project means something to its client alone."""
    found = posixpath.normpath(posixpath.join(folder, path))
    if path.startswith(_OUTSIDE) or found.startswith(".."):
        return ForeignPlaceholder(f"@{path}", LANGUAGE)
    return FileText((found,))


def spell(body: Body | None, folder: str, imports: Imports = "words") -> str:
    """Write a text for a file of a folder, as a client that imports, or does not, is to read it."""
    return "".join(_spelled(part, folder, imports) for part in body.parts) if body else ""


def _spelled(part: BodyPart, folder: str, imports: Imports) -> str:
    if isinstance(part, FileText):
        path = posixpath.relpath("".join(map(str, part.path)), folder or ".")
        return f"@{path}" if not imports or _IMPORT.fullmatch(f"@{path}") else f"@./{path}"
    return part.text if isinstance(part, ForeignPlaceholder) else str(part)


def imported(body: Body | None) -> tuple[str, ...]:
    """Return the paths of the files that a text imports, as far as they are the project's."""
    return tuple(dict.fromkeys("".join(map(str, part.path)) for part in (body.parts if body else ()) if isinstance(part, FileText)))
