"""What looks like a credential: for hiding it in what we print, and for finding it in files.

`shapes` tells some by how they look, `names` others by what they are called, `logins` others by the flag before them, and `values`
says which values are none; the last three are loaded when a text needs them, which most of what is printed does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.credentials import randomness, shapes
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_SHOWN = 4
_PARTS = ("key", "token", "secret", "pass", "pwd", "credential", "auth", "cookie", "jwt", "bearer", "contrase", "_pat")
"""What is in every name of a secret, in lower case."""
_LOGIN = expression(r"(?<![\w.-])-(?:[ua]|-(?:[a-z]{1,5}-)?(?:user|auth|basic))")
"""What flags begin with, in lower case, that are given a user and a password."""
_NO_BREAK = expression(r"[^\r\n]")


@dataclass(frozen=True, slots=True)
class Credential:
    """One that was found."""

    what: str
    start: int
    end: int
    text: str
    name: str = ""
    """What it is called, or the flag that it stands behind, where that is how it was found."""

    @property
    def masked(self) -> str:
        """Return as much as may be shown of it."""
        return shortened(self.text)

    @property
    def strong(self) -> bool:
        """Whether it is one beyond doubt: of a known shape and not made up, or random besides its name."""
        return randomness.is_random(self.text) if self.name else not self.stands_for_one

    @property
    def stands_for_one(self) -> bool:
        """Whether it is made up: an example, or the place where one goes."""
        if self.name:
            return False  # those were passed over when they were found
        if self.what == shapes.PASSWORD:
            return _MADE_UP_PASSWORD.search(self.text) is not None
        if self.what == shapes.PRIVATE_KEY:
            return len(self.text) < 100
        from agentconv.core.credentials import values

        random = self.text[_SHOWN:]
        digits = sum(char.isdigit() for char in random)
        if self.what == shapes.BEARER and not digits:
            return True
        return (
            values.is_made_up(self.text)
            or _MADE_UP.search(random) is not None
            or len(set(random)) < 8
            or (self.what == shapes.API_KEY and digits < 2)  # its expression also takes words that are joined by dashes
        )


_MADE_UP = expression(r"secret|token", re.IGNORECASE)
_MADE_UP_PASSWORD = expression(
    r"[${}%\[\]<>*…]|\A(?:pass|passwd|password|pwd|pw|secret|token|user|username|admin|root|test|postgres|guest|change_?me|example"
    r"|mypassword|my_password|yourpassword|your[_-]password|xxx+|\.\.\.|\d{1,5})\Z|password\d*\Z|pass\Z",
    re.IGNORECASE,
)


def find(text: str) -> tuple[Credential, ...]:
    """Return what looks like a credential: those of one kind after those of another, then those that are told by their names."""
    return (*_shaped(text), *_named(text))


def _shaped(text: str) -> Iterator[Credential]:
    for kind in shapes.possible(text):
        at = text.find(kind.start)
        while at >= 0:
            match = kind.match(text, at + len(kind.start))
            if match is not None and _counts(kind, text, at, match):
                group = match.re.groups
                start = match.start(group) if group else at - kind.before
                yield Credential(kind.what, start, match.end(group), text[start : match.end(group)])
            at = text.find(kind.start, match.end() if match else at + len(kind.start))
    for start, end in shapes.key_ends(text):
        yield Credential(shapes.PRIVATE_KEY, start, end, text[start:end])


def _named(text: str) -> Iterator[Credential]:
    low = text.replace("\u0130", "i").lower()  # the one capital whose small letter would be two characters
    parts = [part for part in _PARTS if part in low]
    login = ":" in low and _LOGIN.search(low) is not None
    if not parts and not login:
        return
    from agentconv.core.credentials import logins, names

    for one in (*names.find(text, low, parts), *(logins.find(text) if login else ())):
        yield Credential("a secret", one.start, one.end, names.joined(text[one.start : one.end]), one.name)


def _counts(kind: shapes.Kind, text: str, at: int, match: re.Match[str]) -> bool:
    """Whether a match is one wherever it begins: inside of a longer word, such as `risk-assessment`, only where it looks random."""
    if kind.anywhere or at == 0 or text[at - 1] not in _WORD:
        return True
    return any(randomness.is_random(part) for part in re.findall(r"[A-Za-z0-9]{16,}", match[0]))


def secrets(text: str, found: tuple[Credential, ...] | None = None) -> list[Credential]:
    """Return those that are no examples, in the order of the text, each place once.

    Args:
        text: Any text.
        found: What `find` says of it, where that is known.
    """
    chosen: list[Credential] = []
    for one in sorted(find(text) if found is None else found, key=lambda one: (one.start, one.name != "")):
        if one.stands_for_one or (chosen and one.start < chosen[-1].end and (one.name or one.end <= chosen[-1].end)):
            continue
        if chosen and one.start < chosen[-1].end and chosen[-1].name:
            chosen.pop()  # what has a shape says more than what only has a name
        chosen.append(one)
    return chosen


def shortened(text: str) -> str:
    """Return as much of a credential as may be shown."""
    return f"{text[:_SHOWN]}…"


def masked(text: str, fill: str = "", found: tuple[Credential, ...] | None = None) -> str:
    """Return the text with all that looks like a credential cut to its first characters, and all that may be one.

    Args:
        text: Any text.
        fill: Takes the place of each character that is cut, so that the others stay where they are; without one, an ellipsis
            stands for them all.
        found: What `find` says of it, where that is known.
    """
    places = ((one.start, one.end) for one in (find(text) if found is None else found) if one.end > one.start + _SHOWN)
    parts, done = [], 0
    for start, end in sorted({*places, *randomness.runs(text), *shapes.made_legal(text)}):
        if end <= done:
            continue
        begin, kept = (start, text[start : start + _SHOWN]) if start >= done else (done, "")
        cut = _NO_BREAK.sub(fill, text[begin + len(kept) : end]) if fill else "…" if kept else ""
        parts += [text[done:begin], kept, cut]
        done = end
    return "".join(parts) + text[done:] if parts else text
