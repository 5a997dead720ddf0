"""Line ends of a text: LF, CRLF throughout, or both."""

from __future__ import annotations

CRLF, MIXED = "CRLF", "mixed"


def kind(text: str) -> str:
    """Tell the line ends of a text: `CRLF` where all of them are, `mixed` where some are; nothing where none is."""
    if "\r" not in text:
        return ""
    found = text.count("\r\n")
    return "" if not found else CRLF if found == text.count("\n") else MIXED


def to_lf(data: bytes) -> bytes:
    """Return a text with LF for line ends, where every one of them is CRLF; else as it is."""
    if b"\r" not in data or data.count(b"\r\n") != data.count(b"\n"):
        return data
    return data.replace(b"\r\n", b"\n")
