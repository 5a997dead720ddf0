r"""JavaScript's regular expressions, as Roo Code tests a path with them, where they say no more than texts and any text between them.

`doesFileMatchRegex` (https://github.com/RooCodeInc/Roo-Code, src/core/tools/validateToolUse.ts):

    const regex = new RegExp(pattern)
    return regex.test(filePath)

So what is not anchored is found anywhere. What is read: texts, escaped or not, `.` with or without a quantifier, sets of a few
characters, `[^/]*`, groups, branches, `?` behind any of these, and anchors at the ends. All else is no pattern that others have.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.expressions import expression
from agentconv.core.patterns.form import ANY, MOST_BRANCHES, NAME, ONE, REST, Wild, distinct, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.patterns.form import Branch, Form

_DEEPEST = 20


class _Anchor(Enum):
    START = auto()
    END = auto()


_Piece: TypeAlias = "str | Wild | _Anchor"
_Way: TypeAlias = "tuple[_Piece, ...]"
_TOKEN = expression(
    r"(?P<open>\((?:\?:)?(?!\?))|(?P<close>\))|(?P<bar>\|)|(?P<start>\^)|(?P<end>\$)|(?P<names>\[\^\\?/\][*]\??)"
    r"|(?P<set>\[(?:[A-Za-z0-9_. -]|\\[.\-])+\])|(?P<dots>\.(?:[*+?]\??)?)|\\(?P<escaped>[^A-Za-z0-9\n])|(?P<char>[^\\\[(*+?{\n])"
)
_QUANTIFIER = expression(r"[*+]|\{")
_DOTS: dict[str, list[_Way]] = {"*": [(ANY,)], "+": [(ONE, ANY)], "?": [(), (ONE,)], "": [(ONE,)]}


class _Unread(Exception):
    """The expression says more than can be read."""


def read(text: str) -> Form | None:
    """Read a regular expression."""
    try:
        ways = _Reader(text).ways()
    except _Unread:
        return None
    found = [_anchored(way) for way in ways]
    return None if None in found or not found else distinct(branch for branch in found if branch is not None)


def _anchored(way: _Way) -> Branch | None:
    """Return the branch that a way through an expression is; None where an anchor stands in its middle."""
    pieces = list(way)
    start, end = pieces[:1] == [_Anchor.START], pieces[-1:] == [_Anchor.END]
    inner = [piece for piece in pieces[start : len(pieces) - end] if not isinstance(piece, _Anchor)]
    if len(inner) != len(pieces) - start - end:
        return None
    return joined([*([] if start else [ANY]), *inner, *([] if end else [ANY])])


class _Reader:
    """Reads an expression into all ways through it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def ways(self) -> list[_Way]:
        found = self.branches(0)
        if self.position < len(self.text):
            raise _Unread
        return found

    def branches(self, depth: int) -> list[_Way]:
        """Read up to the end of a group, or of all."""
        if depth > _DEEPEST:
            raise _Unread
        found, current = [], [()]  # type: list[_Way], list[_Way]
        for step in self.steps(depth):
            if step is None:
                found += current
                current = [()]
            else:
                current = [(*way, *more) for way in current for more in step]
            if len(found) + len(current) > MOST_BRANCHES:
                raise _Unread
        return found + current

    def steps(self, depth: int) -> Iterator[list[_Way] | None]:
        """Yield what each piece may be; None between two branches."""
        while self.position < len(self.text):
            token = _TOKEN.match(self.text, self.position)
            if token is None:
                raise _Unread
            if token["close"]:
                return
            self.position = token.end()
            if token["bar"]:
                yield None
            else:
                yield self.repeated(self.piece(token, depth), token)

    def piece(self, token: re.Match[str], depth: int) -> list[_Way]:
        """Return what one piece may be."""
        if token["open"]:
            inner = self.branches(depth + 1)
            if not self.text.startswith(")", self.position):
                raise _Unread
            self.position += 1
            return inner
        if token["start"] or token["end"]:
            return [(_Anchor.START if token["start"] else _Anchor.END,)]
        if token["names"]:
            return [(NAME,)]
        if token["dots"]:
            return _DOTS[token["dots"][1:2]]
        if token["set"]:
            return [(char,) for char in _characters(token["set"])]
        return [(token["escaped"] or token["char"],)]

    def repeated(self, ways: list[_Way], token: re.Match[str]) -> list[_Way]:
        """Return what a piece with its quantifier may be."""
        if _QUANTIFIER.match(self.text, self.position):
            raise _Unread
        if not self.text.startswith("?", self.position):
            return ways
        if token["start"] or token["end"] or token["names"] or token["dots"]:
            raise _Unread
        self.position += 2 if self.text.startswith("??", self.position) else 1
        return [(), *ways]


def _characters(written: str) -> list[str]:
    """Return the characters of a set; one with a range is read where it is short."""
    inner = written[1:-1].replace("\\.", ".")
    if "\\" in inner or ("-" in inner.strip("-")):
        raise _Unread
    return list(dict.fromkeys(inner))


def write(form: Form) -> list[str] | None:
    """Write one expression."""
    return ["|".join(map(_written, form))]


_SHOWN = {ANY: ".*", ONE: ".", NAME: "[^/]*", REST: "( .*)?"}


def _written(branch: Branch) -> str:
    """Write a branch; any text at an end is no anchor there."""
    start, end = branch[:1] == (ANY,), branch[-1:] == (ANY,) and len(branch) > 1
    inner = branch[start : len(branch) - end]
    text = "".join(re.sub(r"[\\^$.*+?()\[\]{}|]", r"\\\g<0>", item) if isinstance(item, str) else _SHOWN[item] for item in inner)
    return f"{'' if start else '^'}{text}{'' if end or (inner == () and start) else '$'}"
