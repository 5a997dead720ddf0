"""Texts of files as sync compares them: with LF for line ends, and without the marks that git leaves in a conflict."""

from __future__ import annotations

import hashlib

from agentconv.core.expressions import expression
from agentconv.core.line_ends import to_lf

__all__ = ["blob", "ended_as", "is_marked", "sha256", "to_lf"]

_MARKS = (expression(rb"(?m)^<{7} [^\n]*\n"), expression(rb"(?m)^={7}\r?\n"), expression(rb"(?m)^>{7} "))
"""In their order: each is looked for behind the first of those before it, so that a text is read once, however many marks it has."""


def ended_as(data: bytes, present: bytes | None) -> bytes:
    """Return a text with the line ends of what is there, where those are CRLF throughout: the way back from `to_lf`, to the byte."""
    is_crlf = present is not None and to_lf(present) != present
    return data.replace(b"\n", b"\r\n") if is_crlf else data


def sha256(data: bytes) -> str:
    """Return the checksum of a file's text."""
    return hashlib.sha256(to_lf(data)).hexdigest()


def blob(data: bytes) -> str:
    """Return git's id of a file's text."""
    text = to_lf(data)
    return hashlib.sha1(b"blob %d\0%s" % (len(text), text), usedforsecurity=False).hexdigest()


def is_marked(data: bytes) -> bool:
    """Whether a merge left the marks of a conflict, at the start of lines and in their order."""
    end = 0
    for mark in _MARKS:
        found = mark.search(data, end)
        if found is None:
            return False
        end = found.end()
    return True
