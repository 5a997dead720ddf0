"""What looks like a credential: the one list of patterns, for hiding them in what we print and for finding them in files.

Every search starts at a fixed word (`sk-`, `://`) and runs over each character once, so that no text makes it slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_SHOWN = 4
_NO_BREAK = re.compile(r"[^\r\n]")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of credential."""

    what: str
    start: str
    """What it starts with, or what stands before it."""
    rest: re.Pattern[str]
    """What follows; its first group is what is secret, else all of it."""
    inside: bool = False
    """Whether the start may be the end of a longer word."""


def _kind(what: str, start: str, rest: str, *, inside: bool = False) -> Kind:
    return Kind(what, start, re.compile(rest, re.ASCII), inside)


KINDS = (
    _kind("an API key", "sk-", r"[A-Za-z0-9_-]{12,}"),
    *(_kind("a GitHub token", start, r"[A-Za-z0-9]{16,}") for start in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    _kind("a GitHub token", "github_pat_", r"\w{20,}"),
    _kind("a GitLab token", "glpat-", r"[A-Za-z0-9_-]{12,}"),
    _kind("a Slack token", "xox", r"[abeprs]-[A-Za-z0-9-]{10,}"),
    _kind("a Slack token", "xapp-", r"[A-Za-z0-9-]{10,}"),
    *(_kind("an AWS access key", start, r"[0-9A-Z]{12,}(?![a-z])") for start in ("AKIA", "ASIA")),
    _kind("a Google API key", "AIza", r"[0-9A-Za-z_-]{20,}"),
    _kind("a JSON Web Token", "eyJ", r"[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_.-]{10,}"),
    *(_kind("a Stripe key", start, r"(?:live|test)_[A-Za-z0-9]{16,}") for start in ("sk_", "rk_")),
    _kind("an npm token", "npm_", r"[A-Za-z0-9]{30,}"),
    _kind("a PyPI token", "pypi-", r"AgE[A-Za-z0-9_-]{16,}"),
    _kind("a Hugging Face token", "hf_", r"[A-Za-z0-9]{30,}"),
    _kind("a Groq key", "gsk_", r"[A-Za-z0-9]{30,}"),
    _kind("an xAI key", "xai-", r"[A-Za-z0-9]{30,}"),
    _kind("a SendGrid key", "SG.", r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    *(_kind("a bearer token", f"{word}earer ", r"([A-Za-z0-9._~+/-]{16,})", inside=True) for word in "Bb"),
    _kind("a private key", "-----BEGIN ", r"[A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*", inside=True),
    _kind("a password in a URL", "://", r"[^\s:/@\"'<>`\\]{1,64}:([^\s:/@\"'<>`\\]{3,200})@", inside=True),
)


@dataclass(frozen=True, slots=True)
class Credential:
    """One that was found."""

    what: str
    start: int
    end: int
    text: str

    @property
    def masked(self) -> str:
        """Return as much as may be shown of it."""
        return f"{self.text[:_SHOWN]}…"

    @property
    def stands_for_one(self) -> bool:
        """Whether it is made up: an example, or the place where one goes."""
        if self.what in _FEW_CHARACTERS:
            return len(self.text) < 100 if self.what == "a private key" else _MADE_UP_PASSWORD.search(self.text) is not None
        if self.what == "a bearer token" and not any(char.isdigit() for char in self.text):
            return True
        random = self.text[_SHOWN:]
        digits = sum(char.isdigit() for char in random)
        return bool(_MADE_UP.search(self.text)) or len(set(random)) < 8 or (self.what in _WITH_DIGITS and digits < 2)


_FEW_CHARACTERS = frozenset({"a private key", "a password in a URL"})
_WITH_DIGITS = frozenset({"an API key"})
"""Kinds whose pattern also takes words that are joined by dashes."""
_MADE_UP = re.compile(
    r"example|sample|dummy|fake|your|placeholder|replace|changeme|redacted|secret|token|x{4}|\.{3}|\*{3}|0{6}|123456|abcdef|654321",
    re.IGNORECASE,
)
_MADE_UP_PASSWORD = re.compile(
    r"[${}%\[\]<>*…]|\A(?:pass|passwd|password|pwd|pw|secret|token|user|username|admin|root|test|postgres|guest|change_?me|example"
    r"|mypassword|my_password|yourpassword|your[_-]password|xxx+|\.\.\.|\d{1,5})\Z|password\d*\Z|pass\Z",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Credential]:
    """Yield what looks like a credential, those of one kind after those of another."""
    for kind in KINDS:
        at = text.find(kind.start)
        while at >= 0:
            after = at + len(kind.start)
            match = kind.rest.match(text, after) if kind.inside or at == 0 or text[at - 1] not in _WORD else None
            if match is None:
                at = text.find(kind.start, after)
                continue
            start = match.start(1) if match.re.groups else at
            yield Credential(kind.what, start, match.end(match.re.groups), text[start : match.end(match.re.groups)])
            at = text.find(kind.start, match.end())


def masked(text: str, fill: str = "") -> str:
    """Return the text with all that looks like a credential cut to its first characters.

    Args:
        text: Any text.
        fill: Takes the place of each character that is cut, so that the others stay where they are; without one, an ellipsis
            stands for them all.
    """
    found = sorted({(one.start, one.end) for one in find(text) if one.end > one.start + _SHOWN})
    parts, done = [], 0
    for start, end in found:
        if end <= done:
            continue
        begin = max(start, done)
        kept = text[begin : begin + _SHOWN] if begin == start else ""
        parts += [text[done:begin], kept, _NO_BREAK.sub(fill, text[begin + len(kept) : end]) if fill else "…"]
        done = end
    return "".join(parts) + text[done:] if parts else text
