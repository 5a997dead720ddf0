"""Where the keys and items of a TOML document stand, which its parsers do not say."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

_APART = expression(r"(?:[ \t\r\n]+|#[^\n]*)*")
"""What may stand between values: blanks, ends of lines, comments."""
_WITHIN = expression(r"[ \t]*")
_KEY = expression(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_TEXT = expression(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_PLAIN = expression(r"[^,\]}#\r\n]*")
"""A number, a date, a boolean."""

Path = tuple[str | int, ...]


@lru_cache(maxsize=4)
def places(text: str) -> Mapping[Path, int]:
    """Return the offset at which each key, and each item of a list, first stands; the text is known to be TOML.

    Those of the last few texts are kept, for each part of a file asks where it stands in it.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found


def innermost(text: str, way: Path) -> int:
    """Return where the last key or item of a way stands that has a place; the start of the text, where none has."""
    found = places(text)
    return next((found[way[:length]] for length in range(len(way), 0, -1) if way[:length] in found), 0)


class _Scanner:
    """Walks through a document once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.counted: dict[Path, int] = {}
        """How many tables each list of tables has so far."""

    def document(self) -> None:
        above: Path = ()
        self.at = 1 if self.text.startswith("\ufeff") else 0
        self.skip(_APART)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                above = self.header()
            else:
                self.pair(above)
            self.skip(_APART)

    def header(self) -> Path:
        """Pass `[a.b]` or `[[a.b]]`, and return what its keys are below; a table in a list of tables is below the last of these."""
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        start = self.at
        path = self.key(())
        self.skip(_WITHIN)
        self.at += brackets
        if brackets == 2:
            number = self.counted[path] = self.counted.get(path, -1) + 1
            self.found.setdefault((*path, number), start)
            return (*path, number)
        return path

    def pair(self, above: Path) -> None:
        path = self.key(above)
        self.skip(_WITHIN)
        self.at += 1  # the sign between them
        self.skip(_WITHIN)
        self.value(path)

    def key(self, above: Path) -> Path:
        """Pass a key, be it dotted, and return the path that it leads to."""
        path = above
        while True:
            self.skip(_WITHIN)
            start = self.at
            self.skip(_KEY)
            path = (*path, _name(self.text[start : self.at]))
            self.found.setdefault(path, start)
            if path in self.counted:
                path = (*path, self.counted[path])
            self.skip(_WITHIN)
            if not self.text.startswith(".", self.at):
                return path if type(path[-1]) is str else path[:-1]
            self.at += 1

    def value(self, path: Path) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening in ('"', "'"):
            self.skip(_TEXT)
        elif opening == "[":
            self.several("]", path, items=True)
        elif opening == "{":
            self.several("}", path, items=False)
        else:
            self.skip(_PLAIN)

    def several(self, end: str, path: Path, *, items: bool) -> None:
        """Pass a list, or a table in braces."""
        self.at += 1
        number = 0
        self.skip(_APART)
        while self.at < len(self.text) and self.text[self.at] != end:
            if items:
                self.found.setdefault((*path, number), self.at)
                self.value((*path, number))
            else:
                self.pair(path)
            number += 1
            self.skip(_APART)
            self.at += self.text.startswith(",", self.at)
            self.skip(_APART)
        self.at += 1

    def skip(self, what: re.Pattern[str]) -> None:
        found = what.match(self.text, self.at)
        self.at = found.end() if found else self.at


def _name(spelled: str) -> str:
    """Return a key without its quotes."""
    if not spelled.startswith(('"', "'")):
        return spelled
    import tomli

    return next(iter(tomli.loads(f"{spelled}=0")))
