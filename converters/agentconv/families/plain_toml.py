"""Reads the TOML that roles mostly are: texts, numbers and truth values, each with a plain key, perhaps below plain tables.

What it reads is what the full parser reads, in a fifth of the time; anything else (comments, lists, dotted keys, tables in a line,
what is no TOML) is left to that one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from agentconv.core.ir import Json

_ODD = tuple(map(chr, (*range(0x09), *range(0x0B, 0x20), 0x7F)))
"""Characters that TOML has in no text, and the carriage return."""
_LINE = expression(
    r"""\n*+(?:\[(?P<table>[A-Za-z0-9_-]++)\]|(?P<key>[A-Za-z0-9_-]++)[ \t]*+=[ \t]*+(?:"""
    r"""(?P<lines>'''[^']*+(?:'{1,2}(?!')[^']*+)*+'''|\"{3}(?:[^"\\]++|\\.|"{1,2}(?!"))*+\"{3})"""
    r"""|(?P<text>'[^'\n]*+'|"(?:[^"\\\n]++|\\.)*+")|(?P<truth>true|false)|(?P<number>0|[1-9][0-9]{0,17})))(?:\n++|\Z)""",
    re.DOTALL,
)
_ESCAPE = expression(r'\\(?:(["\\btnfr])|u((?![dD][89a-fA-F])[0-9a-fA-F]{4})|(.))', re.DOTALL)
_ESCAPED = {'"': '"', "\\": "\\", "b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


class _Complicated(Exception):
    """The text holds more than is read here."""


def read(text: str) -> dict[str, Json] | None:
    """Return what a plain document says; None where it is not plain."""
    if _is_odd(text):
        return None
    document: dict[str, Json] = {}
    table, at = document, 0
    try:
        while at < len(text):
            match = _LINE.match(text, at)
            if match is None:
                return None
            kind, name = match.lastgroup or "", match["table"] or match["key"]
            if name in (document if kind == "table" else table):
                return None
            if kind == "table":
                document[name] = table = {}
            else:
                table[name] = _value(kind, match[kind])
            at = match.end()
    except _Complicated:
        return None
    return document


def _is_odd(text: str) -> bool:
    """Whether a text has odd characters, or is no Unicode; to look for each takes a twentieth of the time of an expression."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    for char in _ODD:  # noqa: SIM110 - `any` takes twice as long
        if char in text:
            return True
    return False


def _value(kind: str, spelled: str) -> Json:
    if kind == "truth":
        return spelled == "true"
    if kind == "number":
        return int(spelled)
    body = spelled[1:-1] if kind == "text" else spelled[3:-3].removeprefix("\n")
    return body if spelled[0] == "'" or "\\" not in body else _ESCAPE.sub(_unescaped, body)


def _unescaped(match: re.Match[str]) -> str:
    if match[3]:
        raise _Complicated
    return _ESCAPED[match[1]] if match[1] else chr(int(match[2], 16))
